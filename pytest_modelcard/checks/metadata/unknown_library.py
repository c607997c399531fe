"""MC106: a library that the Hub does not know."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from ...card.records import Card
from ...card.value_lists import value_list
from ..base import Rule, Subject, Verdict, clean, fault
from ._entries import Entry, claims_at, shown, texts

if TYPE_CHECKING:
    from ...evidence import Evidence


class UnknownLibrary(Rule):
    """## What it does
    Looks `library_name` up in the Hub's list of libraries. A slip of a listed name is a warning; any
    other name is only noted, because new libraries appear every week.

    ## Why it matters
    The library decides which code snippet the page shows and how downloads are counted.

    ## Example
    ```yaml
    library_name: Transformers
    ```

    ## What to do instead
    Write the name as the Hub lists it: `transformers`.
    """

    id = "MC106"
    name = "unknown-library"
    severity = "warning"

    def subjects(self, card: Card) -> Iterable[Subject]:
        for entry in texts(card.front_matter, "library_name")[:1]:
            yield Subject("library_name", entry.span, claims=claims_at(card, entry), data=entry)

    def run(self, subject: Subject, evidence: Evidence) -> Verdict:
        entry: Entry = subject.data
        known = value_list("libraries")
        if entry.value in known:
            return clean(f"`{entry.value}` is the library {known.values[entry.value]}")
        meant = known.near(entry.value)
        message = (
            f"`library_name: {shown(entry.value)}` is not among the {len(known.values)} libraries "
            "that the Hub knows"
        )
        if meant:
            return fault(f"{message} ({known.date}); `{meant}` is", help=f"write `{meant}` if that is meant")
        return fault(
            f"{message} ({known.date}); the page then shows no code for it",
            help="check the name; nothing to do where the library is new",
            severity="note",
        )
