"""A quick look at many suspects: a few kilobytes of each, to find those that explain a candidate's change."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import TYPE_CHECKING

import numpy as np

from ..errors import CannotTell, CardError
from .structure import beside
from .suspects import Suspect
from .telling import telling

if TYPE_CHECKING:
    from ..weights.opened import Weights
    from ..weights.records import TensorSample, Votes
    from ..weights.sampling import Blocks
    from .search import Search

#: Bytes of one model in a look at most, and suspects looked at side by side.
LOOK_BYTES, AT_ONCE = 256 * 1024, 4
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


@dataclass(frozen=True, slots=True)
class _Look:
    """What was seen of one suspect; `weights` None where it could not be opened or is a copy."""

    id: str
    note: str = ""
    copy: bool = False
    weights: Weights | None = None
    usable: tuple[TensorSample, ...] = ()
    votes: Votes | None = None


def scan(search: Search, base: str, suspects: Iterator[Suspect], samples: Sequence[TensorSample]) -> Seen:
    """Look at the suspects in their order, a few at once, where `samples` show the change from `base` best.

    Stops at the first sure one, and at half of the budget.
    """
    files = {t.name: t.file for t in search.opened[base].tensors.values()}
    places = telling(samples, base, files)
    seen = Seen()
    left = (s for s in suspects if s.id not in search.opened)
    with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="suspects") as pool:
        while some := list(islice(left, AT_ONCE)):
            if search.spent() > search.options.budget // 2:
                search.notes.append(
                    f"not all models made from {base} were looked at: half of the budget is spent"
                )
                break
            for look in pool.map(lambda s: _look(search, base, s.id, places), some):
                _add(search, seen, look)
            if seen.copy is not None or max(seen.votes.values(), default=0.0) >= SURE:
                break
    seen.chosen = _chosen(seen, base)
    return seen


def _look(search: Search, base: str, id: str, places: Mapping[str, Blocks]) -> _Look:
    """Read a little of one suspect, and ask for its votes; run in several threads at once."""
    from ..weights.reader import read_samples
    from ..weights.votes import vote

    try:
        other = search.evidence.other(id)
        if beside(search.evidence, other, id, deep=False).whole:
            return _Look(id, copy=True)
        if not places:
            return _Look(id)  # the candidate nowhere differs from the base: there is no change to explain
        weights = search.weights_of(id, places)
    except (CannotTell, CardError) as error:
        return _Look(id, f"{id} was not looked at: {error}")
    samples = read_samples(
        search.candidate,
        {base: search.opened[base], id: weights},
        places,
        budget=LOOK_BYTES * 3,
        seed=search.options.seed,
    ).samples
    usable = tuple(s for s in samples if base in s.others and id in s.others)
    return _Look(id, weights=weights, usable=usable, votes=vote(usable, base, id) if usable else None)


def _add(search: Search, seen: Seen, look: _Look) -> None:
    """Take one look into the search's account; its values are kept beside those of the others."""
    if look.note:
        search.notes.append(look.note)
    if look.copy:
        seen.copy = seen.copy or look.id
    if look.weights is None:
        return
    seen.looked_at += 1
    search.progress.say(f"{seen.looked_at} suspects of {search.name} were looked at, the last {look.id}")
    search.closed.append(look.weights)
    votes = look.votes
    if votes and votes.sharp >= LEAST_SHARP and votes.sharp_agreement >= ABOVE_CHANCE * votes.chance:
        seen.votes[look.id] = votes.sharp_agreement
    for s in look.usable:
        kept = seen.samples.setdefault(s.name, s)
        if kept is not s and np.array_equal(kept.positions, s.positions):
            both: Mapping[str, np.ndarray] = {**kept.others, look.id: s.others[look.id]}
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
