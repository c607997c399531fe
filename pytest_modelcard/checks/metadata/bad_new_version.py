"""MC117: a new version that is not there, or is this one."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from ...card.records import Card
from ...errors import CardError
from ..base import Rule, Subject, Verdict, clean, fault, unknown
from ._entries import Entry, claims_at, id_in_url, id_trouble, shown, texts

if TYPE_CHECKING:
    from ...evidence import Evidence


class BadNewVersion(Rule):
    """## What it does
    Looks `new_version` up: it has to be the id of another model that exists.

    ## Why it matters
    The page of this model sends its readers there.

    ## Example
    ```yaml
    # in the card of acme/model-v1
    new_version: acme/model-v1
    ```

    ## What to do instead
    `new_version: acme/model-v2`.
    """

    id = "MC117"
    name = "bad-new-version"
    needs = frozenset(("hub",))

    def subjects(self, card: Card) -> Iterable[Subject]:
        for entry in texts(card.front_matter, "new_version")[:1]:
            yield Subject("new_version", entry.span, claims=claims_at(card, entry), data=entry)

    def run(self, subject: Subject, evidence: Evidence) -> Verdict:
        entry: Entry = subject.data
        trouble = id_trouble(entry.value)
        if trouble:
            meant = id_in_url(entry.value)
            return fault(
                f"`new_version: {shown(entry.value)}` {trouble}, not the id of a model",
                help=f"write `{meant}`" if meant else "write the id of the newer model",
            )
        own = evidence.card.identity.repo_id or ""
        if entry.value.casefold() == own.casefold():
            return fault(
                f"`new_version: {entry.value}` is this model itself",
                help="name the newer model, or remove the entry",
            )
        try:
            evidence.other(entry.value)
        except CardError as error:
            if error.reason == "missing":
                return fault(
                    f"`new_version: {entry.value}` is not to be found: {error}",
                    help="correct the id, or remove the entry until the model is public",
                )
            return unknown(str(error))
        return clean(f"{entry.value} exists")
