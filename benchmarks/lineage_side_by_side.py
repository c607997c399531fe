"""Lineage of small trained models: our verdicts against the truth, and PyPI's modeldna on the same cases.

    python -m benchmarks.lineage_cases FOLDER            # once; needs torch, transformers, mergekit, peft
    python benchmarks/lineage_side_by_side.py FOLDER [--peer PYTHON] [--only WORD ...] [--json FILE]

Prints one line a case and then the table of the README. `--peer` names a Python that has modeldna 0.1.0. Ends
with 1 where an honest case was accused.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]

#: pytest's exit status where a card declares nothing that a rule could hold against weights.
NOTHING_TO_TEST = 5
#: Verdicts of modeldna that count as ours; where it has none of that kind, the nearest counts.
PEER_VERDICTS = {
    "EXACT_COPY": {"copy", "quantised-copy", "permuted-copy"},
    "QUANTIZED_COPY": {"quantised-copy", "copy"},
    "FINE_TUNE": {"fine-tune", "descendant", "adapter", "pruned", "permuted-copy"},
    "SAME_LINEAGE": {"fine-tune", "descendant", "adapter", "pruned", "permuted-copy"},
    "LIKELY_MERGE": {"exact-merge", "merge-then-training"},
    "NO_MATCH": {"unrelated"},
    "INSUFFICIENT": {"cannot-tell"},
    "SAME_FAMILY_UNRESOLVED": {"cannot-tell"},
}


@dataclass
class Said:
    """What one tool said of one case. accused: it says that the card's lineage is wrong."""

    verdict: str
    right: bool
    accused: bool
    weights: dict[str, float]
    bytes: int
    seconds: float
    error: str = ""
    detail: str = ""


def ours(folder: Path, truth: dict[str, Any], budget: str = "64MiB") -> Said:
    """One pytest run, as a user would start it, with all offered models as suspects."""
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--modelcard-offline"]
    command += [f"--modelcard={folder / 'cases' / truth['case']}", "--modelcard-select=MC3"]
    command.append(f"--modelcard-budget={budget}")
    for model in truth["offered"]:
        command += [f"--modelcard-map={model}={folder / 'models' / model}"]
        if model not in truth["declared"]:
            command += [f"--modelcard-suspect={model}"]
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join(filter(None, [str(ROOT), os.getenv("PYTHONPATH")])),
    }
    with tempfile.TemporaryDirectory() as scratch:
        report = Path(scratch) / "report.json"
        start = time.perf_counter()
        done = subprocess.run(
            [*command, f"--modelcard-json={report}"],
            cwd=scratch,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        seconds = time.perf_counter() - start
        if done.returncode == NOTHING_TO_TEST:
            return Said(
                "cannot-tell", "cannot-tell" in truth["accepted"], False, {}, 0, seconds, "", "no test"
            )
        if done.returncode not in (0, 1) or not report.exists():
            return Said("", False, False, {}, 0, seconds, (done.stdout + done.stderr)[-300:])
        read = json.loads(report.read_text())
    lineage = read["lineage"] or {}
    verdict = lineage.get("verdict", "")
    failed = [f for f in read["findings"] if f["rule"].startswith("MC3") and f["outcome"] == "fail"]
    right = verdict in (truth["verdict"], *truth["accepted"])
    if truth["method"] and verdict == truth["verdict"] == "exact-merge":
        right = right and lineage.get("method") == truth["method"]
    weights = {p["id"]: p["weight"] for p in lineage.get("parents", ()) if p["weight"] is not None}
    if right and verdict not in ("unrelated", "cannot-tell"):
        right = _parents_right(truth, {p["id"] for p in lineage.get("parents", ())})
    shown = verdict + (f" ({lineage['method']})" if lineage.get("method") else "")
    detail = " ".join(f["rule"] for f in failed)
    read_bytes = lineage.get("bytes_read", 0)
    return Said(shown, right, bool(failed), weights, read_bytes, seconds, "", detail)


def _parents_right(truth: dict[str, Any], found: set[str]) -> bool:
    """All true parents are named, and nobody else; a merge's origin of changes may be, too."""
    named = {m for m, w in truth["parents"].items() if w}
    return named <= found <= set(truth["parents"]) | ({truth["declared"][0]} if truth["method"] else set())


def peers(folder: Path, truths: list[dict[str, Any]], peer: str) -> list[Said]:
    """modeldna's answers, with every doubt in its favour: right if `scan` or `decompose` is right.

    peer: a Python that has it, or the lines that `lineage_cases/peer.py` printed before.
    """
    if peer.endswith(".jsonl"):
        text = Path(peer).read_text()
    else:
        here = Path(__file__).parent / "lineage_cases" / "peer.py"
        text = subprocess.run(
            [peer, str(here), str(folder)], capture_output=True, text=True, check=True
        ).stdout
    answers = {a["case"]: a for a in map(json.loads, text.splitlines())}
    return [_peer(truth, answers[truth["case"]]) for truth in truths]


def _peer(truth: dict[str, Any], answer: dict[str, Any]) -> Said:
    scan = answer.get("scan", "")
    possible = PEER_VERDICTS.get(scan, set())
    right = bool({truth["verdict"], *truth["accepted"]} & possible)
    if right and possible & {"copy", "fine-tune"}:
        right = answer["best"] in truth["parents"]
    merge = answer.get("mixture") == "MERGE"
    right = right or (merge and truth["verdict"] in ("exact-merge", "merge-then-training"))
    accused = answer.get("consistency") == "INCONSISTENT"
    detail = "decompose: MERGE" if merge else ""
    return Said(
        scan or "error",
        right,
        accused,
        answer.get("weights", {}),
        answer["bytes"],
        answer["seconds"],
        answer.get("error", ""),
        detail,
    )


def weight_error(truth: dict[str, Any], said: Said) -> float | None:
    """The largest error of a weight in a linear merge without schedule; None for others."""
    if (
        truth["method"] != "linear"
        or truth["verdict"] != "exact-merge"
        or "schedule" in truth
        or not said.weights
    ):
        return None
    return max(abs(said.weights.get(m, 0.0) - w) for m, w in truth["parents"].items())


def summary(truths: Sequence[dict[str, Any]], tools: dict[str, Sequence[Said]]) -> str:
    """The Markdown table."""
    honest = [i for i, t in enumerate(truths) if t["honest"] is True]
    false = [i for i, t in enumerate(truths) if t["honest"] is False]
    merges = [i for i, t in enumerate(truths) if t["verdict"] in ("exact-merge", "merge-then-training")]
    others = [i for i in range(len(truths)) if i not in merges]

    def count(said: Sequence[Said], where: Iterable[int], what: str) -> str:
        where = list(where)
        return f"{sum(getattr(said[i], what) for i in where)} of {len(where)}"

    def merge_claimed(said: Sequence[Said]) -> str:
        is_one = [said[i].detail == "decompose: MERGE" or "merge" in said[i].verdict.lower() for i in others]
        return f"{sum(is_one)} of {len(others)}"

    def errors(said: Sequence[Said]) -> str:
        found = [e for t, s in zip(truths, said, strict=True) if (e := weight_error(t, s)) is not None]
        return f"{statistics.median(found):.4f} / {max(found):.4f} ({len(found)})" if found else "-"

    rows = [
        ("verdict right", lambda s: count(s, range(len(truths)), "right")),
        ("merges told", lambda s: count(s, merges, "right")),
        ("all else told", lambda s: count(s, others, "right")),
        ("honest cards accused", lambda s: count(s, honest, "accused")),
        ("dishonest cards caught", lambda s: count(s, false, "accused")),
        ("called a merge though none", merge_claimed),
        ("weights of linear merges, error: median / worst (cases)", errors),
        ("MB read a case, median", lambda s: f"{statistics.median(x.bytes for x in s) / 1e6:.1f}"),
        ("seconds a case, median", lambda s: f"{statistics.median(x.seconds for x in s):.1f}"),
        ("ended with an error", lambda s: str(sum(bool(x.error) for x in s))),
    ]
    lines = ["| | " + " | ".join(tools) + " |", "| --- |" + " --- |" * len(tools)]
    lines += [
        f"| {name} | " + " | ".join(cell(said) for said in tools.values()) + " |" for name, cell in rows
    ]
    return "\n".join(lines)


def line(truth: dict[str, Any], said: Said) -> str:
    """One case as it is printed."""
    error = weight_error(truth, said)
    marks = ("" if said.right else "WRONG ") + ("ACCUSED" if truth["honest"] is True and said.accused else "")
    off = "" if error is None else f"{error:.5f}"
    return f"{truth['case']:34} {truth['verdict']:20} {said.verdict:30} {marks:14} {off:8} {said.detail} {said.error}"


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--peer", metavar="PYTHON", help="a Python with modeldna, or a .jsonl of its answers")
    parser.add_argument(
        "--only", nargs="*", default=[], metavar="WORD", help="cases whose name holds one of these"
    )
    parser.add_argument("--jobs", type=int, default=1, help="cases at once (slows each)")
    parser.add_argument("--budget", default="64MiB", metavar="SIZE", help="bytes of weights a case may cost")
    parser.add_argument("--json", type=Path, metavar="FILE")
    options = parser.parse_args()
    folder = options.folder.resolve()
    truths = json.loads((folder / "truth.json").read_text())
    truths = [t for t in truths if not options.only or any(word in t["case"] for word in options.only)]
    tools: dict[str, Sequence[Said]] = {}
    mine = []
    with ThreadPoolExecutor(options.jobs) as pool:
        for truth, said in zip(
            truths, pool.map(lambda t: ours(folder, t, options.budget), truths), strict=True
        ):
            mine.append(said)
            print(line(truth, said), flush=True)
    tools["pytest-modelcard"] = mine
    if options.peer:
        tools["modeldna 0.1.0"] = peers(folder, truths, options.peer)
    print(f"\n{len(truths)} cases, {sum(t['honest'] is True for t in truths)} of them honest\n")
    print(summary(truths, tools))
    if options.json:
        answers = [{"truth": t, **{n: asdict(s[i]) for n, s in tools.items()}} for i, t in enumerate(truths)]
        options.json.write_text(json.dumps(answers, indent=1))
    return int(any(t["honest"] is True and s.accused for t, s in zip(truths, mine, strict=True)))


if __name__ == "__main__":
    raise SystemExit(main())
