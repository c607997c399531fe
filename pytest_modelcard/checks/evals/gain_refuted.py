"""MC402: a claimed gain over the base model that running both on the same items refutes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from ...card.records import Card
from ..base import Rule, Subject, Verdict
from ._shown import run_subjects, run_verdict

if TYPE_CHECKING:
    from ...evidence import Evidence


class GainRefuted(Rule):
    """The model does not gain over its base what the card claims.

    ## What it does
    With `--modelcard-run` and an endpoint for the base model (`[endpoints]` in `modelcard.toml`), asks both models
    the same items with the same settings and tests the difference in pairs: items that both answer alike say
    nothing, so that fewer calls decide than two runs would need. Stops and errs as MC401 does.

    ## Why it matters
    "+18.3 over base" is what a release is for. A base measured badly makes a gain as well as a model measured well.

    ## Example
    ```
    | Benchmark    | Base | Acme 7B | Δ     |
    |--------------|------|---------|-------|
    | GPQA Diamond | 52.5 | 70.8    | +18.3 |   <- on the same 120 items: +2.5
    ```

    ## What to do instead
    Measure both models with the same harness and settings, and print those numbers.
    """

    id = "MC402"
    name = "gain-refuted"
    severity = "error"
    needs = frozenset({"runs"})

    def subjects(self, card: Card) -> Iterable[Subject]:
        return ()

    def planned(self, evidence: Evidence) -> Iterable[Subject]:
        return run_subjects(evidence, "difference")

    def run(self, subject: Subject, evidence: Evidence) -> Verdict:
        return run_verdict(
            evidence,
            subject,
            help="Measure both models with one harness and the same settings, and print that difference.",
        )
