"""Families of language models: their names, their makers, and what tells whether one may be a parent."""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

FILE = Path(__file__).parents[1] / "data" / "identity-families.json"
#: Of scripts that put spaces between words: Chinese characters next to a name do not make it part of a word.
_LETTER, _LETTER_OR_DIGIT = r"[^\W\d_\u3400-\u9fff]", r"[^\W_\u3400-\u9fff]"


@dataclass(frozen=True, slots=True)
class Family:
    """One family; the fields as `data/identity-families.json` explains them."""

    id: str
    name: str
    maker: str
    names: tuple[str, ...] = ()
    cased: tuple[str, ...] = ()
    makers: tuple[str, ...] = ()
    makers_cased: tuple[str, ...] = ()
    model_types: frozenset[str] = frozenset()
    published: frozenset[str] = frozenset()
    made_from: frozenset[str] = frozenset()
    spread: bool = True
    closed: bool = False

    def named_in(self, text: str) -> bool:
        """Whether an id or a text of a card holds the family's name (not only its maker's)."""
        return pattern_of(self.names, self.cased).search(text) is not None


@functools.cache
def families() -> tuple[Family, ...]:
    made = []
    for row in json.loads(FILE.read_bytes())["families"]:
        lists = {k: tuple(v) for k, v in row.items() if isinstance(v, list)}
        sets = {k: frozenset(lists.pop(k, ())) for k in ("model_types", "published", "made_from")}
        made.append(Family(**{**row, **lists, **sets}))
    return tuple(made)


@functools.cache
def pattern_of(names: tuple[str, ...], cased: tuple[str, ...]) -> re.Pattern[str]:
    """Any of these as whole words: "Qwen" also where a version follows ("Qwen2.5"), not within another word."""
    parts = [f"(?i:{_alternatives(names)})"] if names else []
    parts += [_alternatives(cased)] if cased else []
    return re.compile("|".join(parts) if parts else r"(?!)")


def _alternatives(names: Iterable[str]) -> str:
    return "|".join(_whole(name) for name in sorted(names, key=len, reverse=True))


def _whole(name: str) -> str:
    """One name. Words of Chinese stand without spaces; "Z.ai" and "nex-agi" are written with other joints, too."""
    if not name.isascii() and not any("a" <= c.lower() <= "z" for c in name):
        return re.escape(name)
    body = r"[\s._-]?".join(re.escape(part) for part in re.split(r"[\s-]", name))
    end = rf"(?!{_LETTER})" if name[-1].isalpha() else r"(?!\d)"
    return rf"(?<!{_LETTER_OR_DIGIT}){body}{end}"
