"""MC110: a lineage that leads back to this model."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from ...card.records import Card
from ...errors import CannotTell, CardError
from ..base import Rule, Subject, Verdict, clean, fault, unknown
from ._entries import Entry, base_models, claims_at, id_trouble

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
        if not own:
            return
        entries = [
            e
            for e in base_models(card)[:MAX_MODELS]
            if id_trouble(e.value) is None and e.value.casefold() != own.casefold()
        ]
        if entries:
            yield Subject("base_model", entries[0].span, claims=claims_at(card, *entries), data=entries)

    def run(self, subject: Subject, evidence: Evidence) -> Verdict:
        entries: list[Entry] = subject.data
        own = evidence.card.identity.repo_id or ""
        unread = ""
        seen = {e.value.casefold() for e in entries}
        ways: list[tuple[str, ...]] = [(e.value,) for e in entries]
        while ways:
            way = ways.pop(0)
            try:
                parents = base_models(evidence.other(way[-1]).card)
            except (CardError, CannotTell) as error:
                unread = unread or str(error)
                continue
            for parent in parents:
                id = parent.value
                if id.casefold() == own.casefold():
                    return fault(
                        f"the lineage leads back to this model: {' -> '.join((own, *way, id))}",
                        help="remove the entry that is wrong; one of these models was there first",
                        span=next(e.span for e in entries if e.value == way[0]),
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
