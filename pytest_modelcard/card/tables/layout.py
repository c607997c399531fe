"""How a grid is built: header, section and data rows; what each column holds. No meaning of names yet."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Literal

from ..records import Cell
from .cell import Reading, read_cell
from .grid import Grid
from .headers import counts_up, header_texts, heads_numbers, names_row
from .inline import name_of
from .words import attribute_name, header_kind, is_metric, is_setting_value, names_a_model

MAX_HEADER_ROWS = 5
_EXPONENT = re.compile(r"\d[eE][-−]\d")

ColumnContent = Literal["number", "text", "size", "resource", "missing", "blank"]


@dataclass(frozen=True, slots=True)
class Column:
    """What the data rows of a block hold in one column."""

    index: int
    headers: tuple[str, ...]  #: from the top, without repeats
    content: ColumnContent
    numbers: int
    decimals: bool  #: any number with a decimal part
    signed: bool  #: every number is printed with a sign, and one of them is not zero
    percent: bool
    wordy: bool  #: any text with a letter or digit
    years: bool  #: every number may be a year
    tiny: bool  #: every number is printed with a negative exponent: learning rates
    notes: bool  #: mostly links or long text: no name and no setting

    @property
    def header(self) -> str:
        return " ".join(self.headers)

    @property
    def leaf(self) -> str:
        return self.headers[-1] if self.headers else ""


@dataclass(frozen=True, slots=True)
class Block:
    """Header rows and the data rows under them. A table has several where a header is repeated within it."""

    grid: Grid
    header_rows: tuple[int, ...]
    data_rows: tuple[int, ...]
    sections: dict[int, str]  #: data row -> text of the section row above it
    section_rows: tuple[int, ...]
    title: str  #: text of a row above the header that spans the table
    columns: tuple[Column, ...] = field(default=())
    names_row: int | None = None  #: the header row that says that it names the benchmarks

    def reading(self, row: int, col: int) -> tuple[Cell, Reading] | None:
        """The cell that covers a place and what it says; None where a row is short."""
        cell = self.grid.at(row, col)
        if cell is None:
            return None
        return cell, read_cell(cell.raw)


def blocks(grid: Grid) -> list[Block]:
    """The blocks of a grid, top to bottom."""
    title, first, body = _header(grid)
    found: list[Block] = []
    header = tuple(range(first, body))
    data: list[int] = []
    sections: dict[int, str] = {}
    section_rows: list[int] = []
    section = ""

    def close() -> None:
        if data or not found:
            block = Block(grid, header, tuple(data), dict(sections), tuple(section_rows), title)
            found.append(_with_columns(block))

    for row in range(body, grid.n_rows):
        cells = list(grid.row(row))
        filled = [c for c in cells if name_of(c.raw) or read_cell(c.raw).kind == "missing"]
        if not filled or all(
            set(c.text.strip()) <= set("-=:·. ") and len(c.text.strip()) > 2 for c in filled
        ):
            continue
        if len(filled) == 1 and _is_section(grid, row, filled[0]):
            section = name_of(filled[0].raw)
            section_rows.append(row)
            continue
        if data and _is_header_again(grid, row, cells):
            close()
            header, data, sections, section_rows = (row,), [], {}, []
            continue
        data.append(row)
        if section:
            sections[row] = section
    close()
    return found


def _is_section(grid: Grid, row: int, cell: Cell) -> bool:
    if cell.rowspan > 1 and cell.row != row:
        return False
    if grid.n_cols == 1 or read_cell(cell.raw).kind != "text":
        return False
    return cell.colspan > 1 or cell.col == 0 or cell.bold


def _header(grid: Grid) -> tuple[str, int, int]:
    """(title above the header, first header row, first body row)"""
    titles: list[str] = []
    first = 0
    while first + 2 < grid.n_rows:
        cells = list(grid.row(first))
        if (
            grid.format == "html"
            and len(cells) == 1
            and cells[0].colspan >= min(grid.n_cols, 2)
            and grid.n_cols > 1
        ):
            titles.append(name_of(cells[0].raw))
            first += 1
            continue
        break
    title = titles[-1] if titles else name_of(grid.caption)
    if grid.format == "pipe":
        body = 1
    elif grid.head_rows > first:
        body = first
        while body < grid.head_rows and not _has_numbers(grid, body, all_header_ok=True):
            body += 1
        body = max(body, first + 1)
    else:
        body = first
        while body < grid.n_rows - 1 and all(c.header for c in grid.row(body)) and body - first < 2:
            body += 1
        if body == first and not _has_numbers(grid, first, all_header_ok=False):
            body = first + 1
    if body == first or first >= grid.n_rows:
        return title, first, body
    cell = grid.at(first, 0)
    if cell is not None and cell.rowspan > 1 and cell.rowspan < grid.n_rows - first and grid.format == "html":
        spans = [c.rowspan for c in grid.row(first)]
        if min(spans) < cell.rowspan:
            body = max(body, first + cell.rowspan)
    while body - first < MAX_HEADER_ROWS and body < grid.n_rows - 1 and _goes_on(grid, first, body):
        body += 1
    return title, first, min(body, first + MAX_HEADER_ROWS)


def _has_numbers(grid: Grid, row: int, *, all_header_ok: bool) -> bool:
    cells = list(grid.row(row))
    if all_header_ok and all(c.header for c in cells):
        first = cells[0] if cells else None
        numbers = sum(read_cell(c.raw).kind == "number" for c in cells[1:])
        # a <thead> that swallowed the data rows: numbers behind a label that no header word is
        return first is not None and numbers > 0 and row > 0 and first.col == 0 and _is_label(first)
    return any(read_cell(c.raw).kind == "number" for c in cells[1:])


def _is_label(cell: Cell) -> bool:
    return bool(name_of(cell.raw)) and header_kind(name_of(cell.raw)) is None and cell.rowspan == 1


def _goes_on(grid: Grid, first: int, row: int) -> bool:
    """Does the header go on in this row?"""
    cells = list(grid.row(row))
    if counts_up(grid, first, row):
        return True
    if len(cells) < 2 or _has_numbers(grid, row, all_header_ok=False):
        return False
    lead = name_of(cells[0].raw) if cells[0].col == 0 else ""
    others = [name_of(c.raw) for c in cells[1:] if name_of(c.raw)]
    above = list(grid.row(row - 1))
    if not others:
        return False
    if not lead or cells[0].row < row:
        if all(is_setting_value(o) or is_metric(o) for o in others):
            return True
        if lead == "" and len(others) > 1 and all(not name_of(c.raw) for c in above):
            return True
        wide = 2 * len(others) >= len(cells) or heads_numbers(grid, row)
        if row == first + 1 and not lead and len(others) > 1 and wide:
            gaps = any(not name_of(c.raw) for c in above[1:])
            readings = [read_cell(c.raw) for c in cells]
            plain = all(r.kind in ("text", "blank") and (gaps or not r.size) for r in readings)
            names = [name_of(c.raw) for c in above]
            full = len(others) + 1 >= len(cells) and len(set(names)) == len(names)
            if full and _are_models(others) and not _are_models(names):
                return False  # the models whose best scores stand in the next row
            return plain and not any(attribute_name(o) is not None for o in others)
    if {header_kind(lead), header_kind(name_of(above[0].raw))} <= {"benchmark", "setting"}:
        return True
    spread = any(1 < c.colspan < grid.n_cols for c in above if c.row == row - 1 and c.col > 0)
    if spread and (not lead or header_kind(lead) is not None or cells[0].row < row):
        return True
    blank_above = all(not name_of(c.raw) for c in above)
    if blank_above and header_kind(lead) is not None:
        return True
    return (
        row - first == 1
        and not name_of(above[0].raw)
        and header_kind(lead) in ("model", "benchmark")
        and spread
    )


def _are_models(names: Iterable[str]) -> bool:
    found = [n for n in names if n]
    return 2 * sum(names_a_model(n) for n in found) > len(found)


def _is_header_again(grid: Grid, row: int, cells: list[Cell]) -> bool:
    """A header within the body: no value in it, and it says so by <th>, or by a header word over names."""
    if len(cells) < 2:
        return False
    readings = [read_cell(c.raw) for c in cells[1:]]
    if any(r.kind in ("number", "missing") or r.size for r in readings):
        return False
    filled = sum(r.kind == "text" for r in readings)
    if filled < max(1, len(readings) // 2):
        return False
    lead = name_of(cells[0].raw)
    if all(c.header for c in cells) and grid.format == "html" and cells[0].row == row:
        return True
    if attribute_name(lead) is not None:
        return False
    return header_kind(lead) in ("model", "benchmark") and cells[0].row == row and cells[0].col == 0


def _with_columns(block: Block) -> Block:
    columns = tuple(_column(block, col) for col in range(block.grid.n_cols))
    return Block(
        block.grid,
        block.header_rows,
        block.data_rows,
        block.sections,
        block.section_rows,
        block.title,
        columns,
        names_row(block.grid, block.header_rows),
    )


def _column(block: Block, col: int) -> Column:
    counts = {"number": 0, "text": 0, "size": 0, "resource": 0, "missing": 0, "blank": 0}
    decimals = percent = wordy = False
    long = 0
    signs: list[bool] = []
    nonzero = False
    years = True
    tiny = 0
    for raw, reading in _readings(block, col):
        long += len(reading.text) > 40 or "](" in raw or "<a " in raw
        if reading.kind == "number":
            counts["resource" if reading.resource else "number"] += 1
            decimals = decimals or bool(reading.decimals)
            percent = percent or reading.unit == "%"
            if not (reading.value == 0 and not reading.signed):
                signs.append(reading.signed)
            nonzero = nonzero or bool(reading.value)
            tiny += _EXPONENT.search(raw) is not None
            years = years and 1950 <= (reading.value or 0.0) < 2100
        elif reading.size:
            counts["size"] += 1
        else:
            counts[reading.kind] += 1
            wordy = wordy or any(c.isalnum() for c in reading.text)
    filled = {k: counts[k] for k in ("number", "text", "size", "resource")}
    best = max(filled, key=lambda k: filled[k])
    content: ColumnContent
    if filled[best]:
        content = best  # type: ignore[assignment]
        if filled["number"] and filled["number"] >= filled["text"] + filled["size"]:
            content = "number"
    else:
        content = "missing" if counts["missing"] else "blank"
    signed = bool(signs) and all(signs) and nonzero
    return Column(
        col,
        header_texts(block.grid, block.header_rows, col),
        content,
        counts["number"],
        decimals,
        signed,
        percent,
        wordy,
        years,
        0 < counts["number"] == tiny,
        2 * long > sum(filled.values()),
    )


def _readings(block: Block, col: int) -> Iterator[tuple[str, Reading]]:
    for row in block.data_rows:
        found = block.reading(row, col)
        if found is not None and found[0].col == col:
            yield found[0].raw, found[1]
