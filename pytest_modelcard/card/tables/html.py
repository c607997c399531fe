"""HTML tables, read from the source: spans, unclosed tags, nesting, and blocks that Markdown would break.

An own tag scanner and not `html.parser`: that one takes quadratic time on broken markup in the Python
versions supported, and a card is hostile input. Only tables, rows, cells and comments must be understood.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from ...model import Span
from ..document import Document
from ..records import Cell
from .grid import MAX_CELLS, MAX_COLUMNS, MAX_ROWS, Grid, lay_out
from .inline import render

#: Tables within cells of tables within cells: deeper ones are ignored.
MAX_DEPTH = 8
MAX_TABLES = 500

_TAG = re.compile(r"<!--|<(/?)(table|thead|tbody|tfoot|tr|td|th|caption)\b([^<>]*)>", re.I)
_SPAN = re.compile(r"\b(rowspan|colspan)\s*=\s*[\"']?\s*(\d{1,9})", re.I)


@dataclass(slots=True)
class _OpenCell:
    start: int
    content: int
    header: bool
    rowspan: int
    colspan: int
    holes: list[tuple[int, int]] = field(default_factory=list)  #: nested tables


@dataclass(slots=True)
class _OpenTable:
    start: int
    rows: int = 0
    in_row: bool = False
    in_head: bool = False
    head_rows: int = 0
    col: int = 0
    cell: _OpenCell | None = None
    caption_from: int | None = None
    caption: str = ""
    cells: list[Cell] = field(default_factory=list)
    group_start: int = 0  #: first cell of the current row group
    taken: dict[int, int] = field(default_factory=dict)  #: column -> first row that is free again


def html_tables(document: Document) -> list[Grid]:
    """Every HTML table outside of code and comments, in file order."""
    text = "\n".join(document.lines)
    if "<table" not in text.lower():
        return []
    return sorted(_Reader(document, text).read(), key=lambda g: (g.line, g.column))


class _Reader:
    def __init__(self, document: Document, text: str) -> None:
        self.document = document
        self.text = text
        self.starts = [0]
        for line in document.lines:
            self.starts.append(self.starts[-1] + len(line) + 1)
        self.fenced: set[int] = set(range(1, document.first_line))
        self.indented: set[int] = set()
        self.headings: list[int] = []
        for token in document.tokens:
            if token.map is None:
                continue
            lines = range(token.map[0] + 1, token.map[1] + 1)
            if token.type == "fence":
                self.fenced.update(lines)
            elif token.type == "code_block":
                self.indented.update(lines)
            elif token.type == "heading_open" and token.markup.startswith("#"):
                self.headings.append(self.starts[token.map[0]])
            elif token.type == "inline" and "<table" in token.content.lower():
                children = token.children or ()
                if not any(
                    c.type == "html_inline" and c.content.lower().startswith("<table") for c in children
                ):
                    self.indented.update(lines)
        self.stack: list[_OpenTable] = []
        self.done: list[Grid] = []
        self.heading = 0

    def line_of(self, position: int) -> int:
        return bisect_right(self.starts, position)

    def read(self) -> Iterator[Grid]:
        at = 0
        comment_end_known = True
        while len(self.done) < MAX_TABLES:
            match = _TAG.search(self.text, at)
            if match is None:
                break
            at = match.end()
            line = self.line_of(match.start())
            if line in self.fenced:
                at = self.starts[line] if line < len(self.starts) else len(self.text)
                continue
            if match[0] == "<!--":
                if line in self.indented and not self.stack:
                    continue
                end = self.text.find("-->", at) if comment_end_known else -1
                comment_end_known = end >= 0
                at = end + 3 if end >= 0 else at
                continue
            self._close_at_heading(match.start())
            name = match[2].lower()
            if name == "table" and not match[1]:
                if line in self.indented and not self.stack:
                    continue
                self._open_table(match.start())
            elif self.stack:
                self._tag(name, bool(match[1]), match)
        self._close_at_heading(len(self.text))
        while self.stack:
            cell = self.stack[-1].cell
            end = self.text.find("\n\n", cell.content) if cell is not None else -1
            end = end if end >= 0 else len(self.text)
            self._close_table(end, end)
        return iter(self.done)

    def _close_at_heading(self, position: int) -> None:
        """A Markdown heading ends tables that nobody closed."""
        while self.heading < len(self.headings) and self.headings[self.heading] < position:
            here = self.headings[self.heading]
            while self.stack and self.stack[-1].start < here:
                self._close_table(here, here)
            self.heading += 1

    def _open_table(self, position: int) -> None:
        if self.stack and self.stack[-1].cell is None:
            self._close_table(position, position)
        if len(self.stack) < MAX_DEPTH:
            self.stack.append(_OpenTable(position))

    def _close_table(self, position: int, end: int) -> None:
        table = self.stack.pop()
        self._close_cell(table, position)
        self._end_row(table)
        _end_group(table)
        line = self.line_of(table.start)
        column = table.start - self.starts[line - 1] + 1
        if table.cells:
            self.done.append(
                lay_out(
                    "html", line, table.cells, head_rows=table.head_rows, caption=table.caption, column=column
                )
            )
        if self.stack and self.stack[-1].cell is not None:
            self.stack[-1].cell.holes.append((table.start, end))

    def _tag(self, name: str, closing: bool, match: re.Match[str]) -> None:
        table = self.stack[-1]
        if name == "caption":
            if closing and table.caption_from is not None:
                table.caption = render(self.text[table.caption_from : match.start()]).text
            table.caption_from = None if closing else match.end()
            return
        self._close_cell(table, match.start())
        if name == "table":
            self._close_table(match.start(), match.end())
        elif name in ("thead", "tbody", "tfoot"):
            self._end_row(table)
            _end_group(table)
            table.in_head = name == "thead" and not closing
        elif name == "tr":
            self._end_row(table)
            table.in_row = not closing
        elif not closing:
            table.in_row = True
            if table.cells and table.rows >= MAX_ROWS:
                return
            spans = {k.lower(): int(v) for k, v in _SPAN.findall(match[3])}
            table.cell = _OpenCell(
                match.start(),
                match.end(),
                name == "th",
                max(1, min(MAX_ROWS, spans.get("rowspan", 1))),
                max(1, min(MAX_COLUMNS, spans.get("colspan", 1))),
            )

    def _end_row(self, table: _OpenTable) -> None:
        if table.in_row:
            table.rows += 1
            if table.in_head:
                table.head_rows = table.rows
        table.in_row = False
        table.col = 0

    def _close_cell(self, table: _OpenTable, end: int) -> None:
        cell, table.cell = table.cell, None
        if cell is None:
            return
        row = table.rows
        while table.taken.get(table.col, 0) > row:
            table.col += 1
        col = table.col
        for c in range(col, min(MAX_COLUMNS, col + cell.colspan)):
            table.taken[c] = row + cell.rowspan
        table.col = col + cell.colspan
        if len(table.cells) >= MAX_CELLS or row >= MAX_ROWS or col >= MAX_COLUMNS:
            return
        raw = self._source(cell, end)
        rendered = render(raw)
        line = self.line_of(cell.start)
        content = self.text[cell.content : cell.content + 200]
        place = cell.content + len(content) - len(content.lstrip())
        if not content.strip() or self.line_of(place) != line:
            place = cell.start
        column = place - self.starts[line - 1] + 1
        table.cells.append(
            Cell(
                text=rendered.text,
                raw=raw,
                span=Span(self.document.path, line, column),
                row=row,
                col=col,
                rowspan=cell.rowspan,
                colspan=cell.colspan,
                bold=rendered.bold,
                underline=rendered.underline,
                header=cell.header or table.in_head,
            )
        )

    def _source(self, cell: _OpenCell, end: int) -> str:
        """A cell's source without tables nested in it."""
        parts = []
        at = cell.content
        for start, stop in cell.holes:
            parts.append(self.text[at:start])
            at = stop
        parts.append(self.text[at:end])
        return "".join(parts).strip()


def _end_group(table: _OpenTable) -> None:
    """A rowspan ends where its <thead> or <tbody> ends."""
    for i in range(table.group_start, len(table.cells)):
        cell = table.cells[i]
        if cell.row + cell.rowspan > table.rows:
            table.cells[i] = replace(cell, rowspan=max(1, table.rows - cell.row))
    table.group_start = len(table.cells)
    table.taken.clear()
