"""MC107: the text names a parent, the metadata name none."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from ...card.records import Card
from ..base import Rule, Subject, Verdict, fault
from ._entries import base_models, for_hub, shown
from ._parents import MADE_FROM, Parent, named_parents

if TYPE_CHECKING:
    from ...evidence import Evidence
_STARTED = re.compile(r"\binitiali[sz](?:ed|ation)\b|初始化|inicializad", re.IGNORECASE)


class MissingBaseModel(Rule):
    """## What it does
    Looks for a sentence or a row of a specification table that says which model this one was made from
    (fine-tuned, merged, quantised, an adapter for) in a card that declares no `base_model`. Teachers of a
    distillation are no base models. A name without an id is a warning.

    ## Why it matters
    Without `base_model` the Hub shows no lineage, the parent's licence is not visible, and leaderboards
    that leave derived models out count this one as made from nothing.

    ## Example
    ```markdown
    ---
    license: mit
    ---
    This model is a merge of acme/a-7b and acme/b-7b.
    ```

    ## What to do instead
    Declare every parent: `base_model: [acme/a-7b, acme/b-7b]`.
    """

    id = "MC107"
    name = "missing-base-model"

    def subjects(self, card: Card) -> Iterable[Subject]:
        if not for_hub(card) or base_models(card):
            return
        parents = [p for p in named_parents(card) if p.relation in MADE_FROM and p.is_sure]
        parents.sort(key=lambda p: (not _certain(p), not p.is_id))
        if parents:
            yield Subject("base_model", parents[0].span, claims=tuple(p.claim for p in parents), data=parents)

    def run(self, subject: Subject, evidence: Evidence) -> Verdict:
        parents: list[Parent] = subject.data
        named = list(dict.fromkeys(p.printed for p in parents))
        listed = ", ".join(shown(n) for n in named[:5])
        relation = parents[0].relation
        how = "" if relation == "unknown" else f" ({relation})"
        ids = [p.printed for p in parents if p.is_id]
        return fault(
            f"the card names {listed} as what this model was made from{how}, and declares no `base_model`",
            help=f"declare `base_model: {ids[0]}`"
            if len(set(ids)) == 1
            else "declare every parent in `base_model`",
            severity="error" if any(_certain(p) for p in parents) else "warning",
        )


def _certain(parent: Parent) -> bool:
    """An id in a sentence that says how it was used; one that weights only started from may be no parent."""
    started = _STARTED.search(parent.claim.raw) is not None
    return parent.is_id and parent.relation != "unknown" and not parent.in_code and not started
