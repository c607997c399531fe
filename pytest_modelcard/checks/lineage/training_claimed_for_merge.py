"""MC305: the card speaks of training, and the weights are an exact merge."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from ...card import vocabulary
from ...card.records import Card
from ...lineage.suspects import declared_bases
from ..base import Rule, Subject, Verdict, clean, fault, unknown
from ._shown import lineage

if TYPE_CHECKING:
    from ...evidence import Evidence

#: Characters of the sentence in question; the line is quoted beside it.
_QUOTED = 100


class TrainingClaimedForMerge(Rule):
    """The card speaks of training, and the weights are an exact merge.

    ## What it does
    Where every sampled element is exactly what a blend of the parents rounds to, nothing was trained after
    the merge. That is held against sentences that say the model itself was post-trained, fine-tuned or
    distilled.

    ## Why it matters
    Training costs money and gives skills; a merge takes both from others. Readers who compare methods are
    misled.

    ## Example
    ```
    Post-trained from Base 8B with our own data.   # 0.6 A + 0.4 B, to the last bit
    ```

    ## What to do instead
    Say that the model is a merge, of what and in which proportion.
    """

    id = "MC305"
    name = "training-claimed-for-merge"
    severity = "error"
    needs = frozenset({"files", "weights"})

    def subjects(self, card: Card) -> Iterable[Subject]:
        if not declared_bases(card):
            return
        for claim in card.named("prose", vocabulary.TRAINING)[:1]:
            yield Subject("training", claim.span, claims=(claim,))

    def run(self, subject: Subject, evidence: Evidence) -> Verdict:
        found = lineage(evidence)
        if found.verdict == "exact-merge" and found.uncompared:
            return unknown(f"what could not be compared may have been trained: {found.sentence}")
        if found.verdict == "exact-merge" and len(found.parents) > 1:
            told = any(c.text == "merge" for c in evidence.card.named("prose", vocabulary.PARENT))
            return fault(
                f'"{_short(subject.claims[0].raw)}" is said. {found.sentence}',
                help="Say that the model is a merge; training of its parents is theirs.",
                severity="warning" if told and found.declared_complete else None,
            )
        if found.verdict == "copy":
            return fault(
                f'"{_short(subject.claims[0].raw)}" is said. {found.sentence}',
                help="Upload the trained weights, or say whose weights these are.",
            )
        if found.verdict in ("fine-tune", "adapter", "merge-then-training"):
            return clean(found.sentence)
        return unknown(found.sentence)


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= _QUOTED else text[:_QUOTED].rsplit(" ", 1)[0] + " ..."
