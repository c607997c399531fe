"""MC401: a claimed score that running a part of the benchmark refutes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from ...card.records import Card
from ..base import Rule, Subject, Verdict
from ._shown import run_subjects, run_verdict

if TYPE_CHECKING:
    from ...evidence import Evidence


class ScoreRefuted(Rule):
    """The model does not reach a score that the card claims.

    ## What it does
    With `--modelcard-run`, asks the model behind `--modelcard-endpoint` the benchmark's items in a random order
    fixed beforehand, and stops as soon as the claim is refuted or confirmed. The error probability (alpha) holds
    however early it stops; several claims share it. A claim is refuted only where a complete run would score lower
    than printed by more than the tolerance, which is what two runs of one model may differ by. Answers
    that cannot be read and requests that fail count neither way. The settings that the card states are used; those
    that are assumed are listed.

    ## Why it matters
    A score is the claim that readers choose a model by, and the easiest one to get wrong: another prompt, another
    subset, the best of many runs.

    ## Example
    ```
    | Benchmark    | Acme 7B |
    |--------------|---------|
    | GPQA Diamond | 70.8    |   <- 41 of 76 items right: a complete run scores from 40 to 66 %
    ```

    ## What to do instead
    Run the whole benchmark on the released weights, and print the score with its settings and number of runs.
    """

    id = "MC401"
    name = "score-refuted"
    severity = "error"
    needs = frozenset({"runs"})

    def subjects(self, card: Card) -> Iterable[Subject]:
        return ()  # which claims are run is for the user to say: see `planned`

    def planned(self, evidence: Evidence) -> Iterable[Subject]:
        return run_subjects(evidence, "score")

    def run(self, subject: Subject, evidence: Evidence) -> Verdict:
        return run_verdict(
            evidence,
            subject,
            help="Run the whole benchmark on the released weights and print that score. If the claim was measured "
            "otherwise (see what was assumed), state it beside the score: shots, prompt, temperature, number of runs.",
        )
