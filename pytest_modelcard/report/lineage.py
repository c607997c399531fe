"""A verdict from weights as data and as lines for a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from statistics import median
from typing import Any

from .safe import visible

_BARS = " ▁▂▃▄▅▆▇█"
#: Layers drawn in one line; more are grouped.
MAX_BARS = 80
#: Families named whose changes are too small to fix a weight.
MAX_WIDE = 6


def lineage_lines(lineage: Mapping[str, Any]) -> Iterator[str]:
    """The verdict in a sentence, weight and agreement over layers in two small lines, and the cost."""
    yield visible(str(lineage["sentence"]), 1000)
    # beside a fine-tune's sentence the best weight of another model, which means nothing there, would only mislead
    blended = len(lineage["parents"]) > 1
    layers = by_layer(lineage["per_tensor"]) if blended else ()
    if layers:
        first, last = layers[0][0], layers[-1][0]
        weights = [w for _, w, _ in layers]
        yield f"  weight over layers {first} to {last}:    {bars(weights)}  {min(weights):.4g} to {max(weights):.4g}"
        shares = [a for _, _, a in layers]
        yield f"  agreement over layers {first} to {last}: {bars(shares)}  {min(shares):.1%} to {max(shares):.1%}"
    yield from _families(lineage.get("per_family") or ()) if blended else ()
    if lineage.get("certificate"):
        yield f"  full coverage: {certificate_line(lineage['certificate'])}"
    for note in lineage["notes"][:8]:
        yield f"  {visible(note, 300)}"
    from_cache = lineage.get("bytes_from_cache") or 0
    kept = f" and {from_cache / 1e6:.2f} MB kept from an earlier run" if from_cache else ""
    yield (
        f"  {lineage['tensors_compared']} tensors of {len(lineage['candidates'])} models compared, "
        f"{lineage['bytes_read'] / 1e6:.2f} MB in {lineage['requests']} requests{kept}, {lineage['seconds']:.1f} s"
    )


def certificate_line(found: Mapping[str, Any]) -> str:
    """What full coverage found, in one line."""
    if "missing" in found:
        return f"not done: {visible(str(found['missing']), 600)}"
    left = f", {found['left_out']:,} not predicted" if found["left_out"] else ""
    changed = "; files differ from the published ones" if found["files_as_published"] is False else ""
    changed += "; files differ from the signed ones" if found["files_as_signed"] is False else ""
    return (
        f"{found['equal']:,} of {found['elements']:,} elements equal the {found['recipe']} recipe's, "
        f"{found['beside']:,} lie one step beside, {found['elsewhere']:,} elsewhere{left}{changed}; "
        f"certificate in {visible(str(found['file']), 200)}"
    )


def _families(families: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """How well each family of tensors fixes the weight, where one weight holds for all of a family: after training
    or with weights by layer there is no such interval.
    """
    told = [f for f in families if f["interval"]]
    fixed, wide = [f for f in told if f["fixed"]], [f for f in told if not f["fixed"]]
    if fixed:
        weights, widest = (
            [f["weight"] for f in fixed],
            max(f["interval"][1] - f["interval"][0] for f in fixed),
        )
        yield (
            f"  weight by kind of tensor: {min(weights):.4f} to {max(weights):.4f} in {len(fixed)} of {len(told)}, "
            f"each to within {widest / 2:.1g}"
        )
    if wide:
        shown = [
            f"{visible(f['family'], 60)} {f['interval'][0]:.3g} to {f['interval'][1]:.3g}"
            for f in wide[:MAX_WIDE]
        ]
        more = f" and {len(wide) - MAX_WIDE} more" if len(wide) > MAX_WIDE else ""
        yield f"  changed too little to fix it: {', '.join(shown)}{more}"


def by_layer(per_tensor: Sequence[Mapping[str, Any]]) -> list[tuple[int, float, float]]:
    """(layer, weight, agreement), medians over a layer's tensors that say something of the weight."""
    found: dict[int, list[tuple[float, float]]] = {}
    for tensor in per_tensor:
        if tensor["layer"] is not None and tensor.get("weight") is not None and tensor.get("narrow"):
            found.setdefault(tensor["layer"], []).append((tensor["weight"], tensor["agreement"]))
    return [
        (layer, median(w for w, _ in values), median(a for _, a in values))
        for layer, values in sorted(found.items())
    ]


def bars(values: Sequence[float]) -> str:
    """Shares of 0 to 1 as bars of eighths, at most MAX_BARS of them: more are means over neighbours."""
    step = -(-len(values) // MAX_BARS)
    grouped = [sum(g) / len(g) for g in (values[i : i + step] for i in range(0, len(values), step))]
    top = len(_BARS) - 1
    return "".join(_BARS[round(top * min(1.0, max(0.0, v)))] for v in grouped)
