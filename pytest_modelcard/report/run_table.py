"""Sampled runs in a comment: one folded table, a row a claim."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from ..model import Report
from .budget import Section
from .markdown import cell, fold, prose
from .read import listed, mapping, number, text

MAX_RUNS = 200
#: Verdicts in the order they are told in; those refuted in bold.
_VERDICTS = {"refuted": "**refuted**", "undecided": "undecided", "confirmed": "confirmed"}
_HEAD = "| claim | claimed | found | a complete run | items | calls | verdict |\n| --- | --: | --: | :-: | --: | --: | --- |\n"


def run_sections(report: Report, importance: int, *, foldable: bool) -> list[Section]:
    """The table of an untrusted report's runs, those refuted first; none where nothing was run."""
    runs = [mapping(r) for r in listed(report.runs, MAX_RUNS)]
    known = [r for r in runs if text(r.get("verdict")) in _VERDICTS]
    if not known:
        return []
    order = list(_VERDICTS)
    known.sort(key=lambda run: order.index(str(run["verdict"])))
    counts = Counter(str(run["verdict"]) for run in known)
    told = ", ".join(f"{counts[v]} {v}" for v in order if counts[v])
    title = f"{len(known)} claimed {'score' if len(known) == 1 else 'scores'} run: {told}"
    before, after = fold(title) if foldable else (f"**{prose(title)}**\n\n", "")
    rows = [_row(run) for run in known]
    return [Section(importance, rows, before + _HEAD, after, glue="\n", more="\n{n} more runs.")]


def _row(run: Mapping[str, Any]) -> str:
    points = run.get("kind") == "difference"
    claimed, ends = (_pair(run.get(key)) for key in ("claimed", "interval"))
    shown = [
        cell(text(run.get("id")), 80),
        "" if claimed is None else _share(sum(claimed) / 2, points),
        _share(number(run.get("score")), points),
        "" if ends is None else f"{_share(ends[0], points)} to {_share(ends[1], points)}",
        f"{_whole(run.get('used'))} of {_whole(run.get('items'))}",
        _whole(run.get("calls")),
        _VERDICTS[str(run["verdict"])] + (", doubted" if run.get("doubted") is True else ""),
    ]
    return f"| {' | '.join(shown)} |"


def _pair(value: object) -> tuple[float, float] | None:
    found = [number(x) for x in listed(value, 2)]
    return (found[0], found[1]) if len(found) == 2 and found[0] is not None and found[1] is not None else None


def _share(value: float | None, points: bool) -> str:
    """A share as a percentage, or as points with a sign; "" for what is neither."""
    if value is None or not -1 <= value <= 1:
        return ""
    return f"{value * 100:+.1f}" if points else f"{value * 100:.1f}"


def _whole(value: object) -> str:
    found = number(value)
    return "?" if found is None or found < 0 else f"{found:,.0f}"
