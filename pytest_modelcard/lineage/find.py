"""The way from a card's declarations to a verdict: open, sample, decide; look for further suspects; decide again."""

from __future__ import annotations

import importlib.util
from dataclasses import replace
from typing import TYPE_CHECKING

from ..errors import CannotTell
from ..evidence import Evidence
from . import first, guard, uncompared
from .grown import rows_beyond
from .indexed import indexed_suspects
from .record import Found
from .search import Search
from .shared import once
from .summation import with_summation
from .suspects import Suspect, declared_bases, found_suspects, known_suspects

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..weights.reader import Reading
    from ..weights.records import Lineage

#: Verdicts that leave nothing to look for.
EXPLAINED = {
    "copy",
    "quantised-copy",
    "exact-merge",
    "merge-then-training",
    "permuted-copy",
    "pruned",
    "adapter",
}


def find_lineage(evidence: Evidence) -> Found:
    """The verdict on the evidence's model, computed once a run; raises CannotTell with what is missing."""

    def find() -> Found:
        return _find(Search(evidence))

    folder = evidence.options.shared
    return evidence.compute(
        "lineage", find if folder is None else lambda: once(folder, evidence.source.label, find)
    )


def _find(search: Search) -> Found:
    if not search.options.weights:
        raise CannotTell("weights were not read (--modelcard-weights=off)")
    if importlib.util.find_spec("numpy") is None:
        raise CannotTell("evidence from weights needs numpy: pip install 'pytest-modelcard[weights]'")
    known = known_suspects(search.evidence)
    if not known and search.options.index is None:
        raise CannotTell("the card names no other model, and none was given (--modelcard-suspect)")
    if (told := first.by_files(search, known)) is not None:
        return told
    search.begin()
    for suspect in known:
        search.open(suspect)
    for suspect in indexed_suspects(search):
        search.open(suspect)
    if not search.opened:
        raise CannotTell("; ".join(search.notes) or "no other model is known to compare the weights with")
    reading = search.read()
    lineage = _decide(search, reading)
    if lineage.verdict not in EXPLAINED or lineage.declared_complete is None:
        lineage, reading = _widen(search, lineage, reading, known)
    lineage = _directed(search, lineage, reading)
    lineage = with_summation(guard.without(lineage, *_declared(search, reading)), reading.samples)
    if lineage.method == "sparse":
        from .sparse_settings import with_settings

        lineage = with_settings(lineage, reading.samples)
    left = (*lineage.left_out, *reading.left_out, *rows_beyond(search.candidate, search.opened.values()))
    return search.found(replace(lineage, left_out=left))


def _declared(search: Search, reading: Reading) -> tuple[list[str], list[str]]:
    """The declared bases that could not be compared, and those that could."""
    known, told = guard.compared(reading.samples), (list[str](), list[str]())
    for id in declared_bases(search.evidence.card):
        told[id in known].append(id)
    return told


def _directed(search: Search, lineage: Lineage, reading: Reading) -> Lineage:
    """The verdict with the Hub's dates, where nothing else tells which of two models was first."""
    if lineage.verdict not in ("copy", "permuted-copy", "pruned") or lineage.declared_complete is not None:
        return lineage
    older = first.older(search, [p.id for p in lineage.parents])
    return _decide(search, reading, older) if older else lineage


def _decide(search: Search, reading: Reading, older: Sequence[str] = ()) -> Lineage:
    from ..weights.decide import decide

    offered = [id for id in search.opened if id in guard.compared(reading.samples)]
    search.notes += guard.why_not(reading.left_out, [id for id in search.opened if id not in offered])
    found = decide(
        reading.samples,
        search.candidate.id,
        [id for id in declared_bases(search.evidence.card) if id in offered],
        offered,
        {id: w.revision for id, w in search.opened.items()},
        config={"older": tuple(older)},
        seed=search.options.seed,
        stack=search.stack,
    )
    return uncompared.judged(found, reading, search.candidate.tensors)


def _widen(
    search: Search, lineage: Lineage, reading: Reading, known: tuple[Suspect, ...]
) -> tuple[Lineage, Reading]:
    """Look at further suspects, and decide again with the one that explains the change best, if any does."""
    from .scan import scan

    base = next((id for id in declared_bases(search.evidence.card) if id in search.opened), None)
    if base is None:
        return lineage, reading
    more = found_suspects(search.evidence, known, search.notes)
    seen = scan(search, base, more, reading.samples)
    if seen.looked_at:
        search.notes.append(f"{seen.looked_at} further models made from the same base were looked at")
    if seen.copy is not None:
        return first.copied(search, seen.copy), reading
    if not [id for id in seen.chosen if search.open(Suspect(id, "suspect")) is not None]:
        return lineage, reading
    reading = search.read()
    return _decide(search, reading), reading
