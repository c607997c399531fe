"""A quick look at many suspects: a few kilobytes of each, to find the one that explains a candidate's change."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ..errors import CannotTell, CardError
from .suspects import Suspect

if TYPE_CHECKING:
    from ..weights.opened import Weights
    from .find import Search

#: Bytes of one model in a look, and tensors they are spread over.
LOOK_BYTES, LOOK_TENSORS = 48 * 1024, 12
#: A suspect that reproduces so many of the sharp votes ends the search.
SURE = 0.9
#: Below this many times what chance gives, a suspect explains nothing.
ABOVE_CHANCE = 3.0
LEAST_SHARP = 50


def scan(search: Search, base: str, suspects: Iterator[Suspect]) -> tuple[str | None, int]:
    """The id of the suspect that explains the change from `base` best, opened in the search, and how many were
    looked at. None where none explains it. Stops at the first sure one, and at half of the budget.
    """
    wanted = _tensors(search)
    best: tuple[float, str, Weights] | None = None
    looked_at = 0
    closed: list[Weights] = []
    for suspect in suspects:
        if search.spent() + sum(w.meter.bytes_read for w in closed) > search.options.budget // 2:
            search.notes.append(
                f"not all models made from {base} were looked at: half of the budget is spent"
            )
            break
        opened = _open(search, suspect, wanted)
        if opened is None:
            continue
        looked_at += 1
        score = _score(search, base, opened, wanted)
        if score is not None and (best is None or score > best[0]):
            best = (score, suspect.id, opened)
        closed.append(opened)
        if best is not None and best[0] >= SURE:
            break
    search.side_bytes += sum(w.meter.bytes_read for w in closed)
    search.side_requests += sum(w.meter.requests for w in closed)
    if best is None:
        return None, looked_at
    found = search.open(Suspect(best[1], "suspect"))
    return (best[1], looked_at) if found is not None else (None, looked_at)


def _tensors(search: Search) -> list[str]:
    """A few large tensors over the depth of the model."""
    sized = [t for t in search.candidate.tensors.values() if len(t.shape) >= 2]
    if not sized:
        return []
    step = max(1, len(sized) // LOOK_TENSORS)
    return [t.name for t in sized[step // 2 :: step]][:LOOK_TENSORS]


def _open(search: Search, suspect: Suspect, wanted: list[str]) -> Weights | None:
    from ..weights.opened import open_weights

    if suspect.id in search.opened:
        return None
    try:
        source = search.evidence.other(suspect.id).source
        return open_weights(source, model=suspect.id, wanted=wanted, cache=search.options.cache)
    except (CannotTell, CardError) as error:
        search.notes.append(f"{suspect.id} was not looked at: {error}")
        return None


def _score(search: Search, base: str, weights: Weights, wanted: list[str]) -> float | None:
    """Share of the sharp votes that agree on one weight; None where that is no more than chance."""
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
        return None
    votes = vote(usable, base, weights.id)
    if votes.sharp < LEAST_SHARP or votes.sharp_agreement < ABOVE_CHANCE * votes.chance:
        return None
    return votes.sharp_agreement
