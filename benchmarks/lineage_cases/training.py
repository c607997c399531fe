"""Small byte-level language models, a dense Llama and a Qwen mixture of experts, trained on a CPU."""

from __future__ import annotations

import random
import sysconfig
from collections.abc import Collection, Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

import torch
from transformers import (
    LlamaConfig,
    LlamaForCausalLM,
    PreTrainedModel,
    Qwen3MoeConfig,
    Qwen3MoeForCausalLM,
)

BATCH, CONTEXT = 8, 64
WARM_UP = 5  #: steps
_SHARED: dict[str, Any] = {
    "vocab_size": 384,
    "hidden_size": 128,
    "intermediate_size": 320,
    "num_hidden_layers": 4,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "max_position_embeddings": 256,
    "tie_word_embeddings": False,
}


def new_model(kind: str, seed: int) -> PreTrainedModel:
    """A freshly initialised model: kind "dense" or "moe" (8 experts, 2 used a token)."""
    torch.manual_seed(seed)
    if kind == "dense":
        return LlamaForCausalLM(LlamaConfig(**_SHARED))
    experts = {"num_experts": 8, "num_experts_per_tok": 2, "moe_intermediate_size": 64, "head_dim": 32}
    return Qwen3MoeForCausalLM(Qwen3MoeConfig(**_SHARED, **experts))


def load(folder: Path) -> PreTrainedModel:
    """A saved model in float32, as trainers hold it."""
    from transformers import AutoModelForCausalLM

    return AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32)


def save(model: torch.nn.Module, folder: Path, dtype: torch.dtype = torch.bfloat16) -> None:
    """Write safetensors and config in `dtype`; the model itself stays as it is."""
    state = {k: v.detach().to(dtype) for k, v in model.state_dict().items()}
    config = model.config.dtype
    model.config.dtype = dtype
    model.save_pretrained(folder, state_dict=state)
    model.config.dtype = config


@cache
def text(domain: str) -> bytes:
    """Text to learn: Python's own sources by package, or sums written out."""
    if domain == "sums":
        rng = random.Random(1)
        pairs = ((rng.randrange(1000), rng.randrange(1000)) for _ in range(20_000))
        return "".join(f"{a} + {b} = {a + b}\n" for a, b in pairs).encode()
    library = Path(sysconfig.get_paths()["stdlib"])
    files = sorted((library / domain).glob("*.py") if domain else library.glob("*.py"))
    return b"\n".join(f.read_bytes() for f in files[:60])


def train(
    model: torch.nn.Module,
    domain: str,
    *,
    steps: int,
    rate: float,
    seed: int,
    only: Collection[str] = (),
    snapshots: Mapping[int, Path] = MappingProxyType({}),
) -> None:
    """AdamW on random windows of the domain's text, in place, with a warm-up and a constant rate after it.

    only: train those parameters alone whose name holds one of these. snapshots: folders by the step after
    which the model is saved there.
    """
    torch.manual_seed(seed)
    data = torch.frombuffer(bytearray(text(domain)), dtype=torch.uint8).long()
    if only:
        for name, parameter in model.named_parameters():
            parameter.requires_grad_(any(part in name for part in only))
    trained = [p for p in model.parameters() if p.requires_grad]
    optimiser = torch.optim.AdamW(trained, lr=rate, weight_decay=0.01)
    model.train()
    for step in range(1, steps + 1):
        for group in optimiser.param_groups:
            group["lr"] = rate * min(1, step / WARM_UP)
        starts = torch.randint(0, len(data) - CONTEXT, (BATCH,))
        batch = torch.stack([data[s : s + CONTEXT] for s in starts.tolist()])
        optimiser.zero_grad(set_to_none=True)
        model(input_ids=batch, labels=batch).loss.backward()
        torch.nn.utils.clip_grad_norm_(trained, 1.0)
        optimiser.step()
        if step in snapshots:
            save(model, snapshots[step])
