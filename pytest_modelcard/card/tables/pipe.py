"""GFM tables: the rows markdown-it recognised, cut at the pipes of the source so that cells have columns."""

from __future__ import annotations

from collections.abc import Iterator

from ...model import Span
from ..document import Document
from ..records import Cell
from .grid import MAX_CELLS, MAX_COLUMNS, Grid, lay_out
from .inline import render


def pipe_tables(document: Document) -> Iterator[Grid]:
    """Every rendered pipe table in file order. Cells that a short row leaves out do not exist."""
    tokens = document.tokens
    i = 0
    while i < len(tokens):
        if tokens[i].type != "table_open":
            i += 1
            continue
        opening = tokens[i].map
        cells: list[Cell] = []
        row = -1
        columns: list[tuple[int, str]] = []
        col = 0
        line = 0
        i += 1
        while i < len(tokens) and tokens[i].type != "table_close":
            token = tokens[i]
            if token.type == "tr_open":
                row += 1
                col = 0
                line = token.map[0] + 1 if token.map else line + 1
                source = document.lines[line - 1] if line <= len(document.lines) else ""
                columns = split_row(source)
            elif (
                token.type == "inline" and col < len(columns) and len(cells) < MAX_CELLS and col < MAX_COLUMNS
            ):
                column, raw = columns[col]
                rendered = render(raw)
                cells.append(
                    Cell(
                        text=rendered.text,
                        raw=raw,
                        span=Span(document.path, line, column, line, column + len(raw)),
                        row=row,
                        col=col,
                        bold=rendered.bold,
                        underline=rendered.underline,
                        header=row == 0,
                    )
                )
                col += 1
            i += 1
        if opening and cells:
            yield lay_out("pipe", opening[0] + 1, cells, head_rows=1, column=cells[0].span.column)


def split_row(line: str) -> list[tuple[int, str]]:
    """A row's cells as (column, source), cut at pipes that are not escaped; leading quote marks left off."""
    start = 0
    while start < len(line) and line[start] in " \t>":
        start += 1
    if start < len(line) and line[start] == "|":
        start += 1
    elif line[start : start + 2] in ("- ", "* ", "+ ") and "|" in line[start + 2 :].lstrip()[:1]:
        start = line.index("|", start) + 1
    cells = []
    at = start
    end = len(line.rstrip())
    while at <= end:
        stop = at
        while stop < end and (line[stop] != "|" or _escaped(line, stop)):
            stop += 1
        piece = line[at:stop]
        indent = len(piece) - len(piece.lstrip())
        if stop < end or piece.strip():
            cells.append((at + indent + 1 if piece.strip() else at + 1, piece.strip()))
        if len(cells) > MAX_COLUMNS:
            break
        at = stop + 1
    return cells


def _escaped(line: str, position: int) -> bool:
    slashes = 0
    while position > 0 and line[position - 1] == "\\":
        slashes += 1
        position -= 1
    return slashes % 2 == 1
