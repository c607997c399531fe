"""MC212: a gain no larger than chance gives on so few questions."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from ...card.records import Card
from ...model import Claim
from ..base import Rule, Subject, Verdict, clean, fault, slug, unknown
from ._gains import match_of, noise, points
from ._rows import Row, number, rows

if TYPE_CHECKING:
    from ...evidence import Evidence


class GainWithinNoise(Rule):
    """A difference that is called a gain is smaller than the sampling noise of its benchmark.

    ## What it does
    For each row of a table of gains, computes the 95 % interval of the difference of two proportions over
    the benchmark's N questions (Newcombe's interval, built from Wilson's). Where it holds 0, says so: a note,
    with the interval. The interval takes the two runs as independent; answers to the same questions are
    correlated, so a paired comparison of the answers themselves may show a smaller interval.

    ## Why it matters
    On 198 questions, two runs of one and the same model differ by 2 points as often as not.

    ## Example
    ```
    | Benchmark    | Base | Acme 7B | Δ    |
    |--------------|------|---------|------|
    | GPQA Diamond | 88.4 | 90.9    | +2.5 |
    ```

    ## What to do instead
    Print the interval or the standard error, average more runs, or compare the answers question by question.
    """

    id = "MC212"
    name = "gain-within-noise"
    severity = "note"

    def subjects(self, card: Card) -> Iterable[Subject]:
        deltas = {(d.table, d.row): d for d in card.named("delta") if (d.value or 0) != 0}
        for row in rows(card):
            own, base = row.only("this"), row.only("base")
            if not card.tables[row.table].is_gains or own is None or base is None:
                continue
            delta: Claim = deltas.get((row.table, own.row), own)
            key = slug(row.benchmark_id or row.benchmark, row.setting)
            yield Subject(key, delta.span, claims=(delta, own, base), data=row)

    def run(self, subject: Subject, evidence: Evidence) -> Verdict:
        row: Row = subject.data
        match = match_of(row, evidence.card, evidence.registry)
        if match is None or match.gain <= 0:
            return clean(f"{row.label}: no gain is claimed.")
        found = noise(match, evidence.registry)
        if found is None:
            return unknown(
                f"{row.label}: the number of questions is not known for sure, so its noise is not."
            )
        low, high, benchmark = found
        told = (
            f"{match} on {benchmark.items} questions: the 95 % interval of the difference is {points(low)} "
            f"to {points(high)} points for two independent runs"
        )
        if low > 0:
            return clean(f"{told}, all of it above 0.")
        return fault(
            f"{told}. It holds 0: {number(match.base)} and {number(match.own)} are not told apart.",
            help="Print the interval or the standard error, average more runs, or compare answer by answer.",
        )
