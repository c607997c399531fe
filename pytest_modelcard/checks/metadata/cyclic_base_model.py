"""MC110: a lineage that leads back to this model."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from ...card.records import Card
from ...errors import CannotTell, CardError
from ..base import Rule, Subject, Verdict, clean, fault, slug, unknown
from ._entries import Entry, claims_at, id_trouble, texts

if TYPE_CHECKING:
    from ...evidence import Evidence

MAX_DEPTH = 6
MAX_MODELS = 24


class CyclicBaseModel(Rule):
    """## What it does
    Follows `base_model` from card to card, at most six steps and 24 models, and looks whether it comes
    back to this model. Needs the parents' cards; says nothing where one that matters cannot be read.

    ## Why it matters
    Of two models that name each other as base, at least one declares its lineage wrongly.

    ## Example
    ```yaml
    # acme/a-7b                  # acme/b-7b
    base_model: acme/b-7b        base_model: acme/a-7b
    ```

    ## What to do instead
    Name only models that existed before this one was made from them; for variants of one model use `tags`
    or links.
    """

    id = "MC110"
    name = "cyclic-base-model"
    needs = frozenset(("hub",))

    def subjects(self, card: Card) -> Iterable[Subject]:
        own = card.identity.repo_id
        if own:
            for entry in texts(card.front_matter, "base_model"):
                if id_trouble(entry.value) is None and entry.value.casefold() != own.casefold():
                    yield Subject(slug(entry.value), entry.span, claims=claims_at(card, entry), data=entry)

    def run(self, subject: Subject, evidence: Evidence) -> Verdict:
        entry: Entry = subject.data
        own = (evidence.card.identity.repo_id or "").casefold()
        unread = ""
        seen = {entry.value.casefold()}
        ways: list[tuple[str, ...]] = [(entry.value,)]
        while ways:
            way = ways.pop(0)
            try:
                parents = texts(evidence.other(way[-1]).card.front_matter, "base_model")
            except (CardError, CannotTell) as error:
                unread = unread or str(error)
                continue
            for parent in parents:
                id = parent.value
                if id.casefold() == own:
                    steps = " -> ".join((*way, id))
                    return fault(
                        f"the lineage leads back to this model: {evidence.card.identity.repo_id} -> {steps}",
                        help="remove the entry that is wrong; one of these models was there first",
                    )
                if (
                    id.casefold() in seen
                    or id_trouble(id)
                    or len(way) >= MAX_DEPTH
                    or len(seen) >= MAX_MODELS
                ):
                    continue
                seen.add(id.casefold())
                ways.append((*way, id))
        if unread:
            return unknown(f"not all ancestors could be read: {unread}")
        return clean(f"{len(seen)} ancestors followed, none of them is this model")
