"""What PyPI's modeldna says of the cases: one JSON line a case. Runs in an environment that has modeldna.

`python peer.py FOLDER`: its reference database holds exactly the models that are offered for a case, under
their ids; `scan` reads the case's README as its users would; `decompose` is given all offered models.
Seconds and bytes are those of the case and its models; a model's fingerprint is made once, counted for each.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from functools import cache
from pathlib import Path
from typing import Any

from modeldna.db.store import ReferenceDB
from modeldna.fingerprint.extract import Fingerprint, extract_fingerprint
from modeldna.io.source import LocalSource
from modeldna.merge import decompose_fingerprints
from modeldna.scan import scan


@cache
def fingerprint(folder: Path, model: str) -> tuple[Fingerprint, int, float]:
    """A model's fingerprint, the bytes and the seconds it took."""
    start = time.perf_counter()
    source = LocalSource(folder / "models" / model)
    made = extract_fingerprint(source, mode="fast", model_id=model)
    return made, source.bytes_read, time.perf_counter() - start


def judge(folder: Path, truth: dict[str, Any]) -> dict[str, Any]:
    """The answers of `scan` and of `decompose`, or the error either ended with."""
    said: dict[str, Any] = {"case": truth["case"]}
    references = {model: fingerprint(folder, model) for model in truth["offered"]}
    prints = {model: made for model, (made, _, _) in references.items()}
    start = time.perf_counter()
    with tempfile.TemporaryDirectory() as scratch:
        database = ReferenceDB(scratch)
        for model, made in prints.items():
            database.add(made, family=model)
        source = LocalSource(folder / "cases" / truth["case"])
        try:
            result = scan(f"release/{truth['case']}", db=database, source=source)
            said |= {
                "scan": result.verdict.verdict.value,
                "best": result.verdict.best.candidate_id if result.verdict.best else None,
                "consistency": result.consistency.get("status"),
            }
            base = "lab/moe" if truth["kind"] == "moe" else "lab/base"
            parents = [p for m, p in prints.items() if m != base and not m.startswith("other/")]
            mixture = decompose_fingerprints(result.fingerprint, parents, prints[base])
            said |= {"mixture": mixture.summary, "weights": mixture.alphas}
        except Exception as error:  # its errors are part of what is compared
            said["error"] = f"{type(error).__name__}: {error}"[:300]
    own = time.perf_counter() - start
    said["bytes"] = source.bytes_read + sum(size for _, size, _ in references.values())
    said["seconds"] = round(own + sum(seconds for _, _, seconds in references.values()), 3)
    return said


if __name__ == "__main__":
    root = Path(sys.argv[1])
    for case in json.loads((root / "truth.json").read_text()):
        print(json.dumps(judge(root, case)), flush=True)
