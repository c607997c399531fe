"""MC301: a declared base model that the weights do not come from."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from ...card.records import Card
from ...lineage.suspects import declared_bases
from ..base import Rule, Subject, Verdict, clean, fault, slug, unknown
from ._shown import base_model_span, lineage, reason_left_out

if TYPE_CHECKING:
    from ...evidence import Evidence


class BaseModelNoAncestor(Rule):
    """A declared base model that the weights do not come from.

    ## What it does
    Compares sampled elements of every tensor of the model with those of each declared base model. Weights
    of a fine-tune stay close to its base; independent weights share nothing but their shapes.

    ## Why it matters
    A base model is what licence, safety tests and known limits are inherited from. A wrong one hides where
    the model really comes from.

    ## Example
    ```
    base_model: lab/Heron-3-8B   # the weights are those of another family
    ```

    ## What to do instead
    Declare the model that training really started from.
    """

    id = "MC301"
    name = "base-model-no-ancestor"
    severity = "error"
    needs = frozenset({"files", "weights"})

    def subjects(self, card: Card) -> Iterable[Subject]:
        for n, base in enumerate(declared_bases(card)):
            span = card.front_matter.span("base_model", n) or base_model_span(card)
            yield Subject(slug(base), span, data=base)

    def run(self, subject: Subject, evidence: Evidence) -> Verdict:
        base: str = subject.data
        found = lineage(evidence)
        if base not in found.candidates:
            return unknown(f"the weights of {base} could not be compared: {reason_left_out(found, base)}")
        if any(p.id == base for p in found.parents):
            return clean(found.sentence)
        if found.verdict == "unrelated":
            return fault(
                f"`base_model` declares {base}; {found.sentence}",
                help="Declare the model that training started from, or upload the weights that belong to this card.",
            )
        return unknown(
            f"{base} is not among the direct parents found, and may be one of their ancestors: {found.sentence}"
        )
