"""MC103: a licence id that the Hub does not know."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from ...card.records import Card
from ...card.value_lists import value_list
from ..base import Rule, Subject, Verdict, clean, fault, slug
from ._entries import Entry, claims_at, shown, texts

if TYPE_CHECKING:
    from ...evidence import Evidence


class UnknownLicense(Rule):
    """## What it does
    Looks `license` up in the list of ids that the Hub accepts (83 when the list was taken). Case counts;
    many SPDX ids are not in it.

    ## Why it matters
    The Hub refuses any other value (`"license" must be one of [...]`), and tools that filter by licence
    do not find the model.

    ## Example
    ```yaml
    license: Apache 2.0
    ```

    ## What to do instead
    Take the id from the Hub's list, or `license: other` with `license_name` and `license_link`.
    """

    id = "MC103"
    name = "unknown-license"

    def subjects(self, card: Card) -> Iterable[Subject]:
        for entry in texts(card.front_matter, "license"):
            yield Subject(slug(entry.value), entry.span, claims=claims_at(card, entry), data=entry)

    def run(self, subject: Subject, evidence: Evidence) -> Verdict:
        entry: Entry = subject.data
        known = value_list("licenses")
        if entry.value in known:
            return clean(f"`{entry.value}` is {known.values[entry.value]['name']}")
        meant = _meant(entry.value)
        return fault(
            f"`{entry.name}: {shown(entry.value)}` is none of the {len(known.values)} licence ids "
            "that the Hub accepts "
            f"(list of {known.date}); the Hub refuses the card",
            help=f"write `{meant}`"
            if meant
            else "take an id of the Hub's list, or `other` with `license_name`",
        )


def _meant(value: str) -> str | None:
    """The id that was probably meant by an SPDX id or a written-out name."""
    known = value_list("licenses")
    for id, entry in known.values.items():
        if value.casefold() in (str(entry["name"]).casefold(), str(entry["spdx"]).casefold()):
            return id
    return known.near(value.replace(" ", "-").replace("_", "-"))
