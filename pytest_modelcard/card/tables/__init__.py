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
    return (), ()
