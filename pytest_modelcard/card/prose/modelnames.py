"""Names of models in running text: ids (`org/name`), links to the Hub, printed names ("Qwen 3.5 397B")."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from .families import ALONE, FAMILIES

_HUB_URL = re.compile(
    r"^(?:https?:)?//(?:www\.)?(?:huggingface\.co|hf\.co)/"
    r"([A-Za-z0-9][\w.-]{0,95}/[A-Za-z0-9][\w.-]{0,95}?)(?:\.git)?(?:[/?#].*)?$"
)
_NOT_OWNERS = frozenset(
    [
        *(
            "api",
            "blog",
            "chat",
            "collections",
            "datasets",
            "docs",
            "enterprise",
            "join",
            "learn",
            "login",
            "models",
        ),
        *(
            "new",
            "organizations",
            "papers",
            "posts",
            "pricing",
            "settings",
            "spaces",
            "tasks",
            "terms-of-service",
        ),
        *(
            "buckets",
            "kernels",
            "inference",
            "inference-endpoints",
            "support",
            "changelog",
            "storage",
            "gradio",
        ),
    ]
)
#: Owners of container images that cards tell people to run.
_IMAGE_OWNERS = frozenset({"vllm", "lmsysorg", "ollama", "openmmlab", "rocm", "intel", "ascend"})
_ID = re.compile(
    r"(?<![\w./@:\\-])[A-Za-z0-9][\w.-]{0,95}/[A-Za-z0-9][\w.-]{0,94}\w(?![\w/\\]|\(|\.\w)", re.ASCII
)
_FILE = re.compile(
    r"\.(?:py|md|json|ya?ml|png|jpe?g|gif|svg|pdf|sh|txt|html?|bin|safetensors|gguf|ipynb|csv|jsonl|toml|cpp"
    r"|c|h|js|ts"
    r"|pt|pth|onnx|zip|gz|model|jinja|com|org|io|cn|ai|net|so|cfg|ini|lock|rs|go|java|ps1|bat|whl)$",
    re.I,
)
_FOLDERS = re.compile(
    r"^(?:\.|src|docs?|examples?|scripts?|assets?|images?|imgs?|figures?|data|datasets?|models?|weights"
    r"|checkpoints?"
    r"|output|outputs|path|finetune|train|test|tests|eval|evaluation|tools?|utils?|home|usr|opt|tmp|mnt|your"
    r"|bin|lib"
    r"|application|text|image|audio|video|v\d+)$",
    re.I,
)
_AMOUNT = re.compile(r"^[a-z]{0,4}\d[\d.]*[a-z%]{0,4}$", re.I)
_QUANTITY = re.compile(r"^(?:[a-z]{0,4}\d[\d.]*[a-z%]{0,4}|[a-z]{1,3})$", re.I)

_WORD = r"[A-Z][A-Za-z]*[\w.+]*"
_PLAIN_WORD = (
    "A|An|The|This|These|Our|We|It|Its|In|On|At|With|For|By|From|And|Or|Of|To|As|Is|Both|All|Each|Only|Over"
    "|Up|Using|Under"
    "|About|Around|Use|Uses|Has|Have|Top|Best|Small|Large|New|Number|Size|Total|Best|First|Second|Model"
    "|Models|Base"
    "|Um|Uma|O|Os|Com|El|La|Un|Una|Con|De|Em|En|Our|Their|Dense|MoE|Supports?|Trained|Native|Context|Version"
    "|Release[ds]?"
)
#: "Qwen 3.5 397B", "Yi-34B", "DeepSeek-R1-Distill-Qwen-7B", "Meta Llama 3.1 8B Instruct", "gpt-oss-120b"
PRINTED = re.compile(
    rf"(?<![\w])(?!(?:{_PLAIN_WORD})[ -])(?:{_WORD}|gpt(?=-)|mT5|xLAM|dots|bert(?=-)|t5(?=-)|whisper(?=-)"
    rf"|phi(?=-)|falcon(?=-)|llama(?=-))"
    rf"(?:[- ](?:v?\d[\w.]*\w|v?\d|[A-Z]\w[\w.]*\w|[A-Z]{{1,2}}\d?|[A-Z]\w|[aAxX]\d\w*|-?(?:oss|base"
    rf"|instruct|chat|it|hf)\b)){{0,7}}"
    r"(?:-(?!based|like|style|compatible|only|series|family|level|class|powered|generated"
    r"|style)[a-z][a-z0-9.]*\w){0,3}",
    re.ASCII,
)
_SIZE = re.compile(r"(?<![\w.])(?:\d+x)?\d+(?:\.\d+)?[BM](?![a-z\d])", re.I)
_VENDOR = re.compile(
    r"^(?:Meta|Google|Microsoft|IBM|NVIDIA|OpenAI|Alibaba|Mistral AI|Cohere|Apple)(?:'s|’s)?[ -]"
)
#: Words that look like a name and a version but are none of a model.
_SOFTWARE = re.compile(
    r"^(?:python|pytorch|torch|cuda|transformers|vllm|sglang|tensorrt|ollama|llama\.cpp|llama[- ]?factory"
    r"|llama-?index"
    r"|deepspeed|megatron|nemo|mergekit|apache|mit|cc|gpu|cpu|tpu|nvidia|a100|h100|h200|h800|v100|rtx|aws"
    r"|azure|github"
    r"|hugging|flash|triton|bf16|fp16|fp8|int[48]|gguf|gptq|awq|lora|qlora|dpo|ppo|grpo|sft|rlhf|cpt|moe"
    r"|rope|yarn"
    r"|stage|section|table|figure|phase|version|step|chapter|part|january|february|march|april|may|june|july"
    r"|august"
    r"|september|october|november|december|q[1-4]|h[12]|llm|vlm|adamw?|muon|bitsandbytes|unsloth|axolotl|trl"
    r"|peft"
    r"|swift|xtuner|langchain|common|wikipedia|alpaca|sharegpt|gpt4all|llama\.?cpp)(?![a-z])",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Name:
    """A model's name within a text."""

    start: int
    end: int
    text: str  #: the id where there is one, else as printed
    kind: Literal["id", "family", "plain"]  #: "plain": looks like a name, and nothing more is known


_CACHE = re.compile(r"\bmodels--([A-Za-z0-9][\w.-]{0,95}?)--([A-Za-z0-9][\w.-]{0,95})", re.ASCII)


def hub_id(target: str) -> str | None:
    """The model id a URL of the Hub speaks of; None for datasets, spaces, papers and everything else."""
    m = _HUB_URL.match(target[:500].strip())
    if m is None or m[1].split("/")[0].lower() in _NOT_OWNERS:
        return None
    return m[1].rstrip(".,;:")


def is_id(text: str) -> bool:
    """Does `org/name` in running text look like a repository, and not like a path, a choice or a fraction?"""
    owner, _, name = text.partition("/")
    if owner.lower() in _IMAGE_OWNERS or name.lower().endswith(("-compatible", "-style", "-like", "-based")):
        return False
    if _FILE.search(text) or _FOLDERS.match(owner) or _AMOUNT.match(owner) or _QUANTITY.match(name):
        return False
    if not re.search(r"[A-Za-z]", owner) or not re.search(r"[A-Za-z]", name):
        return False
    # "GPT-4/Claude-3", "Base/Chat", "Qwen2/Llama3": two names, not one id
    if re.search(r"[-_ ]v?\d|\d[bm]?$|\d\.\d", owner, re.I) and not re.search(r"[-_].*[-_.]", name):
        return False
    if re.fullmatch(r"[A-Z]?[a-z]+", name):
        return False
    parts = re.split(r"[-_.]", name)
    return len(parts) > 1 or (bool(re.search(r"\d", name)) and len(name) > 4 and not re.search(r"\d", owner))


def find_ids(text: str) -> list[Name]:
    """Ids printed in a text, also in paths of the Hub client's cache; URLs are left to `hub_id`."""
    found: list[Name] = []
    if "/" not in text:
        return found
    for m in _CACHE.finditer(text) if "models--" in text else ():
        found.append(Name(m.start(), m.end(), f"{m[1]}/{m[2]}", "id"))
    for m in _ID.finditer(text):
        if "://" in text[max(m.start() - 10, 0) : m.start() + 1] or _inside_url(text, m.start()):
            continue
        if is_id(m[0]):
            found.append(Name(m.start(), m.end(), m[0], "id"))
    return found


def _inside_url(text: str, at: int) -> bool:
    begin = max(text.rfind(" ", 0, at), text.rfind("\n", 0, at), text.rfind("(", 0, at)) + 1
    return "://" in text[begin:at] or text.startswith("www.", begin)


def find_printed(text: str) -> list[Name]:
    """Printed names; `kind` "family" where the first word or a size says that it is a model's."""
    found = []
    for m in PRINTED.finditer(text):
        name = m[0].rstrip(".-")
        if len(name) < 2 or _SOFTWARE.match(name):
            continue
        kind = printed_kind(name)
        if kind is not None:
            found.append(Name(m.start(), m.start() + len(name), name, kind))
    return found


def printed_kind(name: str) -> Literal["family", "plain"] | None:
    """How sure it is that a capitalised name is a model's; None if it is a plain word."""
    if _SOFTWARE.match(name):
        return None
    bare = _VENDOR.sub("", name)
    m = re.match(r"[A-Za-z]+", bare)
    first = m[0].lower() if m else ""
    if _SIZE.search(name) and first:
        return "family"
    if first in FAMILIES and (len(bare) > len(first) or first in ALONE):
        return "family"
    return "plain" if re.search(r"\d", name) or "-" in name else None
