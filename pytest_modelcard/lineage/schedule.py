"""Weights that differ by part of a model, as mergekit's filters: pieces of tensor names, of which the first that fits
counts.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

Said = Callable[[float, float], float]


def schedule(lineage: Mapping[str, Any], usual: float, said: Said) -> list[dict[str, Any]]:
    """The first parent's weight by part of the model, then `usual` for the rest.

    said: the number that the maker may have written, from both ends of its interval. Where the parents are alike, an
    interval is wide and fits many numbers; there a number of the other parts is taken.
    """
    by = str((lineage.get("recipe") or {}).get("by"))
    spans: dict[str, list[tuple[float, float, bool]]] = {}
    for tensor in lineage.get("per_tensor") or ():
        ends = tensor.get("interval")
        if ends and None not in ends:
            spans.setdefault(_filter(tensor, by), []).append((ends[0], ends[1], bool(tensor.get("narrow"))))
    values = {part: said(*_common(found)) for part, found in spans.items() if any(n for _, _, n in found)}
    used = [value for value, _ in Counter(values.values()).most_common()]
    for part, found in spans.items():
        if part not in values:
            low, high = _common(found)
            values[part] = next((v for v in (*used, usual) if low <= v <= high), usual)
    # A short piece may be part of a longer one, so the longer stands first; layers before what is in none.
    ordered = sorted(spans, key=lambda part: (not part.endswith("."), -len(part)))
    return [{"filter": part, "value": values[part]} for part in ordered] + [{"value": usual}]


def look_up(table: list[dict[str, Any]], name: str) -> Any:
    """The value of the first entry that fits a tensor's name, as mergekit chooses."""
    return next(entry["value"] for entry in table if entry.get("filter", "") in name)


def _common(spans: list[tuple[float, float, bool]]) -> tuple[float, float]:
    """Where all intervals of a part overlap; the gap between them where they do not."""
    low, high = max(s[0] for s in spans), min(s[1] for s in spans)
    return min(low, high), max(low, high)


def _filter(tensor: Mapping[str, Any], by: str) -> str:
    """The piece of the tensor's name that it shares with all of its layer, or with its kind in every layer."""
    name, layer = str(tensor["name"]), tensor.get("layer")
    before, found, after = name.partition(f".{layer}.")
    if layer is None or not found or by not in ("layer", "module"):
        return name
    if by == "layer":
        return f"{before.rpartition('.')[2]}.{layer}."
    # Experts have a number of their own, and one weight.
    expert = after.partition("experts.")[2].partition(".")
    return expert[2] if expert[0].isdigit() and expert[2] else after
