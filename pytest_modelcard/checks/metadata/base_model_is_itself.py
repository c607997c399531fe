"""MC109: a model that is its own base."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from ...card.records import Card
from ..base import Rule, Subject, Verdict, clean, fault, slug
from ._entries import Entry, base_models, claims_at

if TYPE_CHECKING:
    from ...evidence import Evidence


class BaseModelIsItself(Rule):
    """## What it does
    Compares every `base_model` with the repository's own id. Silent where the card was given without an id.

    ## Why it matters
    A model cannot be its own parent; the real one stays hidden, and tools that walk the lineage loop.

    ## Example
    ```yaml
    # in the card of acme/model-7b
    base_model: acme/model-7b
    ```

    ## What to do instead
    Name the model it was made from, or remove the entry if it was trained from scratch.
    """

    id = "MC109"
    name = "base-model-is-itself"

    def subjects(self, card: Card) -> Iterable[Subject]:
        if card.identity.repo_id:
            for entry in base_models(card):
                yield Subject(slug(entry.value), entry.span, claims=claims_at(card, entry), data=entry)

    def run(self, subject: Subject, evidence: Evidence) -> Verdict:
        entry: Entry = subject.data
        own = evidence.card.identity.repo_id or ""
        if entry.value.casefold() == own.casefold():
            return fault(
                f"`{entry.name}: {entry.value}` is this model itself",
                help="name the model it was made from, or remove the entry if there is none",
            )
        return clean(f"{entry.value} is another model than {own}")
