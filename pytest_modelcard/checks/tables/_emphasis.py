"""What bold (or underline) means in a card's tables: learnt from the tables themselves.

Cards use bold for the best score of a row, for their own column, for headers, or for nothing in particular.
A rule may speak of a row only where the other rows show that bold is meant as "best".
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ...arithmetic import printed
from ...card.benchmarks import Registry
from ...card.records import Card
from ...model import Claim
from ._rows import Direction, Row, direction, rows

#: A usage is learnt from at least so many marked rows, of which at least this part must agree.
MIN_ROWS = 3
MIN_AGREEMENT = 2 / 3
#: It is beyond doubt from these on.
SURE_ROWS = 5
SURE_AGREEMENT = 0.75


@dataclass(frozen=True, slots=True)
class Marked:
    """A row with marked scores, and what the marks fit."""

    row: Row
    way: Direction | None
    marked: tuple[Claim, ...]
    ranked: tuple[Claim, ...]  #: all scores of the row, best first by `way`; by size where that is not known

    def fits(self, rank: int) -> bool:
        """Whether every marked score has the given place (1 best, 2 second) by some way of counting ties."""
        if self.way is None:
            ends = (self.ranked, tuple(reversed(self.ranked)))
            return any(all(_has_place(c, order, rank) for c in self.marked) for order in ends)
        return all(_has_place(c, self.ranked, rank) for c in self.marked)

    @property
    def sections(self) -> bool:
        """Whether the row's models stand in groups."""
        return len({(c.section, c.header_path[:-1]) for c in self.row.claims}) > 1


@dataclass(frozen=True, slots=True)
class Usage:
    """Rows of tables that name the same models: one author's habit."""

    rows: tuple[Marked, ...]
    agreeing: int

    @property
    def learnt(self) -> bool:
        return len(self.rows) >= MIN_ROWS and self.agreeing >= MIN_AGREEMENT * len(self.rows)

    @property
    def sure(self) -> bool:
        return len(self.rows) >= SURE_ROWS and self.agreeing >= SURE_AGREEMENT * len(self.rows)


def usages(card: Card, registry: Registry, is_marked: Callable[[Claim], bool], rank: int) -> list[Usage]:
    """For each set of models compared: how its tables use the mark, with all rows that bear it."""
    by_models: dict[frozenset[str], tuple[list[Marked], list[Marked]]] = {}
    for row in rows(card):
        if len(row.claims) < 2 or any(len(c.values) > 1 for c in row.claims):
            continue
        marks = tuple(c for c in row.claims if is_marked(c))
        if len(marks) == len(row.claims):
            continue
        way = direction(row, card, registry)
        ranked = tuple(sorted(row.claims, key=lambda c: c.value or 0.0, reverse=way != "lower"))
        models = frozenset(card.tables[row.table].models) or frozenset(c.model or "" for c in row.claims)
        marked, plain = by_models.setdefault(models, ([], []))
        (marked if marks else plain).append(Marked(row, way, marks, ranked))
    return [
        Usage(tuple(marked), sum(m.fits(rank) for m in marked))
        for marked, plain in by_models.values()
        if marked and not _follows_one_model(marked, plain)
    ]


def _follows_one_model(marked: Sequence[Marked], plain: Sequence[Marked]) -> bool:
    """Whether one model is marked whatever its scores: its column is set off.

    A model that is marked alone, but left unmarked in the rows where another is ahead, is marked for winning.
    """
    if len({frozenset(c.model or "" for c in m.marked) for m in marked}) > 1:
        return False
    name = marked[0].marked[0].model
    return len(plain) < 2 or any(m.way is None or m.ranked[0].model == name for m in plain)


def _has_place(claim: Claim, ranked: Sequence[Claim], rank: int) -> bool:
    """Whether a score may be called the best (or second) among `ranked`; equal and uncertain scores share."""
    place = ranked.index(claim)
    values = list(dict.fromkeys(c.value for c in ranked))
    if values.index(claim.value) < rank:
        return True
    return sum(not _level(other, claim) for other in ranked[:place]) < rank


def _level(a: Claim, b: Claim) -> bool:
    """Whether two scores are equal as far as they are printed, or within their own printed errors."""
    if a.error is not None or b.error is not None:
        return abs((a.value or 0) - (b.value or 0)) <= (a.error or 0) + (b.error or 0)
    coarse = min(a.decimals or 0, b.decimals or 0)
    if a.decimals == b.decimals:
        return a.value == b.value
    return printed(round(a.value or 0, coarse), coarse).meets(printed(round(b.value or 0, coarse), coarse))
