"""MC603: the stated context length is more than the configuration supports."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from ...architecture.config import Context
from ...architecture.repository import CONFIG, architecture
from ...card.records import Card
from ...card.vocabulary import CONTEXT_LENGTH
from ...errors import CannotTell
from ...model import Claim, Related, Span
from ..base import Rule, Subject, Verdict, clean, fault, unknown
from .claims import also_at, of_a_family, own_claims, subjects_by_value

if TYPE_CHECKING:
    from ...evidence import Evidence

#: "128K" may be 128,000 or 131,072, "1M" 1,000,000 or 1,048,576: up to 4.9 % (10M: 4.9 %) apart.
TOLERANCE = 1.08
#: Words by which a card says that the length is reached by extending the model.
_EXTENDED = re.compile(
    r"yarn|\brope\b|\bntk\b|extrapolat|extensi|expand|extendable|be extended|self-?extend|dual chunk"
    r"|外推|扩展到",
    re.I,
)
#: What tells readers how to switch an extension on.
_EXPLAINED = re.compile(
    r"\byarn\b|rope[_ -]?(?:scaling|parameters)|--rope|longrope|dual[_ -]chunk|\bntk\b|self-?extend", re.I
)


def said_to_extend(card: Card, claims: Iterable[Claim]) -> bool:
    """Whether the claim itself says that the length needs an extension."""
    return any(
        c.text == "extended" or _EXTENDED.search(c.raw) or _EXTENDED.search(card.line(c.span.line)[:2_000])
        for c in claims
    )


def explains_extension(card: Card) -> bool:
    """Whether the card says anywhere how longer inputs are switched on."""
    return _EXPLAINED.search(card.text) is not None


def supported(context: Context) -> str:
    """What the configuration supports, for messages."""
    if context.scaling and context.limit != context.native:
        return f"{context.limit:,} positions ({context.native:,} extended by {context.scaling})"
    switched = f"with {context.scaling}" if context.scaling else "and no rope scaling"
    return f"{context.limit:,} positions {switched}"


class ContextLength(Rule):
    """The card states a longer context than the configuration supports.

    ## What it does

    Compares each context length that the card states with `max_position_embeddings` (or what the family
    calls it) and the rope scaling that `config.json` switches on. A shorter claim is fine, and so is a
    longer one that says it needs an extension, such as YaRN, or a card that explains how to switch it on.
    Where the positions have no hard limit (ALiBi, recurrent models, dynamic scaling), there is no verdict.

    ## Why it matters

    Readers choose a model by its context length. Beyond its configured positions servers refuse to start,
    or the model's output decays.

    ## Example

        - **1,010,000 token context window**

    while `config.json` has `"max_position_embeddings": 262144` and no rope scaling.

    ## What to do instead

    State the native length; name a longer one only together with how it is reached ("262,144 natively, up
    to 1,010,000 with YaRN") and the settings it needs.
    """

    id = "MC603"
    name = "context-length"
    needs = frozenset({"files"})

    def subjects(self, card: Card) -> Iterable[Subject]:
        yield from subjects_by_value(own_claims(card, CONTEXT_LENGTH))

    def run(self, subject: Subject, evidence: Evidence) -> Verdict:
        value = subject.claims[0].value or 0.0
        context = architecture(evidence).context
        if context.limit is None:
            raise CannotTell("config.json gives no number of positions")
        said = f"The card states a context of {value:,.0f} tokens"
        if value <= context.limit * TOLERANCE:
            return clean(f"{said}; config.json supports {supported(context)}.")
        if context.open_end:
            return unknown(
                f"{said}, config.json {context.limit:,}, but {context.open_end} sets no hard limit."
            )
        card = evidence.card
        if said_to_extend(card, subject.claims):
            return clean(
                f"{said}, and that this takes an extension; config.json itself has {supported(context)}."
            )
        if explains_extension(card):
            return clean(
                f"{said} and explains how to extend it; config.json itself has {supported(context)}."
            )
        if of_a_family(subject.claims):
            return unknown(
                f"{said}, in a sentence about several models; config.json has {supported(context)}."
            )
        related = also_at(subject.claims)
        tokenizer = tokenizer_limit(evidence)
        if tokenizer is not None:
            message = f"model_max_length is {tokenizer:,}"
            related = (*related, Related(Span("tokenizer_config.json", 1), message))
        listed = all(c.kind == "prose" for c in subject.claims) and any(
            c.value and c.value <= context.limit * TOLERANCE for c in own_claims(card, CONTEXT_LENGTH)
        )
        return fault(
            f"{said}; {CONFIG} supports {supported(context)}, and the card names no extension to reach it.",
            help=(
                f'Write "{context.limit:,} tokens natively", and a longer length only with how it is reached '
                "(which rope scaling, which settings); or switch the scaling on in config.json."
            ),
            related=related,
            severity="warning" if listed or (tokenizer is not None and tokenizer >= value) else None,
        )


def tokenizer_limit(evidence: Evidence) -> int | None:
    """The tokenizer's `model_max_length`; None where absent, unreadable, or the library's "no limit"."""
    try:
        data = evidence.json("tokenizer_config.json")
    except CannotTell:
        return None
    limit = data.get("model_max_length") if isinstance(data, dict) else None
    return limit if type(limit) is int and 0 < limit < 10**9 else None
