"""Which of a card's claims speak of its own model, grouped so that one stated value is one subject."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from itertools import islice

from ...card.names import KnownNames
from ...card.records import Card, CodeBlock
from ...model import Claim, Related, Span
from ..base import Subject, slug

_HUB_ID = re.compile(r"(?<![\w./:@-])([A-Za-z0-9][\w.-]{0,95}/[A-Za-z0-9][\w.-]{0,95})(?![\w/])")


#: No honest card states more sizes or lengths of one model.
MAX_VALUES = 30
_FAMILY = re.compile(
    r"\b(?:series|family|families|both (?:models|versions)|all (?:models|versions|sizes)|most models"
    r"|(?:each|every) model|(?:long[- ]?context|other|larger|smaller) (?:version|variant|model)s?)\b"
    r"|系列|大多数模型|长上下文版|família|familia de",
    re.I,
)
#: Sentences about a model that helped to make this one, or came before it.
_HELPER = re.compile(
    r"[\W_]*(?:the|our|a|an|its)\s+(?:\w+\s)?(?:teacher|reward|draft|judge|verifier|critic|baseline|previous"
    r"|original|larger|smaller|retriever|reranker)(?![a-z])",
    re.I,
)
_FILE_ENDS = (".py", ".json", ".sh", ".txt", ".md", ".safetensors", ".bin")


def known_names(card: Card) -> KnownNames:
    """The card's own names and its bases'."""
    return KnownNames.of(card.identity, card.front_matter, card.headings)


def own_claims(card: Card, *names: str) -> tuple[Claim, ...]:
    """Attribute and prose claims of these names that do not speak of another model."""
    known = known_names(card)

    def own(claim: Claim) -> bool:
        if claim.kind == "prose" and _HELPER.match(claim.raw):
            return False
        role = claim.role or (known.role(claim.model) if claim.model else "this")
        return role == "this"

    found = (*card.named("attribute", *names), *card.named("prose", *names))
    return tuple(c for c in found if own(c))


def subjects_by_value(
    claims: Iterable[Claim], show: Callable[[float], str] = "{:.0f}".format
) -> Iterator[Subject]:
    """One subject for each stated number, at its first place; the key is the number as `show` writes it."""
    groups: dict[float, list[Claim]] = {}
    for claim in claims:
        if claim.value is not None and claim.value > 0:
            groups.setdefault(claim.value, []).append(claim)
    for value, group in islice(groups.items(), MAX_VALUES):
        yield Subject(slug(show(value)), group[0].span, claims=tuple(group))


def of_a_family(claims: Iterable[Claim]) -> bool:
    """Whether all these claims stand in sentences about several models or another version of this one."""
    return all(c.kind == "prose" and _FAMILY.search(c.raw) for c in claims)


def also_at(claims: Iterable[Claim], message: str = "the card says the same here") -> tuple[Related, ...]:
    """The further places of a claim that is made more than once."""
    return tuple(Related(c.span, message, c.raw[:200]) for c in tuple(claims)[1:5])


def code_block(card: Card, span: Span) -> CodeBlock | None:
    """The code block around a place."""
    for block in card.code:
        if block.span.line <= span.line <= block.span.line + block.text.count("\n"):
            return block
    return None


def another_model(card: Card, span: Span) -> str | None:
    """The Hub id of another model that the code around a place is about, None where that is not sure."""
    block = code_block(card, span)
    text = block.text[:20_000] if block is not None else card.line(span.line)[:2_000]
    known = known_names(card)
    roles = {i: known.role(i) for i in _HUB_ID.findall(text) if not i.lower().endswith(_FILE_ENDS)}
    # without a repository id only the declared base is surely another model
    strange = ("base", "other") if card.identity.repo_id is not None else ("base",)
    others = [i for i, role in roles.items() if role in strange]
    return others[0] if others and "this" not in roles.values() else None
