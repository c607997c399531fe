"""Whose names are looked for: the card's own, those of the models it declares, and those of all known families."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from ..card import vocabulary
from ..card.names import KnownNames, name_words
from ..errors import CannotTell, CardError
from ..lineage.suspects import declared_bases
from ..source.ids import is_repo_id
from .families import Family, families, pattern_of
from .match import Entry

if TYPE_CHECKING:
    from ..card.records import Card
    from ..evidence import Evidence

#: own: what the card calls its model. declared: a model it says it was made from. told: one it speaks of as a teacher
#: or as a source of training data. undeclared: any other.
Kind = Literal["own", "declared", "told", "undeclared"]
#: Ancestors looked up: the declared models' own declared models, and so on.
MAX_ANCESTORS, DEPTH = 8, 4
MAX_WORDS = 12

#: Words of names that say what kind of model it is, not which.
_KIND_WORDS = (
    "coder code math vision vl moe omni audio thinking reasoning reasoner distill distilled merge merged merges gguf awq gptq exl mlx "
    "fp int bf bnb nvfp sft dpo rl rlhf grpo orpo lora qlora adapter adapters peft finetune finetuned tuned release released version "
    "new language assistant agent of for and family series english portuguese chinese brazilian multilingual en pt zh br cn it uncensored "
    "abliterated test demo example draft beta alpha final latest next max ultra nano tiny micro medium big flash turbo fast lite light long "
    "context instruction instructed model models modelo um uma de da do card team org labs lab inc research"
)
_KINDS = frozenset(_KIND_WORDS.split())
_TEACHES = re.compile(
    r"(?<!\w)(?:distil\w*|synthetic\w*|generated|teacher|teachers|outputs?|responses?|traces|rollouts|trajectories|answers|annotat\w*|labell?ed|curated"
    r"|destil\w*|sintétic\w*|gerad[oa]s?|professor|respostas|collaborat\w+|partner\w*|jointly|together with|parceria)(?!\w)|蒸馏|合成|生成|教师|合作",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Name:
    """What answers are held against. id: "own", a family's id, or "parent:" and a word; why: what declares it."""

    id: str
    label: str
    kind: Kind
    pattern: re.Pattern[str]
    family: Family | None = None
    why: str = ""

    @property
    def entry(self) -> Entry:
        return Entry(self.id, self.pattern)


@dataclass(frozen=True, slots=True)
class Names:
    """All names for one card. unread: declared models whose cards could not be read, so that their parents, which are
    this model's ancestors, are not known."""

    all: tuple[Name, ...]
    ancestors: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()

    @property
    def own(self) -> Name | None:
        return next((n for n in self.all if n.kind == "own"), None)

    @property
    def entries(self) -> tuple[Entry, ...]:
        return tuple(n.entry for n in self.all)


def names_of(evidence: Evidence) -> Names:
    """The names for the evidence's card."""
    card = evidence.card
    known = KnownNames.of(card.identity, card.front_matter, card.headings)
    claimed = [c.text for c in card.named("prose", vocabulary.IDENTITY) if c.text]
    own_texts = [*known.own, *claimed]
    ancestors, unread = _ancestors(evidence)
    made_from = [*ancestors, *(c.model for c in card.named("prose", vocabulary.PARENT) if c.model)]
    declared = {f.id: t for t in reversed(made_from) for f in families() if _in_name(f, t)}
    parent_words = {w for w in _words(made_from) if not any(_is_family(f, w) for f in families())}
    words = _words(own_texts)
    distinct = [
        w
        for w in words
        if w not in parent_words and not any(f.id in declared and _is_family(f, w) for f in families())
    ] or words
    made = []
    own, own_family = _own(card, distinct, declared)
    if own is not None:
        made.append(own)
    for family in families():
        if family is own_family:
            continue
        kind, why = _kind(family, declared, own_texts, card)
        label = family.name if family.name == family.maker else f"{family.name} ({family.maker})"
        made.append(Name(family.id, label, kind, _everything(family), family, why))
    for word in sorted(parent_words - set(distinct))[:MAX_WORDS]:
        source = next((t for t in made_from if word in name_words([t])), "")
        made.append(
            Name(f"parent:{word}", word.capitalize(), "declared", pattern_of((word,), ()), why=source)
        )
    return Names(tuple(made), ancestors, unread)


def _own(card: Card, words: Sequence[str], declared: dict[str, str]) -> tuple[Name | None, Family | None]:
    """The card's own name with its organisation's; the family that both belong to, where it is a known one."""
    if not words:
        return None, None
    of_words = [f for w in words for f in families() if _is_family(f, w)]
    family = next((f for f in of_words if f.id not in declared), None)
    if family is None and any(_is_family(f, words[0]) for f in families()):
        family = of_words[0]  # the declared model itself in another form
    texts = [w for w in words[:MAX_WORDS] if family is None or not any(_is_family(f, w) for f in families())]
    org = (card.identity.repo_id or "").rpartition("/")[0]
    if len(org) > 2 and not any(f is not family and f.id in declared and f.named_in(org) for f in families()):
        texts.append(org)
    label = " ".join(w.capitalize() for w in words[:3])
    if family is None:
        return Name("own", label, "own", pattern_of(tuple(texts), ())), None
    names, cased = (*family.names, *family.makers, *texts), (*family.cased, *family.makers_cased)
    return Name("own", f"{label} ({family.maker})", "own", pattern_of(names, cased), family), family


def _kind(family: Family, declared: dict[str, str], own_texts: Iterable[str], card: Card) -> tuple[Kind, str]:
    if family.id in declared:
        return "declared", declared[family.id]
    for text in own_texts:
        if _in_name(family, text):
            return "declared", f"the name {text}"
    everything = _everything(family)
    for paragraph in card.paragraphs[:20_000]:
        text = paragraph.text[:4_000]
        if everything.search(text) and _TEACHES.search(text):
            return "told", " ".join(text.split())[:160]
    return "undeclared", ""


def _everything(family: Family) -> re.Pattern[str]:
    return pattern_of((*family.names, *family.makers), (*family.cased, *family.makers_cased))


def _in_name(family: Family, text: str) -> bool:
    """Whether an id or a printed name is of this family; words of ids are often written small."""
    return family.named_in(text) or any(_is_family(family, w) for w in name_words([text]))


def _is_family(family: Family, word: str) -> bool:
    return any(family.named_in(w) for w in (word, word.capitalize(), word.upper()))


def _words(texts: Iterable[str]) -> list[str]:
    return [w for w in name_words(texts) if w not in _KINDS]


def _ancestors(evidence: Evidence) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Declared models, theirs and so on; and those whose cards could not be read. Models of a family's own organisation
    are where a line begins."""
    found: list[str] = []
    unread: list[str] = []
    level: list[str] = list(declared_bases(evidence.card))
    for _ in range(DEPTH):
        following: list[str] = []
        for id in level:
            if id in found or len(found) >= MAX_ANCESTORS:
                continue
            found.append(id)
            if not is_repo_id(id) or _begins_a_line(id):
                continue
            try:
                following += declared_bases(evidence.other(id).card)
            except (CardError, CannotTell):
                unread.append(id)
        level = following
    return tuple(found), tuple(unread)


def _begins_a_line(id: str) -> bool:
    """Whether a family published this itself, and made it from nobody else's: "Qwen/Qwen3-8B"."""
    org, _, name = id.partition("/")
    spellings = (org, org.capitalize(), org.upper())
    return any(
        any(_everything(f).search(o) for o in spellings)
        for f in families()
        if not f.made_from and _in_name(f, name)
    )
