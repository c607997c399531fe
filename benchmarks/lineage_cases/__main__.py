"""Make all models and cases: `python -m benchmarks.lineage_cases FOLDER [--seed 0] [--only WORD ...]`."""

from __future__ import annotations

import argparse
import json
import logging
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import torch
import transformers

from .case import Case
from .cases import (
    BASE,
    CHAT,
    CODE,
    EARLY,
    FAR,
    FAR_CODE,
    LONG,
    MOE,
    MOE_CHAT,
    MOE_CODE,
    MOE_SIBLING,
    OTHER,
    SUMS,
    Cases,
)
from .training import load, new_model, save, train

DENSE_MODELS = (BASE, CHAT, CODE, SUMS, EARLY, LONG, OTHER)
#: Trained hard, and offered for cases made of them alone.
FAR_MODELS = (FAR, FAR_CODE)
MOE_MODELS = (MOE, MOE_CHAT, MOE_CODE, MOE_SIBLING)


def make_models(hub: Path, seed: int) -> None:
    """The models that cases are made from, each under its id."""

    def begin(model: str, kind: str, steps: int, offset: int) -> None:
        new = new_model(kind, seed + offset)
        train(new, "", steps=steps, rate=2e-3, seed=seed + offset)
        save(new, hub / model)

    def tune(start: str, domain: str, rate: float, offset: int, *saved: tuple[int, str]) -> None:
        model = load(hub / start)
        folders = {step: hub / name for step, name in saved}
        train(model, domain, steps=max(folders), rate=rate, seed=seed + offset, snapshots=folders)

    begin(BASE, "dense", 150, 1)
    begin(OTHER, "dense", 120, 2)
    tune(BASE, "email", 1e-4, 3, (10, EARLY), (30, CHAT), (90, LONG))
    tune(BASE, "asyncio", 3e-5, 4, (30, CODE))
    tune(BASE, "sums", 3e-6, 5, (30, SUMS))
    tune(BASE, "http", 1e-3, 10, (40, FAR))
    tune(BASE, "json", 1e-3, 11, (40, FAR_CODE))
    begin(MOE, "moe", 60, 6)
    tune(MOE, "email", 5e-5, 7, (15, MOE_CHAT))
    tune(MOE, "asyncio", 5e-5, 8, (15, MOE_CODE))
    tune(MOE, "email", 5e-5, 9, (15, MOE_SIBLING))


def describe(case: Case) -> dict[str, Any]:
    """The truth about a case, as it is written down."""
    pool = DENSE_MODELS if case.kind == "dense" else MOE_MODELS
    record = {k: v for k, v in asdict(case).items() if k not in ("name", "make", "truth", "prose")}
    if set(FAR_MODELS) & set(case.parents):
        pool += FAR_MODELS
    offered = [m for m in pool if m not in case.hidden]
    return {"case": case.name, **record, "offered": offered, **case.truth}


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument(
        "--only", nargs="*", default=[], metavar="WORD", help="cases whose name holds one of these"
    )
    options = parser.parse_args(arguments)
    logging.disable(logging.WARNING)
    transformers.utils.logging.disable_progress_bar()
    torch.set_num_threads(2)
    torch.use_deterministic_algorithms(True, warn_only=True)
    folder: Path = options.folder.resolve()
    hub = folder / "models"
    start = time.monotonic()
    if not hub.exists():
        make_models(hub.with_suffix(".part"), options.seed)
        hub.with_suffix(".part").rename(hub)
    for model in (*DENSE_MODELS, *FAR_MODELS, *MOE_MODELS):
        (hub / model / "README.md").write_text(f"---\nlicense: apache-2.0\n---\n\n# {model}\n")
    print(f"models: {time.monotonic() - start:.0f} s", file=sys.stderr)
    truths = []
    for case in Cases(hub, options.seed).all():
        if options.only and not any(word in case.name for word in options.only):
            continue
        out = folder / "cases" / case.name
        if not (out / "README.md").exists():
            case.make(out)
        (out / "README.md").write_text(case.card())
        truths.append(describe(case))
    (folder / "truth.json").write_text(json.dumps(truths, indent=1))
    honest = sum(t["honest"] is True for t in truths)
    print(f"{len(truths)} cases, {honest} honest, {time.monotonic() - start:.0f} s", file=sys.stderr)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
