"""Runs of rendered text with the source line of every character, and the links and code spans within them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from ..model import Span
from .records import Hidden, Hiding, Link, Paragraph

_BARE_URL = re.compile(r"\bhttps?://[^\s<>\"'`，。；、）】」（]{4,2000}")
_SPACES = re.compile(r"[ \t\r\f\v]+")
#: More blanks in a row are shown as one by every renderer; patterns would spend their time on them.
MAX_BLANKS = 8
_MANY_BLANKS = re.compile(rf"[^\S\n]{{{MAX_BLANKS + 1},}}+")


def bare_urls(text: str) -> list[tuple[int, int]]:
    """(start, end) of the URLs standing in plain text, without the punctuation that ends a sentence."""
    found = []
    for m in _BARE_URL.finditer(text) if "://" in text else ():
        url = m[0].rstrip(".,;:!?*_~")
        while url.endswith((")", "]")) and url.count(")") + url.count("]") > url.count("(") + url.count("["):
            url = url[:-1].rstrip(".,;:!?*_~")
        found.append((m.start(), m.start() + len(url)))
    return found


@dataclass
class Shared:
    """What is gathered over the whole body."""

    path: str
    links: list[Link] = field(default_factory=list)
    hidden: list[Hidden] = field(default_factory=list)
    paragraphs: list[Paragraph] = field(default_factory=list)


class Run:
    """Builds one `Paragraph`: text is added piece by piece, each with its source line."""

    def __init__(self, shared: Shared) -> None:
        self._shared = shared
        self._parts: list[str] = []
        self._length = 0
        self._blanks = 0  # pieces of nothing but blanks at the end
        self._starts: list[tuple[int, int]] = []
        self._links: list[tuple[int, int, str]] = []
        self._code: list[tuple[int, int]] = []
        self._place: Span | None = None
        self._link: tuple[int, int, str, Span] | None = None

    def add(self, text: str, line: int, column: int, *, code: bool = False) -> None:
        """Text of one source line."""
        if not text or (self._place is None and text.isspace()):
            return
        text = _MANY_BLANKS.sub(" ", text)
        self._blanks = self._blanks + 1 if text.isspace() else 0
        if self._blanks > MAX_BLANKS:
            return
        if self._place is None:
            self._place = Span(self._shared.path, line, column)
        if not self._starts or self._starts[-1][1] != line:
            self._starts.append((self._length, line))
        if code:
            self._code.append((self._length, self._length + len(text)))
        elif self._link is None:
            for start, end in bare_urls(text):
                url = text[start:end]
                place = Span(self._shared.path, line, column + start)
                self._shared.links.append(Link("link", url, url, place))
                self._links.append((self._length + start, self._length + end, url))
        self._parts.append(text)
        self._length += len(text)

    def open_link(self, target: str, line: int, column: int) -> None:
        self.close_link()
        self._link = (len(self._parts), self._length, target, Span(self._shared.path, line, column))

    def close_link(self) -> None:
        if self._link is None:
            return
        part, start, target, place = self._link
        self._link = None
        text = "".join(self._parts[part:])
        self._shared.links.append(Link("link", target, text.strip(), place))
        if text:
            self._links.append((start, self._length, target))

    def image(self, target: str, alt: str, line: int, column: int) -> None:
        if target:
            self._shared.links.append(
                Link("image", target, alt.strip(), Span(self._shared.path, line, column))
            )

    def hide(self, how: Hiding, text: str, line: int, column: int) -> None:
        if text.strip():
            self._shared.hidden.append(Hidden(how, text.strip(), Span(self._shared.path, line, column)))

    @property
    def text(self) -> str:
        return "".join(self._parts)

    def finish(self, *, keep: bool) -> None:
        """Give the paragraph to `Shared` if `keep` and there is something to read, and begin anew."""
        self.close_link()
        if keep and self._place is not None:
            self._shared.paragraphs.append(
                Paragraph(
                    self.text, self._place, tuple(self._starts), "", tuple(self._links), tuple(self._code)
                )
            )
        self._parts, self._starts, self._links, self._code = [], [], [], []
        self._length, self._blanks, self._place = 0, 0, None


def squeeze(text: str) -> str:
    """Runs of blanks as one blank, as a browser shows them."""
    return _SPACES.sub(" ", text)
