"""MC252: a competitor's number that is not the one on the competitor's own card."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, ClassVar

from ...card.records import Card
from ..base import Need, Rule, Subject, Verdict
from ._differs import differs
from ._own_cards import subjects_of

if TYPE_CHECKING:
    from ...evidence import Evidence


class DiffersFromCompetitorCard(Rule):
    """The card gives another model another score than that model's own card does.

    ## What it does
    For each compared model whose repository the card itself names (by id or link; the first twelve), reads
    its card and compares the numbers: same benchmark, same setting where one is told. Rounding is understood.
    A difference is a note: comparisons are often measured anew.

    ## Why it matters
    A reader takes the column for the other model's result. If its authors say otherwise, the reader should
    know whose number it is.

    ## Example
    ```
    | Benchmark | Ours | [Other 7B](https://huggingface.co/other/other-7b) |
    |-----------|------|------|
    | GSM8K     | 83.0 | 77.1 |              (the card of other/other-7b says 82.0)
    ```

    ## What to do instead
    Copy the other model's own number, or say that you measured it and in which setting.
    """

    id = "MC252"
    name = "differs-from-competitor-card"
    severity = "note"
    needs: ClassVar[frozenset[Need]] = frozenset({"hub"})

    def subjects(self, card: Card) -> Iterable[Subject]:
        return subjects_of(card, "other")

    def run(self, subject: Subject, evidence: Evidence) -> Verdict:
        return differs(subject, evidence)
