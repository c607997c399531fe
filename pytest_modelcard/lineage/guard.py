"""What a verdict is worth where a declared base model could not be read: only what equality proves stays an accusation."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import replace
from math import isfinite

from ..weights.records import LeftOut, Lineage, TensorSample

#: Verdicts that equal or reproduced elements show, whatever else there may be.
_SHOWN = ("copy", "quantised-copy", "exact-merge", "permuted-copy", "pruned", "cannot-tell")


#: Share of the tensors compared with the best-read model that another one must have been compared in.
_ENOUGH = 0.1


def compared(samples: Iterable[TensorSample]) -> frozenset[str]:
    """Models of which enough was read, as numbers, to be spoken of."""
    seen = Counter(id for s in samples for id, values in s.others.items() if any(map(isfinite, values[:64])))
    most = max(seen.values(), default=0)
    return frozenset(id for id, number in seen.items() if number >= _ENOUGH * most)


def why_not(left_out: Iterable[LeftOut], ids: Collection[str]) -> list[str]:
    """A note for each model that was opened and not compared, with the first reason."""
    reasons: dict[str, str] = {}
    for one in left_out:
        id, _, reason = one.reason.partition(": ")
        reasons.setdefault(id, reason)
    return [
        f"{id} was not compared: {reasons.get(id, 'it has no tensor in common, or no number in them')}"
        for id in ids
    ]


def without(lineage: Lineage, unread: Collection[str], read: Collection[str]) -> Lineage:
    """The verdict, given declared bases whose weights could not be read, and those that could.

    A missing parent bends the answer: what would be a fine-tune of it looks like a descendant of its sibling, and a
    mirror of it like another model. So nothing is complete, and nothing incomplete, unless more undeclared parents are
    shown than declared ones are missing.
    """
    if not unread:
        return lineage
    names = ", ".join(sorted(unread))
    if lineage.verdict not in _SHOWN and (
        not read or lineage.verdict in ("descendant", "merge-then-training")
    ):
        missing = f"the declared {names} could not be read, and without it {lineage.verdict!r} cannot be told"
        return replace(
            lineage,
            verdict="cannot-tell",
            method=None,
            sentence=f"Where {lineage.candidate} comes from cannot be told: {missing}.",
            missing=missing,
            parents=(),
            declared_complete=None,
            recipe=None,
        )
    undeclared = [p for p in lineage.parents if not p.declared]
    complete = lineage.declared_complete
    if complete is False and len(undeclared) <= len(unread):
        complete = None
    if complete is True and lineage.verdict != "exact-merge":
        complete = None
    return replace(lineage, declared_complete=complete)
