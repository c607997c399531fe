"""MC001: the card cannot be read, or not to its end."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from ...card.records import Card, Problem
from ...model import Span
from ..base import Rule, Subject, Verdict, clean, fault, slug

if TYPE_CHECKING:
    from ...evidence import Evidence

_CODES = frozenset(("not-utf-8", "byte-order-mark", "line-too-long", "body-too-large", "nesting-too-deep"))


class UnreadableCard(Rule):
    """The card's bytes cannot be read as text, or only in part.

    ## What it does

    Reports bytes that are not UTF-8, a byte order mark before the front matter, and text that was not read
    because a line, the nesting or the whole card is too large. A card that cannot be opened at all fails
    under this id, too.

    ## Why it matters

    Readers, the Hub and every tool see other words than the author wrote, or none. A byte order mark hides
    the front matter from some readers: no licence, no base model.

    ## Example

        Modelo em portugu?s     (saved as Latin-1)

    ## What to do instead

    Save the card as UTF-8 without a byte order mark; keep embedded files out of it.
    """

    id = "MC001"
    name = "unreadable-card"

    def subjects(self, card: Card) -> Iterable[Subject]:
        problems = [p for p in card.problems if p.code in _CODES]
        for problem in problems:
            yield Subject(slug(problem.code), problem.span, problem.quote, data=problem)
        if not problems:
            yield Subject("card", Span(card.identity.path, 1))

    def run(self, subject: Subject, evidence: Evidence) -> Verdict:
        problem: Problem | None = subject.data
        if problem is None:
            return clean(f"All {len(evidence.card.lines)} lines were read as UTF-8.")
        return fault(problem.message, help=problem.help, severity=problem.severity)
