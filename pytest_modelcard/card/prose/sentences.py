"""Paragraphs to sentences, each with its place in the source, and claims made from them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from ...model import Claim, Span
from ..records import Paragraph
from ..slugs import slug

#: Longer ones are read in pieces: no honest sentence is that long.
MAX_SENTENCE = 1_500
MAX_RAW = 300

_END = re.compile(r"(?<=[.!?])[\"”')\]]{0,3}\s+(?=[\"“'(\[*]?[^\Wa-z_])|(?<=[。！？])|\n+")
_ABBREVIATION = re.compile(
    r"(?:\b(?:et al|e\.g|i\.e|vs|cf|fig|sec|approx|dr|prof|mr|ms|no|inc|ltd|etc)|\b[A-Z])\.$", re.I
)


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence. `text` is paragraph.text[start : start + len(text)]."""

    text: str
    start: int
    paragraph: Paragraph
    lines: Sequence[str]

    def span(self, offset: int = 0) -> Span:
        """Where the character at `offset` stands; its column is that of the text found in the source line."""
        at = self.start + offset
        line = self.paragraph.line_of(at)
        source = self.lines[line - 1] if line <= len(self.lines) else ""
        rest = self.text[offset : offset + 40]
        for length in (40, 16, 8, 4):
            found = source.find(rest[:length].strip()) if rest[:length].strip() else -1
            if found >= 0:
                return Span(self.paragraph.span.path, line, found + 1)
        return Span(self.paragraph.span.path, line, 1)

    @property
    def raw(self) -> str:
        return trimmed(self.text)


def trimmed(text: str) -> str:
    """One line of at most MAX_RAW characters."""
    text = " ".join(text.split())
    return text if len(text) <= MAX_RAW else text[: MAX_RAW - 1] + "…"


def sentences(paragraph: Paragraph, lines: Sequence[str]) -> Iterator[Sentence]:
    """The sentences of a paragraph, in order."""
    text = paragraph.text
    begin = 0
    for m in _END.finditer(text):
        piece = text[begin : m.start()]
        if "\n" not in m[0] and _ABBREVIATION.search(piece[-12:]):
            continue
        yield from _pieces(piece, begin, paragraph, lines)
        begin = m.end()
    yield from _pieces(text[begin:], begin, paragraph, lines)


def _pieces(text: str, start: int, paragraph: Paragraph, lines: Sequence[str]) -> Iterator[Sentence]:
    for at in range(0, len(text), MAX_SENTENCE):
        piece = text[at : at + MAX_SENTENCE]
        lead = len(piece) - len(piece.lstrip())
        if piece.strip():
            yield Sentence(piece.strip(), start + at + lead, paragraph, lines)


#: Every paragraph of a card with its sentences.
Reading = Sequence[tuple[Paragraph, Sequence[Sentence]]]


class Claims:
    """Gathers prose claims and gives each a stable id that is unique in the card."""

    def __init__(self) -> None:
        self.found: list[Claim] = []
        self._taken: set[str] = set()
        self._last: dict[str, int] = {}  # so that many equal ids do not each count from the start

    def add(self, name: str, key: str, span: Span, raw: str, **fields: Any) -> None:
        """`key` tells claims of one name apart: a model's name, a value, a file."""
        base = slug("prose", name, key) if key else slug("prose", name)
        n = self._last.get(base, 1)
        identifier = base if n == 1 else f"{base}-{n}"
        while identifier in self._taken:
            n += 1
            identifier = f"{base}-{n}"
        self._taken.add(identifier)
        self._last[base] = n
        self.found.append(Claim(identifier, "prose", span, trimmed(raw), name=name, **fields))
