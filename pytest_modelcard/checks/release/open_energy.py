"""MC087: energy consumption, as the EU's documentation form asks."""

from __future__ import annotations

from ._checklist import ChecklistRule
from ._items import Item


class OpenEnergy(ChecklistRule):
    """An item of the form's energy consumption is not stated.

    ## What it does

    Goes through section 8 of the form: the energy that training took, how that was measured, and what
    inference takes.

    ## Why it matters

    Providers of general-purpose models on the Union market have to keep this documentation (AI Act,
    Article 53, Annexes XI and XII). A card that already states it saves the form; an open item is no
    breach of the law: parts of the form go to authorities only, on request.

    ## Example

    A card with no word on energy.

    ## What to do instead

    Training took 320 MWh (measured at the racks, PUE 1.2).
    """

    id = "MC087"
    name = "open-energy"
    severity = "warning"
    profiles = ("eu-gpai",)
    items = (
        Item(
            "training-energy",
            "how much energy training took",
            "State the energy in MWh, or that it is not known and why.",
            heading=r"energy|carbon|environmental impact|emissions|能耗|碳|impacto ambiental",
            text=r"\b(?:k|M|G)Wh\b|energy consum\w+|carbon (?:footprint|emissions?|emitted)|\bCO2(?:eq)?\b"
            r"|CO₂|能耗|碳排放|consumo de energia|consumo energético",
        ),
        Item(
            "energy-measurement",
            "how the energy was measured",
            "Name the method: metered, estimated from hours and power, with which PUE.",
            text=r"codecarbon|\bPUE\b|power (?:consumption|usage)|\bTDP\b|peak power|metered"
            r"|carbon (?:impact )?calculator|mlco2|ML CO2",
        ),
        Item(
            "inference-energy",
            "what inference takes",
            "State energy or computation for a defined inference run.",
            text=r"(?:inference|per (?:token|query|request))[^.\n]{0,60}(?:\bWh\b|energy|joules?|FLOPs?)"
            r"|(?:energy|joules?)[^.\n]{0,60}(?:inference|per (?:token|query|request))",
        ),
    )
