"""What all rules share that ask a card for a list of items."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, ClassVar

from ...card.records import Card
from ...model import Severity, Span
from ..base import Rule, Subject, Verdict, clean, fault, unknown
from ._items import Found, Item, Reader

if TYPE_CHECKING:
    from ...evidence import Evidence


class ChecklistRule(Rule):
    """One subject for each item; clean where the card states it, unknown where it only touches it."""

    items: ClassVar[tuple[Item, ...]] = ()
    #: severities of single items, milder than the rule's own
    milder: ClassVar[dict[str, Severity]] = {}

    def subjects(self, card: Card) -> Iterable[Subject]:
        reader = Reader(card)
        for item in self.items:
            found = reader.find(item)
            span = found.span if found else Span(card.identity.path, 1)
            yield Subject(item.key, span, data=(item, found))

    def run(self, subject: Subject, evidence: Evidence) -> Verdict:
        item: Item
        found: Found | None
        item, found = subject.data
        if found is None:
            return fault(
                f"Open: the card does not state {item.title}.",
                help=item.help,
                severity=self.milder.get(item.key),
            )
        if not found.sure:
            return unknown(
                f'The card may state {item.title} ("{found.words}"); that is for a person to judge.',
                help=item.help,
            )
        return clean(f'The card states {item.title}: "{found.words}".')
