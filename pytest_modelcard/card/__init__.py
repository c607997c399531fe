"""Bytes in, claims with line and column out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..source.base import Source
from .records import Card

if TYPE_CHECKING:
    from .benchmarks import Registry


def parse_card(source: Source, registry: Registry) -> Card:
    """Read and parse the card of a source; raises CardError if it is missing, too large or not text."""
    from .parse import parse_bytes

    return parse_bytes(source.read(source.card_path), source, registry)
