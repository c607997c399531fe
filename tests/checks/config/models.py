"""Repositories for tests: configs and safetensors headers of small made-up models, with true shapes."""

from __future__ import annotations

import json
from typing import Any

from tests.support import RangedFile
from tests.weights.build import Shapes, safetensors

Repository = dict[str, str | bytes | RangedFile]


def dense(
    layers: int = 32, hidden: int = 4096, inner: int = 14336, vocab: int = 32000, dtype: str = "BF16"
) -> Shapes:
    """A decoder with untied embeddings; as given it holds 8.05B parameters, 0.26B of them embeddings."""
    shapes: dict[str, tuple[str, tuple[int, ...]]] = {
        "model.embed_tokens.weight": (dtype, (vocab, hidden)),
        "model.norm.weight": (dtype, (hidden,)),
        "lm_head.weight": (dtype, (vocab, hidden)),
    }
    for n in range(layers):
        stem = f"model.layers.{n}."
        for part in "qkvo":
            shapes[f"{stem}self_attn.{part}_proj.weight"] = (dtype, (hidden, hidden))
        for part in ("gate", "up"):
            shapes[f"{stem}mlp.{part}_proj.weight"] = (dtype, (inner, hidden))
        shapes[f"{stem}mlp.down_proj.weight"] = (dtype, (hidden, inner))
    return shapes


def mixture(
    layers: int = 4, hidden: int = 1024, inner: int = 4096, experts: int = 16, vocab: int = 32000
) -> Shapes:
    """A mixture of experts: 0.86B parameters, of which 0.81B in experts."""
    shapes = {k: v for k, v in dense(layers, hidden, inner, vocab).items() if ".mlp." not in k}
    for n in range(layers):
        for e in range(experts):
            stem = f"model.layers.{n}.mlp.experts.{e}."
            shapes[f"{stem}gate_proj.weight"] = ("BF16", (inner, hidden))
            shapes[f"{stem}up_proj.weight"] = ("BF16", (inner, hidden))
            shapes[f"{stem}down_proj.weight"] = ("BF16", (hidden, inner))
    return shapes


def config(**fields: Any) -> str:
    """A `config.json` of a dense model, with `fields` changed; None removes one."""
    data: dict[str, Any] = {
        "architectures": ["LlamaForCausalLM"],
        "model_type": "llama",
        "hidden_size": 4096,
        "num_hidden_layers": 32,
        "vocab_size": 32000,
        "max_position_embeddings": 8192,
        "torch_dtype": "bfloat16",
        **fields,
    }
    return json.dumps({k: v for k, v in data.items() if v is not None}, indent=2)


def repository(shapes: Shapes | None = None, **fields: Any) -> Repository:
    """A whole repository in one weight file."""
    return {
        "config.json": config(**fields),
        "model.safetensors": safetensors(shapes if shapes is not None else dense()),
    }


def sharded(shapes: Shapes, parts: int, **fields: Any) -> Repository:
    """A repository whose weights are spread over `parts` files, with their index."""
    files: Repository = {"config.json": config(**fields)}
    names = list(shapes)
    weight_map = {}
    for part in range(parts):
        path = f"model-{part + 1:05d}-of-{parts:05d}.safetensors"
        chosen = names[part::parts]
        files[path] = safetensors({n: shapes[n] for n in chosen})
        weight_map.update(dict.fromkeys(chosen, path))
    files["model.safetensors.index.json"] = json.dumps(
        {"metadata": {"total_size": 1}, "weight_map": weight_map}
    )
    return files
