"""MC307: the weights are those of another model, unchanged, under a new name."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from ...card import vocabulary
from ...card.records import Card
from ..base import Rule, Subject, Verdict, clean, fault
from ._shown import lineage, weights_subject

if TYPE_CHECKING:
    from ...evidence import Evidence


class CopyUnderNewName(Rule):
    """The weights are those of another model, unchanged, under a new name.

    ## What it does
    Compares file hashes and sampled elements with the declared bases and suspects. Re-sharding, renaming of
    tensors, padding and re-casting within rounding do not make a new model.

    ## Why it matters
    Scores and claims then speak of another's model.

    ## Example
    ```
    # Our Model 8B   (every element equals lab/base)
    ```

    ## What to do instead
    Say that it is a copy, and of what; or upload the right weights.
    """

    id = "MC307"
    name = "copy-under-new-name"
    severity = "error"
    needs = frozenset({"files", "weights"})

    def subjects(self, card: Card) -> Iterable[Subject]:
        return weights_subject(card)

    def run(self, subject: Subject, evidence: Evidence) -> Verdict:
        found = lineage(evidence)
        if found.verdict not in ("copy", "permuted-copy"):
            return clean(found.sentence)
        trained = evidence.card.named("prose", vocabulary.TRAINING)
        if trained or any(not p.declared for p in found.parents):
            return fault(found.sentence, help="Say whose weights these are, or upload the trained ones.")
        if evidence.card.front_matter.data.get("base_model_relation") == "finetune":
            # The Hub knows no relation for a base with rows or tensors added to it.
            return fault(
                f"The front matter calls it a fine-tune. {found.sentence}",
                help="Correct `base_model_relation`, or upload the trained weights.",
                severity="warning" if found.left_out else None,
            )
        return fault(
            found.sentence,
            help="If this is a mirror or another format, say so in the card.",
            severity="note",
        )
