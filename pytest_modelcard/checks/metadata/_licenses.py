"""Licences: ids out of printed names, and what one licence asks of a model built on it."""

from __future__ import annotations

import re

#: Printed names that are sure, as patterns of the Hub's ids. The first part decides, versions must be
#: printed.
_PRINTED: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (id, re.compile(pattern, re.IGNORECASE))
    for id, pattern in (
        ("apache-2.0", r"\bapache(?:[- ]licen[cs]e)?(?:,? ?v(?:ersion)?\.?)?[- ]?2(?:\.0)?\b"),
        ("mit", r"\bMIT\b(?! (?:researchers|csail|press))"),
        ("agpl-3.0", r"\b(?:A|Affero )GPL[- ]?v?3(?:\.0)?\b"),
        ("lgpl-3.0", r"\bLGPL[- ]?v?3(?:\.0)?\b"),
        ("gpl-3.0", r"\b(?:GNU )?GPL[- ]?v?3(?:\.0)?\b"),
        ("gpl-2.0", r"\b(?:GNU )?GPL[- ]?v?2(?:\.0)?\b"),
        ("bsd-3-clause", r"\bBSD[- ]3(?:[- ]clause)?\b"),
        ("bsd-2-clause", r"\bBSD[- ]2(?:[- ]clause)?\b"),
        ("cc0-1.0", r"\bCC[- ]?0(?:[- ]1\.0)?\b"),
        ("llama2", r"\bllama[- ]?2 community\b"),
        ("llama3", r"\b(?:meta )?llama[- ]?3 community\b"),
        ("llama3.1", r"\bllama[- ]?3\.1 community\b"),
        ("llama3.2", r"\bllama[- ]?3\.2 community\b"),
        ("llama3.3", r"\bllama[- ]?3\.3 community\b"),
        ("llama4", r"\bllama[- ]?4 community\b"),
        ("gemma", r"\bgemma (?:terms of use|licen[cs]e)\b"),
    )
)
_CREATIVE_COMMONS = re.compile(r"\bCC[- ]BY((?:[- ](?:NC|SA|ND))*)[- ]([234]\.[05])\b", re.IGNORECASE)


def printed_ids(text: str) -> frozenset[str]:
    """The Hub's ids of all licences that a text surely names; empty where none is sure."""
    text = text[:500]
    found = {id for id, pattern in _PRINTED if pattern.search(text)}
    for match in _CREATIVE_COMMONS.finditer(text):
        parts = re.sub(r"[- ]+", "-", match[1].lower())
        found.add(f"cc-by{parts}-{match[2]}")
    return frozenset(found)
