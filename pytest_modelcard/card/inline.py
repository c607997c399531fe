"""One inline token of markdown-it to rendered text and links, with the place of each in the source.

markdown-it gives no columns, so a cursor follows the source of the block and finds each piece again.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from .blocks import HtmlState
from .html import scan
from .runs import Run

if TYPE_CHECKING:
    from markdown_it.token import Token


class InlineReader:
    """Reads the children of one inline token into a run."""

    def __init__(
        self, token: Token, lines: Sequence[str], run: Run, state: HtmlState, start: int = 0
    ) -> None:
        self._token = token
        self._source = lines
        self._run = run
        self._state = state
        self._content = token.content.split("\n")
        self._first = token.map[0] if token.map else 0
        self._index = 0
        self._cursor = 0
        self._bases: dict[int, int] = {}
        self._start = start

    @property
    def line(self) -> int:
        return self._first + self._index + 1

    def end_column(self) -> int:
        """0-based end of the content in its (last) source line."""
        return self._base() + len(self._here())

    def _here(self) -> str:
        return self._content[self._index] if self._index < len(self._content) else ""

    def _base(self) -> int:
        """Where the current content line begins in its source line."""
        base = self._bases.get(self._index)
        if base is None:
            row = self._first + self._index
            source = self._source[row] if row < len(self._source) else ""
            here = self._here()
            at = source.find(here, self._start)
            if at < 0 and "|" in here:  # a table's cell writes "\\|" for "|"
                at = source.find(here.replace("|", r"\|"), self._start)
            base = self._bases[self._index] = max(at, 0)
        return base

    def _column(self, at: int) -> int:
        return self._base() + at + 1

    def _seek(self, needle: str) -> int:
        """Move to the next place of `needle` in the current line; stays where it is not found."""
        at = self._here().find(needle, self._cursor) if needle else -1
        if at < 0:
            return self._cursor
        self._cursor = at
        return at

    def _skip_target(self) -> None:
        """Step behind `](target)`, `][reference]` or `]`."""
        here = self._here()
        at = here.find("]", self._cursor)
        if at < 0:
            return
        self._cursor = at + 1
        closing = {"(": ")", "[": "]"}.get(here[at + 1 : at + 2])
        if closing:
            end = here.find(closing, at + 2)
            self._cursor = end + 1 if end >= 0 else self._cursor

    def _next_line(self, count: int = 1) -> None:
        self._index += count
        self._cursor = 0

    def read(self) -> None:
        autolink = False
        run = self._run
        for child in self._token.children or ():
            kind = child.type
            if kind == "text":
                self._text(child.content)
            elif kind == "softbreak":
                run.add(" ", self.line, self._column(self._cursor))
                self._next_line()
            elif kind == "hardbreak":
                run.add("\n", self.line, self._column(self._cursor))
                self._next_line()
            elif kind == "code_inline":
                self._code(child.content)
            elif kind == "link_open":
                autolink = child.markup == "autolink"
                at = self._seek("<" if autolink else "[")
                run.open_link(str(child.attrs.get("href", "")), self.line, self._column(at))
                self._cursor += 1
            elif kind == "link_close":
                run.close_link()
                if autolink:
                    self._cursor = self._seek(">") + 1
                else:
                    self._skip_target()
            elif kind == "image":
                at = self._seek("![")
                run.image(str(child.attrs.get("src", "")), child.content, self.line, self._column(at))
                self._cursor += 2
                if child.content:
                    self._cursor = self._seek(child.content)
                self._skip_target()
            elif kind == "html_inline":
                self._html(child.content)

    def _text(self, text: str) -> None:
        if not text:
            return
        at = self._seek(text[:24])
        if self._state.visible:
            self._run.add(text, self.line, self._column(at))
        if self._state.hides:
            self._state.hide(self._run, text, self.line, self._column(at))
        self._cursor = min(self._cursor + len(text), len(self._here()))

    def _code(self, text: str) -> None:
        for count in range(6):
            joined = " ".join(self._content[self._index : self._index + count + 1])
            if joined.find(text, self._cursor) >= 0:
                break
        else:
            count = 0
        at = self._seek(text if not count else "`")
        if self._state.visible:
            self._run.add(text, self.line, self._column(at), code=True)
        if count:
            self._next_line(count)
        else:
            self._cursor = min(at + len(text) + 1, len(self._here()))

    def _html(self, source: str) -> None:
        at = self._seek(source.partition("\n")[0])
        for event in scan(source):
            self._state.handle(event, self._run, self.line, self._column(at))
        count = source.count("\n")
        if count:
            self._next_line(count)
        else:
            self._cursor = min(at + len(source), len(self._here()))
