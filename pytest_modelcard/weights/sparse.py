"""Sparse merges (TIES, DARE, DELLA, breadcrumbs and their kin): each element keeps the base's value, moves by a fixed
multiple of one parent's change, or by what several parents' changes make together.

mergekit (0.1.5) drops changes, scales what is left (by a factor of each tensor, about 1 / density, where it rescales),
weights it and adds it to the base: the sum of those kept, or, with TIES' signs and `normalize`, their mean weighted.
So multiples are looked for in every tensor alone, as spikes among (candidate - base) / (parent - base), on one half of
its elements, and tested on the other half against multiples a little beside them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np

from .records import TensorSample
from .spikes import NOISE, OWN, STEPS, Part, parts_of, spike
from .votes import sweep

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]
    Mask = NDArray[np.bool_]

#: A step of rounding, beside what arithmetic in 16 bits adds.
_TOLERANCE = 1.0
_LEAST = 200
#: Tensors of which a first look takes some.
_FIRST = 6
#: Share of moved elements on the multiples, and how much of that beside them (7 to 20 % off).
_EXPLAINED, _BESIDE = 0.95, 0.6
#: At a first look a parent's multiple must have so many votes, and so many times those beside it.
_SPIKE, _ABOVE = 0.06, 1.25
#: Not all changes were kept, and every parent has a part.
_ALL_KEPT, _PART = 0.97, 0.04
_MOST_PARENTS, _MOST_TRIED = 3, 8


@dataclass(frozen=True, slots=True)
class Sparse:
    """multiples: of each parent's change, where it alone was kept (median over tensors). kept: share of testable
    elements that moved. joined: how several kept changes go together, "sum" or "mean".

    explained: moved elements on the multiples; beside: on multiples a little off.
    """

    ids: tuple[str, ...]
    multiples: tuple[float, ...]
    kept: float
    explained: float
    beside: float
    elements: int
    joined: str = "sum"


@dataclass(frozen=True, slots=True)
class _Rule:
    """What one part's elements may be: multiples by id, and each parent's share where changes are averaged."""

    multiples: dict[str, float]
    shares: dict[str, float] | None = None

    def values(self, part: Part, factor: float = 1.0) -> list[tuple[tuple[str, ...], Array]]:
        """What the change is for each set of parents kept."""
        found = []
        moved = {i: part.deltas[i] * (m * factor) for i, m in self.multiples.items()}
        for number in range(1, len(moved) + 1):
            for ids in combinations(moved, number):
                total = np.zeros(part.change.shape)
                whole = 1.0
                if self.shares and number > 1:
                    whole = sum(self.shares[i] for i in ids) or 1.0
                for i in ids:
                    total = total + moved[i] * (self.shares[i] / whole if self.shares and number > 1 else 1.0)
                found.append((ids, total))
        return found


def sparse(samples: Sequence[TensorSample], base: str, candidates: Sequence[str]) -> Sparse | None:
    """The sparse merge of up to three of the `candidates` into the base that explains the candidate; None: none does."""
    parts = parts_of(samples, base, candidates[:_MOST_TRIED])
    first = sorted(parts, key=lambda p: -len(p.change))[:_FIRST]
    ids: list[str] = []
    best: Sparse | None = None
    for _ in range(_MOST_PARENTS):
        following = _next(first, ids, [i for i in candidates[:_MOST_TRIED] if i not in ids])
        if following is None:
            break
        ids = [*ids, following]
        found = _tested(parts, ids)
        if found is not None and (best is None or 1 - found.explained < 0.5 * (1 - best.explained)):
            best = found
        if found is not None and found.explained > 0.99:
            break
    return best


def _next(parts: Sequence[Part], ids: Sequence[str], others: Sequence[str]) -> str | None:
    """Of the other models the one whose multiples explain most of what those chosen leave unexplained."""
    marks: dict[str, list[float]] = {i: [] for i in others}
    for part in parts:
        rest, rule = part, None
        if ids:
            rule = _rule(part, ids)
            if rule is None:
                continue
            rest = part.cut((np.abs(part.change) > part.step) & ~_hits(part, rule))
        for i in others:
            spikes = [spike(rest, i, rest.change)]
            spikes += [spike(rest, i, rest.change - v) for _, v in rule.values(rest)] if rule else []
            good = [(share, above) for _, share, above in filter(None, spikes)]
            if good:
                marks[i].append(
                    max(share if share >= _SPIKE and above >= _ABOVE else 0.0 for share, above in good)
                )
    found = {i: float(np.median(m)) for i, m in marks.items() if m}
    best = max(found, key=lambda i: found[i], default=None)
    return best if best is not None and found[best] > 0 else None


def _rule(part: Part, ids: Sequence[str]) -> _Rule | None:
    """The multiples of these models' changes in one part: each one's spike where the others were dropped."""
    multiples: dict[str, float] = {}
    for i in ids:
        rest, changes = part, [part.change]
        if multiples:
            known = _Rule(multiples)
            rest = part.cut((np.abs(part.change) > part.step) & ~_hits(part, known))
            changes = [rest.change, *(rest.change - v for _, v in known.values(rest))]
        spikes = [s for c in changes if (s := spike(rest, i, c)) is not None]
        if not spikes:
            return None
        multiples[i] = max(spikes, key=lambda s: s[1] * min(s[2], 4.0))[0]
    return _Rule(multiples)


def _shares(part: Part, rule: _Rule) -> _Rule | None:
    """The same with changes averaged where several were kept: shares from the means of two that were."""
    first, *others = rule.multiples
    shares = {first: 1.0}
    for other in others:
        one, two = (rule.multiples[i] * part.deltas[i] for i in (first, other))
        apart = np.abs(one - two) >= STEPS * part.step
        here = (
            apart & (one * two > 0) & (np.abs(part.change) > part.step) & ~_hits(part, _Rule(rule.multiples))
        )
        if int(here.sum()) < OWN / 5:
            return None
        room = 0.6 * part.step[here] + NOISE * np.abs(part.change[here])
        ends = [(part.change - two)[here] + sign * room for sign in (-1, 1)]
        low, high = np.sort(np.array(ends) / (one - two)[here], axis=0)
        share = sweep(low, high)[0]
        if not 0.01 < share < 0.99:
            return None
        shares[other] = (1 - share) / share
    return _Rule(rule.multiples, shares)


def _hits(part: Part, rule: _Rule, factor: float = 1.0) -> Mask:
    hit = np.zeros(part.change.shape, np.bool_)
    for _, value in rule.values(part, factor):
        hit |= _near(part, value)
    return hit


def _near(part: Part, value: Array) -> Mask:
    return np.asarray(np.abs(part.change - value) <= _TOLERANCE * part.step + NOISE * np.abs(value))


def _tested(parts: Sequence[Part], ids: Sequence[str]) -> Sparse | None:
    """The rules of all parts, from their even elements, and how often the odd ones follow them."""
    rules: list[tuple[Part, _Rule]] = []
    halved = [(p.cut(slice(0, None, 2)), p.cut(slice(1, None, 2))) for p in parts]
    for even, odd in halved:
        rule = _rule(even, ids)
        if rule is not None:
            rules.append((odd, rule))
    plain = _score(rules, ids)
    if len(ids) == 1:
        return plain
    means = []
    for even, odd in halved:
        rule = _rule(even, ids)
        mean = _shares(even, rule) if rule is not None else None
        if mean is not None:
            means.append((odd, mean))
    averaged = (
        _score(means, ids)
        if sum(len(p.change) for p, _ in means) >= 0.5 * sum(len(p.change) for p, _ in rules)
        else None
    )
    if averaged is not None and (plain is None or averaged.explained > plain.explained):
        return averaged
    return plain


def _score(rules: Sequence[tuple[Part, _Rule]], ids: Sequence[str]) -> Sparse | None:
    moved = total = explained = everything = 0
    beside = 0.0
    used = np.zeros(len(ids), np.int64)
    for whole, rule in rules:
        part = whole.cut(whole.far(ids))
        total += len(part.change)
        part = part.cut(np.abs(part.change) > part.step)
        moved += len(part.change)
        values = rule.values(part)
        near = {kept: _near(part, value) for kept, value in values}
        hit = np.any(list(near.values()), axis=0)
        explained += int(hit.sum())
        everything += int(near[tuple(ids)].sum())
        for k, i in enumerate(ids):
            without = [n for kept, n in near.items() if i not in kept]
            used[k] += int((hit & ~np.any(without, axis=0)).sum()) if without else int(hit.sum())
        beside += float(np.mean([_hits(part, rule, f).sum() for f in (0.8, 0.93, 1.07, 1.2)]))
    if moved < _LEAST or min(used) < max(_LEAST / 4, _PART * moved):
        return None
    if explained < _EXPLAINED * moved or beside > _BESIDE * explained:
        return None
    # Changes that were dropped, alone or all: more of them than of what is not explained at all.
    dropped = (total - moved) + (explained - everything)
    if dropped < max((1 - _ALL_KEPT) * total, 2 * (moved - explained)):
        return None
    multiples = tuple(float(np.median([rule.multiples[i] for _, rule in rules])) for i in ids)
    joined = "mean" if any(rule.shares for _, rule in rules) else "sum"
    return Sparse(tuple(ids), multiples, moved / total, explained / moved, beside / moved, moved, joined)
