"""MC202: shares and percentages of one benchmark side by side."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from ...card.benchmarks import Registry
from ...card.records import Card
from ...model import Claim, Related
from ..base import Rule, Subject, Verdict, clean, fault, slug, unknown
from ._rows import Row, describe, figure, rows

if TYPE_CHECKING:
    from ...evidence import Evidence


class MixedScales(Rule):
    """One benchmark's scores are printed partly as shares (0 to 1), partly as percentages (0 to 100).

    ## What it does
    In every row with a value of 1 or below beside larger ones, asks whether the small value is a share: it
    has more decimals than the others, and a hundred times it lies among them. A truly tiny score has neither.
    In a table of one model, asks the same of each score beside the others of the table, and warns.

    ## Why it matters
    A reader, and every tool that reads the table, takes 0.853 beside 82.1 for a failure of that model.

    ## Example
    ```
    | Benchmark | Acme 7B | Other 7B |
    |-----------|---------|----------|
    | GSM8K     | 0.853   | 82.1     |
    ```

    ## What to do instead
    Print all scores of a benchmark in one unit, and say which.
    """

    id = "MC202"
    name = "mixed-scales"
    severity = "error"

    def subjects(self, card: Card) -> Iterable[Subject]:
        for row in rows(card):
            small, large = _split(row)
            if small and large:
                key = slug(row.benchmark_id or row.benchmark, row.setting)
                yield Subject(key, small[0].span, claims=row.claims, data=row)
        for lone, others in _alone(card):
            key = slug(lone.benchmark_id, lone.setting)
            yield Subject(key, lone.span, claims=(lone,), data=others)

    def run(self, subject: Subject, evidence: Evidence) -> Verdict:
        if isinstance(subject.data, list):
            return _beside_others(subject.claims[0], subject.data)
        row: Row = subject.data
        benchmark = evidence.registry.get(row.benchmark_id)
        small, large = _split(row)
        if benchmark is not None and benchmark.high != 100.0:
            return clean(f"{row.label} is not printed in percent.")
        shares = [c for c in small if _is_share(c, large)]
        if not shares:
            return clean(f"{row.label}: the small values fit as percentages.")
        if benchmark is None:
            return unknown(f"{row.label} is not in the benchmark registry, so its unit is not known.")
        first = shares[0]
        return fault(
            f"{row.label}: {describe(first)} stands beside {describe(large[0])}; "
            f"{100 * (first.value or 0):g} is meant, or the unit differs.",
            help="Print all scores of this benchmark as percentages, or all as shares of 1.",
            span=first.span,
            related=tuple(Related(c.span, describe(c), c.raw) for c in large[:3]),
        )


def _beside_others(claim: Claim, large: list[Claim]) -> Verdict:
    """One model's score beside its scores on other benchmarks."""
    shown = f"{claim.benchmark} {figure(claim.value, claim.decimals)}"
    if not _is_share(claim, large):
        return clean(f"{shown} fits as a percentage.")
    return fault(
        f"{shown} looks like a share of 1, but the other {len(large)} scores of this table are percentages "
        f"({large[0].benchmark} {describe(large[0])}).",
        help="Print all scores of the table in one unit.",
        related=tuple(Related(c.span, f"{c.benchmark}: {describe(c)}", c.raw) for c in large[:3]),
        severity="warning",
    )


def _alone(card: Card) -> Iterator[tuple[Claim, list[Claim]]]:
    """In tables of one model: each score of 1 or below, and the larger ones beside it."""
    registry = Registry.default()
    tables: dict[int, list[Row]] = {}
    for row in rows(card):
        tables.setdefault(row.table, []).append(row)
    for found in tables.values():
        if any(len(row.claims) != 1 for row in found):
            continue
        scores = [
            row.claims[0]
            for row in found
            if (known := registry.get(row.benchmark_id)) is not None and known.high == 100.0
        ]
        small = [c for c in scores if 0 < (c.value or 0) <= 1 and c.unit != "%"]
        large = [c for c in scores if (c.value or 0) > 1]
        if len(small) == 1 and len(large) >= 3:
            yield small[0], large


def _split(row: Row) -> tuple[list[Claim], list[Claim]]:
    small = [c for c in row.claims if c.value is not None and 0 < c.value <= 1 and c.unit != "%"]
    large = [c for c in row.claims if c.value is not None and c.value > 1]
    return small, large


def _is_share(claim: Claim, large: list[Claim]) -> bool:
    """Whether a small value is a share among percentages: finer, and a hundredfold among the others."""
    hundredfold = 100 * (claim.value or 0.0)
    values = [c.value or 0.0 for c in large]
    finer = (claim.decimals or 0) >= 2 and all((claim.decimals or 0) > (c.decimals or 0) for c in large)
    return finer and min(values) / 2 <= hundredfold <= min(100.0, 2 * max(values))
