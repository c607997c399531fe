"""Weight and agreement over layers, and the vote spectrum, as one picture."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ..errors import PolicyError


def draw(lineage: Mapping[str, Any], path: Path) -> None:
    """Write a PNG or SVG by the path's suffix; raises PolicyError where matplotlib is missing or the suffix is another."""
    if path.suffix not in (".png", ".svg"):
        raise PolicyError(f"--modelcard-plot {path}: use a name that ends with .png or .svg")
    try:
        from matplotlib.figure import Figure
        from matplotlib.ticker import MaxNLocator
    except ImportError as error:
        raise PolicyError(
            "--modelcard-plot needs matplotlib: pip install 'pytest-modelcard[plot]'"
        ) from error
    figure = Figure(figsize=(9, 7), layout="constrained")
    weights, spectrum = figure.subplots(2, 1, height_ratios=(2, 1))
    figure.suptitle(f"{lineage['candidate']}: {lineage['verdict']}")
    parent = (lineage["parents"] or [{"id": "the first parent"}])[0]["id"]
    told = [t for t in lineage["per_tensor"] if t["layer"] is not None and t.get("weight") is not None]
    narrow = [t for t in told if t["narrow"]]
    if narrow:
        layers = [t["layer"] for t in narrow]
        middle = [t["weight"] for t in narrow]
        spread = [
            [max(0.0, t["weight"] - t["interval"][0]) for t in narrow],
            [max(0.0, t["interval"][1] - t["weight"]) for t in narrow],
        ]
        weights.errorbar(layers, middle, yerr=spread, fmt=".", label=f"weight of {parent}, with its interval")
        weights.plot(layers, [t["agreement"] for t in narrow], "+", label="share of votes that agree on it")
        weights.legend(loc="lower right")
        weights.set_xlim(min(layers) - 0.5, max(layers) + 0.5)
    else:
        weights.text(0.5, 0.5, "no tensor identifies a weight", transform=weights.transAxes, ha="center")
    weights.xaxis.set_major_locator(MaxNLocator(integer=True))
    weights.set(xlabel="layer", ylabel="weight, agreement", ylim=(-0.05, 1.1))
    if lineage["spectrum"]:
        at, share = zip(*lineage["spectrum"], strict=True)
        spectrum.plot(at, share)
    spectrum.set(xlabel=f"weight of {parent}", ylabel="votes that allow it")
    figure.savefig(path)
