"""MC204: a printed difference that its two scores do not give."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import comb
from typing import TYPE_CHECKING

from ...arithmetic import Interval, printed, truncated
from ...card.records import Card
from ...model import Claim, Related
from ..base import Rule, Subject, Verdict, clean, fault, slug, unknown
from ._rows import describe, figure, reads_by_row

if TYPE_CHECKING:
    from ...evidence import Evidence

#: Scores of a line that are tried as operands, and differences of a card that are looked at.
MAX_OPERANDS = 16
MAX_DELTAS = 3000
#: How often two unrelated scores give a printed difference within rounding, about.
CHANCE = 0.04


@dataclass(frozen=True, slots=True)
class _Way:
    """How a column of differences was computed: from which lines of the table, and how."""

    minuend: int
    subtrahend: int
    relative: bool  #: in percent of the subtrahend

    def of(self, operands: Sequence[Claim], by_row: bool) -> tuple[Claim, Claim] | None:
        places = {(c.col if by_row else c.row): c for c in operands}
        a, b = places.get(self.minuend), places.get(self.subtrahend)
        return (a, b) if a is not None and b is not None else None


@dataclass(frozen=True, slots=True)
class _Case:
    delta: Claim
    operands: tuple[Claim, ...]
    by_row: bool
    ways: tuple[_Way, ...]  #: that fit most differences of the same column; () where none does
    fitting: int  #: how many differences of the column the first way fits
    of: int


class DifferenceMiscomputed(Rule):
    """A printed difference is not the difference of its two scores.

    ## What it does
    Finds, for each column of differences, the two columns it is computed from (and whether it is a plain or a
    relative difference), and computes every difference again. Rounding is understood: each printed number
    stands for all numbers that round to it, so 18.3 may be 18.2 or 18.4 of the unrounded scores.

    ## Why it matters
    The difference is what readers remember. A slip in it, or a score changed later without it, overstates the
    gain.

    ## Example
    ```
    | Benchmark | Base | Acme 7B | Δ    |
    |-----------|------|---------|------|
    | GSM8K     | 70.1 | 74.3    | +6.2 |
    ```

    ## What to do instead
    Compute the difference from the two printed scores, and say so where it is relative.
    """

    id = "MC204"
    name = "difference-miscomputed"
    severity = "error"

    def subjects(self, card: Card) -> Iterable[Subject]:
        for cases in _cases(card):
            for case in cases:
                d = case.delta
                other = None if d.role in (None, "this") else d.model
                key = slug(d.benchmark_id or d.benchmark, other, d.setting)
                yield Subject(key, d.span, claims=(d,), data=case)

    def run(self, subject: Subject, evidence: Evidence) -> Verdict:
        case: _Case = subject.data
        d = case.delta
        shown = f"{d.benchmark or 'The difference'} {d.raw.strip('*_ ')}"
        if not case.operands:
            return unknown(f"{shown}: the scores it is taken between do not stand in the same table.")
        for way in case.ways:
            pair = way.of(case.operands, case.by_row)
            if pair and _fits(d, *pair, way.relative):
                return clean(f"{shown} is {_computation(*pair, way.relative)} within rounding.")
        if not case.ways:
            return unknown(f"{shown}: it cannot be told which two scores it is taken between.")
        pair = case.ways[0].of(case.operands, case.by_row)
        if pair is None:
            return unknown(f"{shown}: one of the two scores is not printed.")
        return fault(
            f"{shown} is printed, but {_computation(*pair, case.ways[0].relative)}."
            + (
                f" {case.fitting} of the {case.of} differences in this column do compute."
                if case.fitting
                else ""
            ),
            help="Correct the difference, or the score that was changed after it was computed.",
            related=tuple(Related(c.span, describe(c), c.raw) for c in pair),
        )


def _cases(card: Card) -> Iterable[list[_Case]]:
    """The differences of each table, column by column (row by row where models stand in rows)."""
    scores: dict[int, list[Claim]] = {}
    for claim in card.named("score"):
        if claim.table is not None and claim.value is not None and not claim.is_auxiliary:
            scores.setdefault(claim.table, []).append(claim)
    by_row = {table: reads_by_row(claims) for table, claims in scores.items()}
    lines: dict[tuple[int, bool, int], list[Claim]] = {}
    for table, claims in scores.items():
        for c in claims:
            lines.setdefault((table, by_row[table], (c.row if by_row[table] else c.col) or 0), []).append(c)
    columns: dict[tuple[int, bool, int | None, bool], list[tuple[Claim, tuple[Claim, ...]]]] = {}
    for d in card.named("delta")[:MAX_DELTAS]:
        if d.table is None or d.value is None:
            continue
        across = by_row.get(d.table, True)
        operands = lines.get((d.table, across, (d.row if across else d.col) or 0), [])
        same = [c for c in operands if d.benchmark in (None, c.benchmark)] or operands
        column = (d.table, across, d.col if across else d.row, d.unit == "%")
        columns.setdefault(column, []).append((d, tuple(same[:MAX_OPERANDS])))
    for (_, across, _, _), found in columns.items():
        yield _judged(found, across)


def _judged(found: list[tuple[Claim, tuple[Claim, ...]]], by_row: bool) -> list[_Case]:
    fits: Counter[_Way] = Counter()
    expected: set[_Way] = set()  #: this model minus its base: what a difference most often means
    possible: Counter[_Way] = Counter()
    for d, operands in found:
        for a in operands:
            for b in operands:
                if a is b:
                    continue
                for relative in (False, True):
                    way = _Way((a.col if by_row else a.row) or 0, (b.col if by_row else b.row) or 0, relative)
                    possible[way] += 1
                    if a.role == "this" and b.role == "base":
                        expected.add(way)
                    fits[way] += _fits(d, a, b, relative)
    best = max(fits.values(), default=0)
    ways = tuple(
        w for w, n in fits.items() if n == best and _convincing(n, possible[w], len(possible), w in expected)
    )
    if not ways and len(found) == 1 and len(found[0][1]) == 2:
        ways = _only_way(*found[0], by_row)
    return [_Case(d, operands, by_row, ways, best, len(found)) for d, operands in found]


def _convincing(fitting: int, of: int, tried: int, expected: bool) -> bool:
    """Whether a way of computing explains a column well enough to hold the other rows to it.

    Two columns of scores leave but four ways (either order, plain or relative): one fit in three is enough.
    Of this model minus its base, half must fit; of any other ways, so many that chance does not explain it.
    """
    if tried <= 4:
        return fitting >= 1 and 3 * fitting >= of
    if expected and fitting >= 2:
        return 2 * fitting >= of
    by_chance = tried * comb(of, fitting) * CHANCE**fitting
    return 5 * fitting >= 3 * of and by_chance < 0.05


def _only_way(d: Claim, operands: tuple[Claim, ...], by_row: bool) -> tuple[_Way, ...]:
    """A table of two scores and one difference leaves but one pair; () where it may be relative."""
    first, second = operands
    rising = (second.value or 0) > (first.value or 0)
    a, b = (second, first) if rising == ((d.value or 0) > 0) else (first, second)
    if d.unit == "%":
        return ()
    return (_Way((a.col if by_row else a.row) or 0, (b.col if by_row else b.row) or 0, False),)


def _fits(d: Claim, a: Claim, b: Claim, relative: bool) -> bool:
    """Whether `d` can be a - b (or (a - b) / b in percent) with every number rounded or cut off."""
    if not _near(d, a, b, relative):
        return False
    for reading in (printed, truncated):
        first, second = reading(a.value or 0, a.decimals), reading(b.value or 0, b.decimals)
        true = _relative(first, second) if relative else first - second
        if true is None:
            return False
        target = printed(d.value or 0, _decimals(d))
        # percentage points of shares: 0.853 - 0.801 printed as +5.2
        if true.meets(target) or (not relative and _both_shares(a, b) and true.scaled(100).meets(target)):
            return True
    return False


def _decimals(d: Claim) -> int | None:
    """Digits of the difference itself, which may stand behind its score: "66.0 (+2.0)"."""
    if d.decimals is not None:
        return d.decimals
    behind = re.findall(r"[+\-−–±]\s*[0-9]{1,9}(?:\.([0-9]{1,9}))?", d.raw[:200])
    return len(behind[-1]) if behind else None


def _near(d: Claim, a: Claim, b: Claim, relative: bool) -> bool:
    """A quick look in floating point that lets every possible fit pass."""
    x, y, z = a.value or 0.0, b.value or 0.0, d.value or 0.0
    unit_x, unit_y, unit_z = (10.0 ** -(n or 0) for n in (a.decimals, b.decimals, _decimals(d)))
    if not relative:
        slack = 1.01 * (unit_x + unit_y + unit_z)
        return abs(x - y - z) <= slack or (_both_shares(a, b) and abs(100 * (x - y) - z) <= 100 * slack)
    smallest = abs(y) - unit_y
    if smallest <= 0:
        return False
    slack = unit_z + 101 * (unit_x + unit_y * (abs(x) + unit_x) / smallest) / smallest
    return abs(100 * (x / y - 1) - z) <= slack


def _both_shares(a: Claim, b: Claim) -> bool:
    return 0 <= (a.value or 0) <= 1 and 0 <= (b.value or 0) <= 1 and (a.decimals or 0) >= 2


def _relative(a: Interval, b: Interval) -> Interval | None:
    ratio = a.over(b)
    return None if ratio is None else Interval((ratio.low - 1) * 100, (ratio.high - 1) * 100)


def _computation(a: Claim, b: Claim, relative: bool) -> str:
    """ "70.8 - 52.5 = 18.3" """
    decimals = max(a.decimals or 0, b.decimals or 0)
    first, second = figure(a.value, a.decimals), figure(b.value, b.decimals)
    if relative:
        return f"({first} - {second}) / {second} = {100 * ((a.value or 0) / (b.value or 1) - 1):+.1f} %"
    return f"{first} - {second} = {float(Fraction(first) - Fraction(second)):+.{decimals}f}"
