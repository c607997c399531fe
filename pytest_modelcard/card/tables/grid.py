"""Cells laid out in rows and columns, spans filled; with hard bounds, for a card may ask for any number."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal

from ..records import Cell

#: Bounds of one table; what lies beyond is dropped.
MAX_COLUMNS = 128
MAX_ROWS = 2000
MAX_CELLS = 8000
#: Bound of all tables of a card; tables beyond it are left out.
MAX_CARD_CELLS = 60_000


@dataclass(frozen=True, slots=True)
class Grid:
    """One table as printed. `at(row, column)` is the cell that covers a place, None where a row is short."""

    format: Literal["pipe", "html"]
    line: int
    cells: tuple[Cell, ...]
    n_rows: int
    n_cols: int
    head_rows: int = 0  #: rows the markup itself calls header rows
    caption: str = ""
    column: int = 1
    _places: dict[tuple[int, int], Cell] = field(default_factory=dict, repr=False, compare=False)

    def at(self, row: int, col: int) -> Cell | None:
        return self._places.get((row, col))

    def row(self, row: int) -> Iterator[Cell]:
        """The distinct cells that cover a row, left to right."""
        last = None
        for col in range(self.n_cols):
            cell = self.at(row, col)
            if cell is not None and cell is not last:
                yield cell
            last = cell


def lay_out(
    format: Literal["pipe", "html"],
    line: int,
    cells: Sequence[Cell],
    *,
    head_rows: int = 0,
    caption: str = "",
    column: int = 1,
) -> Grid:
    """Fill the spans of cells that already know their row and column."""
    n_rows = min(MAX_ROWS, max((c.row for c in cells), default=-1) + 1)
    places: dict[tuple[int, int], Cell] = {}
    n_cols = 0
    for cell in cells:
        if cell.row >= n_rows or cell.col >= MAX_COLUMNS:
            continue
        last_col = min(MAX_COLUMNS, cell.col + cell.colspan)
        for r in range(cell.row, min(n_rows, cell.row + cell.rowspan)):
            for c in range(cell.col, last_col):
                places.setdefault((r, c), cell)
        if cell.colspan == 1:
            n_cols = max(n_cols, cell.col + 1)
    # a section row often spans more columns than there are: only cells of one column make a column
    spanned = max((min(MAX_COLUMNS, c.col + c.colspan) for c in cells), default=0)
    n_cols = n_cols or spanned
    kept = tuple(c for c in cells if c.row < n_rows and c.col < n_cols)
    return Grid(format, line, kept, n_rows, n_cols, head_rows, caption, column, places)
