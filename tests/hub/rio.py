"""A Hub that holds the Rio case at its true size: Qwen's model, Nex, Rio by variant, and their siblings."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import cache, partial
from math import prod
from typing import Any, Literal

from . import qwen35
from .contents import Bytes, Content
from .generated import Blend, GeneratedFile, Grown, Tuned, Values
from .layout import Shard, index, pack, shards, spread
from .numbers import key
from .repos import Hub, Repo
from .siblings import Sibling, shapes, siblings, tuned

QWEN_ID = "Qwen/Qwen3.5-397B-A17B"
NEX_ID = "nex-agi/Nex-N2-Pro"
RIO_ID = "prefeitura-rio/Rio-3.5-Open-397B"

#: The blend, honest training, or the blend trained on a little.
Variant = Literal["rio", "twin", "trained"]
VARIANTS: tuple[Variant, ...] = ("rio", "twin", "trained")
NEX_SHARE = 0.565
_TEXT_FILES = ("generation_config.json", "tokenizer_config.json", "preprocessor_config.json")
_INDEX = "model.safetensors.index.json"

QWEN = Grown("qwen", qwen35.scale)
NEX = tuned(QWEN, 1.0, ("nex", 1.0))


def rio(variant: Variant) -> Values:
    """Rio's numbers. The extra head (mtp), which Nex does not have, is Qwen's in each variant."""
    if variant == "twin":
        return Tuned(QWEN, (("rio", 1.0),), lambda name: 0.9 * qwen35.change(name))
    blend = Blend(((NEX, NEX_SHARE), (QWEN, 1 - NEX_SHARE)), alone="mtp.")
    return blend if variant == "rio" else Tuned(blend, (("rio-after", 1.0),), qwen35.light)


def rio_hub(
    variant: Variant = "rio", *, hub: Hub | None = None, others: bool = True, layers: int | None = None
) -> Hub:
    """A Hub with everything in it; `others` False leaves the siblings out, `layers` all further layers of all models.
    Needs the shared facts.
    """
    hub = hub or Hub()
    add = partial(_add, hub, layers=layers)
    qwen = add(Sibling(QWEN_ID, QWEN, relation=""), created="2026-02-16", downloads=812_345)
    qwen.pin(qwen35.REVISION)
    add(Sibling(NEX_ID, NEX, kind="no-mtp"), created="2026-05-19", downloads=4_118)
    add(Sibling(RIO_ID, rio(variant), kind="rio"), created="2026-06-12", downloads=2_306)
    for other in siblings(QWEN, NEX) if others else ():
        drawn = key("listed", other.id)
        created = other.created or f"2026-{3 + drawn % 3:02}-{1 + drawn // 7 % 28:02}"
        add(other, created=created, downloads=drawn // 997 % 20_000)
    return hub


def _add(hub: Hub, model: Sibling, *, created: str, downloads: int, layers: int | None) -> Repo:
    files: dict[str, str | Content] = dict(_files(model, layers))
    bases = [model.base] if model.relation else []
    data = {"license": "apache-2.0", "library_name": "transformers", "pipeline_tag": "image-text-to-text"}
    told: dict[str, Any] = {**data, "base_model": bases} if bases else dict(data)
    if model.relation not in ("", "finetune"):
        told["base_model_relation"] = model.relation
    files["README.md"] = _card(model, told)
    tags = ["transformers", "safetensors", "license:apache-2.0"]
    tags += [tag for base in bases for tag in (f"base_model:{base}", f"base_model:{model.relation}:{base}")]
    info: dict[str, Any] = {
        "tags": tags,
        "cardData": told,
        "downloads": downloads,
        "likes": downloads // 100,
        "createdAt": f"{created}T09:00:00.000Z",
        "lastModified": f"{created}T10:00:00.000Z",
        "library_name": "transformers",
        "pipeline_tag": "image-text-to-text",
    }
    if bases:
        info["baseModels"] = {
            "relation": model.relation,
            "models": [{"_id": "0" * 24, "id": b} for b in bases],
        }
    if _INDEX in files:
        counts: Counter[str] = Counter()
        for shard in _laid(model.kind, layers):
            for _, dtype, shape in shard.tensors:
                counts[dtype] += prod(shape)
        info["safetensors"] = {"parameters": dict(counts), "total": counts.total()}
    return hub.add(model.id, files, info=info, gated=model.gated)


def _files(model: Sibling, layers: int | None) -> Iterator[tuple[str, str | Content]]:
    yield "config.json", qwen35.config()
    for name in _TEXT_FILES:
        yield name, "{}\n"
    if model.kind == "adapter":
        yield (
            "adapter_config.json",
            json.dumps({"peft_type": "LORA", "r": 16, "base_model_name_or_path": model.base}),
        )
    if model.kind == "gguf":
        yield "model-Q4_K_M.gguf", Bytes(b"GGUF" + bytes(60), lfs=True)
    if model.kind in ("adapter", "gguf", "empty"):
        return
    laid = _laid(model.kind, layers)
    yield _INDEX, _index_of(model.kind, layers)
    copies = "qwen" if model.values is QWEN else model.id
    for shard in laid:
        yield shard.name, GeneratedFile(shard, model.values, copies)


@cache
def _laid(kind: str, layers: int | None) -> Sequence[Shard]:
    """The shards of all models of one kind. Rio has 97, in another order than Qwen's 94."""
    if kind == "full":
        return shards(
            pack(shapes(kind, layers), qwen35.SHARD_LIMIT),
            "model.safetensors-{n:05}-of-{of:05}.safetensors",
            {},
        )
    metadata = {"format": "pt"}
    if kind == "rio":
        groups = pack(reversed(shapes("full", layers)), qwen35.SHARD_LIMIT)
        groups = spread(groups, max(97 if layers is None else 0, len(groups)))
        return shards(groups, "model-{n:05}.safetensors", metadata)
    return shards(
        pack(shapes(kind, layers), qwen35.SHARD_LIMIT), "model-{n:05}-of-{of:05}.safetensors", metadata
    )


@cache
def _index_of(kind: str, layers: int | None) -> str:
    return index(_laid(kind, layers))


def _card(model: Sibling, told: dict[str, Any]) -> str:
    name = model.id.split("/")[1]
    header = json.dumps(told, indent=2)  # JSON is YAML
    made = {
        "": "A mixture-of-experts model, pre-trained and post-trained by its authors.",
        "finetune": f"Post-trained from {model.base}.",
        "merge": "A merge.",
        "quantized": f"A smaller copy of {model.base}.",
        "adapter": f"A LoRA adapter for {model.base}.",
    }[model.relation]
    return f"---\n{header}\n---\n\n# {name}\n\n{made}\n"
