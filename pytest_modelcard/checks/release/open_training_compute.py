"""MC086: computational resources, as the EU's documentation form asks."""

from __future__ import annotations

from ._checklist import ChecklistRule
from ._items import Item


class OpenTrainingCompute(ChecklistRule):
    """An item of the form's computational resources is not stated.

    ## What it does

    Goes through section 7 of the form: how long training took, on what, how much computation it was, and how
    that was measured.

    ## Why it matters

    Providers of general-purpose models on the Union market have to keep this documentation (AI Act,
    Article 53, Annexes XI and XII). A card that already states it saves the form; an open item is no
    breach of the law: parts of the form go to authorities only, on request.

    ## Example

    A card that says nothing of the training run.

    ## What to do instead

    Trained for 21 days on 512 H100 (258,000 GPU hours), about 3.1e24 floating point operations (6ND).
    """

    id = "MC086"
    name = "open-training-compute"
    severity = "warning"
    profiles = ("eu-gpai",)
    items = (
        Item(
            "training-time",
            "how long training took",
            "State training time and hardware.",
            heading=r"compute|training (?:time|infrastructure)|算力|训练(?:时间|资源)",
            text=r"\b(?:GPU|TPU|H100|A100|H800)[- ]?(?:hours?|days?)\b|\btrain(?:ed"
            r"|ing)\b[^.\n]{0,60}\b\d+\s?(?:hours?|days?|weeks?|months?)\b|\bhours used\b|(?:GPU"
            r"|卡)(?:小)?时|horas de GPU|treinad[oa] (?:por|durante) \d+",
        ),
        Item(
            "training-computation",
            "how much computation training took",
            "State the floating point operations.",
            text=r"\bFLOPs?\b|\bFLOPS?\b|floating[- ]point operations|petaflop\w*|10\^?2[3-7]|1e2[3-7]"
            r"|GPU[- ]hours",
        ),
        Item(
            "measurement",
            "how time and computation were measured",
            "Say how the numbers were measured or estimated.",
            text=r"\b6\s?[*×·]?\s?N\s?[*×·]?\s?D\b|(?:estimat\w+|measur\w+|calculat\w+)[^.\n]{0,60}(?:FLOPs?"
            r"|GPU hours|compute|carbon|energy)|codecarbon|mlco2|carbon (?:impact|calculator)|ML CO2",
        ),
    )
