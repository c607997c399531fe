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
#: Words of a title that are its name: "Kimi K2: what is new" goes on with others.
TITLE_WORDS = 4

#: Words of names that say what kind of model it is, not which.
_KIND_WORDS = (
    "coder code math vision vl moe omni audio thinking reasoning reasoner distill distilled merge merged merges gguf awq gptq exl mlx "
    "fp int bf bnb nvfp sft dpo rl rlhf grpo orpo lora qlora adapter adapters peft finetune finetuned tuned release released version "
    "new language assistant agent of for and family series english portuguese chinese brazilian multilingual en pt zh br cn it uncensored "
    "abliterated test demo example draft beta alpha final latest next max ultra nano tiny micro medium big flash turbo fast lite light long "
    "context instruction instructed model models modelo um uma de da do card team org labs lab inc research you your on based full introduction meet news updates source"
)
_KINDS = frozenset(_KIND_WORDS.split())
_ACTIVE = re.compile(r"a\d+(?:\.\d+)?b")
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
    own_texts = _own_texts(card)
    ancestors, unread = _ancestors(evidence)
    made_from = [*ancestors, *(c.model for c in card.named("prose", vocabulary.PARENT) if c.model)]
    declared = {f.id: t for t in reversed(made_from) for f in families() if _in_name(f, t)}
    parent_words = {w for w in _words(t for t in made_from if "/" in t) if not _families_of(w)}
    words = _words(own_texts)
    distinct = [
        w for w in words if w not in parent_words and not any(f.id in declared for f in _families_of(w))
    ] or words
    made = []
    own, own_family = _own(card, own_texts, distinct, declared)
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


def _own_texts(card: Card) -> list[str]:
    """Names that the card gives its model: of the repository, without its organisation; of the title, whose first words
    are it; and what it says that the model calls itself."""
    known = KnownNames.of(card.identity, card.front_matter, card.headings)
    claimed = [c.text for c in card.named("prose", vocabulary.IDENTITY) if c.text]
    return [" ".join(text.rpartition("/")[2].split()[:TITLE_WORDS]) for text in (*known.own, *claimed)]


def _own(
    card: Card, texts: Sequence[str], words: Sequence[str], declared: dict[str, str]
) -> tuple[Name | None, Family | None]:
    """The card's own name with its organisation's; the family that both belong to, where it is a known one."""
    if not words:
        return None, None
    org = (card.identity.repo_id or "").rpartition("/")[0]
    official = [f for f in families() if org and _everything(f).fullmatch(org)]
    found = [*(f for text in texts for f in _families_of(text)), *official]
    family = next((f for f in found if f.id not in declared), None)
    if family is None and found and _families_of(words[0]):
        family = found[0]  # the declared model itself in another form
    kept = [w for w in words[:MAX_WORDS] if not _families_of(w)]
    if len(org) > 2 and not any(_in_name(f, org) for f in families() if f is not family):
        kept.append(org)
    if family is None:
        return Name("own", words[0].capitalize(), "own", pattern_of(tuple(kept), ())), None
    pattern = pattern_of((*family.names, *family.makers, *kept), (*family.cased, *family.makers_cased))
    return Name("own", f"{family.name} ({family.maker})", "own", pattern, family), family


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


def _families_of(text: str) -> list[Family]:
    """The families whose names an id or a printed name has, in the order they stand in it; in ids, all is written small."""
    places = [(match.start(), f.id, f) for f in families() if (match := _any_case(f).search(text))]
    return [family for _, _, family in sorted(places, key=lambda place: place[:2])]


def _in_name(family: Family, text: str) -> bool:
    return _any_case(family).search(text) is not None


def _any_case(family: Family) -> re.Pattern[str]:
    return pattern_of((*family.names, *family.cased), ())


def _words(texts: Iterable[str]) -> list[str]:
    return [w for w in name_words(texts) if w not in _KINDS and not _ACTIVE.fullmatch(w)]


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
    return any(
        _any_case(f).search(org) or pattern_of((*f.makers, *f.makers_cased), ()).search(org)
        for f in _families_of(name)
        if not f.made_from
    )
