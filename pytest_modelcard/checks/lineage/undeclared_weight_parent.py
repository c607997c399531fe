"""MC302: a model that the weights come from and that the card does not declare."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from ...card.records import Card
from ...lineage.suspects import declared_bases
from ..base import Rule, Subject, Verdict, clean, fault, unknown
from ._shown import base_model_span, lineage

if TYPE_CHECKING:
    from ...evidence import Evidence


class UndeclaredWeightParent(Rule):
    """A model that the weights come from and that the card does not declare.

    ## What it does
    Puts the weights before every model named in the card, given by the user or found on the Hub as made
    from the same base, and asks which of them the weights were made from. Rounding is the witness: only a
    true child of a blend lies, element by element, exactly where the blend of its parents rounds to. A card
    that declares no base is held against the models that the user or the card names; where two models share
    their weights and nothing tells which was first, it is a warning.

    ## Why it matters
    Leaving out a parent takes credit for another's work, and its licence and known faults with it.

    ## Example
    ```
    base_model: Qwen/Qwen3.5-397B-A17B   # 0.565 of the weights come from nex-agi/Nex-N2-Pro
    ```

    ## What to do instead
    List every parent in base_model, with base_model_relation: merge where they were blended.
    """

    id = "MC302"
    name = "undeclared-weight-parent"
    severity = "error"
    needs = frozenset({"files", "weights"})

    def subjects(self, card: Card) -> Iterable[Subject]:
        bases = declared_bases(card)
        if bases or "base_model" not in card.front_matter.data:
            yield Subject("weights", base_model_span(card), data=bases)

    def run(self, subject: Subject, evidence: Evidence) -> Verdict:
        found = lineage(evidence)
        undeclared = [p for p in found.parents if not p.declared]
        if undeclared and found.declared_complete is False:
            return fault(
                f"{found.sentence} Not declared: {', '.join(p.id for p in undeclared)}.",
                help=f"Add {', '.join(f'`{p.id}`' for p in undeclared)} to `base_model`.",
            )
        if found.declared_complete or (found.verdict == "unrelated" and not subject.data):
            return clean(found.sentence)
        if undeclared and not subject.data:
            return fault(
                f"The card declares no base model. {found.sentence}",
                help=f"If it was made from {', '.join(f'`{p.id}`' for p in undeclared)}, declare it as `base_model`; "
                "if it was the other way round, their cards owe you that.",
                severity="warning",
            )
        return unknown(found.sentence)
