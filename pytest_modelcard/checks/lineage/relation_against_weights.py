"""MC304: base_model_relation says one thing, the weights another."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from ...card.records import Card
from ...lineage.suspects import declared_bases
from ..base import Rule, Subject, Verdict, clean, fault, unknown
from ._shown import MERGES, base_model_span, lineage, shares

if TYPE_CHECKING:
    from ...evidence import Evidence


class RelationAgainstWeights(Rule):
    """Base_model_relation says one thing, the weights another.

    ## What it does
    Compares `base_model_relation` with the relation that the weights show: a blend of several models is a
    merge, and no fine-tune.

    ## Why it matters
    The Hub files the model under its relation; people look for fine-tunes and merges there.

    ## Example
    ```
    base_model: lab/base
    base_model_relation: finetune   # the weights are an exact merge
    ```

    ## What to do instead
    Set the relation that the weights show, and list all parents.
    """

    id = "MC304"
    name = "relation-against-weights"
    severity = "error"
    needs = frozenset({"files", "weights"})

    def subjects(self, card: Card) -> Iterable[Subject]:
        if not declared_bases(card):
            return
        relation = card.front_matter.data.get("base_model_relation")
        span = card.front_matter.span("base_model_relation") or base_model_span(card)
        yield Subject("relation", span, data=relation if isinstance(relation, str) else None)

    def run(self, subject: Subject, evidence: Evidence) -> Verdict:
        relation: str | None = subject.data
        found = lineage(evidence)
        if found.verdict in MERGES and len(found.parents) > 1:
            if relation == "merge":
                return clean(found.sentence)
            several = len(declared_bases(evidence.card)) > 1
            if relation is None and several:
                return clean(f"Several base models count as a merge on the Hub. {found.sentence}")
            if found.uncompared:
                return unknown(f"what could not be compared may have been trained: {found.sentence}")
            said = (
                f"`base_model_relation: {relation}`"
                if relation
                else "one base model and no relation, which the Hub shows as a fine-tune"
            )
            return fault(
                f"The card declares {said}; the weights are a merge: {shares(found.parents)}.",
                help="Set `base_model_relation: merge` and list all parents.",
                severity=None if relation else "warning",
            )
        if relation is None:
            return clean(found.sentence)
        shown = {"fine-tune": "finetune", "quantised-copy": "quantized", "adapter": "adapter"}.get(
            found.verdict
        )
        if shown == relation or (
            relation == "finetune" and found.verdict in ("fine-tune", "adapter", "pruned")
        ):
            return clean(found.sentence)
        return unknown(f"the weights neither show nor rule out a relation of {relation!r}: {found.sentence}")
