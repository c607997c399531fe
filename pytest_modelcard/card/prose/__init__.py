"""Claims made in sentences and in code blocks."""

from __future__ import annotations

from ...model import Claim
from ..benchmarks import Registry
from ..document import Document
from ..names import KnownNames
from .parents import ParentReader
from .sentences import Claims
from .subject import Speaker


def prose_claims(document: Document, names: KnownNames, registry: Registry) -> tuple[Claim, ...]:
    """All claims of kind `prose`; which ones there are is listed in `card/vocabulary.py`."""
    claims = Claims()
    speaker = Speaker(names)
    parents = ParentReader(document, speaker, claims)
    parents.read()
    return tuple(claims.found)
