"""Headers of several rows: what each column is headed by, and which of the rows names the benchmarks."""

from __future__ import annotations

from collections.abc import Sequence

from .cell import read_cell
from .grid import Grid
from .inline import name_of
from .words import header_kind, is_benchmark_word


def header_texts(grid: Grid, rows: Sequence[int], col: int) -> tuple[str, ...]:
    """What stands above a column, outermost first, without repeats."""
    out: list[str] = []
    last = None
    for row in rows:
        cell = grid.at(row, col)
        if cell is None or cell is last:
            continue
        last = cell
        text = name_of(cell.raw)
        plain = grid.format == "pipe" or not any(c.colspan > 1 for c in grid.row(row))
        if not text and plain and cell.row == row != rows[-1] and col > 0:
            text = _group_of_blank(grid, row, rows[-1], col)
        if text and (not out or out[-1] != text):
            out.append(text)
    return tuple(out)


def names_row(grid: Grid, rows: Sequence[int]) -> int | None:
    """The header row that says that it names benchmarks: of "Task", "Metric", "Dataset" the last.

    Where it is set, the first column holds what the header's own labels do not speak of: models.
    """
    if len(rows) < 2:
        return None
    leads = {row: cell for row in rows if (cell := grid.at(row, 0)) is not None and cell.row == row}
    kinds = {row: header_kind(name_of(cell.raw)) for row, cell in leads.items()}
    if len(leads) < len(rows) or not all(
        kind in ("benchmark", "setting", "section") for kind in kinds.values()
    ):
        return None
    named = [row for row, cell in leads.items() if is_benchmark_word(name_of(cell.raw))]
    return named[-1] if named else None


def heads_numbers(grid: Grid, row: int) -> bool:
    """Does every filled cell of a row stand above a number?"""
    columns = [c.col for c in grid.row(row) if name_of(c.raw)]
    for below in range(row + 1, min(row + 4, grid.n_rows)):
        readings = [read_cell(cell.raw) for col in columns if (cell := grid.at(below, col)) is not None]
        if len(readings) == len(columns) and any(r.kind == "number" for r in readings):
            return all(r.kind in ("number", "missing") for r in readings)
    return False


def counts_up(grid: Grid, first: int, row: int) -> bool:
    """A header row of growing whole numbers under one repeated word: "Input length" over "4000, 8000"."""
    cells = list(grid.row(row))
    above = [name_of(c.raw) for c in grid.row(first)][1:]
    if row != first + 1 or len(cells) < 3 or name_of(cells[0].raw) or len(set(above)) != 1 or not above[0]:
        return False
    readings = [read_cell(c.raw) for c in cells[1:] if name_of(c.raw)]
    values = [r.value for r in readings if r.value is not None and not r.decimals and r.unit is None]
    return len(values) == len(readings) > 1 and values == sorted(set(values))


def _group_of_blank(grid: Grid, row: int, below: int, col: int) -> str:
    """The group of a blank cell in an upper header row: "Dense, (blank)" over "2B, 8B".

    A label may stand over the middle of its group: where the sub-headers repeat, their period tells groups.
    """
    texts = [_text(grid, row, c) for c in range(1, grid.n_cols)]
    labels = [t for t in texts if t]
    size = len(texts) // len(labels) if labels else 0
    if size > 1 and size * len(labels) == len(texts):
        groups = [[t for t in texts[i : i + size] if t] for i in range(0, len(texts), size)]
        leaves = [_text(grid, below, c) for c in range(1, grid.n_cols)]
        if all(len(g) == 1 for g in groups) and leaves == leaves[:size] * len(labels):
            return groups[(col - 1) // size][0]
    return next((t for t in reversed(texts[: col - 1]) if t), "")


def _text(grid: Grid, row: int, col: int) -> str:
    cell = grid.at(row, col)
    return name_of(cell.raw) if cell is not None else ""
