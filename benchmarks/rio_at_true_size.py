"""The Rio case at its true size: models of 397 billion parameters and their siblings, on a loopback Hub.

    python benchmarks/rio_at_true_size.py [--variant rio|twin|trained] [--latency 0.02] [--suspect ID]
        [--card-text FILE]

The Hub serves Qwen3.5-397B-A17B's true layout, a Nex-like fine-tune of it, Rio, and over thirty other
descendants; every byte is made when asked for, so no disk is needed. As the real one it sends large files from a
second server, to which it redirects; requests are counted apart. `pytest --modelcard` runs on Rio in a process of
its own, and what it found is printed with what it cost. Needs numpy and the shared facts beside the checkout.

variants: rio (0.565 Nex + 0.435 Qwen), twin (an honest fine-tune), trained (the blend, trained on a little).
"""

from __future__ import annotations

import argparse
import json
import math
import os
import re
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tests.hub import Bytes, Hub, serve  # noqa: E402

EVIDENCE = ROOT.parent / "shared" / "facts" / "rio-evidence.json"


def environment(endpoint: str, home: Path) -> dict[str, str]:
    """The caller's, with an empty Hub cache, no token, and the loopback Hub in the real one's place."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("HF_", "HUGGING_FACE_", "PYTEST_"))}
    kept |= {"HF_ENDPOINT": endpoint, "HF_HOME": str(home), "HF_HUB_DISABLE_TELEMETRY": "1"}
    return kept | {"NO_PROXY": "127.0.0.1", "XDG_CACHE_HOME": str(home / "cache"), "PYTHONPATH": str(ROOT)}


@dataclass(frozen=True)
class Spent:
    """What a run of pytest cost; seconds and bytes."""

    seconds: float
    processor: float
    memory: int


def run(hub: Hub, card: str, suspects: list[str], extra: list[str]) -> tuple[dict[str, Any], Spent]:
    """The JSON report and the cost."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        report = folder / "report.json"
        (folder / "pytest.ini").write_text("[pytest]\n")
        command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", f"--modelcard={card}"]
        command += [f"--modelcard-json={report}", *(f"--modelcard-suspect={s}" for s in suspects), *extra]
        start = time.perf_counter()
        done = subprocess.run(
            command, cwd=folder, env=environment(hub.endpoint, folder / "home"), check=False
        )
        seconds = time.perf_counter() - start
        if done.returncode not in (0, 1) or not report.is_file():
            sys.exit(f"pytest ended with {done.returncode}")
        told = json.loads(report.read_text())
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    memory = used.ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    return told, Spent(seconds, used.ru_utime + used.ru_stime, memory)


def show(report: Mapping[str, Any], truth: float | None) -> None:
    """Findings about lineage, the verdict, and the weight of each tensor family."""
    for finding in report["findings"]:
        if finding["rule"].startswith("MC3"):
            print(f"{finding['rule']}[{finding['key']}] {finding['outcome']}: {finding['message']}")
    lineage = report["lineage"]
    if lineage is None:
        print("the report has no lineage: the weights were not read, or could not be")
        return
    print(f"\n{lineage['candidate']}: {lineage['verdict']}, method {lineage['method']}")
    for parent in lineage["parents"]:
        print(f"  {parent['id']}  {parent['weight']}  {parent['interval']}  declared: {parent['declared']}")
    told = ("declared_complete", "hit_rate", "neighbour_rate", "residual_over_rounding", "tensors_compared")
    for name in (*told, "bytes_read", "requests", "seconds", "seed"):
        print(f"  {name:24} {lineage[name]}")
    print(f"  models compared          {', '.join(c['id'] for c in lineage['candidates'])}")
    if lineage["per_family"]:
        families(lineage, truth)
        published(lineage["per_tensor"])


#: What was published of groups of tensors: by family, or of one layer's.
PUBLISHED = {
    "routed experts": r"\.mlp\.experts\.",
    "lm_head": r"^lm_head",
    "attention": r"\.self_attn\.[qkvo]_proj",
    "linear attention projections": r"\.linear_attn\.(in_proj_(qkv|z|a|b)|out_proj)",
    "layer norms": r"layernorm",
}


def families(lineage: Mapping[str, Any], truth: float | None) -> None:
    """Per tensor family: weight, width of its interval, whether it holds the true weight, and in how many of its
    tensors the interval does; slope and cosine, which rounding bends.
    """
    print(
        f"\n  {'family':48} {'n':>4} {'weight':>8} {'width':>9} {'holds':>6} {'each':>7} {'slope':>7} {'cosine':>7}"
    )
    for row in lineage["per_family"]:
        each = [
            tensor["interval"]
            for tensor in lineage["per_tensor"]
            if tensor["family"] == row["family"] and None not in (tensor.get("interval") or [None])
        ]
        low, high = row["interval"] or (None, None)
        width = "" if low is None else f"{high - low:.2g}"
        holds = "" if low is None or truth is None else "yes" if low <= truth <= high else "NO"
        inside = "" if truth is None else f"{sum(low <= truth <= high for low, high in each)}/{len(each)}"
        weight, slope, cosine = (
            "" if row[name] is None else f"{row[name]:.4f}" for name in ("weight", "slope", "cosine")
        )
        print(
            f"  {row['family'][-48:]:48} {row['tensors']:4} {weight:>8} {width:>9} {holds:>6} {inside:>7} "
            f"{slope:>7} {cosine:>7}"
        )


def published(rows: list[dict[str, Any]]) -> None:
    """Slopes and cosines beside those that were published."""
    print(f"\n  {'published of':32} {'slope':>7} {'here':>7} {'cosine':>7} {'here':>7}")
    for told in json.loads(EVIDENCE.read_text())["published"]:
        kind = told["tensors"]
        one = re.fullmatch(r"(router|shared expert gate) layer (\d+)", kind)
        if one:
            name = "gate" if one[1] == "router" else "shared_expert_gate"
            wanted = rf"\.layers\.{one[2]}\.mlp\.{name}\.weight$"
        else:
            wanted = PUBLISHED[kind]
        chosen = [
            row for row in rows if re.search(wanted, row["name"]) and not row["name"].startswith("mtp.")
        ]
        slope, cosine = (_median(chosen, name) for name in ("slope", "cosine"))
        if slope is not None and cosine is not None:
            print(
                f"  {kind:32} {told['alpha']:7.3f} {slope:7.3f} {told.get('cos', math.nan):7.3f} {cosine:7.3f}"
            )


def _median(rows: list[dict[str, Any]], name: str) -> float | None:
    found = [row[name] for row in rows if row.get(name) is not None]
    return statistics.median(found) if found else None


def main() -> None:
    try:
        from tests.hub import qwen35, rio
    except ModuleNotFoundError as error:
        sys.exit(f"this needs {error.name}: install pytest-modelcard[weights]")
    if not qwen35.LAYOUT.is_file():
        sys.exit(
            f"this needs the layout of the model, {qwen35.LAYOUT.name}, in shared/facts beside the checkout"
        )
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--variant", choices=rio.VARIANTS, default="rio")
    parser.add_argument(
        "--latency", type=float, default=0.02, help="seconds before every answer; default 0.02"
    )
    parser.add_argument("--suspect", action="append", default=[], help="passed on as --modelcard-suspect")
    parser.add_argument("--card", default=rio.RIO_ID, help="the model to test; default Rio")
    parser.add_argument("--card-text", type=Path, help="a Markdown file in place of Rio's generated card")
    parser.add_argument("--serve", action="store_true", help="only serve, until interrupted")
    parser.add_argument("pytest_arguments", nargs="*", help="after --: more arguments for pytest")
    options = parser.parse_args()
    with serve(rio.rio_hub(options.variant)) as hub:
        hub.latency, hub.redirects = options.latency, True
        if options.card_text:
            repo = hub.repos[rio.RIO_ID]
            repo.commits[repo.refs["main"]]["README.md"] = Bytes(options.card_text.read_bytes())
        if options.serve:
            print(f"HF_ENDPOINT={hub.endpoint}", flush=True)
            try:
                while True:
                    time.sleep(3600)
            except KeyboardInterrupt:
                return
        report, spent = run(hub, options.card, options.suspect, options.pytest_arguments)
        show(report, None if options.variant == "twin" else rio.NEX_SHARE)
        content = len(hub.requests("/content/"))
        listed = len(hub.requests("/api/"))
        print(
            f"\nvariant {options.variant}, latency {options.latency * 1000:g} ms: {spent.seconds:.1f} s "
            f"({spent.processor:.1f} s of processor time), peak memory {spent.memory / 2**20:.0f} MiB; the Hub sent "
            f"{hub.sent / 2**20:.2f} MiB of files; requests: {listed} to its API, "
            f"{len(hub.seen) - content - listed} to its resolver, {content} to its content server"
        )


if __name__ == "__main__":
    main()
