"""MC108: a declared base model that does not exist."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from ...card.records import Card
from ...errors import CardError
from ..base import Rule, Subject, Verdict, clean, fault, slug, unknown
from ._entries import Entry, base_models, claims_at, id_in_url, id_trouble, shown

if TYPE_CHECKING:
    from ...evidence import Evidence


class UnresolvableBaseModel(Rule):
    """## What it does
    Looks every `base_model` up. A value that cannot be an id (a URL, a path on the trainer's machine, a
    title) is found without the network; whether the id exists is asked of the Hub. Where the Hub cannot
    be asked, nothing is said.

    ## Why it matters
    The Hub refuses values that are no ids, and a link that leads nowhere hides the lineage. Training
    tools write the local path of the base model into the card.

    ## Example
    ```yaml
    base_model: ./models/llama-7b
    ```

    ## What to do instead
    The id of the model on the Hub: `base_model: meta-llama/Llama-2-7b-hf`.
    """

    id = "MC108"
    name = "unresolvable-base-model"
    needs = frozenset(("hub",))

    def subjects(self, card: Card) -> Iterable[Subject]:
        for entry in base_models(card):
            yield Subject(slug(entry.value), entry.span, claims=claims_at(card, entry), data=entry)

    def run(self, subject: Subject, evidence: Evidence) -> Verdict:
        entry: Entry = subject.data
        trouble = id_trouble(entry.value)
        if trouble:
            meant = id_in_url(entry.value)
            return fault(
                f"`{entry.name}: {shown(entry.value)}` {trouble}, not the id of a model; the Hub refuses it",
                help=f"write `{meant}`" if meant else "write the model's id on the Hub, `organisation/name`",
            )
        try:
            evidence.other(entry.value)
        except CardError as error:
            if error.reason == "missing":
                return fault(
                    f"`{entry.name}: {entry.value}` is not to be found: {error}",
                    help="correct the id; if the model is private, say so in the card",
                )
            return unknown(str(error))
        return clean(f"{entry.value} exists")
