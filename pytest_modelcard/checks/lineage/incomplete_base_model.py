"""MC303: base_model lists some of the parents, and not all."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from ...card.records import Card
from ..base import Rule, Subject, Verdict, clean, fault, unknown
from ._shown import MERGES, lineage, shares, weights_subject

if TYPE_CHECKING:
    from ...evidence import Evidence


class IncompleteBaseModel(Rule):
    """Base_model lists some of the parents, and not all.

    ## What it does
    Where the weights are a blend, compares its parents with the list in base_model.

    ## Why it matters
    A list that names one of two parents reads as if there were only one, and the Hub shows a fine-tune
    where there is a merge.

    ## Example
    ```
    base_model:
    - lab/base   # and half of lab/other-finetune
    ```

    ## What to do instead
    List all parents of the merge.
    """

    id = "MC303"
    name = "incomplete-base-model"
    severity = "error"
    needs = frozenset({"files", "weights"})

    def subjects(self, card: Card) -> Iterable[Subject]:
        return weights_subject(card)

    def run(self, subject: Subject, evidence: Evidence) -> Verdict:
        found = lineage(evidence)
        if found.verdict not in MERGES:
            return (
                clean(f"The weights are no blend. {found.sentence}")
                if found.declared_complete
                else unknown(found.sentence)
            )
        missing = [p for p in found.parents if not p.declared]
        if found.declared_complete is False and missing:
            declared = [p for p in found.parents if p.declared]
            return fault(
                f"`base_model` declares {', '.join(subject.data)}: {len(declared)} of the {len(found.parents)} parents. "
                f"The weights are {shares(found.parents)}.",
                help="List every parent, and set `base_model_relation: merge`.",
            )
        return clean(found.sentence)
