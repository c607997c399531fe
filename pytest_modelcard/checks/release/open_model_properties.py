"""MC081: the model properties that the EU's documentation form asks for."""

from __future__ import annotations

from ...card.vocabulary import (
    ARCHITECTURE,
    CONTEXT_LENGTH,
    EXPERTS,
    HIDDEN_SIZE,
    LAYERS,
    TOTAL_PARAMETERS,
    VOCABULARY,
)
from ._checklist import ChecklistRule
from ._items import Item


class OpenModelProperties(ChecklistRule):
    """An item of the form's model properties is not stated.

    ## What it does

    Goes through section 2 of the form: architecture, design specifications and their reasons, input and
    output modalities with their largest size, and the total number of parameters.

    ## Why it matters

    Providers of general-purpose models on the Union market have to keep this documentation (AI Act,
    Article 53, Annexes XI and XII). A card that already states it saves the form; an open item is no
    breach of the law: parts of the form go to authorities only, on request.

    ## Example

    A card that praises the model and does not say how large it is.

    ## What to do instead

    Transformer (mixture of experts), 397B parameters, text and images in, text out, at most 262,144 tokens.
    """

    id = "MC081"
    name = "open-model-properties"
    severity = "warning"
    profiles = ("eu-gpai",)
    items = (
        Item(
            "architecture",
            "its architecture",
            "Name the architecture.",
            heading=r"architecture|arquitetura|arquitectura|架构|模型结构",
            claims=(ARCHITECTURE,),
            text=r"\b(?:transformer|mixture[- ]of[- ]experts|\bMoE\b|decoder-only|auto-?regressive"
            r"|state[- ]space|diffusion|encoder-decoder|causal language model|llama architecture)\b|自回归",
            touches=r"\barchitecture\b|架构",
        ),
        Item(
            "design-specifications",
            "its design specifications",
            "Describe layers, attention, vocabulary and why they were chosen.",
            heading=r"design|specifications?|model (?:details|overview|summary|structure|config)"
            r"|architecture|ficha técnica|especifica|模型结构|架构",
            claims=(
                LAYERS,
                HIDDEN_SIZE,
                EXPERTS,
                VOCABULARY,
            ),
            text=r"\b(?:GQA|MLA|RoPE|grouped[- ]query|attention heads|number of layers|hidden (?:size"
            r"|dimension)|vocabulary size|SwiGLU|RMSNorm|hybrid attention)\b",
        ),
        Item(
            "input-modalities",
            "what it takes as input",
            "State the input modalities: text, images, audio, video.",
            text=r"input(?:s)?(?: modalit\w+| format)?\s*[:：|(]|text[- ]only|(?:accepts?|takes?"
            r"|process(?:es)?|understands?|inputs?|handles?)[^.\n]{0,40}\b(?:text|images?|audio|video"
            r"|speech)\b|multimodal (?:input|model)"
            r"|(?:image|video|audio|speech)[- ](?:text[- ])?to[- ]text|vision[- ]language"
            r"|\blanguage models?\b|\bLLM\b|大(?:语言)?模型|modelo de linguagem|modelo de lenguaje",
            metadata=("pipeline_tag",),
        ),
        Item(
            "output-modalities",
            "what it gives as output",
            "State the output modalities.",
            text=r"outputs?(?: modalit\w+| format)?\s*[:：|(]|(?:generates?|produces?"
            r"|outputs?)[^.\n]{0,40}\b(?:text|images?|audio|code|speech)\b|text generation"
            r"|\blanguage models?\b|\bLLM\b|大(?:语言)?模型|modelo de linguagem|modelo de lenguaje",
            metadata=("pipeline_tag",),
        ),
        Item(
            "maximum-size",
            "the largest input it takes",
            "State the context length (and the largest image, audio or video).",
            claims=(CONTEXT_LENGTH,),
            text=r"context (?:length|window|size)\b[^.\n]{0,40}\d|\d+\s?[KkMm]\b[^.\n]{0,12}context"
            r"|max(?:imum)? (?:input|sequence) length[^.\n]{0,20}\d|上下文[^。\n]{0,15}\d"
            r"|\d+[kK][^。\n]{0,6}上下文",
        ),
        Item(
            "total-parameters",
            "how many parameters it has",
            "State the total number of parameters.",
            claims=(TOTAL_PARAMETERS,),
            text=r"\d(?:\.\d+)?\s?[BMT]\b[^.\n]{0,20}\bparam|param\w*[^.\n]{0,20}\d(?:\.\d+)?\s?[BMT]\b"
            r"|参数[^。\n]{0,8}\d|\d[^。\n]{0,4}亿?参数",
            touches=r"\b\d+(?:\.\d+)?B\b",
        ),
    )
