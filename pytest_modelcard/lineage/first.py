"""What is told before a weight is read: a copy by its files' checksums, an adapter by its shapes; and by the Hub's dates
which of two models was first.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..errors import CannotTell, CardError
from ..source.base import dates
from ..weights.records import Lineage, Parent
from . import adapters
from .structure import beside
from .suspects import Suspect, declared_bases

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .record import Found
    from .search import Search


def by_files(search: Search, known: tuple[Suspect, ...]) -> Found | None:
    """What can be told without weights: a model with the very same files, or what an adapter fits to."""
    for suspect in known:
        try:
            other = search.evidence.other(suspect.id)
        except CardError:
            continue  # told when its weights are asked for
        search.beside.append(beside(search.evidence, other, suspect.id, deep=suspect.origin == "declared"))
        search.notes += search.beside[-1].notes()
    copies = [b.id for b in search.beside if b.whole]
    if copies:
        return search.found(copied(search, copies[0]))
    if not adapters.is_adapter(search.evidence):
        return None
    adapter = adapters.read_adapter(search.evidence)
    declared = [s for s in known if s.origin == "declared"]
    bases = {s.id: weights for s in declared if (weights := search.open(s)) is not None}
    if not bases:
        raise CannotTell(
            "; ".join(search.notes) or "an adapter, and no base model is declared to compare it with"
        )
    return search.found(adapters.judge(search.name, adapter, bases, declared_bases(search.evidence.card)))


def copied(search: Search, id: str) -> Lineage:
    """The verdict on a candidate that has the same weight files as another model."""
    if id not in {b.id for b in search.beside}:
        search.beside.append(beside(search.evidence, search.evidence.other(id), id, deep=False))
    listed = {b.id: b for b in search.beside}
    bases = declared_bases(search.evidence.card)
    declared = id in bases
    # where a declared base's files are not known, the other model may be a mirror of it
    known = declared or (
        all(b in listed and listed[b].equal is not None for b in bases) and id in older(search, [id])
    )
    return Lineage(
        search.name,
        "copy",
        f"{search.name} has the same weights as {id}: {listed[id].files} file(s) with equal SHA-256"
        f"{'' if known else '; which was first, checksums do not tell'}.",
        parents=(Parent(id, search.evidence.other(id).source.revision, 1.0, None, declared),),
        declared_complete=True if declared else False if known else None,
        candidates=tuple(listed),
    )


def older(search: Search, ids: Iterable[str]) -> tuple[str, ...]:
    """Those models that were last changed before the candidate's repository was made, by the Hub's dates."""
    made = dates(search.evidence.source)[0]
    out = []
    for id in ids if made else ():
        changed = dates(search.evidence.other(id).source)[1]
        if made and changed and changed < made:
            search.notes.append(
                f"{id} was last changed on {changed[:10]}, before {search.name} was made on {made[:10]}"
            )
            out.append(id)
    return tuple(out)
