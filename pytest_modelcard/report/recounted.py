"""What a second reader finds in a store of single items, as lines for a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ..errors import CannotTell
from ..evals.record import control_words, evidence
from ..evals.recount import Recount, recount
from ..evals.store import Kept, read_store
from .safe import visible

MAX_WRONG = 20


def recount_file(path: Path) -> tuple[list[str], bool]:
    """The lines, and whether every record follows from its items. Raises CannotTell where the file is no store."""
    kept = read_store(path)
    if not kept.items and not kept.records:
        raise CannotTell(f"{path} holds no results of sampled runs (a file of --modelcard-store)")
    lines, good = [f"{visible(str(path))}"], True
    for record in kept.records:
        try:
            found = recount(kept, record)
        except CannotTell as error:
            lines.append(f"  {_named(record)}: cannot be recounted: {visible(str(error), 300)}")
            good = False
            continue
        lines += [f"  {line}" for line in _lines(found)]
        good = good and not found.wrong
    lines += [f"  {line}" for line in _without_record(kept)]
    if kept.broken:
        lines.append(f"  {kept.broken} lines could not be read")
    return lines, good


def _named(record: Mapping[str, Any]) -> str:
    at = record.get("at")
    when = ""
    if isinstance(at, (int, float)) and not isinstance(at, bool) and 0 <= at < 1e11:
        when = f", {datetime.fromtimestamp(at, UTC):%Y-%m-%d %H:%M} UTC"
    return (
        f"{visible(str(record.get('id', '?')), 100)} {visible(str(record.get('benchmark', '')), 100)}{when}"
    )


def _lines(found: Recount) -> Iterator[str]:
    record, verdict = found.record, found.verdict
    shown = _points if record["kind"] == "difference" else _percent
    claimed, (low, high) = sum(verdict.claimed) / 2, verdict.interval
    right = " and ".join(f"{n:g}" for n in found.correct)
    data = visible(f"{record.get('dataset', '')} {record.get('dataset_revision', '')}", 120)
    yield f"{_named(record)}: {shown(claimed)} claimed of {visible(str(record.get('model', '')), 100)}"
    yield f"  items:    {verdict.used} of N = {verdict.items}, in the order of seed {visible(str(record['seed']), 150)}; {data}"
    if told := record.get("control"):
        yield f"  items:    {visible(control_words(told), 300)}"
    yield f"  counted:  {right} correct, {verdict.unparsed} unparsed, {verdict.missing} errors"
    yield (
        f"  evidence: {evidence(verdict.log_e_refute):.4g} against the claim, {evidence(verdict.log_e_confirm):.4g} for it; "
        f"{1 / verdict.alpha:.4g} decides; tolerance {verdict.tolerance * 100:.3g} points"
    )
    yield f"  interval: a complete run scores from {shown(low)} to {shown(high)} ({verdict.level * 100:.4g} %)"
    doubted = " (its answers say nothing of the model)" if record.get("doubted") else ""
    follows = "as the record says" if not found.wrong else "and the record does not follow from its items:"
    yield f"  verdict:  {record['verdict']}{doubted}, {follows}"
    for sentence in found.wrong[:MAX_WRONG]:
        yield f"    {visible(sentence, 300)}"


def _without_record(kept: Kept) -> Iterator[str]:
    """Items that belong to no closed run: it was interrupted, or goes on."""
    closed = {key for record in kept.records for key in record.get("keys") or () if isinstance(key, str)}
    for key, items in kept.items.items():
        if key in closed:
            continue
        last = [results[-1].outcome for results in items.values()]
        told = kept.descriptions.get(key, {})
        yield (
            f"{visible(str(told.get('task', key)), 100)} of {visible(str(told.get('model', '?')), 100)}: {len(last)} items, "
            f"{sum(o.low for o in last):g} correct, {sum(o.unparsed for o in last)} unparsed, "
            f"{sum(o.missing for o in last)} errors; no verdict was recorded"
        )


def _percent(share: float) -> str:
    return f"{share * 100:.1f} %"


def _points(share: float) -> str:
    return f"{share * 100:+.1f} points"
