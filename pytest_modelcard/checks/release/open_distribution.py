"""MC082: distribution and licence, as the EU's documentation form asks."""

from __future__ import annotations

from ._checklist import ChecklistRule
from ._items import Item


class OpenDistribution(ChecklistRule):
    """An item of the form's distribution and licences is not stated.

    ## What it does

    Goes through section 3 of the form: how the model is distributed, under which licence, and which further
    assets (data, code) come with it.

    ## Why it matters

    Providers of general-purpose models on the Union market have to keep this documentation (AI Act,
    Article 53, Annexes XI and XII). A card that already states it saves the form; an open item is no
    breach of the law: parts of the form go to authorities only, on request.

    ## Example

    A card with no licence.

    ## What to do instead

    license: apache-2.0 in the front matter, and a line on where weights, code and data are to be had.
    """

    id = "MC082"
    name = "open-distribution"
    severity = "warning"
    profiles = ("eu-gpai",)
    items = (
        Item(
            "distribution-channels",
            "how it is distributed",
            "Say where the model is to be had: weights, API, cloud.",
            heading=r"download|distribution|availability|get the model|model zoo|api|下载|distribuição"
            r"|descarga",
            text=r"huggingface\.co/|hugging\s?face|modelscope|\bAPI\b|download(?:ed|s)?\b"
            r"|open[- ](?:weights?|sourced?)|available (?:on|at|through|via)|disponível (?:n[oa]|em)|开源"
            r"|下载",
        ),
        Item(
            "license",
            "its licence",
            "Declare the licence.",
            metadata=("license",),
            heading=r"licen[cs]e|licen[çc]a|licencia|许可|协议",
            text=r"/licen[cs]e\b|licen[cs]e (?:\./)?licen[cs]e|licen[cs]e-|\blicen[cs]e\s*[:：|]\s*\w"
            r"|custom (?:commercial )?licen[cs]e|\blicen[cs]ed? under\b|apache[- ]2|\bMIT license\b"
            r"|under the [^.\n]{0,60}licen[cs]e|开源协议",
        ),
        Item(
            "additional-assets",
            "which other assets come with it",
            "Say whether data, training code and evaluation code are to be had, and under which licence.",
            text=r"(?:training|evaluation|inference) (?:code|scripts?)|github\.com/"
            r"|datasets?[^.\n]{0,40}(?:released|available|open)|code (?:is )?(?:available|released)"
            r"|代码(?:已)?(?:开源|发布)",
            metadata=("datasets",),
        ),
    )
