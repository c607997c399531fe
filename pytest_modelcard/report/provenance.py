"""Where the weights come from, in a comment: the verdict, a table of parents, and a drawing over the layers."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from ..model import Report
from .budget import Section
from .lineage import bars
from .markdown import cell, fold, lines_block, prose
from .read import listed, mapping, number, text

MAX_PARENTS = 20
MAX_TENSORS = 200_000
MAX_NOTES = 8


def lineage_sections(report: Report, importance: int, *, foldable: bool) -> list[Section]:
    """The table with this importance, and a fold with the drawing; none where no weights were compared."""
    lineage = report.lineage or {}
    sentence = text(lineage.get("sentence"))
    if not sentence:
        return []
    parents = [_row(mapping(p)) for p in listed(lineage.get("parents"), MAX_PARENTS)]
    lead = f"#### Where the weights come from\n\nFound: {prose(sentence, 1200)}"
    sections = []
    if parents:
        head = "| parent | weight | interval | declared |\n| --- | --: | :-: | :-: |\n"
        sections.append(
            Section(importance, parents, f"{lead}\n\n{head}", glue="\n", more="{n} more parents.")
        )
    else:
        sections.append(Section(importance, [lead]))
    drawing = drawing_lines(lineage)
    notes = [f"- {prose(text(n), 300)}" for n in listed(lineage.get("notes"), MAX_NOTES)]
    body = [
        *([lines_block(drawing)] if drawing else []),
        *(["\n".join(notes)] if notes else []),
        _read(lineage),
    ]
    before, after = fold("Layers, and what was read") if foldable else ("", "")
    sections.append(Section(8, ["\n\n".join(body)], before, after))
    return sections


def _row(parent: Mapping[str, Any]) -> str:
    weight = number(parent.get("weight"))
    bounds = [number(x) for x in listed(parent.get("interval"), 2)]
    shown = "" if weight is None else f"{weight:.4f}"
    between = ""
    if len(bounds) == 2 and bounds[0] is not None and bounds[1] is not None:
        between = interval(bounds[0], bounds[1])
    declared = {True: "yes", False: "**no**"}.get(parent.get("declared"), "")  # type: ignore[arg-type]
    return f"| {cell(text(parent.get('id')))} | {shown} | {between} | {declared} |"


def interval(low: float, high: float) -> str:
    """Both ends with as many decimals, 3 to 7, as it takes to tell them apart."""
    width = abs(high - low)
    decimals = min(7, max(3, 1 - math.floor(math.log10(width)))) if width > 0 else 3
    return f"{low:.{decimals}f} to {high:.{decimals}f}"


def drawing_lines(lineage: Mapping[str, Any]) -> list[str]:
    """Weight and agreement over layers as two rows of bars; none where no layer says anything."""
    layers = layer_means(lineage)
    if not layers:
        return []
    span = f"layers {layers[0][0]} to {layers[-1][0]}" if len(layers) > 1 else f"layer {layers[0][0]}"
    weights, shares = [w for _, w, _ in layers], [a for _, _, a in layers]
    return [
        f"{span}",
        f"weight     0 {bars(weights)} 1   {min(weights):.4f} to {max(weights):.4f}",
        f"agreement  0 {bars(shares)} 1   {min(shares):.1%} to {max(shares):.1%}",
    ]


def layer_means(lineage: Mapping[str, Any]) -> list[tuple[int, float, float]]:
    """(layer, weight, agreement) of an untrusted record: means over a layer's tensors that say something."""
    found: dict[int, list[tuple[float, float]]] = {}
    for item in listed(lineage.get("per_tensor"), MAX_TENSORS):
        tensor = mapping(item)
        layer, weight, share = (number(tensor.get(k)) for k in ("layer", "weight", "agreement"))
        if layer is not None and weight is not None and share is not None and tensor.get("narrow") is True:
            found.setdefault(int(layer), []).append((weight, share))
    return [
        (layer, sum(w for w, _ in got) / len(got), sum(a for _, a in got) / len(got))
        for layer, got in sorted(found.items())
    ]


def _read(lineage: Mapping[str, Any]) -> str:
    """What the verdict rests on, and its price."""
    tensors, requests = (int(number(lineage.get(k)) or 0) for k in ("tensors_compared", "requests"))
    megabytes, seconds = (number(lineage.get("bytes_read")) or 0) / 1e6, number(lineage.get("seconds")) or 0
    models = len(listed(lineage.get("candidates"), 10_000))
    return (
        f"{tensors:,} tensors of {models} candidate {'model' if models == 1 else 'models'} compared, "
        f"{megabytes:.2f} MB in {requests:,} requests, {seconds:.1f} s."
    )
