"""HTML inside Markdown: what it shows, what it hides, and what it links to."""

from __future__ import annotations

import html
import re
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from typing import Literal

from ..model import Span
from .html import BLOCK_ELEMENTS, HEADINGS, VOID_ELEMENTS, Event, hiding, scan
from .records import CodeBlock, Heading
from .runs import Run, squeeze

_FENCE = re.compile(r"\s{0,12}(?:`{3,}|~{3,})")
_ATX = re.compile(r"\s{0,3}(#{1,6})\s+(\S.*?)\s*#*\s*$")
_ITEM = re.compile(r"\s*(?:[-*+•]|\d{1,3}[.)])\s")


class HtmlState:
    """What is open while HTML tags come by: tables, hidden elements, code, a heading.

    Lives over the whole body, since an element often spans several Markdown blocks.
    """

    def __init__(self, path: str, lines: Sequence[str]) -> None:
        self._path = path
        self.headings: list[Heading] = []
        self.code: list[CodeBlock] = []
        self.tables = 0
        self._hidden: list[tuple[str, Literal["hidden", "white"]]] = []
        self._same = 0  # open elements of the hidden element's own name
        self._pre: tuple[list[str], Span] | None = None
        self._code = 0
        self._heading: tuple[int, Span] | None = None
        self._last_close = _last_lines(lines)

    @property
    def visible(self) -> bool:
        return not any(how == "hidden" for _, how in self._hidden)

    @property
    def hides(self) -> bool:
        """Within an element that hides its text, or prints it white: there for who reads the source alone."""
        return bool(self._hidden)

    @property
    def in_table(self) -> bool:
        return self.tables > 0

    def begin_block(self, line: int) -> None:
        """A new Markdown block: elements that are never closed end here."""
        if self.tables and line > self._last_close.get("table", 0):
            self.tables = 0
        while self._hidden and line > self._last_close.get(self._hidden[-1][0], 0):
            self._hidden.pop()
        self._code = 0

    def begin_heading(self) -> None:
        """A Markdown heading: no table goes on over it."""
        self.tables = 0
        self._code = 0

    def hide(self, run: Run, text: str, line: int, column: int) -> None:
        run.hide(self._hidden[-1][1] if self._hidden else "hidden", text, line, column)

    def handle(self, event: Event, run: Run, line: int, column: int) -> None:
        """A tag, comment or text at its place."""
        if event.kind == "comment":
            run.hide("comment", event.data, line, column)
        elif event.kind == "text":
            self._text(event.data, run, line, column)
        elif event.kind == "start":
            self._start(event, run, line, column)
        else:
            self._end(event.data, run)

    def _text(self, text: str, run: Run, line: int, column: int) -> None:
        if self._pre is not None:
            self._pre[0].append(html.unescape(text))
            return
        text = squeeze(html.unescape(text))
        if self._hidden and text.strip():
            self.hide(run, text, line, column)
        if self.visible:
            run.add(text, line, column, code=self._code > 0)

    def _start(self, event: Event, run: Run, line: int, column: int) -> None:
        name, attributes = event.data, event.attributes
        if name in BLOCK_ELEMENTS and self._heading is None:
            self.finish(run)
        if self._hidden and name == self._hidden[-1][0]:
            self._same += 1
        if name not in VOID_ELEMENTS and (how := hiding(attributes)):
            self._hidden.append((name, how))
            self._same = 0
        if name == "table":
            self.tables += 1
        elif name == "a" and attributes.get("href"):
            run.open_link(attributes["href"], line, column)
        elif name in ("img", "video", "source", "audio", "embed"):
            self._media(name, attributes, run, line, column)
        elif name == "br":
            run.add("\n", line, column)
        elif name == "pre":
            self._pre = ([], Span(self._path, line, column))
        elif name == "code":
            self._code += 1
        elif name in HEADINGS:
            self._heading = (int(name[1]), Span(self._path, line, column))

    def _media(self, name: str, attributes: Mapping[str, str], run: Run, line: int, column: int) -> None:
        alt = attributes.get("alt", "")
        targets = [attributes.get("src", ""), attributes.get("poster", "") if name == "video" else ""]
        for candidate in attributes.get("srcset", "").split(","):
            targets.append(candidate.strip().partition(" ")[0])
        for target in targets[:10]:
            run.image(target.strip(), alt, line, column)

    def _end(self, name: str, run: Run) -> None:
        if self._hidden and name == self._hidden[-1][0]:
            if self._same:
                self._same -= 1
            else:
                self._hidden.pop()
        if name == "a":
            run.close_link()
        elif name == "pre" and self._pre is not None:
            parts, place = self._pre
            self._pre = None
            self.code.append(CodeBlock("", "".join(parts), place))
        elif name == "code":
            self._code = max(self._code - 1, 0)
        elif name in HEADINGS and self._heading is not None:
            level, place = self._heading
            self._heading = None
            text = " ".join(run.text.split())
            if text and not self.in_table:
                self.headings.append(Heading(level, text, place))
            run.finish(keep=False)
        if name in BLOCK_ELEMENTS and self._heading is None:
            self.finish(run)
        if name == "table":
            self.tables = max(self.tables - 1, 0)

    def finish(self, run: Run) -> None:
        run.finish(keep=not self.in_table)

    def read_block(self, content: str, first: int, source: Sequence[str], run: Run) -> None:
        """One HTML block that begins on the 1-based line `first` of `source`."""
        starts = [0]
        for i, c in enumerate(content):
            if c == "\n":
                starts.append(i + 1)
        fenced = False
        for event in scan(content):
            row = bisect_right(starts, event.start) - 1
            if event.kind != "text":
                if not fenced or event.kind == "comment":
                    column = self._column(event.start - starts[row], first + row, source)
                    self.handle(event, run, first + row, column)
                continue
            for i, piece in enumerate(event.data.split("\n")):
                at_start = i > 0 or event.start == starts[row]
                line = first + row + i
                if i:
                    if self._pre is not None:
                        self._pre[0].append("\n")
                    elif not fenced:
                        run.add(" ", line, 1)
                if at_start and self._pre is None:
                    if _FENCE.match(piece):
                        fenced = not fenced
                        self.finish(run)
                        continue
                    if fenced:
                        continue
                    if (m := _ATX.match(piece)) and not self.in_table and self.visible:
                        self.finish(run)
                        self.headings.append(Heading(len(m[1]), m[2].strip(), Span(self._path, line)))
                        continue
                    if _ITEM.match(piece) or (i > 0 and not piece.strip() and i < event.data.count("\n")):
                        self.finish(run)
                if piece:
                    column = 0 if i else event.start - starts[row]
                    self.handle(Event("text", piece, 0, 0), run, line, self._column(column, line, source))
        self.finish(run)

    @staticmethod
    def _column(offset: int, line: int, source: Sequence[str]) -> int:
        return min(offset, len(source[line - 1]) if line <= len(source) else 0) + 1


def _last_lines(lines: Sequence[str]) -> dict[str, int]:
    """The 1-based line of the last end tag of each element name."""
    found: dict[str, int] = {}
    for number, line in enumerate(lines, 1):
        if "</" in line:
            for m in re.finditer(r"</([A-Za-z][A-Za-z0-9]*)", line):
                found[m[1].lower()] = number
    return found
