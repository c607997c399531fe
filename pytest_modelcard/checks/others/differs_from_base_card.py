"""MC251: a number of the base that is not the one on the base's own card."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, ClassVar

from ...card.records import Card
from ..base import Need, Rule, Subject, Verdict
from ._differs import differs
from ._own_cards import subjects_of

if TYPE_CHECKING:
    from ...evidence import Evidence


class DiffersFromBaseCard(Rule):
    """The card gives the base model another score than the base's own card does.

    ## What it does
    Reads the card of the declared `base_model` and compares each of the base's numbers with it: same
    benchmark, same setting where one is told. Rounding is understood. Where most of the numbers differ, the
    base was evidently measured anew, and each difference is a note.

    ## Why it matters
    The distance to the base is the claim of every fine-tune. A base shown weaker than it says of itself makes
    any gain look larger, and a wrong copy misleads in the same way.

    ## Example
    ```
    base_model: acme/base-7b            (whose card says: GSM8K 81.4)

    | Benchmark | Ours | base-7b |
    |-----------|------|---------|
    | GSM8K     | 83.0 | 77.1    |
    ```

    ## What to do instead
    Copy the base's own number, or say that you measured it and in which setting.
    """

    id = "MC251"
    name = "differs-from-base-card"
    severity = "warning"
    needs: ClassVar[frozenset[Need]] = frozenset({"hub"})

    def subjects(self, card: Card) -> Iterable[Subject]:
        return subjects_of(card, "base")

    def run(self, subject: Subject, evidence: Evidence) -> Verdict:
        return differs(subject, evidence)
