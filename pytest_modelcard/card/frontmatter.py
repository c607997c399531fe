"""The card's YAML header, read line-aware from the raw text."""

from __future__ import annotations

from collections.abc import Sequence

from .records import FrontMatter


def read_front_matter(lines: Sequence[str], path: str) -> FrontMatter:
    return FrontMatter()
