"""A quick look at many suspects: a few kilobytes of each, to find those that explain a candidate's change."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from ..errors import CannotTell, CardError
from .structure import beside
from .suspects import Suspect

if TYPE_CHECKING:
    from ..weights.opened import Weights
    from ..weights.records import TensorSample
    from .find import Search

#: Bytes of one model in a look, and tensors they are spread over.
LOOK_BYTES, LOOK_TENSORS = 48 * 1024, 12
#: A suspect that reproduces so many of the sharp votes ends the search.
SURE = 0.9
#: Below this many times what chance gives, votes for a suspect say nothing.
ABOVE_CHANCE = 3.0
LEAST_SHARP = 50
#: Models that are taken together, and the share of the change still unexplained that each further one must explain.
MOST, WORTH = 3, 0.03


@dataclass
class Seen:
    """What a search of suspects came to. chosen: ids worth a full comparison, best first. copy: a model with the very
    files of the candidate, which ends the search. looked_at: how many were looked at.
    """

    chosen: tuple[str, ...] = ()
    copy: str | None = None
    looked_at: int = 0
    votes: dict[str, float] = field(
        default_factory=dict
    )  #: share of the sharp votes that agree, where above chance
    samples: dict[str, TensorSample] = field(default_factory=dict)  #: of all looked at, by tensor


def scan(search: Search, base: str, suspects: Iterator[Suspect]) -> Seen:
    """Look at the suspects in their order; stops at the first sure one, and at half of the budget."""
    wanted = _tensors(search)
    seen = Seen()
    closed: list[Weights] = []
    for suspect in suspects:
        if search.spent() + sum(w.meter.size for w in closed) > search.options.budget // 2:
            search.notes.append(
                f"not all models made from {base} were looked at: half of the budget is spent"
            )
            break
        if suspect.id in search.opened:
            continue
        try:
            other = search.evidence.other(suspect.id)
            if beside(search.evidence, other, suspect.id, deep=False).whole:
                seen.copy = suspect.id
                break
            weights = search.weights_of(suspect.id, wanted)
        except (CannotTell, CardError) as error:
            search.notes.append(f"{suspect.id} was not looked at: {error}")
            continue
        seen.looked_at += 1
        closed.append(weights)
        _look(search, base, weights, wanted, seen)
        if seen.votes.get(suspect.id, 0.0) >= SURE:
            break
    search.closed += closed
    seen.chosen = _chosen(seen, base)
    return seen


def _tensors(search: Search) -> list[str]:
    """A few large tensors over the depth of the model."""
    sized = [t for t in search.candidate.tensors.values() if len(t.shape) >= 2]
    if not sized:
        return []
    step = max(1, len(sized) // LOOK_TENSORS)
    return [t.name for t in sized[step // 2 :: step]][:LOOK_TENSORS]


def _look(search: Search, base: str, weights: Weights, wanted: list[str], seen: Seen) -> None:
    """Read a little of one suspect, ask for its votes, and keep its values beside those of the others."""
    from ..weights.reader import read_samples
    from ..weights.sampling import plan
    from ..weights.votes import vote

    tensors = {n: (search.candidate.tensors[n].shape, search.candidate.tensors[n].dtype) for n in wanted}
    blocks = plan(tensors, seed=search.options.seed, budget_bytes=LOOK_BYTES)
    others = {base: search.opened[base], weights.id: weights}
    samples = read_samples(
        search.candidate, others, blocks, budget=LOOK_BYTES * 4, seed=search.options.seed
    ).samples
    usable = [s for s in samples if base in s.others and weights.id in s.others]
    if not usable:
        return
    votes = vote(usable, base, weights.id)
    if votes.sharp >= LEAST_SHARP and votes.sharp_agreement >= ABOVE_CHANCE * votes.chance:
        seen.votes[weights.id] = votes.sharp_agreement
    for s in usable:
        kept = seen.samples.setdefault(s.name, s)
        if kept is not s and np.array_equal(kept.positions, s.positions):
            both: Mapping[str, np.ndarray] = {**kept.others, weights.id: s.others[weights.id]}
            seen.samples[s.name] = replace(kept, others=both)


def _chosen(seen: Seen, base: str) -> tuple[str, ...]:
    """The suspects that explain most of the change: one that votes are sure of, else a few that do it together."""
    best = max(seen.votes, key=lambda id: seen.votes[id], default=None)
    if best is not None and seen.votes[best] >= SURE:
        return (best,)
    found = _together(list(seen.samples.values()), base)
    return tuple(dict.fromkeys([*([best] if best else []), *found]))[:MOST]


def _together(samples: list[TensorSample], base: str) -> list[str]:
    """Models chosen one after the other by how much of the change from `base` they explain with those before."""
    from ..weights.agreement import gram

    ids = sorted({id for s in samples for id in s.others if id != base})
    # a model that lacks most of these tensors cannot be weighed against the others
    ids = [id for id in ids if sum(id in s.others for s in samples) >= 0.5 * len(samples)]
    shared = [s for s in samples if all(id in s.others for id in ids)]
    if not ids or not shared:
        return []
    products = gram(shared, base, ids)
    total = rest = float(products[-1, -1])
    chosen: list[int] = []
    while total > 0 and len(chosen) < min(MOST, len(ids)):
        left = {k: _left(products, [*chosen, k]) for k in range(len(ids)) if k not in chosen}
        k = min(left, key=lambda n: left[n])
        if rest - left[k] < WORTH * rest:
            break
        chosen.append(k)
        rest = left[k]
    return [ids[k] for k in chosen]


def _left(products: np.ndarray, use: list[int]) -> float:
    """Energy of the change that the best blend of these models leaves."""
    inner, cross = products[np.ix_(use, use)], products[use, -1]
    weights = np.linalg.lstsq(inner, cross, rcond=None)[0]
    return max(0.0, float(products[-1, -1] - weights @ cross))
