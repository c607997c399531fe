"""A repository's chat templates as text: where they lie, and which words they hold under which conditions.

A template is a program by a stranger: it is never rendered here, only scanned once from left to right.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..errors import CannotTell
from ..model import Span

if TYPE_CHECKING:
    from ..evidence import Evidence

MAX_TEMPLATE = 1_000_000
MAX_TEMPLATES = 50
MAX_LITERALS = 20_000
#: JSON files with a "chat_template", and keys that hold a default system prompt.
_JSON_FILES = ("tokenizer_config.json", "chat_template.json", "processor_config.json")
_PROMPT_KEYS = ("default_system_prompt", "default_system_message", "system_prompt", "default_system")

_OPEN = re.compile(r"\{[{%#]")
_CLOSE = {"{{": "}}", "{%": "%}"}
_STRING = re.compile(r"'(?:\\.|[^'\\])*'|\"(?:\\.|[^\"\\])*\"", re.S)
_STATEMENT = re.compile(r"[-+]?\s*(\w+)\s*([^%]{0,400})", re.S)
_ESCAPE = re.compile(r"\\(u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2}|.)", re.S)
_PLAIN_ESCAPES = {"n": "\n", "t": "\t", "r": "\r"}


@dataclass(frozen=True, slots=True)
class Template:
    """One chat template, or a system prompt kept as a setting (`is_prompt`)."""

    path: str
    text: str
    first_line: int  #: line of the file where it begins
    one_line: bool  #: kept as a JSON string: all of it stands on `first_line`
    is_prompt: bool = False

    def span(self, offset: int) -> Span:
        """The place of a character of `text` in its file."""
        line = self.first_line if self.one_line else self.first_line + self.text.count("\n", 0, offset)
        return Span(self.path, line)


@dataclass(frozen=True, slots=True)
class Literal:
    """Words that a template may print. `conditions` are those around it, outermost first."""

    text: str
    offset: int
    conditions: tuple[str, ...] = ()
    statement: str = ""  #: the text of the tag it stands in, "" for plain template data


def templates(evidence: Evidence) -> tuple[Template, ...]:
    """All chat templates and default system prompts; raises CannotTell where the files are not known."""
    return evidence.compute("templates", lambda: tuple(_found(evidence))[:MAX_TEMPLATES])


def literals(template: str) -> Iterator[Literal]:
    """Plain data and string literals of a Jinja template, with the `if` branches they stand in.

    Comments are left out. An `else` branch appears as "else: <its if>". Stops where a tag or string is not
    closed.
    """
    text = template[:MAX_TEMPLATE]
    stack: list[str] = []
    at = count = 0
    while count < MAX_LITERALS:
        opening = _OPEN.search(text, at)
        end = opening.start() if opening else len(text)
        if text[at:end].strip():
            count += 1
            yield Literal(text[at:end], at, tuple(stack))
        if opening is None:
            return
        if opening[0] == "{#":
            close = text.find("#}", end)
            if close < 0:
                return
            at = close + 2
            continue
        strings, close = _tag(text, opening.end(), _CLOSE[opening[0]])
        if close < 0:
            return
        inside = text[opening.end() : close]
        if opening[0] == "{%":
            _branch(stack, inside)
        for start, stop in strings:
            count += 1
            yield Literal(_unescape(text[start + 1 : stop - 1]), start, tuple(stack), inside[:2_000])
        at = close + 2


def _tag(text: str, at: int, closing: str) -> tuple[list[tuple[int, int]], int]:
    """The strings of a tag, and where its closing mark stands (-1 where it has none)."""
    strings: list[tuple[int, int]] = []
    seek = re.compile(r"['\"]|" + re.escape(closing))
    while True:
        found = seek.search(text, at)
        if found is None:
            return strings, -1
        if found[0] == closing:
            return strings, found.start()
        string = _STRING.match(text, found.start())
        if string is None:
            return strings, -1
        strings.append((string.start(), string.end()))
        at = string.end()


def _branch(stack: list[str], inside: str) -> None:
    statement = _STATEMENT.match(inside)
    if statement is None:
        return
    word, rest = statement[1], " ".join(statement[2].split()).rstrip("-+ ")
    if word in ("if", "for", "macro", "filter", "call"):
        if len(stack) < 100:
            stack.append(rest if word == "if" else f"{word}: {rest}")
    elif word == "elif" and stack:
        stack[-1] = f"{rest} | else: {stack[-1]}"[:800]
    elif word == "else" and stack:
        stack[-1] = f"else: {stack[-1]}"[:800]
    elif word in ("endif", "endfor", "endmacro", "endfilter", "endcall") and stack:
        stack.pop()


def _unescape(text: str) -> str:
    def one(match: re.Match[str]) -> str:
        code = match[1]
        if len(code) > 1:
            return chr(int(code[1:], 16))
        return _PLAIN_ESCAPES.get(code, code)

    return _ESCAPE.sub(one, text)


def _found(evidence: Evidence) -> Iterator[Template]:
    for entry in evidence.files():
        name = entry.path.rsplit("/", 1)[-1]
        if name == "chat_template.jinja" or entry.path.startswith("additional_chat_templates/"):
            text = evidence.text(entry.path)
            if text is not None:
                yield Template(entry.path, text, 1, one_line=False)
    for path in _JSON_FILES:
        try:
            data = evidence.json(path)
        except CannotTell:
            continue  # an unreadable file is another rule's finding
        if not isinstance(data, Mapping):
            continue
        raw = evidence.text(path) or ""
        for text in _texts(data.get("chat_template")):
            yield Template(path, text, _line_of(raw, "chat_template"), one_line=True)
        for key in _PROMPT_KEYS:
            if isinstance(data.get(key), str):
                yield Template(path, data[key], _line_of(raw, key), one_line=True, is_prompt=True)


def _texts(value: Any) -> Iterator[str]:
    """A template as a string, or named templates as a list or a map."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        yield from (
            v["template"] for v in value if isinstance(v, Mapping) and isinstance(v.get("template"), str)
        )
    elif isinstance(value, Mapping):
        yield from (v for v in value.values() if isinstance(v, str))


def _line_of(raw: str, key: str) -> int:
    at = raw.find(f'"{key}"')
    return raw.count("\n", 0, at) + 1 if at >= 0 else 1
