"""Every table of a document: laid out, classified, read."""

from __future__ import annotations

from ...model import Claim
from ..benchmarks import Registry
from ..document import Document
from ..names import KnownNames
from ..records import Table
from .attributes import attribute_claims
from .classify import Judge, Plan, plan
from .grid import MAX_CARD_CELLS, Grid
from .html import html_tables
from .layout import blocks
from .pipe import pipe_tables
from .read import BlockReader


def read_all(
    document: Document, names: KnownNames, registry: Registry
) -> tuple[tuple[Table, ...], tuple[Claim, ...]]:
    """Tables in file order and their claims in reading order."""
    grids = sorted([*pipe_tables(document), *html_tables(document)], key=lambda g: (g.line, g.column))
    judge = Judge(names, registry)
    tables: list[Table] = []
    claims: list[Claim] = []
    cells = 0
    for grid in grids:
        cells += len(grid.cells)
        if cells > MAX_CARD_CELLS:
            break
        table, found = _read(grid, len(tables), document, judge, names, registry)
        tables.append(table)
        claims += found
    return tuple(tables), tuple(claims)


def _read(
    grid: Grid, index: int, document: Document, judge: Judge, names: KnownNames, registry: Registry
) -> tuple[Table, list[Claim]]:
    heading = document.heading_above(grid.line)
    plans = [plan(block, judge, heading) for block in blocks(grid)]
    if any(p.is_benchmark for p in plans):
        plans = [p if p.is_benchmark or p.rows_are is None else _promote(p) for p in plans]
    claims: list[Claim] = []
    for p in plans:
        if p.is_benchmark:
            claims += BlockReader(p, judge, names, registry, index).claims()
        claims += attribute_claims(p, names, index)
    is_benchmark = any(p.is_benchmark for p in plans)
    models = tuple(dict.fromkeys(c.model for c in claims if c.kind == "score" and c.model))
    table = Table(
        index=index,
        format=grid.format,
        span=_span(grid, document),
        cells=grid.cells,
        n_rows=grid.n_rows,
        n_cols=grid.n_cols,
        kind="benchmark" if is_benchmark else "attributes" if claims else "other",
        is_gains=_is_gains(claims),
        heading=heading,
        models=models,
        benchmarks=tuple(dict.fromkeys(c.benchmark for c in claims if c.kind == "score" and c.benchmark)),
        implicit_model=(names.own[0] if names.own else None) if is_benchmark and not models else None,
    )
    return table, claims


def _promote(p: Plan) -> Plan:
    from dataclasses import replace

    return replace(p, is_benchmark=bool(p.columns("value")))


def _span(grid: Grid, document: Document):  # type: ignore[no-untyped-def]
    from ...model import Span

    return Span(document.path, grid.line, grid.column)


def _is_gains(claims: list[Claim]) -> bool:
    roles = {c.role for c in claims if c.kind == "score"}
    return {"this", "base"} <= roles and any(c.kind == "delta" for c in claims)
