"""The anchors that a rendered card has: of its headings, and of `id` and `name` attributes."""

from __future__ import annotations

import re
import unicodedata

from ...card.records import Card

_ATTRIBUTE = re.compile(r"<[A-Za-z][^<>]{0,2000}?\b(?:id|name)\s*=\s*[\"']?([^\"'\s<>]{1,200})")


def github_slug(text: str) -> str:
    """The anchor that GitHub and the Hub make from a heading's text."""
    kept = (c for c in text.strip().lower() if c in " -_" or unicodedata.category(c)[0] in "LNM")
    return "".join(kept).replace(" ", "-")


def anchors(card: Card) -> set[str]:
    """All anchors of the card, in lower case; repeated headings get "-1", "-2"."""
    found: set[str] = {"top", "readme"}
    counts: dict[str, int] = {}
    for heading in card.headings:
        base = github_slug(heading.text)
        n = counts.get(base, 0)
        counts[base] = n + 1
        found.add(f"{base}-{n}" if n else base)
    for m in _ATTRIBUTE.finditer(card.text):
        found.add(m[1].lower())
    return found


def loose(anchor: str) -> str:
    """An anchor with nothing but its letters and digits: renderers differ in the rest."""
    return "".join(c for c in anchor.lower() if c.isalnum())
