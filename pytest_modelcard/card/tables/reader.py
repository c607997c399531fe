"""Every table of a document: laid out, classified, read."""

from __future__ import annotations

from dataclasses import replace

from ...model import Claim, Role, Span
from ..benchmarks import Registry
from ..document import Document
from ..names import KnownNames
from ..records import Table
from .attributes import attribute_claims
from .classify import Plan, plan
from .grid import MAX_CARD_CELLS, Grid
from .html import html_tables
from .judge import Judge
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
    claims = _settle_roles(claims, names)
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
    return replace(p, is_benchmark=bool(p.columns("value")))


def _settle_roles(claims: list[Claim], names: KnownNames) -> list[Claim]:
    """What a name alone left open, the table may settle.

    Where none of its models is this card's by name, and one alone would be but for its size, that one is.
    Where it prints differences and marks one model "(base)", that one is the base.
    """
    printed = dict.fromkeys(c.model for c in claims if c.kind == "score" and c.model)
    roles = {m: names.role(m) for m in printed}
    settled: dict[str, Role] = {}
    if printed and "this" not in roles.values():
        loose = [m for m, role in roles.items() if role == "other" and names.loosely_own(m)]
        if len(loose) == 1:
            settled[loose[0]] = "this"
    if "base" not in roles.values() and any(c.kind == "delta" for c in claims):
        marked = [m for m, role in roles.items() if role == "other" and names.marked_base(m)]
        if len(marked) == 1:
            settled[marked[0]] = "base"
    return [replace(c, role=settled[c.model]) if c.model in settled else c for c in claims]


def _span(grid: Grid, document: Document) -> Span:
    return Span(document.path, grid.line, grid.column)


def _is_gains(claims: list[Claim]) -> bool:
    roles = {c.role for c in claims if c.kind == "score"}
    return {"this", "base"} <= roles and any(c.kind == "delta" for c in claims)
