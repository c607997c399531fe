"""MC608: the card claims an inference framework of which the repository holds nothing."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from ...card.records import Card
from ...card.vocabulary import INFERENCE_FRAMEWORK
from ...errors import CannotTell
from ...model import Claim
from ...source.base import FileEntry
from ..base import Rule, Subject, Verdict, clean, fault, slug, unknown
from .claims import also_at, own_claims

if TYPE_CHECKING:
    from ...evidence import Evidence

#: Files that could configure or hold an integration; larger or more of them are not read.
_READ = (".py", ".json", ".jinja", ".yaml", ".yml", ".toml", ".cfg", ".ini", ".txt", ".sh", ".ipynb")
_NOT_CODE = re.compile(
    r"(?:tokenizer|vocab|merges|added_tokens|\.index)\.(?:json|txt)$|vocab|merges|LICENSE", re.I
)
MAX_FILES = 60
MAX_BYTES = 1_000_000
#: Servers and libraries that run a model from outside: its repository need not mention them.
_OUTSIDE = frozenset(
    [
        "vllm",
        "sglang",
        "transformers",
        "llamacpp",
        "ollama",
        "tgi",
        "textgenerationinference",
        "tensorrtllm",
        "tensorrt",
        "lmdeploy",
        "mlx",
        "mlxlm",
        "onnx",
        "onnxruntime",
        "openvino",
        "exllama",
        "exllamav2",
        "ktransformers",
        "deepspeed",
        "pytorch",
        "torch",
        "jax",
        "flax",
        "unsloth",
        "lmstudio",
        "koboldcpp",
        "gguf",
        "huggingface",
        "peft",
        "accelerate",
        "triton",
        "nim",
        "ctranslate2",
        "mlcllm",
        "webllm",
        "transformersjs",
        "keras",
        "tensorflow",
        "fastchat",
        "xinference",
        "litellm",
        "langchain",
        "llamaindex",
    ]
)


class UnsupportedInferenceClaim(Rule):
    """The card says that an inference framework is built in, but the repository holds nothing of it.

    ## What it does

    For each framework that the card says the model features or integrates, looks for its name in the names
    of the repository's files, in its configuration, its templates and its Python code. Servers that run any
    model from outside (vLLM and the like) are left alone.

    ## Why it matters

    A framework that changes how tokens are generated needs code or configuration. Where a download holds
    neither, readers do not get what the card advertises, and the scores were perhaps measured with it.

    ## Example

        - **SwiReasoning integration**: dynamic switching between explicit and latent reasoning

    in a repository with a plain `config.json` and no code.

    ## What to do instead

    Add the code or configuration, or link to it and say that it is not part of this repository.
    """

    id = "MC608"
    name = "unsupported-inference-claim"
    severity = "warning"
    needs = frozenset({"files"})

    def subjects(self, card: Card) -> Iterable[Subject]:
        groups: dict[str, list[Claim]] = {}
        for claim in own_claims(card, INFERENCE_FRAMEWORK):
            plain = _plain(claim.text or "")
            if len(plain) >= 3 and plain not in _OUTSIDE:
                groups.setdefault(plain, []).append(claim)
        for claims in groups.values():
            yield Subject(slug(claims[0].text), claims[0].span, claims=tuple(claims))

    def run(self, subject: Subject, evidence: Evidence) -> Verdict:
        text = subject.claims[0].text or ""
        plain = _plain(text)
        files = [f for f in evidence.files() if f.path != evidence.card.identity.path]
        if not any(f.path.endswith(".json") for f in files):
            raise CannotTell(
                "the repository has no configuration files at all: the model may not be uploaded yet"
            )
        for entry in files:
            if plain in _plain(entry.path):
                return clean(f"{text}: the repository has {entry.path}.")
        unread = []
        for entry in _readable(files):
            try:
                found = plain in _plain(evidence.text(entry.path) or "")
            except CannotTell as reason:
                unread.append(str(reason))
                continue
            if found:
                return clean(f"{text} is mentioned in {entry.path}.")
        if unread:
            return unknown(f"{text} is not found, but not every file could be read: {unread[0]}")
        code = sum(f.path.endswith(".py") for f in files)
        return fault(
            f"The card says the model has {text} built in; no file name, no configuration and none of the "
            f"{code} Python files of the repository mentions it.",
            help="Add the code or configuration it needs, or link to it and say that it is not included.",
            related=also_at(subject.claims, "claimed here, too"),
        )


def _readable(files: Iterable[FileEntry]) -> Iterator[FileEntry]:
    chosen = [
        f for f in files if f.path.lower().endswith(_READ) and not _NOT_CODE.search(f.path.rsplit("/", 1)[-1])
    ]
    if len(chosen) > MAX_FILES or any((f.size or 0) > MAX_BYTES for f in chosen):
        raise CannotTell("the repository has too many or too large files to look through")
    yield from chosen


def _plain(text: str) -> str:
    """Letters and digits only: "Swi Reasoning", "swi_reasoning" and "SwiReasoning" are one."""
    return re.sub(r"[\W_]+", "", text.lower())
