"""MC206: a printed rank that the scores beside it do not give."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ...card.benchmarks import Registry
from ...card.records import Card
from ...model import Claim, Related
from ..base import Rule, Subject, Verdict, clean, fault, slug, unknown
from ._rows import better, describe, direction, number, reads_by_row, rows

if TYPE_CHECKING:
    from ...evidence import Evidence

_RANK = re.compile(
    r"^(?:#|rank(?:ing)?|overall rank|place|position|排名|名次|posição|ranking geral)$", re.IGNORECASE
)
_AVERAGE = re.compile(r"(?<![a-z])(?:avg|average|mean|overall|total|média)(?![a-z])|平均|总分", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Case:
    rank: Claim
    basis: tuple[
        tuple[Claim, Claim], ...
    ]  #: (score, rank) of every model, by the score that explains most ranks
    lower: bool
    agreeing: int


class RankMiscomputed(Rule):
    """A printed rank is not the model's place among the scores of the table.

    ## What it does
    Where a table prints ranks, looks for the score that orders the models so (the average first). If it
    explains the ranks of all models but a few, each rank is held to it; equal scores may share or split
    places.

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
            yield Subject(slug("rank", case.rank.model), case.rank.span, claims=(case.rank,), data=case)

    def run(self, subject: Subject, evidence: Evidence) -> Verdict:
        case: _Case = subject.data
        shown = f"Rank {number(case.rank)} of {case.rank.model or 'this model'}"
        way = "lower" if case.lower else "higher"
        own = next((s for s, r in case.basis if r is case.rank), None)
        if own is None:
            return unknown(f"{shown}: no score stands beside it.")
        scores = [s for s, _ in case.basis]
        ahead = [
            s for s in scores if better(s.value or 0, own.value or 0, "lower" if case.lower else "higher")
        ]
        level = [s for s in scores if s.value == own.value]
        first, last = len(ahead) + 1, len(ahead) + len(level)
        if first <= (case.rank.value or 0) <= last:
            return clean(f"{shown} is its place by {own.benchmark} ({number(own)}, {way} is better).")
        if case.agreeing < 2 or case.agreeing < 0.6 * len(case.basis):
            return unknown(f"{shown}: it cannot be told which score the ranks go by.")
        return fault(
            f"{shown} is printed, but {len(ahead)} of {len(scores)} models have a better {own.benchmark} "
            f"than its {number(own)}: its place is {first}.",
            help="Order the models by the score again, or say what the rank goes by.",
            related=tuple(Related(s.span, f"better: {describe(s)}", s.raw) for s in ahead[:4]),
        )


def _cases(card: Card) -> Iterator[_Case]:
    tables: dict[int, list[Claim]] = {}
    for claim in card.named("score"):
        if claim.table is not None and claim.value is not None:
            tables.setdefault(claim.table, []).append(claim)
    for table, claims in tables.items():
        ranks = [c for c in claims if _RANK.match((c.benchmark or "").strip()) and _whole(c)]
        if len(ranks) < 2 or sorted(c.value or 0 for c in ranks)[0] != 1:
            continue
        yield from _of_table(card, table, claims, ranks)


def _of_table(card: Card, table: int, claims: list[Claim], ranks: list[Claim]) -> Iterator[_Case]:
    by_row = reads_by_row(claims)
    by_line = {(c.col if by_row else c.row): c for c in ranks}
    found: list[_Case] = []
    listed = [r for r in rows(card) if r.table == table]
    from_averages = _average_lines(claims, by_row)
    for scores, lower in [
        *((s, False) for s in from_averages),
        *((list(r.claims), direction(r, card, Registry.default()) == "lower") for r in listed),
    ]:
        pairs = tuple((s, by_line[line]) for s in scores if (line := s.col if by_row else s.row) in by_line)
        if len(pairs) == len(ranks) and not any(s is r for s, r in pairs):
            found.append(_Case(ranks[0], pairs, lower, _agreeing(pairs, lower)))
    if not found:
        return
    best = max(found, key=lambda c: c.agreeing)
    for rank in ranks:
        yield _Case(rank, best.basis, best.lower, best.agreeing)


def _average_lines(claims: list[Claim], by_row: bool) -> list[list[Claim]]:
    lines: dict[int | None, list[Claim]] = {}
    for c in claims:
        if c.is_aggregate and _AVERAGE.search(c.benchmark or ""):
            lines.setdefault(c.row if by_row else c.col, []).append(c)
    return list(lines.values())


def _agreeing(pairs: tuple[tuple[Claim, Claim], ...], lower: bool) -> int:
    n = 0
    for score, rank in pairs:
        ahead = sum(better(s.value or 0, score.value or 0, "lower" if lower else "higher") for s, _ in pairs)
        level = sum(s.value == score.value for s, _ in pairs)
        n += ahead + 1 <= (rank.value or 0) <= ahead + level
    return n


def _whole(claim: Claim) -> bool:
    return claim.value is not None and claim.value >= 1 and claim.value == int(claim.value)
