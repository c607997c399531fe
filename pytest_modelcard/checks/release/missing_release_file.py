"""MC050: files that a release needs."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from ...card.records import Card
from ...errors import CannotTell
from ...model import Severity, Span
from ..base import Rule, Subject, Verdict, clean, fault, unknown

if TYPE_CHECKING:
    from ...evidence import Evidence

_CONFIG = re.compile(
    r"^(?:.*/)?(?:config|adapter_config|model_index|params|config_sentence_transformers"
    r"|preprocessor_config)\.json$|\.(?:gguf|nemo|onnx|task)$"
    r"|^(?:.*/)?(?:config|hyperparams)\.ya?ml$"
)
_TOKENIZER = re.compile(
    r"(?:^|/)(?:tokenizer\.(?:json|model)|tokenizer_config\.json|vocab\.(?:json|txt|bpe)|spiece\.model"
    r"|sentencepiece\.bpe\.model|tekken\.json"
    r"|preprocessor_config\.json|processor_config\.json)$|\.(?:tiktoken|gguf|spm|nemo)$"
)
_SAFE = re.compile(r"\.(?:safetensors|gguf|onnx|task|mlmodel|tflite|nemo)$")
_PICKLE = re.compile(r"\.(?:bin|pt|pth|ckpt|pkl|h5|msgpack)$")
_NO_WEIGHTS = re.compile(r"(?:^|/)(?:training_args|optimizer|scheduler|rng_state)[\w.-]*\.(?:bin|pt|pth)$")
_SHARD = re.compile(r"^(.*?)-(\d{5})-of-(\d{5})(\.safetensors)$")
_LICENSE = re.compile(
    r"(?:^|/)(?:licen[cs]e|copying|notice|use_policy|.*licen[cs]e.*\.(?:md|txt|pdf))[\w.-]*$", re.I
)
_TEXT = frozenset(
    (
        "text-generation",
        "image-text-to-text",
        "any-to-any",
        "audio-text-to-text",
        "video-text-to-text",
        "text2text-generation",
    )
)
_CHAT = re.compile(r"instruct|chat|assistant|-it\b|conversational|reasoning|thinking", re.I)
_CHECKS = {
    "license-file": "a licence text",
    "config": "a configuration",
    "tokenizer": "a tokenizer",
    "weights": "weights in a safe format",
    "weight-shards": "all shards of its weights",
    "generation-config": "a generation_config.json",
    "chat-template": "a chat template",
}


class MissingReleaseFile(Rule):
    """A file that a release needs is not in the repository.

    ## What it does

    Looks for a licence text (or a link to it), a configuration, a tokenizer, weights in safetensors or GGUF
    with every shard that the index names, a generation_config.json, and for chat models a chat template.
    Adapters, GGUF and diffusers repositories are asked only for what they need.

    ## Why it matters

    Each of these is noticed minutes after the release, by people whose first command fails.

    ## Example

    A repository whose model.safetensors.index.json names 94 shards, of which 93 were uploaded.

    ## What to do instead

    Upload the file before the repository is made public.
    """

    id = "MC050"
    name = "missing-release-file"
    needs = frozenset({"files"})
    profiles = ("release",)

    def subjects(self, card: Card) -> Iterable[Subject]:
        for key in _CHECKS:
            yield Subject(key, Span(card.identity.path, 1), data=key)

    def run(self, subject: Subject, evidence: Evidence) -> Verdict:
        files = [f.path for f in evidence.files()]
        key: str = subject.data
        check = {
            "license-file": _license_file,
            "config": _config,
            "tokenizer": _tokenizer,
            "weights": _weights,
            "weight-shards": _shards,
            "generation-config": _generation_config,
            "chat-template": _chat_template,
        }[key]
        return check(files, evidence)


def _open(what: str, help: str, severity: Severity | None = None) -> Verdict:
    return fault(f"Open: the repository has no {what}.", help=help, severity=severity)


def _first(pattern: re.Pattern[str], files: list[str]) -> str | None:
    return next((f for f in files if pattern.search(f)), None)


def _is_adapter(files: list[str]) -> bool:
    return any(f.endswith("adapter_config.json") for f in files)


def _task(card: Card) -> str | None:
    """The declared task, None where it is no text."""
    task = card.front_matter.data.get("pipeline_tag")
    return task if isinstance(task, str) else None


def _license_file(files: list[str], evidence: Evidence) -> Verdict:
    link = evidence.card.front_matter.data.get("license_link")
    if file := _first(_LICENSE, files):
        return clean(f"The licence text is {file}.")
    if isinstance(link, str) and link.startswith("http"):
        return clean(f"The licence text is linked: {link[:100]}")
    return _open(
        "licence text, and no license_link",
        "Upload the licence as LICENSE, or link it by license_link.",
        "warning",
    )


def _config(files: list[str], evidence: Evidence) -> Verdict:
    if file := _first(_CONFIG, files):
        return clean(f"The configuration is {file}.")
    return _open(
        "configuration (config.json)", "Upload config.json: without it no library can load the weights."
    )


def _tokenizer(files: list[str], evidence: Evidence) -> Verdict:
    if file := _first(_TOKENIZER, files):
        return clean(f"The tokenizer is {file}.")
    if _is_adapter(files):
        return clean("An adapter takes its base's tokenizer.")
    task = _task(evidence.card)
    if task not in _TEXT:
        return unknown(f"No tokenizer is there; whether pipeline_tag {task} needs one is not known.")
    return _open("tokenizer", "Upload tokenizer.json and tokenizer_config.json.")


def _weights(files: list[str], evidence: Evidence) -> Verdict:
    if file := _first(_SAFE, files):
        return clean(f"The weights are in a safe format ({file}).")
    pickled = [f for f in files if _PICKLE.search(f) and not _NO_WEIGHTS.search(f)]
    if pickled:
        return _open(
            f"weights in safetensors, only {pickled[0]}", "Convert the weights: a pickle file can run code."
        )
    return _open("weights", "Upload the weights as safetensors.")


def _shards(files: list[str], evidence: Evidence) -> Verdict:
    known = set(files)
    wanted: dict[str, str] = {}
    for index in [f for f in files if f.endswith(".safetensors.index.json")][:20]:
        data = evidence.json(index)
        weight_map = data.get("weight_map") if isinstance(data, dict) else None
        if not isinstance(weight_map, dict):
            raise CannotTell(f"{index} has no weight_map")
        folder = index.rpartition("/")[0]
        for shard in {s for s in weight_map.values() if isinstance(s, str)}:
            wanted[f"{folder}/{shard}" if folder else shard] = index
    for file in files:
        if m := _SHARD.match(file):
            for n in range(1, min(int(m[3]), 5_000) + 1):
                wanted.setdefault(f"{m[1]}-{n:05d}-of-{m[3]}{m[4]}", "the shards' own names")
    missing = sorted(set(wanted) - known)
    if missing:
        return fault(
            f"Open: {len(missing)} of {len(wanted)} weight files are missing, first {missing[0]} (named by "
            f"{wanted[missing[0]]}).",
            help="Upload the missing shards, or correct the index.",
        )
    return clean(f"All {len(wanted)} shards are there." if wanted else "The weights are not sharded.")


def _generation_config(files: list[str], evidence: Evidence) -> Verdict:
    task = _task(evidence.card)
    if "generation_config.json" in files:
        return clean("generation_config.json is there.")
    if task not in _TEXT or _is_adapter(files) or "config.json" not in files:
        return clean("No generation_config.json is needed here.")
    return _open(
        "generation_config.json",
        "Upload it: it carries the sampling settings that the card recommends.",
        "note",
    )


def _chat_template(files: list[str], evidence: Evidence) -> Verdict:
    card = evidence.card
    if any(f.rsplit("/", 1)[-1] in ("chat_template.jinja", "chat_template.json") for f in files):
        return clean("The chat template is a file of its own.")
    config = evidence.json("tokenizer_config.json")
    if isinstance(config, dict) and config.get("chat_template"):
        return clean("The chat template stands in tokenizer_config.json.")
    tags = card.front_matter.data.get("tags")
    named = f"{card.name} {' '.join(str(t) for t in tags) if isinstance(tags, list) else ''}"
    task = _task(card)
    if task is not None and task not in _TEXT:
        return clean(f"pipeline_tag {task} needs no chat template.")
    shown = any("apply_chat_template" in block.text for block in card.code)
    if (
        _is_adapter(files)
        or not (shown or _CHAT.search(named))
        or not any(f.endswith("config.json") for f in files)
    ):
        return clean("No chat template is needed here.")
    why = (
        "the card's code calls apply_chat_template"
        if shown
        else "the model's name or tags call it a chat model"
    )
    if any(f.endswith("tekken.json") for f in files):
        return unknown("The tokenizer is tekken.json, which brings its own chat format.")
    return fault(
        f"Open: there is no chat template, but {why}.",
        help="Upload chat_template.jinja, or put chat_template into tokenizer_config.json.",
    )
