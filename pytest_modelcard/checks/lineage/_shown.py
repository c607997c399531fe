"""What the rules about lineage share: the verdict, and its parents in words."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from ...card.records import Card
from ...lineage.suspects import declared_bases
from ...model import Span
from ..base import Subject

if TYPE_CHECKING:
    from ...evidence import Evidence
    from ...weights.records import Lineage, Parent

#: Verdicts that show parents blended with each other.
MERGES = ("exact-merge", "merge-then-training")


def lineage(evidence: Evidence) -> Lineage:
    """The verdict on the card's weights; raises CannotTell with what is missing."""
    from ...errors import CannotTell
    from ...lineage.find import find_lineage

    found = find_lineage(evidence).lineage
    if found.verdict == "cannot-tell":
        raise CannotTell(f"the weights do not tell: {found.missing or found.sentence}")
    return found


def base_model_span(card: Card) -> Span:
    """Where `base_model` stands."""
    return card.front_matter.span("base_model") or Span(card.identity.path, 1)


def weights_subject(card: Card) -> Iterable[Subject]:
    """One subject, the card's `base_model` as a whole, where it declares any."""
    bases = declared_bases(card)
    if bases:
        yield Subject("weights", base_model_span(card), data=bases)


def shares(parents: Iterable[Parent]) -> str:
    """ "0.5650 ± 0.00001 nex-agi/Nex-N2-Pro + 0.4350 ± 0.00001 Qwen/Qwen3.5-397B-A17B"."""
    return " + ".join(share(parent) for parent in parents)


def share(parent: Parent) -> str:
    from ...weights import wording

    return (
        parent.id
        if parent.weight is None
        else f"{wording.weight(parent.weight, parent.interval)} {parent.id}"
    )


def reason_left_out(found: Lineage, id: str) -> str:
    """Why a model was not compared, as the notes tell it."""
    return next((note for note in found.notes if id in note), "its weights could not be read")
