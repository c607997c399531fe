"""Verdicts as sentences for a person."""

from __future__ import annotations

import math
from collections.abc import Sequence

from .records import Agreement, Parent

AMONG = "among these candidates"
#: Intervals that reach farther than this are shown by their ends.
_NARROW = 0.005


def blend(parents: Sequence[Parent], digits: int = 3) -> str:
    """0.565 org/a + 0.435 org/b"""
    return " + ".join(p.id if p.weight is None else f"{p.weight:.{digits}f} {p.id}" for p in parents)


def weight(value: float, interval: tuple[float, float] | None, digits: int = 4) -> str:
    """0.5650 ± 0.00001; 0.56 (0.50 to 0.62) where the interval is wide; the value alone where there is none."""
    if interval is None:
        return f"{value:.{digits}g}"
    low, high = interval
    reach = max(high - value, value - low)
    if reach > _NARROW:
        return f"{value:.2f} ({fixed(low, 2)} to {fixed(high, 2)})"
    # Upwards to one digit, so that the interval shown holds the one found.
    step = 10.0 ** max(-6, math.floor(math.log10(reach)) if reach > 0 else -6)
    return f"{value:.{digits}f} ± {_plain(math.ceil(reach / step - 1e-9) * step or step)}"


def fixed(value: float, digits: int) -> str:
    """So many digits behind the point, and no minus before zero."""
    return f"{round(value, digits) + 0.0:.{digits}f}"


def _plain(value: float) -> str:
    return f"{value:.6f}".rstrip("0")


def spans(parents: Sequence[Parent]) -> str:
    """The interval of the first weight, where known."""
    first = parents[0]
    return (
        ""
        if first.interval is None or first.weight is None
        else f" (weight {weight(first.weight, first.interval)})"
    )


def hits(agreement: Agreement, tensors: int) -> str:
    return f"{100 * agreement.hit_rate:.1f} % of {agreement.elements:,} held-out elements in {tensors:,} tensors agree"


def listed(ids: Sequence[str]) -> str:
    return ids[0] if len(ids) == 1 else ", ".join(ids[:-1]) + " and " + ids[-1]
