"""MC083: use and integration, as the EU's documentation form asks."""

from __future__ import annotations

from ._checklist import ChecklistRule
from ._items import Item


class OpenUse(ChecklistRule):
    """An item of the form's section on use is not stated.

    ## What it does

    Goes through section 4 of the form: acceptable use policy, intended and restricted uses, the kinds of AI
    systems it can be part of, and the technical means, hardware and software that integration needs.

    ## Why it matters

    Providers of general-purpose models on the Union market have to keep this documentation (AI Act,
    Article 53, Annexes XI and XII). A card that already states it saves the form; an open item is no
    breach of the law: parts of the form go to authorities only, on request.

    ## Example

    A card without a word on what the model must not be used for.

    ## What to do instead

    A section 'Intended use' with what the model is for and what is out of scope, and one on hardware and
    software.
    """

    id = "MC083"
    name = "open-use"
    severity = "warning"
    profiles = ("eu-gpai",)
    items = (
        Item(
            "acceptable-use-policy",
            "its acceptable use policy",
            "Link the acceptable use policy, or say that there is none.",
            heading=r"acceptable use|use policy|prohibited|terms of use|usage polic"
            r"|política de uso|使用(?:限制"
            r"|政策|协议)|声明",
            text=r"acceptable use|(?:usage|use) polic(?:y|ies)|prohibited uses?|must not be used"
            r"|shall not be used|terms of (?:use|service)|política de uso|不得(?:用于|使用)"
            r"|请勿(?:用于|将)|禁止",
            touches=r"commercial use|responsibl[ey]",
        ),
        Item(
            "intended-uses",
            "its intended uses",
            "Say which tasks the model is meant for.",
            heading=r"intended|use cases?|direct use|uses?$|applications?|用途|应用|usos?\b|finalidade",
            text=r"\b(?:intended|designed|meant|suitable|optimi[sz]ed|built) (?:for|to)\b|intended use|适用于"
            r"|destinad[oa] a|pensad[oa] para",
            touches=r"general[- ]purpose|use cases?|agentic|assistant",
        ),
        Item(
            "integrable-systems",
            "which kinds of AI systems it can be part of",
            "Say in which systems it may be built in: assistants, agents, search, decision support ...",
            heading=r"downstream use|integrat|applications?|use cases?|应用",
            text=r"\b(?:agents?|chatbots?|assistants?|RAG|retrieval|copilot|applications?|pipelines?)\b",
            touches=r"\buse\b",
        ),
        Item(
            "technical-means",
            "how it is integrated",
            "Show how to load or serve it.",
            heading=r"how to|usage|quick ?start|deploy|inference|serving|使用|推理|部署"
            r"|como usar|cómo usar|uso",
            code=r"from_pretrained|vllm|sglang|pipeline\(|ollama|llama-(?:cli|server)|openai",
            text=r"from_pretrained|vllm serve|sglang|OpenAI[- ]compatible|pipeline\(",
        ),
        Item(
            "hardware",
            "which hardware it needs",
            "Say which hardware inference needs.",
            heading=r"hardware|requirements|硬件|显存|requisitos",
            code=r"tensor[-_]parallel|--tp\b|\bnproc_per_node",
            text=r"\b(?:\d+\s?[x×*]\s?)?(?:A100|H100|H200|H800|H20|B200|RTX ?\d{4}|V100|TPU|Ascend|910B"
            r"|MI300X?)\b|\b\d+\s?GB\b[^.\n]{0,30}(?:V?RAM|memory|GPU)|V?RAM\b|显存|tensor-parallel-size"
            r"|--tp\b",
            touches=r"\bGPUs?\b|device_map",
        ),
        Item(
            "software",
            "which software it needs",
            "Name libraries with their least versions.",
            heading=r"software|requirements|installation|dependenc|environment|安装|环境|依赖|instalação"
            r"|instalación",
            code=r"(?:pip|uv pip|conda) install|requirements\.txt|apt-get install",
            text=r"(?:transformers|vllm|sglang|torch|pytorch|llama\.cpp|diffusers|tensorrt-llm)\s*(?:>=|=="
            r"|~=|>|v?\d)|pip install|requirements\.txt|\b(?:compatible"
            r"|works) with\b[^.\n]{0,40}(?:transformers|vllm|sglang)",
            metadata=("library_name",),
        ),
    )
