"""The settings of a spherical blend whose share varies: mergekit's gradients, lists of numbers spread over the layers.

The usual recipe of the community goes one way over the layers for attention and the other for the rest, so tensors of a layer
are taken together by the first part of their name behind the layer's number. A list is believed where it has few short numbers
that explain every layer's share; otherwise each layer has a number of its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import chain
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

#: Numbers of a list, and digits of each, as people write them.
_MOST_NUMBERS, _DIGITS = 12, (1, 2, 3)
#: What a share of sampled tensors may be off, as the sample only estimates their angle; of n whole elements _WHOLE / n.
_SAMPLED, _WHOLE = 3e-3, 0.04
#: The largest denominator of a number of one layer.
_DENOMINATOR = 1_000


@dataclass(frozen=True, slots=True)
class _Share:
    """The first parent's share in a tensor, and by how much that may be off."""

    name: str
    layer: int | None
    value: float
    off: float


def gradients(lineage: Mapping[str, Any]) -> list[dict[str, Any]] | None:
    """The first parent's share by part of the model, as mergekit's list of filters; the last entry is for all else.

    None where the recipe tells no shares, or where parts of one layer do not go together.
    """
    shares = list(_shares(lineage))
    layers = {s.layer for s in shares if s.layer is not None}
    if not layers or layers != set(range(len(layers))):
        return None
    parts: dict[str, list[_Share]] = {}
    for share in shares:
        parts.setdefault(_part(share), []).append(share)
    entries = []
    for part, found in parts.items():
        low, high = _span(found)
        # One number for all of them, or a list over the layers.
        value = _number(low, high) if low <= high else _list(found, len(layers))
        if value is None:
            return None
        entries.append({"filter": part, "value": value})
    return _one_list(entries) or _shortened(entries)


def at(values: Sequence[float], depth: float) -> float:
    """A gradient's value `depth` of the way through the layers (0 to 1), as mergekit 0.1.5 computes it."""
    place = depth * (len(values) - 1)
    low = int(place)
    high = min(len(values) - 1, low + 1)
    return (1 - (place - low)) * values[low] + (place - low) * values[high]


def _shares(lineage: Mapping[str, Any]) -> Iterator[_Share]:
    recipe = lineage.get("recipe") or {}
    by, weights = recipe.get("by"), recipe.get("weights") or {}
    for tensor in lineage.get("per_tensor") or ():
        name, layer, voting = str(tensor["name"]), tensor.get("layer"), int(tensor.get("voting") or 0)
        family = str(tensor.get("family"))
        keys = {"layer": family if layer is None else str(layer), "module": family, "tensor": name}
        key = keys.get(str(by), "")
        if key in weights and voting:
            whole = voting + int(tensor.get("fixed") or 0) >= int(tensor["elements"])
            yield _Share(name, layer, float(weights[key]), _WHOLE / voting if whole else _SAMPLED)


def _part(share: _Share) -> str:
    """The first part of the name behind the layer's number, with dots; without a layer the whole name."""
    if share.layer is None:
        return share.name
    inside = share.name.partition(f".{share.layer}.")[2]
    return f".{inside.split('.')[0]}."


def _span(shares: Sequence[_Share]) -> tuple[float, float]:
    return max(s.value - s.off for s in shares), min(s.value + s.off for s in shares)


def _number(low: float, high: float) -> float:
    """The shortest decimal between two numbers, else the simplest fraction, as layers between a list's numbers have; their
    middle where all have a large denominator.
    """
    middle = (low + high) / 2
    decimals = (Fraction(round(middle * 10**digits), 10**digits) for digits in _DIGITS)
    fractions = (Fraction(round(middle * size), size) for size in range(1, _DENOMINATOR + 1))
    return float(next((one for one in chain(decimals, fractions) if low <= one <= high), middle))


def _list(shares: Sequence[_Share], layers: int) -> list[float] | None:
    """A list for all layers; None where one of them has no number."""
    by_layer: dict[int | None, list[_Share]] = {}
    for share in shares:
        by_layer.setdefault(share.layer, []).append(share)
    if by_layer.keys() != set(range(layers)):
        return None
    spans = [_span(by_layer[layer]) for layer in range(layers)]
    if any(low > high for low, high in spans):
        return None
    return _short_list(spans) or [_number(*span) for span in spans]


def _short_list(spans: Sequence[tuple[float, float]]) -> list[float] | None:
    """The shortest list of the shortest numbers that lies within the spans of all layers."""
    import numpy as np

    low, high = np.array(spans).T
    depths = np.linspace(0, 1, len(spans))
    for count in range(2, min(_MOST_NUMBERS, len(spans) - 1) + 1):
        exact = np.linalg.lstsq(_places(depths, count), (low + high) / 2, rcond=None)[0]
        for digits in _DIGITS:
            values = [round(float(one), digits) + 0.0 for one in exact]  # not -0
            there = np.array([at(values, float(depth)) for depth in depths])
            if bool(np.all((low <= there) & (there <= high))):
                return values
    return None


def _places(depths: NDArray[np.float64], count: int) -> NDArray[np.float64]:
    """The share that each number of a list has in each layer's value."""
    import numpy as np

    apart: NDArray[np.float64] = np.abs(depths[:, None] * (count - 1) - np.arange(count))
    return np.maximum(0.0, 1 - apart)


def _one_list(entries: list[dict[str, Any]]) -> list[dict[str, Any]] | None:
    """One list for the whole model, which gives its first number to what is in no layer."""
    lists = [entry["value"] for entry in entries if isinstance(entry["value"], list)]
    inside = [entry for entry in entries if entry["filter"].startswith(".")]
    if not lists or any(one != lists[0] for one in lists) or len(lists) != len(inside):
        return None
    outside = [entry["value"] for entry in entries if entry not in inside]
    return [{"value": lists[0]}] if all(value == lists[0][0] for value in outside) else None


def _shortened(entries: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The commonest value last, without a filter, for what has it; longer filters first, since the first that fits counts."""
    values = [entry["value"] for entry in entries]
    plain = [value for value in values if not isinstance(value, list)] or [0.5]
    usual = max(plain, key=plain.count)
    kept = [entry for entry in entries if entry["value"] != usual]
    return [*sorted(kept, key=lambda entry: -len(entry["filter"])), {"value": usual}]
