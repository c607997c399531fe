"""MC080: the general information that the EU's documentation form asks for."""

from __future__ import annotations

from ...card.vocabulary import BASE_MODEL, PARENT
from ._checklist import ChecklistRule
from ._items import Item


class OpenGeneralInformation(ChecklistRule):
    """An item of the form's general information is not stated.

    ## What it does

    Goes through section 1 of the Model Documentation Form in the EU's Code of Practice: the provider's
    legal name, the model's name and versions, its authenticity, its release date, and the models it
    depends on.

    ## Why it matters

    Providers of general-purpose models on the Union market have to keep this documentation (AI Act,
    Article 53, Annexes XI and XII). A card that already states it saves the form; an open item is no
    breach of the law: parts of the form go to authorities only, on request.

    ## Example

    A card that names neither its maker nor a date.

    ## What to do instead

    **Developed by:** Acme AI Ltda. (CNPJ ...). **Released:** 13 June 2026. **Base model:** org/parent.
    """

    id = "MC080"
    name = "open-general-information"
    severity = "warning"
    profiles = ("eu-gpai",)
    items = (
        Item(
            "provider-legal-name",
            "the provider's legal name",
            "Name the legal person that provides the model.",
            heading=r"^(?:developers?|provider|model developer|about us|quem somos|开发者)$",
            text=r"(?:developed|provided|released|published|created|desenvolvid[oa]|criad[oa]|publicad[oa]"
            r"|desarrollad[oa])(?:\s+and\s+\w+)?\s+(?:by|por|pel[oa])\b|\b(?:model )?(?:developers?"
            r"|provider|desenvolvedor|proveedor|creator)\s*(?:\(s\))?\s*[:：|]"
            r"|\b(?:Inc\.|Ltd\.?|Ltda\.?|GmbH|S\.A\.|LLC|Corp\.|B\.V\.|AG\b)|(?:由"
            r"|是).{1,30}(?:研发|开发|发布)",
        ),
        Item(
            "model-name",
            "the model's name",
            "Give the card a title with the model's exact name and version.",
            heading=r"\w",
            text=r"model name\s*[:：|]",
        ),
        Item(
            "authenticity",
            "how the model's authenticity can be checked",
            "Publish hashes or a signature of the weights, or name the endpoint.",
            text=r"sha-?256|checksum|\bsigstore\b|\bsigned (?:with|by)\b|md5sum|model[- ]signing|\bC2PA\b",
        ),
        Item(
            "release-date",
            "its release date",
            "State the date of the first release.",
            heading=r"release date|date of release|changelog|release notes|news|updates?|更新|新闻|novidades",
            text=r"(?:releas|launch|publish|lançad|publicad|发布"
            r"|open-?sourc)\w*[^.\n]{0,40}\b(?:19|20)\d{2}\b"
            r"|\b(?:19|20)\d{2}[-./年]\d{1,2}[-./月]\d{1,2}"
            r"|(?:model |release )?dates?\s*[:：|]?\s[^.\n]{0,60}\b20\d{2}\b|\b(?:january|february|march"
            r"|april|may|june|july|august|september|october|november|december)\s+(?:\d{1,2},?\s+)?20\d{2}",
        ),
        Item(
            "dependencies",
            "which models it is made from",
            "Name the models that this one is a modification of, or say that it is none.",
            metadata=("base_model",),
            claims=(
                PARENT,
                BASE_MODEL,
            ),
            text=r"from scratch|do zero|desde cero|从头(?:开始)?训练",
        ),
    )
