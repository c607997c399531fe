"""MC209: more digits than the benchmark's questions can carry."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from ...arithmetic import standard_error
from ...card.benchmarks import Registry
from ...card.records import Card
from ...model import Claim, Related
from ..base import Rule, Subject, Verdict, clean, fault, slug
from ._rows import Row, describe, number, rows, share_scale

if TYPE_CHECKING:
    from ...evidence import Evidence

#: Decimals of a percentage that nobody needs: a thousandth of a point.
TOO_MANY = 3


class FalsePrecision(Rule):
    """A score is printed to a thousandth of a point where its benchmark cannot tell whole points apart.

    ## What it does
    Once a table: finds scores of benchmarks of known size that are printed with three or more decimals of a
    percentage, and compares the last digit with the standard error that the number of questions leaves. A
    note, never a failure; tables that print standard errors are left alone.

    ## Why it matters
    Digits suggest accuracy. 90.909 on 198 questions has a standard error of 2 points: all digits behind the
    point are noise.

    ## Example
    ```
    | Benchmark    | Acme 7B |
    |--------------|---------|
    | GPQA Diamond | 90.909  |
    ```

    ## What to do instead
    Print one decimal, or print the standard error beside the score.
    """

    id = "MC209"
    name = "false-precision"
    severity = "note"

    def subjects(self, card: Card) -> Iterable[Subject]:
        registry = Registry.default()
        tables: dict[int, list[tuple[Claim, Row]]] = {}
        for row in rows(card):
            benchmark = registry.get(row.benchmark_id)
            if benchmark is None or benchmark.items is None or not benchmark.proportion:
                continue
            for claim in row.claims:
                tables.setdefault(row.table, []).append((claim, row))
        helpers = {c.table for c in card.named("score") if c.is_auxiliary or c.error is not None}
        for table, found in tables.items():
            if table not in helpers:
                key = slug("table", card.tables[table].heading or str(table + 1))
                yield Subject(key, card.tables[table].span, claims=tuple(c for c, _ in found), data=found)

    def run(self, subject: Subject, evidence: Evidence) -> Verdict:
        found: list[tuple[Claim, Row]] = subject.data
        fine: list[tuple[Claim, float, int]] = []
        for claim, row in found:
            benchmark = evidence.registry.get(row.benchmark_id)
            if benchmark is None or benchmark.items is None:
                continue
            scale = share_scale(claim, row, benchmark)
            digits = (claim.decimals or 0) - (2 if scale == 1 else 0)
            if scale is None or digits < TOO_MANY:
                continue
            share = min(max((claim.value or 0) / scale, 0.0), 1.0)
            fine.append((claim, 100 * standard_error(share, benchmark.items), benchmark.items))
        if not fine:
            return clean(f"{len(found)} scores of known benchmarks are printed with at most two decimals.")
        claim, error, items = max(fine, key=lambda f: f[1])
        return fault(
            f"{len(fine)} of {len(found)} scores are printed to a thousandth of a point; "
            f"{claim.benchmark} {number(claim)} on {items} questions has a standard error of {error:.1f}.",
            help="Print one decimal, or print the standard error beside the score.",
            span=claim.span,
            related=tuple(Related(c.span, describe(c), c.raw) for c, _, _ in fine[:3]),
        )
