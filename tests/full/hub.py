"""A small hub on disk: two parents, and a merge of them in several formats, sharded in different ways."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from pytest_modelcard.card.benchmarks import Registry
from pytest_modelcard.evidence import Evidence, EvidenceOptions
from pytest_modelcard.source.catalog import Catalog
from pytest_modelcard.weights import formats
from tests.weights.models import bf16, file_bytes

from . import reference

ONE, TWO, MERGED = "lab/one", "lab/two", "lab/merged"
WEIGHTS = (0.4, 0.6)
CONFIG = f"""merge_method: linear
models:
- model: {ONE}
  parameters: {{weight: {WEIGHTS[0]}}}
- model: {TWO}
  parameters: {{weight: {WEIGHTS[1]}}}
dtype: float32
out_dtype: bfloat16
"""
CARD = (
    "---\nlicense: apache-2.0\nbase_model:\n- lab/one\n- lab/two\n---\n\n# Merged\n\n```yaml\n{config}```\n"
)
SHAPES = {
    "model.embed_tokens.weight": (96, 64),
    "model.layers.0.self_attn.q_proj.weight": (64, 64),
    "model.layers.0.input_layernorm.weight": (64,),
    "model.layers.1.self_attn.q_proj.weight": (64, 64),
    "model.layers.1.mlp.down_proj.weight": (64, 190),
    "model.norm.weight": (64,),
}
FP8 = "model.layers.1.mlp.down_proj.weight"

Stored = Mapping[str, tuple[str, Any]]


def parents(seed: int = 0) -> tuple[dict[str, Any], dict[str, Any]]:
    draw = np.random.default_rng(seed)
    one = {name: draw.normal(0, 0.02, shape) for name, shape in SHAPES.items()}
    two = {name: values + draw.normal(0, 0.004, values.shape) for name, values in one.items()}
    return {n: bf16(v) for n, v in one.items()}, {n: bf16(v) for n, v in two.items()}


def values(stored: tuple[str, Any]) -> Any:
    return formats.decode(stored[1].tobytes(), stored[0])


def merge(one: Stored, two: Stored) -> dict[str, tuple[str, Any]]:
    """0.4 one + 0.6 two in float32, rounded once to bfloat16; one matrix as fp8 with the scales of its blocks."""
    weights = [float(np.float32(w)) for w in WEIGHTS]
    out: dict[str, tuple[str, Any]] = {}
    for name, shape in SHAPES.items():
        exact = reference.predicted("linear", [values(one[name]), values(two[name])], weights, "F32", False)
        if name == FP8:
            out |= fp8(name, formats.round_to(exact, "BF16").reshape(shape))
        else:
            rounded = formats.round_to(exact, "BF16").astype(np.float32).reshape(shape)
            out[name] = bf16(rounded)
    return out


def fp8(name: str, matrix: Any) -> dict[str, tuple[str, Any]]:
    height, width = matrix.shape
    scales = np.ones((-(-height // 128), -(-width // 128)), np.float32)
    codes = np.zeros(matrix.shape, np.uint8)
    grid = formats.decode(bytes(range(256)), "F8_E4M3")
    for i in range(scales.shape[0]):
        for j in range(scales.shape[1]):
            place = (slice(128 * i, 128 * i + 128), slice(128 * j, 128 * j + 128))
            scales[i, j] = np.abs(matrix[place]).max() / 448
            inner = reference.stored(matrix[place], "F8_E4M3", float(scales[i, j]))
            order = np.argsort(np.where(np.isnan(grid), np.inf, grid), kind="stable")
            codes[place] = order[np.searchsorted(grid[order][:-2], inner)]
    return {name: ("F8_E4M3", codes), f"{name}_scale_inv": ("F32", scales)}


def write(folder: Path, stored: Stored, shards: int, **more: str) -> None:
    """The tensors, dealt to files one after the other."""
    folder.mkdir(parents=True, exist_ok=True)
    names = list(stored)
    files = {f"model-{n + 1:05}-of-{shards:05}.safetensors": names[n::shards] for n in range(shards)}
    for path, mine in files.items():
        (folder / path).write_bytes(file_bytes({name: stored[name] for name in mine}))
    index = {"weight_map": {name: path for path, mine in files.items() for name in mine}}
    (folder / "model.safetensors.index.json").write_text(json.dumps(index))
    (folder / "config.json").write_text(json.dumps({"hidden_size": 64, "num_hidden_layers": 2}))
    for name, text in more.items():
        (folder / f"{name}.md").write_text(text)


def hub(folder: Path, *, config: str = CONFIG, shards: tuple[int, int, int] = (3, 1, 2)) -> Path:
    """Folders of the merge and of both parents, with so many files each."""
    one, two = parents()
    write(folder / MERGED, merge(one, two), shards[0], README=CARD.format(config=config))
    write(folder / ONE, one, shards[1])
    write(folder / TWO, two, shards[2])
    return folder


def evidence(folder: Path, *others: str) -> Evidence:
    """Of the merge, with both parents, and others, mapped to their folders."""
    catalog = Catalog({id: folder / id for id in (ONE, TWO, MERGED, *others)}, offline=True)
    (source,) = catalog.open(MERGED)
    return Evidence(source, catalog, Registry.default(), options=EvidenceOptions(auto=False))
