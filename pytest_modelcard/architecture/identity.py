"""Who a chat template says the model is: "You are Rio, ..." and the like, in several languages."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal as Choice

from .templates import Literal, Template, literals

#: When the words reach the model.
Applied = Choice["always", "without a system message", "under a condition"]

_NAME = r"(?P<name>[A-Z][\w.-]{0,40}(?: [A-Z0-9][\w.-]{0,30}){0,4})"
_PATTERNS = tuple(
    re.compile(p)
    for p in (
        rf"\b(?:[Yy]ou are|[Yy]ou're|I am|I'm|[Yy]our name(?: is|:)|[Mm]y name is)\s+(?:the\s+)?{_NAME}",
        rf"\b[Yy]ou(?: are|'re)\s+(?:an?|the)\s[^.!?\n]{{0,80}}?\b(?:named|called)\s+{_NAME}",
        rf"\b(?:[Vv]ocê (?:é|se chama)|[Ss]eu nome é|[Ee]u sou|[Mm]eu nome é)\s+(?:o |a )?{_NAME}",
        rf"\b[Vv]ocê é (?:um|uma)\s[^.!?\n]{{0,80}}?\b(?:chamad[oa])\s+{_NAME}",
        rf"\b(?:[Ee]res|[Tt]e llamas|[Tt]u nombre es|[Tt]u es|[Vv]ous êtes|[Tt]on nom est|[Dd]u bist"
        rf"|[Dd]ein Name ist"
        rf"|[Tt]u sei|[Ii]l tuo nome è|[Tt]i chiami)\s+{_NAME}",
        r"你(?:是|叫|的名字是)\s*(?P<name>[A-Z][\w.-]{1,30})",
        r"你(?:叫|的名字是)\s*(?P<name>[\w.-]{2,12}?)(?=[，,。.!！\s]|$)",
        r"你是(?P<name>[\w.-]{2,12}?)，(?=由|一个由|一款由|是)",
        r"(?:你是|我是|你叫)[^，,。（(\n]{0,12}[（(](?P<name>[A-Z][\w.-]{1,30})[)）]",
        r"我是\s*(?P<name>[A-Z][\w.-]{1,30})",
        r"(?:あなたは|あなたの名前は)\s*(?P<name>[A-Z][\w.-]{1,30})",
    )
)
#: Capitalised words after "You are" that name nobody.
_NOBODY = frozenset(
    [
        "ai",
        "a",
        "an",
        "the",
        "assistant",
        "helpful",
        "expert",
        "chatbot",
        "user",
        "system",
        "not",
        "given",
        "also",
        "now",
        "always",
        "free",
        "able",
        "being",
        "in",
        "on",
        "to",
        "english",
        "chinese",
        "american",
        "your",
        "my",
        "llm",
        "agent",
        "bot",
        "tool",
        "json",
        "python",
        "human",
        "one",
        "here",
        "very",
        "sorry",
        "no",
        "yes",
        "fine",
    ]
)
_ABSENT = re.compile(
    r"!=\s*['\"]system|not\s+(?:loop|messages|\w*system)"
    r"|system\w*\s+(?:is\s+)?(?:not\s+defined|undefined|none|false)|system\w*\s*==\s*(?:''|\"\"|none)",
    re.I,
)


_END = re.compile(r"[.!?。！？](?=\s|$|<)|\n|(?=<\||<end|\[/)")


@dataclass(frozen=True, slots=True)
class BuiltIn:
    """A built-in identity: who, in which words, where, and when they apply."""

    name: str
    quote: str
    template: Template
    offset: int
    applied: Applied


def built_in_identities(template: Template) -> Iterator[BuiltIn]:
    """Every identity that the template's own words give, in order; each name once."""
    pieces = [Literal(template.text, 0)] if template.is_prompt else literals(template.text)
    seen: set[str] = set()
    for piece in pieces:
        for pattern in _PATTERNS:
            for match in pattern.finditer(piece.text[:100_000]):
                name = match["name"].rstrip(".-_ ")
                if name.split()[0].lower().rstrip(".,") in _NOBODY or name in seen:
                    continue
                seen.add(name)
                offset = piece.offset if piece.statement else piece.offset + match.start()
                when: Applied = "without a system message" if template.is_prompt else _applied(piece)
                yield BuiltIn(name, _sentence(piece.text, match.start()), template, offset, when)


def _sentence(text: str, start: int) -> str:
    stop = _END.search(text, start)
    end = min(stop.end() if stop else len(text), start + 160)
    return " ".join(text[start:end].split())


def _applied(piece: Literal) -> Applied:
    """When words stand in a template's output, going by the conditions around them."""
    around = [c for c in piece.conditions if not c.startswith(("for:", "macro:"))]
    statement = piece.statement.strip(" -+")
    if statement.startswith("set ") and "default" in statement.split("=")[0]:
        return "without a system message"
    if any("else" in w and "system" in w for w in (piece.statement,)) or re.search(
        r"\bdefault\s*\(", statement
    ):
        return "without a system message"
    for condition in around:
        head, _, rest = condition.partition("else: ")
        if ("system" in rest and not _ABSENT.search(rest)) or _ABSENT.search(head):
            return "without a system message"
    return "under a condition" if around else "always"
