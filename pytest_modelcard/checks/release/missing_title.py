"""MC053: the card has no title."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from ...card.records import Card
from ...model import Span
from ..base import Rule, Subject, Verdict, clean, fault

if TYPE_CHECKING:
    from ...evidence import Evidence


class MissingTitle(Rule):
    """The card does not begin with a title that names the model.

    ## What it does

    Looks for a heading of the first level (or a first heading, or a logo with the model's name) in the card.

    ## Why it matters

    Copies, previews and search results show the title; without it nobody sees which model the card is of.

    ## Example

        ---
        license: mit
        ---
        This repository contains the weights.

    ## What to do instead

        # Acme 7B
    """

    id = "MC053"
    name = "missing-title"
    severity = "warning"
    profiles = ("release",)

    def subjects(self, card: Card) -> Iterable[Subject]:
        first = (
            card.headings[0].span
            if card.headings
            else Span(card.identity.path, card.front_matter.last_line + 1)
        )
        yield Subject("title", first)

    def run(self, subject: Subject, evidence: Evidence) -> Verdict:
        card = evidence.card
        if card.headings:
            return clean(f'The card\'s title is "{card.headings[0].text[:80]}".')
        if any(link.kind == "image" and link.text for link in card.links[:5]):
            return clean("The card begins with a picture that has a text.")
        return fault("Open: the card has no title.", help="Begin with `# ` and the model's name.")
