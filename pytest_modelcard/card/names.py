"""Whose name is it: this card's model, its declared base, or another's?"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from ..model import CardIdentity, Role
from .records import FrontMatter, Heading

#: Longer names are cut: a header cell of a megabyte is no name.
_MAX_NAME = 200
_TOKEN = re.compile(r"\d+(?:\.\d+)*[a-z]{0,2}(?![a-z])|\d+(?:\.\d+)*|[^\W\d_]+")
_PAREN = re.compile(r"\s*[(（\[]([^()（）\[\]]*)[)）\]]\s*")
_TITLE_WORDS = re.compile(
    r"^(?:(?:hugging ?face )?model card|modelcard|card|introduction to|introducing|welcome to|about)"
    r"(?:\s+(?:for|of)\b)?\s*[:：-]?\s*",
    re.I,
)
#: Titles that head a section and name no model.
_NO_NAME = re.compile(
    r"^(?:(?:model )?(?:description|introduction|intro|overview|details|summary|information|usage"
    r"|card|zoo|list)|evaluations?|results?"
    r"|benchmarks?|readme|contents?|table of contents|news|updates?|license|quick ?start"
    r"|getting started|features|key features|disclaimer"
    r"|highlights|about|abstract|citation|介绍|模型介绍|简介|目录|概述|更新|新闻|descrição"
    r"|introdução|sumário|visão geral)$",
    re.I,
)
_OURS = re.compile(
    r"^(?:ours?|this (?:model|work)|our (?:model|work)|we|本模型|我们(?:的模型)?|本文"
    r"|nosso(?: modelo)?|este modelo)$"
)
#: A parenthesised word after a name that says how the same weights were run.
_MODE = re.compile(
    r"^(?:ours?|our model|this (?:model|work)|new|本模型|我们的?|nosso"
    r"|(?:no[tn]?[- ]?)?think(?:ing)?(?: mode)?|w/?o? thinking"
    r"|(?:non-?)?reasoning|reasoning mode|instruct mode|high|medium|low|greedy|\d+-?shots?|pass@\d+"
    r"|avg@\d+|maj@\d+"
    r"|w/ tools?|with tools?|no tools|bf16|fp16)$"
)
_BASE_WORDS = re.compile(
    r"^(?:base|base model|the base(?: model)?|our base|modelo base|base \(ours\)|基座|基座模型|基础模型)$"
)
_VENDORS = frozenset(
    [
        "meta",
        "google",
        "microsoft",
        "ibm",
        "nvidia",
        "openai",
        "anthropic",
        "alibaba",
        "amazon",
        "apple",
        "mistralai",
        "xai",
        "tencent",
        "baidu",
    ]
)
#: Tokens that a table's header may leave out without meaning another model.
_DROPPABLE = re.compile(r"^(?:a\d+(?:\.\d+)?b|hf)$")
_SIZE = re.compile(r"^\d+(?:\.\d+)?[bmt]$")
#: Words of model names that are no name by themselves.
NO_NAME = frozenset(
    [
        "open",
        "base",
        "chat",
        "instruct",
        "model",
        "large",
        "small",
        "mini",
        "pro",
        "plus",
        "the",
        "ai",
        "llm",
        "lm",
        "preview",
        "hf",
        "my",
        "super",
    ]
)


def tokens(name: str) -> tuple[str, ...]:
    """A name as lower-case words and numbers: "Qwen3-8B" -> ("qwen", "3", "8b"). Organisation left off."""
    name = unicodedata.normalize("NFKC", name[:_MAX_NAME]).strip().lower()
    if name.count("/") == 1 and " " not in name:
        name = name.split("/", 1)[1]
    out = []
    for token in _TOKEN.findall(name):
        out.append(token)
    # "a17b" is read as letters and a size: keep the two together
    joined: list[str] = []
    for token in out:
        if joined and joined[-1] == "a" and _SIZE.match(token):
            joined[-1] = "a" + token
        else:
            joined.append(token)
    if len(joined) > 1 and joined[0] in _VENDORS:
        del joined[0]
    return tuple(joined)


def name_words(names: Iterable[str]) -> tuple[str, ...]:
    """The words that tell these names from others, in order: "Rio 3.5 Open 397B" -> ("rio",)."""
    found = (t for n in names for t in tokens(n) if t not in NO_NAME and not t[0].isdigit() and len(t) > 1)
    return tuple(dict.fromkeys(found))


def key(name: str) -> str:
    """Equal for spellings of one name: "Rio 3.5 Open 397B", "rio-3.5-open-397b". Sizes count."""
    out = ""
    for token in tokens(name):
        if out and out[-1].isdigit() and token[0].isdigit():
            out += "|"
        out += token
    return out


def split_mode(printed: str) -> tuple[str, tuple[str, ...]]:
    """A printed name without its parenthesised remarks, and these: "X (base)" -> ("X", ("base",))."""
    remarks = tuple(m.strip().lower() for m in _PAREN.findall(printed[:_MAX_NAME]) if m.strip())
    return _PAREN.sub(" ", printed[:_MAX_NAME]).strip(" *†‡§"), remarks


def _covers(full: tuple[str, ...], printed: tuple[str, ...], droppable: re.Pattern[str]) -> bool:
    """Is `printed` `full` with only droppable words left out, in order?"""
    if not printed:
        return False
    i = 0
    for token in full:
        if i < len(printed) and printed[i] == token:
            i += 1
        elif not droppable.match(token):
            return False
    return i == len(printed)


@dataclass(frozen=True, slots=True)
class KnownNames:
    """The names a card itself gives away: its own (repository id, title) and its declared bases' ids."""

    own: tuple[str, ...]
    bases: tuple[str, ...]

    @classmethod
    def of(cls, identity: CardIdentity, front_matter: FrontMatter, headings: Sequence[Heading]) -> KnownNames:
        own = [identity.repo_id] if identity.repo_id else []
        own += _index_names(front_matter.data)
        title = next((h.text for h in headings if h.level == 1), headings[0].text if headings else "")
        title = title_name(title)
        if title:
            own.append(title)
        declared = front_matter.data.get("base_model")
        bases = [declared] if isinstance(declared, str) else declared if isinstance(declared, list) else []
        return cls(tuple(dict.fromkeys(own)), tuple(b for b in bases if isinstance(b, str)))

    def role(self, printed: str) -> Role:
        """The role of a model name as printed in a table's header or a sentence.

        "this" and "base" only where the name says so but for spelling, marks and how the model was run;
        sizes, versions and words such as "Instruct" must agree. Everything else is "other".
        """
        plain = printed.strip()
        if not plain:
            return "this"
        lowered = " ".join(plain.lower().split())
        if "/" in plain and " " not in plain:
            if any(plain.lower() == own.lower() for own in self.own):
                return "this"
            if any(plain.lower() == base.lower() for base in self.bases):
                return "base"
        name, remarks = split_mode(lowered)
        if _OURS.match(name):
            return "this"
        if _BASE_WORDS.match(name):
            return "base"
        marked_base = any(_BASE_WORDS.match(r) for r in remarks)
        if marked_base and self._base_may_be(name):
            return "base"
        if all(_MODE.match(r) for r in remarks):
            for candidate in dict.fromkeys((lowered, name)):
                found = self._match(candidate)
                if found is not None:
                    return found
        else:
            # a remark may be part of the name: "Phi-3.5-mini-Instruct(3.8B)"
            found = self._match(lowered)
            if found is not None:
                return found
        return "other"

    def marked_base(self, printed: str) -> bool:
        """Does a printed name carry the remark "(base)"?"""
        return any(_BASE_WORDS.match(remark) for remark in split_mode(printed.lower())[1])

    def loosely_own(self, printed: str) -> bool:
        """Could this be the card's model with its size left out? Only fit where a table has one such name."""
        name, remarks = split_mode(printed)
        if any(_BASE_WORDS.match(r) for r in remarks):
            return False
        words = tokens(name)
        loose = re.compile(f"{_DROPPABLE.pattern}|{_SIZE.pattern}")
        return any(
            _covers(tokens(own), words, loose) or _covers(words, tokens(own), loose) for own in self.own
        )

    def _match(self, name: str) -> Role | None:
        printed = key(name)
        if not printed:
            return None
        words = tokens(name)
        first, rest = self.own[:1], self.own[1:]
        if any(key(own) == printed for own in first):
            return "this"
        if any(key(base) == printed for base in self.bases):
            return "base"
        if any(key(own) == printed for own in rest):
            return "this"
        if any(_covers(tokens(own), words, _DROPPABLE) for own in self.own):
            return "this"
        if any(_covers(tokens(base), words, _DROPPABLE) for base in self.bases):
            return "base"
        return None

    def _base_may_be(self, name: str) -> bool:
        """A name marked "(base)": does nothing speak against its being this model's declared base?"""
        words = tokens(name)
        if not words:
            return True
        return any(tokens(base)[:1] == words[:1] for base in self.bases)


def title_name(title: str) -> str:
    """The model's name in a title: "Model Card for Rio 3" -> "Rio 3", "" for words that name nothing."""
    title = " ".join(c for c in title[:_MAX_NAME].split())
    title = "".join(c for c in title if unicodedata.category(c) not in ("So", "Sk", "Cf")).strip(" :：|-–—")
    title = _TITLE_WORDS.sub("", title, count=1).strip()
    title = re.split(r"\s*[:：|]\s+|\s+[–—-]\s+", title)[0]
    return title if _TOKEN.search(title.lower()) and not _NO_NAME.match(title) else ""


def _index_names(data: Mapping[str, object]) -> list[str]:
    index = data.get("model-index")
    if not isinstance(index, list):
        return []
    return [e["name"] for e in index[:3] if isinstance(e, dict) and isinstance(e.get("name"), str)]
