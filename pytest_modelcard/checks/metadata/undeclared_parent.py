"""MC112: a parent that the text names and the metadata do not."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from ...card.records import Card
from ...errors import CannotTell, CardError
from ...model import Related, Severity
from ..base import Rule, Subject, Verdict, clean, fault, slug, unknown
from ._entries import Entry, base_models, for_hub, id_trouble, shown
from ._parents import MADE_FROM, Parent, means_one_of, named_parents

if TYPE_CHECKING:
    from ...evidence import Evidence


#: "We merged the LoRA acme/x into acme/y": the adapter is made from the same base.
_ADAPTER = re.compile(r"\b(lora|qlora|dora|peft|adapter)", re.IGNORECASE)


class UndeclaredParent(Rule):
    """## What it does
    Takes every model that a sentence or a specification table names as a parent (merge of, fine-tuned from,
    quantised from, adapter for) and looks for it in `base_model`, generously in spelling. An id that is
    missing there is an error where a declared model was merged with it; where it may be a grandparent,
    the declared parents' own cards are read first. Teachers of a distillation are no base models.

    ## Why it matters
    Half a lineage misleads more than none: the page then credits one parent with everything, and the
    licence of the other is overlooked.

    ## Example
    ```markdown
    ---
    base_model: acme/a-7b
    ---
    Built via a merge of acme/a-7b and beta/b-7b.
    ```

    ## What to do instead
    ```yaml
    base_model:
    - acme/a-7b
    - beta/b-7b
    base_model_relation: merge
    ```
    """

    id = "MC112"
    name = "undeclared-parent"
    needs = frozenset(("hub",))

    def subjects(self, card: Card) -> Iterable[Subject]:
        if not for_hub(card) or not base_models(card):
            return
        seen = set()
        for parent in sorted(named_parents(card), key=lambda p: p.relation != "merge"):
            if parent.relation in MADE_FROM and parent.is_sure and parent.printed.casefold() not in seen:
                seen.add(parent.printed.casefold())
                yield Subject(slug(parent.printed), parent.span, claims=(parent.claim,), data=parent)

    def run(self, subject: Subject, evidence: Evidence) -> Verdict:
        parent: Parent = subject.data
        card = evidence.card
        entries = base_models(card)
        declared = [e.value for e in entries]
        match = means_one_of(parent.printed, declared)
        if match:
            return clean(f"{parent.printed} is declared as {match}")
        related = (Related(entries[0].span, f"declared: {', '.join(declared[:5])}"),)
        merged = [p for p in named_parents(card) if p.relation == parent.relation == "merge"]
        partner = next((p.printed for p in merged if means_one_of(p.printed, declared)), None)
        if partner is not None:
            return fault(
                f"the card says that this model was merged from {shown(parent.printed)} and {partner}, "
                f"and `base_model` declares only {', '.join(declared[:5])}",
                help=f"add `{parent.printed}` to `base_model` and set `base_model_relation: merge`",
                related=related,
                severity=_severity(parent, merged),
            )
        if not parent.is_id:
            return unknown(
                f"{shown(parent.printed)} is named as a parent; it may be {', '.join(declared[:3])} "
                "under another name"
            )
        return _ancestor(parent, entries, evidence, related)


def _severity(parent: Parent, merged: list[Parent]) -> Severity:
    """A merge's configuration may list a base that only served as reference for the difference of weights."""
    if parent.in_code:
        return "note" if any(not p.in_code for p in merged) else "warning"
    return "error" if parent.is_id and not _ADAPTER.search(parent.claim.raw) else "warning"


def _ancestor(
    parent: Parent, entries: list[Entry], evidence: Evidence, related: tuple[Related, ...]
) -> Verdict:
    """A named parent beside a declared one of which it may itself be the parent."""
    for entry in entries:
        if id_trouble(entry.value):
            continue
        try:
            above = base_models(evidence.other(entry.value).card)
        except (CardError, CannotTell) as error:
            return unknown(
                f"{parent.printed} is named as a parent ({parent.relation}) and not declared; it may "
                "be a parent of "
                f"{entry.value}, whose card could not be read: {error}"
            )
        if means_one_of(parent.printed, [e.value for e in above]):
            return clean(f"{parent.printed} is a parent of {entry.value}, which is declared")
    return fault(
        f"the card names {parent.printed} as a parent ({parent.relation}); `base_model` declares "
        f"{', '.join(e.value for e in entries[:5])}, and no card of these names it",
        help=f"add `{parent.printed}` to `base_model`, or say in the text that it is only an ancestor",
        related=related,
        severity="warning",
    )
