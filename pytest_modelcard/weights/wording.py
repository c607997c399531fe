"""Verdicts as sentences for a person."""

from __future__ import annotations

from collections.abc import Sequence

from .records import Agreement, Parent

AMONG = "among these candidates"


def blend(parents: Sequence[Parent], digits: int = 3) -> str:
    """0.565 org/a + 0.435 org/b"""
    return " + ".join(p.id if p.weight is None else f"{p.weight:.{digits}f} {p.id}" for p in parents)


def spans(parents: Sequence[Parent]) -> str:
    """The interval of the first weight, where known."""
    first = parents[0].interval
    return f" ({first[0]:.4f} to {first[1]:.4f})" if first else ""


def hits(agreement: Agreement, tensors: int) -> str:
    return f"{100 * agreement.hit_rate:.1f} % of {agreement.elements:,} held-out elements in {tensors:,} tensors agree"


def listed(ids: Sequence[str]) -> str:
    return ids[0] if len(ids) == 1 else ", ".join(ids[:-1]) + " and " + ids[-1]
