"""MC206: a printed rank that the scores beside it do not give."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import combinations
from typing import TYPE_CHECKING

from ...card.benchmarks import Registry
from ...card.records import Card, Cell, Table
from ...model import Claim, Related
from ..base import Rule, Subject, Verdict, clean, fault, slug, unknown
from ._rows import Direction, better, describe, direction, number, reads_by_row, rows

if TYPE_CHECKING:
    from ...evidence import Evidence

_RANK = re.compile(
    r"^(?:overall )?(?:rank(?:ing)?|place|position|排名|名次|posição|colocação)$", re.IGNORECASE
)
_PLACE = re.compile(r"^#?([0-9]{1,4})(?:st|nd|rd|th|º|\.)?$")
_AVERAGE = re.compile(r"(?<![a-z])(?:avg|average|mean|overall|total|média)(?![a-z])|平均|总分", re.IGNORECASE)
#: Ranks of ratings are given by their intervals, so that models with different ratings share a place.
_BY_INTERVAL = re.compile(
    r"±|(?<![a-z])(?:ci|interval|elo|rating|arena|std|stderr|votes)(?![a-z])", re.IGNORECASE
)
MAX_MODELS = 500
#: Where only one score can explain the ranks, it does if so many pairs of models stand in its order.
ORDERED = 0.8
MAX_ORDERED = 60


@dataclass(frozen=True, slots=True)
class _Case:
    cell: Cell
    place: int
    pairs: tuple[
        tuple[Claim, int], ...
    ]  #: score and printed place of every model, by the score that fits best
    way: Direction
    agreeing: int
    by_interval: bool
    alone: bool = False  #: the table has no other score that the ranks could go by

    @property
    def ordered(self) -> float:
        """The share of pairs of models whose ranks stand as their scores do; pairs that are level count."""
        pairs = list(combinations(self.pairs[:MAX_ORDERED], 2))
        right = sum(
            a.value == b.value or m == n or better(a.value or 0, b.value or 0, self.way) == (m < n)
            for (a, m), (b, n) in pairs
        )
        return right / len(pairs) if pairs else 0.0


class RankMiscomputed(Rule):
    """A printed rank is not the model's place among the scores of the table.

    ## What it does
    Where a table prints ranks, looks for the score that orders the models so (the average first). If it
    explains the ranks of all models but a few, each rank is held to it; equal scores may share or split
    places. Ranks of ratings go by intervals, so that models may share a place there: no verdict then.

    ## Why it matters
    A rank is a claim about all others in the table. A row added later, or a score corrected, leaves it wrong.

    ## Example
    ```
    | Rank | Model    | Average |
    |------|----------|---------|
    | 1    | Acme 7B  | 62.0    |
    | 2    | Other 7B | 64.0    |
    ```

    ## What to do instead
    Order the models by the score again, or say what the rank goes by.
    """

    id = "MC206"
    name = "rank-miscomputed"
    severity = "error"

    def subjects(self, card: Card) -> Iterable[Subject]:
        for case in _cases(card):
            own = next(s for s, _ in case.pairs if case.cell.row == s.row or case.cell.col == s.col)
            yield Subject(slug("rank", own.model), case.cell.span, claims=(own,), data=(case, own))

    def run(self, subject: Subject, evidence: Evidence) -> Verdict:
        case, own = subject.data
        shown = f"Rank {case.place} of {own.model or 'this model'}"
        scores = [s for s, _ in case.pairs]
        ahead = [s for s in scores if better(s.value or 0, own.value or 0, case.way)]
        first, last = _span_of_places(own, scores, case.way)
        if first <= case.place <= last:
            return clean(f"{shown} is its place by {own.benchmark} ({number(own)}, {case.way} is better).")
        if case.by_interval:
            return unknown(f"{shown}: ranks of ratings go by their intervals, and models may share a place.")
        few = case.agreeing < 2 or case.agreeing < 0.6 * len(case.pairs)
        if few and not (case.alone and len(case.pairs) >= 4 and case.ordered >= ORDERED):
            return unknown(f"{shown}: it cannot be told which score the ranks go by.")
        shared = len({place for _, place in case.pairs}) < len(case.pairs)
        return fault(
            f"{shown} is printed, but {len(ahead)} of {len(scores)} models have a better {own.benchmark} "
            f"than its {number(own)}: its place is {first}.",
            help="Order the models by the score again, or say what the rank goes by.",
            related=tuple(Related(s.span, f"better: {describe(s)}", s.raw) for s in ahead[:4]),
            severity="warning" if shared else None,
        )


def _cases(card: Card) -> Iterator[_Case]:
    tables: dict[int, list[Claim]] = {}
    for claim in card.named("score"):
        if claim.table is not None and claim.value is not None and claim.row is not None:
            tables.setdefault(claim.table, []).append(claim)
    for index, claims in tables.items():
        by_row = reads_by_row(claims)
        places = _places(card.tables[index], by_row)
        if 2 <= len(places) <= MAX_MODELS and min(place for place, _ in places.values()) == 1:
            yield from _of_table(card, index, claims, places, by_row)


def _places(table: Table, by_row: bool) -> dict[int, tuple[int, Cell]]:
    """The printed places by line: grid column of the model, or grid row where models stand in rows."""
    head = next((c for c in table.cells if _RANK.match(c.text.strip()) and (c.col == 0 or not by_row)), None)
    if head is None:
        return {}
    found = {}
    for cell in table.cells:
        across, along = (cell.row, cell.col) if by_row else (cell.col, cell.row)
        same = head.row if by_row else head.col
        match = _PLACE.match(cell.text.strip(" *"))
        if across == same and match and cell is not head:
            found[along] = (int(match[1]), cell)
    return found


def _of_table(
    card: Card, table: int, claims: list[Claim], places: dict[int, tuple[int, Cell]], by_row: bool
) -> Iterator[_Case]:
    cells = {cell for _, cell in places.values()}
    best: _Case | None = None
    fitting = 0
    for scores, way in _candidates(card, table, claims, by_row):
        found = {(s.col if by_row else s.row) or 0: s for s in scores}
        if set(found) != set(places) or any(s.row == c.row and s.col == c.col for s in scores for c in cells):
            continue
        fitting += 1
        pairs = tuple((found[line], place) for line, (place, _) in places.items())
        words = " ".join(c.text for c in card.tables[table].cells if c.header or c.row == 0)
        words += " ".join(s.raw for s in scores[:20])
        agreeing = sum(_fits(s, place, scores, way) for s, place in pairs)
        case = _Case(next(iter(cells)), 0, pairs, way, agreeing, _BY_INTERVAL.search(words) is not None)
        if best is None or case.agreeing > best.agreeing:
            best = case
    if best is not None:
        for place, cell in places.values():
            yield replace(best, cell=cell, place=place, alone=fitting == 1)


def _candidates(
    card: Card, table: int, claims: list[Claim], by_row: bool
) -> Iterator[tuple[list[Claim], Direction]]:
    """Lines of scores that ranks may go by: averages first."""
    lines: dict[int | None, list[Claim]] = {}
    for c in claims:
        if c.is_aggregate and _AVERAGE.search(c.benchmark or ""):
            lines.setdefault(c.row if by_row else c.col, []).append(c)
    for line in lines.values():
        yield line, "higher"
    for row in rows(card):
        if row.table == table:
            yield list(row.claims), direction(row, card, Registry.default()) or "higher"


def _fits(score: Claim, place: int, scores: list[Claim], way: Direction) -> bool:
    first, last = _span_of_places(score, scores, way)
    return first <= place <= last


def _span_of_places(score: Claim, scores: list[Claim], way: Direction) -> tuple[int, int]:
    """The places a score may have: equal ones share or split them."""
    ahead = sum(better(s.value or 0, score.value or 0, way) for s in scores)
    level = sum(s.value == score.value for s in scores)
    return ahead + 1, ahead + level
