"""MC403: another model's score on this card is lower than that model reaches."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from ...card.records import Card
from ..base import Rule, Subject, Verdict
from ._shown import run_subjects, run_verdict

if TYPE_CHECKING:
    from ...evidence import Evidence


class OtherScoreUnderstated(Rule):
    """The card gives the base or a competitor a lower score than that model reaches.

    ## What it does
    With `--modelcard-run`, and for other models that `[endpoints]` in `modelcard.toml` names an endpoint for, runs
    their items and tests whether a complete run would score higher than the card prints by more than the tolerance.

    ## Why it matters
    A comparison can be won by measuring the other side badly.

    ## Example
    ```
    | Benchmark    | Rival 7B | Acme 7B |
    |--------------|----------|---------|
    | GPQA Diamond | 31.0     | 70.8    |   <- Rival 7B: 52 of 80 items right
    ```

    ## What to do instead
    Take the other model's score from its own card, or measure it with its own recommended settings.
    """

    id = "MC403"
    name = "other-score-understated"
    severity = "warning"
    needs = frozenset({"runs"})

    def subjects(self, card: Card) -> Iterable[Subject]:
        return ()

    def planned(self, evidence: Evidence) -> Iterable[Subject]:
        return run_subjects(evidence, "other")

    def run(self, subject: Subject, evidence: Evidence) -> Verdict:
        return run_verdict(
            evidence,
            subject,
            help="Take the other model's score from its own card, or measure it with the settings it recommends.",
        )
