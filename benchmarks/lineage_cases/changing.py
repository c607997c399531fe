"""What is done to tensors besides training and merging: each takes a state (name -> tensor) to a new one."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file

State = dict[str, torch.Tensor]

#: fp8 scales each stand for a square of this many rows and columns, as in DeepSeek's and Qwen's releases.
BLOCK = 128
_LINEAR = re.compile(r"layers\.\d+\..*(proj|experts).*\.weight")


def read(folder: Path) -> State:
    """All tensors of a model saved in one or several files."""
    state: State = {}
    for file in sorted(folder.glob("model*.safetensors")):
        state.update(load_file(file))
    return state


def write(state: State, folder: Path, config: dict[str, object], *, shards: int = 1) -> None:
    """Save as one file, or as `shards` files with an index."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "config.json").write_text(json.dumps(config, indent=2))
    state = {k: v.contiguous().clone() for k, v in state.items()}
    if shards == 1:
        save_file(state, folder / "model.safetensors", metadata={"format": "pt"})
        return
    names = list(state)
    weight_map = {}
    for i in range(shards):
        file = f"model-{i + 1:05}-of-{shards:05}.safetensors"
        part = names[i::shards]
        save_file({n: state[n] for n in part}, folder / file, metadata={"format": "pt"})
        weight_map.update(dict.fromkeys(part, file))
    total = sum(t.numel() * t.element_size() for t in state.values())
    index = {"metadata": {"total_size": total}, "weight_map": weight_map}
    (folder / "model.safetensors.index.json").write_text(json.dumps(index))


def to_fp8(state: State) -> State:
    """Linear weights as float8_e4m3fn with one float32 `weight_scale_inv` a block; the rest unchanged."""
    out: State = {}
    for name, tensor in state.items():
        if not _LINEAR.search(name) or tensor.dim() != 2:
            out[name] = tensor
            continue
        rows, columns = tensor.shape
        scales = torch.ones(-(-rows // BLOCK), -(-columns // BLOCK))
        quantised = torch.empty(rows, columns, dtype=torch.float8_e4m3fn)
        for i in range(scales.shape[0]):
            for j in range(scales.shape[1]):
                here = (slice(i * BLOCK, (i + 1) * BLOCK), slice(j * BLOCK, (j + 1) * BLOCK))
                block = tensor[here].float()
                scales[i, j] = block.abs().max() / 448
                quantised[here] = (block / scales[i, j]).to(torch.float8_e4m3fn)
        out[name] = quantised
        out[name.removesuffix("weight") + "weight_scale_inv"] = scales
    return out


def to_int8(state: State) -> State:
    """Linear weights as int8 with one float32 `weight_scale` a row."""
    out: State = {}
    for name, tensor in state.items():
        if not _LINEAR.search(name) or tensor.dim() != 2:
            out[name] = tensor
            continue
        scale = tensor.float().abs().amax(dim=1, keepdim=True) / 127
        out[name] = (tensor.float() / scale).round().clamp(-127, 127).to(torch.int8)
        out[name.removesuffix("weight") + "weight_scale"] = scale
    return out


def cast(dtype: torch.dtype) -> Callable[[State], State]:
    return lambda state: {k: v.to(dtype) for k, v in state.items()}


def prune(share: float) -> Callable[[State], State]:
    """The smallest `share` of each matrix set to zero."""

    def change(state: State) -> State:
        out: State = {}
        for name, tensor in state.items():
            if not _LINEAR.search(name):
                out[name] = tensor
                continue
            limit = tensor.float().abs().flatten().kthvalue(int(share * tensor.numel())).values
            out[name] = torch.where(tensor.float().abs() <= limit, torch.zeros_like(tensor), tensor)
        return out

    return change


def permute(config: dict[str, int], seed: int) -> Callable[[State], State]:
    """Neurons within each feed-forward layer and expert, experts, and groups of heads in another order."""

    def change(state: State) -> State:
        out = dict(state)
        rng = torch.Generator().manual_seed(seed)
        for prefix in sorted({n.rpartition("up_proj.")[0] for n in state if n.endswith(".up_proj.weight")}):
            order = torch.randperm(state[prefix + "up_proj.weight"].shape[0], generator=rng)
            for part in ("gate_proj", "up_proj"):
                out[f"{prefix}{part}.weight"] = state[f"{prefix}{part}.weight"][order]
            out[prefix + "down_proj.weight"] = state[prefix + "down_proj.weight"][:, order]
        groups = config["num_key_value_heads"]
        for layer in range(config["num_hidden_layers"]):
            order = torch.arange(groups).flip(0)
            attention = f"model.layers.{layer}.self_attn."
            for part in ("q_proj", "k_proj", "v_proj"):
                weight = state[f"{attention}{part}.weight"]
                out[f"{attention}{part}.weight"] = weight.reshape(groups, -1, weight.shape[1])[order].reshape(
                    weight.shape
                )
            weight = state[attention + "o_proj.weight"]
            columns = weight.reshape(weight.shape[0], groups, -1)[:, order]
            out[attention + "o_proj.weight"] = columns.reshape(weight.shape)
            _permute_experts(out, f"model.layers.{layer}.mlp.", rng)
        return out

    return change


def _permute_experts(state: State, prefix: str, rng: torch.Generator) -> None:
    if prefix + "gate.weight" not in state:
        return
    order = torch.randperm(state[prefix + "gate.weight"].shape[0], generator=rng)
    state[prefix + "gate.weight"] = state[prefix + "gate.weight"][order]
    before = dict(state)
    for new, old in enumerate(order.tolist()):
        for part in ("gate_proj", "up_proj", "down_proj"):
            state[f"{prefix}experts.{new}.{part}.weight"] = before[f"{prefix}experts.{old}.{part}.weight"]


def rescale(seed: int) -> Callable[[State], State]:
    """The same function from other numbers: norm gains moved into the next matrices, neurons scaled."""

    def change(state: State) -> State:
        out = dict(state)
        rng = torch.Generator().manual_seed(seed)
        behind = {
            "input_layernorm": ("q_proj", "k_proj", "v_proj"),
            "post_attention_layernorm": ("gate_proj", "up_proj"),
        }
        for name in [n for n in state if "layernorm" in n]:
            layer, _, norm = name.removesuffix(".weight").rpartition(".")
            factor = 1 + torch.rand(state[name].shape, generator=rng)
            out[name] = (state[name].float() * factor).to(state[name].dtype)
            for other in state:
                if other.startswith(layer + ".") and other.split(".")[-2] in behind[norm]:
                    out[other] = (out[other].float() / factor).to(state[other].dtype)
        for name in [n for n in state if n.endswith(".up_proj.weight")]:
            factor = 1 + torch.rand(state[name].shape[0], generator=rng)
            down = name.replace("up_proj", "down_proj")
            out[name] = (out[name].float() * factor[:, None]).to(state[name].dtype)
            out[down] = (out[down].float() / factor).to(state[down].dtype)
        return out

    return change


def pad_vocabulary(rows: int) -> Callable[[State], State]:
    """`rows` rows of zeros more in the embedding and the output."""

    def change(state: State) -> State:
        out = dict(state)
        for name in ("model.embed_tokens.weight", "lm_head.weight"):
            extra = torch.zeros(rows, state[name].shape[1], dtype=state[name].dtype)
            out[name] = torch.cat([state[name], extra])
        return out

    return change


def rename(state: State) -> State:
    """The names that a multimodal release gives its language model."""
    return {
        "model.language_model." + n.removeprefix("model.") if n.startswith("model.") else n: t
        for n, t in state.items()
    }


def fuse_experts(state: State) -> State:
    """All experts of a layer in two tensors, gate and up joined, as newer releases store them."""
    out = {n: t for n, t in state.items() if ".experts." not in n}
    for prefix in sorted({n.partition("experts.")[0] + "experts." for n in state if ".experts." in n}):
        count = len({n.removeprefix(prefix).partition(".")[0] for n in state if n.startswith(prefix)})
        each = [
            {p: state[f"{prefix}{i}.{p}_proj.weight"] for p in ("gate", "up", "down")} for i in range(count)
        ]
        out[prefix + "gate_up_proj"] = torch.stack([torch.cat([e["gate"], e["up"]]) for e in each])
        out[prefix + "down_proj"] = torch.stack([e["down"] for e in each])
    return out
