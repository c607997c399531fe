"""MC111: how this model was made from its base: not said, or said in two ways."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from ...card.names import key
from ...card.records import Card
from ...model import Related
from ..base import Rule, Subject, Verdict, clean, fault
from ._entries import Entry, base_models, claims_at, for_hub, shown, texts
from ._parents import DERIVING, Parent, means_one_of, named_parents

if TYPE_CHECKING:
    from ...evidence import Evidence

_KNOWN = ("adapter", "merge", "quantized", "finetune")
_MERGE_TAGS = frozenset(("merge", "mergekit", "moerge", "frankenmerge", "mergekit_config"))
_ADAPTER_TAGS = frozenset(("lora", "peft", "adapter", "dora", "qlora"))
_QUANTIZED_TAGS = frozenset(("gguf", "gptq", "awq", "exl2", "exl3", "imatrix", "quantized"))


class BaseModelRelation(Rule):
    """## What it does
    Checks `base_model_relation` (adapter, merge, quantized or finetune) against the list of parents and
    against what the card says in sentences and tags. A missing relation is a note, or a warning where the
    Hub would infer another one than the card tells.

    ## Why it matters
    The Hub files the model under its parents by this word; where it is missing, the Hub guesses: several
    parents are taken for a merge, one for a fine-tune. A merge filed as a fine-tune looks trained when it
    was averaged.

    ## Example
    ```markdown
    ---
    base_model: acme/a-7b
    base_model_relation: finetune
    ---
    This model is a merge of acme/a-7b and acme/b-7b.
    ```

    ## What to do instead
    List every parent and say how they were used: `base_model_relation: merge`.
    """

    id = "MC111"
    name = "base-model-relation"

    def subjects(self, card: Card) -> Iterable[Subject]:
        if not for_hub(card):
            return
        relation = texts(card.front_matter, "base_model_relation")[:1]
        bases = base_models(card)
        if relation or bases:
            entries = (*relation, *bases)
            yield Subject("base_model_relation", entries[0].span, claims=claims_at(card, *entries))

    def run(self, subject: Subject, evidence: Evidence) -> Verdict:
        card = evidence.card
        relation = next(iter(texts(card.front_matter, "base_model_relation")), None)
        bases = [e.value for e in base_models(card)]
        told = [p for p in _told(card) if means_one_of(p.printed, bases)]
        if relation is None:
            return _missing(card, bases, told)
        if relation.value not in _KNOWN:
            return fault(
                f"`base_model_relation: {shown(relation.value)}` is none of {', '.join(_KNOWN)}",
                help="write one of these four",
            )
        if not bases:
            return fault(
                f"`base_model_relation: {relation.value}` stands without a `base_model`",
                help="declare the parent in `base_model`, or remove the relation",
                severity="warning",
            )
        return _compare(card, relation, bases, told)


def _told(card: Card) -> list[Parent]:
    """The parents that the text names with their relation; one alone is no merge (adapters are merged in)."""
    parents = [p for p in named_parents(card) if p.relation in DERIVING]
    merged = {key(p.printed) for p in parents if p.relation == "merge"}
    return [p for p in parents if p.relation != "merge" or len(merged) > 1]


def _compare(card: Card, relation: Entry, bases: list[str], told: list[Parent]) -> Verdict:
    """A stated relation against the card's sentences and against the number of parents."""
    words = {p.relation for p in told}
    if words and relation.value not in words:
        first = told[0]
        return fault(
            f"`base_model_relation: {relation.value}`, and the text tells of {first.printed} as parent "
            f"by {first.relation}",
            help="make the entry and the text agree",
            related=(Related(first.span, f"told here: {first.relation}", first.claim.raw),),
            severity="error" if words == {"merge"} and any(p.is_id for p in told) else "warning",
        )
    if not words and relation.value == "finetune" and _MERGE_TAGS & _tags(card):
        return fault(
            "`base_model_relation: finetune`, and the card is tagged as a merge",
            help="write `base_model_relation: merge` with every parent, or remove the tag",
            severity="warning",
        )
    if len(bases) > 1 and relation.value != "merge" and "merge" not in words:
        return fault(
            f"{len(bases)} base models and `base_model_relation: {relation.value}`: the Hub files "
            "this model as "
            f"{relation.value} of each of them",
            help="write `merge` if it is one; if only one of them was the starting point, name that one",
            severity="note" if words else "warning",
        )
    return clean(f"`{relation.value}` of {', '.join(bases[:5])}; nothing in the text says otherwise")


def _missing(card: Card, bases: list[str], told: list[Parent]) -> Verdict:
    """No relation: what the Hub infers, against what the card tells."""
    tags = _tags(card)
    inferred = "merge" if len(bases) > 1 else "finetune"
    words = {p.relation for p in told}
    if not words and _MERGE_TAGS & tags:
        words = {"merge"}
    library = next(iter(texts(card.front_matter, "library_name")), None)
    if (library is not None and library.value in ("peft", "adapter-transformers")) or _ADAPTER_TAGS & tags:
        inferred = "adapter"
    elif _QUANTIZED_TAGS & tags or (card.identity.repo_id or "").lower().endswith(("gguf", "awq", "gptq")):
        inferred = "quantized"
    elif "merge" in words and inferred != "merge":
        return fault(
            "the card tells of a merge, and neither `base_model_relation` nor a second `base_model` says so: "
            f"the Hub takes this model for a {inferred} of {bases[0]}",
            help="write `base_model_relation: merge` and list every parent",
            severity="warning",
        )
    return fault(
        f"`base_model_relation` is not set; from {len(bases)} base model{'s' if len(bases) > 1 else ''} "
        f"the Hub infers {inferred}",
        help=f"write `base_model_relation: {inferred}` if that is what it is",
        severity="note",
    )


def _tags(card: Card) -> set[str]:
    return {e.value.lower() for e in texts(card.front_matter, "tags")}
