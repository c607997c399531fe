"""MC085: training data, as the EU's documentation form asks."""

from __future__ import annotations

from ._checklist import ChecklistRule
from ._items import Item


class OpenTrainingData(ChecklistRule):
    """An item of the form's information on data is not stated.

    ## What it does

    Goes through section 6 of the form: kind and provenance of the training data (and test data), how
    they were obtained, how many they are, how they were curated, and what was done against unsuitable
    sources and bias.

    ## Why it matters

    Providers of general-purpose models on the Union market have to keep this documentation (AI Act,
    Article 53, Annexes XI and XII). A card that already states it saves the form; an open item is no
    breach of the law: parts of the form go to authorities only, on request.

    ## Example

    "Trained on high-quality data."

    ## What to do instead

    A section 'Training data' that names sources, sizes, filters, and what was done about bias.
    """

    id = "MC085"
    name = "open-training-data"
    severity = "warning"
    profiles = ("eu-gpai",)
    items = (
        Item(
            "data-type",
            "what kind of data it was trained on",
            "State type and languages of the data.",
            heading=r"training data|datasets?|data$|训练数据|dados de trein|datos de entren",
            metadata=("datasets",),
            text=r"(?:trained|tuned|training|tokens?|data)\b[^.\n]{0,80}\b(?:web|text|code|images?"
            r"|multilingual|books|math\w*|instructions?|dialog\w*|conversation\w*|scientific|synthetic"
            r"|Portuguese|English|Chinese)\b|(?:训练|预训练)[^。\n]{0,30}(?:代码|文本|多语言|中英|语料)",
        ),
        Item(
            "data-provenance",
            "where the data come from",
            "Name the sources: crawled web, licensed, synthetic, user data, public sets.",
            text=r"\b(?:common ?crawl|web[- ]?crawl\w*|crawled|scraped|publicly available|licensed (?:data"
            r"|from)|synthetic(?:ally)?|proprietary data|wikipedia|arxiv|github (?:code|repos\w*|pull)"
            r"|stack ?exchange|the pile|redpajama|c4|fineweb|slimpajama|starcoder\s?data|user data)\b"
            r"|公开(?:可用|数据)|合成数据|dados públicos|datos públicos|sintétic",
            metadata=("datasets",),
        ),
        Item(
            "data-obtained",
            "how the data were obtained and selected",
            "Describe collection and selection.",
            heading=r"data (?:collection|selection|acquisition|sources?)|coleta|数据(?:来源|收集|采集)",
            text=r"(?:data|corpus|dataset|tokens)[^.\n]{0,60}\b(?:collected|gathered|sourced|selected"
            r"|sampled|extracted|curated|concatenation of|composed of|consists? of)\b|we (?:collect"
            r"|gather|curate|select|extract|synthesi)|数据[^。\n]{0,20}(?:收集|采集|抽取|构建)",
        ),
        Item(
            "data-amount",
            "how many data points it was trained on",
            "State the number of tokens or examples.",
            text=r"(?:train|tun(?:ed|ing)|corpus|dataset|data\b|treinad|entrenad)[^.\n]{0,80}"
            r"\b\d+(?:[.,]\d+)*\s?(?:[TBMK]\b|trillion|billion|million|thousand|trilhões|bilhões"
            r"|milhões)?\+?\s*(?:\w+ ){0,3}(?:tokens|samples|examples|instructions|pairs|documents"
            r"|images|hours)\b|万亿|\d+\s?[TB](?: 个)? ?tokens?|亿\s?tokens?",
        ),
        Item(
            "data-curation",
            "how the data were curated",
            "Describe cleaning, deduplication and filtering.",
            heading=r"data (?:curation|processing|cleaning|filtering|preparation)|数据(?:处理|清洗)",
            text=r"\b(?:dedup\w*|de-?duplicat\w*|filter(?:ed|ing)|clean(?:ed|ing)|curat(?:ed|ion)"
            r"|quality (?:filter\w*|classif\w*)|annotat\w+|pre-?process\w*)\b|去重|清洗|过滤|filtra|limpeza",
        ),
        Item(
            "unsuitable-sources",
            "what was done to find unsuitable data",
            "Say how illegal, personal and low-quality content was kept out.",
            text=r"\b(?:personal(?:ly identifiable)? (?:data|information)|\bPII\b|toxic\w*|harmful content"
            r"|NSFW|CSAM|copyright\w*|opt-?out|robots\.txt|decontaminat\w*|safety filter\w*)\b|有害|隐私"
            r"|dados pessoais|datos personales",
        ),
        Item(
            "bias-measures",
            "what was done about bias in the data",
            "Say what was done to find and lessen bias, or that nothing was.",
            heading=r"bias|fairness|viés|sesgo|偏见",
            text=r"\b(?:bias(?:es|ed)?|fairness|stereotyp\w*|under-?represent\w*)\b|偏见|公平|viés|sesgo",
        ),
    )
