"""Findings back from the plain dicts that travel between processes."""

from __future__ import annotations

from typing import Any

from ..model import Finding, Related, Span


def finding_from_dict(data: dict[str, Any]) -> Finding:
    """The finding that `dataclasses.asdict` made the dict of (lists for tuples are fine)."""
    related = tuple(Related(Span(**r["span"]), r["message"], r["quote"]) for r in data["related"])
    rest = {k: v for k, v in data.items() if k not in ("span", "related", "claims")}
    return Finding(span=Span(**data["span"]), related=related, claims=tuple(data["claims"]), **rest)
