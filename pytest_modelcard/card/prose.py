"""Claims made in sentences and in code blocks."""

from __future__ import annotations

from ..model import Claim
from .benchmarks import Registry
from .document import Document
from .names import KnownNames


def prose_claims(document: Document, names: KnownNames, registry: Registry) -> tuple[Claim, ...]:
    return ()
