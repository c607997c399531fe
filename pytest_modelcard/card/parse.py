"""The way from a card's bytes to its claims, one step a line."""

from __future__ import annotations

import hashlib

from ..model import CardIdentity
from ..source.base import Source
from .benchmarks import Registry
from .decode import decode
from .document import read_document
from .frontmatter import read_front_matter
from .metadata import metadata_claims
from .names import KnownNames
from .prose import prose_claims
from .records import Card
from .tables import read_tables


def parse_bytes(raw: bytes, source: Source, registry: Registry) -> Card:
    """Parse one card. Never raises on bad content: what is wrong becomes a `Problem` with its line."""
    path = source.card_path
    identity = CardIdentity(
        source=source.label,
        repo_id=source.repo_id,
        revision=source.revision,
        path=path,
        sha256=hashlib.sha256(raw).hexdigest(),
    )
    text, problems = decode(raw, path)
    lines = tuple(text.split("\n"))
    front_matter = read_front_matter(lines, path)
    document = read_document(lines, path, first_line=front_matter.last_line + 1)
    names = KnownNames.of(identity, front_matter, document.headings)
    tables, table_claims = read_tables(document, names, registry)
    claims = (
        *metadata_claims(front_matter, path, names, registry),
        *table_claims,
        *prose_claims(document, names, registry),
    )
    return Card(
        identity=identity,
        text=text,
        lines=lines,
        front_matter=front_matter,
        headings=document.headings,
        links=document.links,
        code=document.code,
        paragraphs=document.paragraphs,
        tables=tables,
        claims=claims,
        problems=(*problems, *front_matter.problems, *document.problems),
        hidden=document.hidden,
    )
