"""Which models a card says it was made from, and whether a printed name means a declared id."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from ...card.names import KnownNames, key, tokens
from ...card.records import Card
from ...card.vocabulary import BASE_MODEL, PARENT
from ...model import Claim, Span
from ._entries import id_in_url, id_trouble

#: Ways of making a model that the Hub files under `base_model`; a teacher of a distillation is no base model.
DERIVING = frozenset(("merge", "finetune", "quantized", "adapter"))
#: The same, with parents of which the card does not say how they were used ("based on X").
MADE_FROM = DERIVING | {"unknown"}

_SIZE = re.compile(r"\d+(?:\.\d+)?[bm]")


@dataclass(frozen=True, slots=True)
class Parent:
    """A model that the card's text names as a parent."""

    printed: str  #: an id where the text has one, else a name as printed
    relation: str  #: one of vocabulary.RELATIONS
    claim: Claim
    in_code: bool = False  #: read from a merge configuration shown in a code block

    @property
    def span(self) -> Span:
        return self.claim.span

    @property
    def is_id(self) -> bool:
        return "/" in self.printed and id_trouble(self.printed) is None

    @property
    def is_sure(self) -> bool:
        """An id, or a name with a size ("Qwen 3.5 397B"): one certain model, not a family."""
        words = tokens(self.printed)
        return self.is_id or (len(words) > 1 and any(_SIZE.fullmatch(w) for w in words))


def named_parents(card: Card) -> list[Parent]:
    """The parents that prose and specification tables name, each model and relation once, the model "
    "itself left out."""
    names = KnownNames.of(card.identity, card.front_matter, card.headings)
    stated = card.named("attribute", BASE_MODEL)
    if len({key(c.text or "") for c in stated}) > 1:
        stated = ()  # a table of several models: which row is this one is not known
    found: dict[tuple[str, str], Parent] = {}
    for claim in (*card.named("prose", PARENT), *stated):
        printed = ((claim.text if claim.kind == "attribute" else claim.model) or "").strip()
        printed = id_in_url(printed) or printed
        if not key(printed) or "[" in printed or names.role(printed) == "this":
            continue
        relation = (claim.text or "unknown") if claim.kind == "prose" else "unknown"
        parent = Parent(printed, relation, claim, _in_code(card, claim.span.line))
        found.setdefault((printed.casefold(), relation), parent)
    return list(found.values())


def _in_code(card: Card, line: int) -> bool:
    return any(b.span.line <= line <= b.span.line + b.text.count("\n") for b in card.code)


def means_one_of(printed: str, ids: Iterable[str]) -> str | None:
    """The id that a printed name may mean, read generously: an accusation must not hang on a spelling."""
    for id in ids:
        if printed.casefold() == id.casefold() or key(printed) == key(id):
            return id
    for id in ids:
        ours, theirs = tokens(printed), tokens(id)
        if _within(ours, theirs) or _within(theirs, ours):
            return id
    return None


def _within(part: tuple[str, ...], whole: tuple[str, ...]) -> bool:
    """Do all words of `part` stand in `whole`, in that order?"""
    rest = iter(whole)
    return bool(part) and all(word in rest for word in part)
