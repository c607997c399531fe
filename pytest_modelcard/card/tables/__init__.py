"""Benchmark tables: from Markdown and HTML to one claim a cell."""

from __future__ import annotations

from ...model import Claim
from ..benchmarks import Registry
from ..document import Document
from ..names import KnownNames
from ..records import Table


def read_tables(
    document: Document, names: KnownNames, registry: Registry
) -> tuple[tuple[Table, ...], tuple[Claim, ...]]:
    """All tables of a card in file order, and what they claim. Never raises on bad content.

    Tables in code and in comments do not count. Bounds (`grid.py`): 2,000 rows, 128 columns and 8,000 cells a
    table, 60,000 cells a card; what lies beyond is left out.
    """
    from .reader import read_all

    return read_all(document, names, registry)
