"""Claims made in sentences and in code blocks."""

from __future__ import annotations

from ...model import Claim
from ..benchmarks import Registry
from ..document import Document
from ..names import KnownNames


def prose_claims(document: Document, names: KnownNames, registry: Registry) -> tuple[Claim, ...]:
    """All claims of kind `prose`, in source order; which ones there are is listed in `card/vocabulary.py`."""
    from .code import CodeReader
    from .facts import FactReader
    from .parents import ParentReader
    from .quantities import QuantityReader
    from .sentences import Claims, sentences
    from .statements import StatementReader
    from .subject import Speaker

    claims = Claims()
    speaker = Speaker(names)
    reading = [(p, tuple(sentences(p, document.lines))) for p in document.paragraphs]
    parents = ParentReader(document, reading, speaker, claims)
    quantities = QuantityReader(speaker, claims)
    facts = FactReader(speaker, claims)
    statements = StatementReader(speaker, claims, registry)
    parents.read()
    for paragraph, found in reading:
        if parents.foreign_section(paragraph):
            continue
        for sentence in found:
            quantities.read(sentence)
            statements.read(sentence)
            facts.read(sentence)
    quantities.finish()
    own_ids = tuple(name for name in names.own if name.count("/") == 1 and " " not in name)
    CodeReader(document, speaker, claims, own_ids).read(parents)
    return tuple(sorted(claims.found, key=lambda c: (c.span.line, c.span.column)))
