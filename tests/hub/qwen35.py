"""Qwen3.5-397B-A17B as a set of seeds: its true layout, weights of natural size, and a change of Nex's size.

Fine-tuning moved each tensor family of Nex by its own amount. The amounts follow from the slopes and cosines
published for Rio: rounding to bfloat16 bends them the more, the smaller the change is.
"""

from __future__ import annotations

import json
import math
import re
from functools import cache
from pathlib import Path

from .layout import Listed
from .numbers import key

FACTS = Path(__file__).resolve().parents[2].parent / "shared" / "facts"
LAYOUT = FACTS / "qwen3.5-397b-a17b.layout.json"
EVIDENCE = FACTS / "rio-evidence.json"

REVISION = "8472618112abcbd45acbcdc58436aff4233c23f7"
SHARD_LIMIT = 9_663_676_416

_LAYER = re.compile(r"\.layers\.(\d+)\.")
_NUMBER = re.compile(r"\.(\d+)\.")
_SMALL_BIAS = re.compile(r"\.bias$")
#: (family, change over spread); the first that matches. Read off simulations of a 0.565 blend.
_CHANGES: tuple[tuple[re.Pattern[str], float], ...] = tuple(
    (re.compile(pattern), change)
    for pattern, change in (
        (r"^model\.visual\.|^mtp\.", 0.0),
        (r"\.mlp\.experts\.", 0.0262),
        (r"^lm_head", 0.0212),
        (r"embed_tokens", 0.012),
        (r"\.self_attn\.[qkvo]_proj|\.shared_expert\.", 0.0159),
        (r"A_log|linear_attn\.norm", 0.002),
        (r"\.linear_attn\.", 0.0157),
    )
)
#: Change over spread at the layers that were published; between them it is interpolated.
_ROUTER = {0: 0.0228, 15: 0.0080, 30: 0.0094, 45: 0.0168, 59: 0.0385}
_SHARED_GATE = {0: 0.0360, 30: 0.0178}
#: Norm weights lie near 1, where a bfloat16 step is 0.0078 or half of it; this is the change itself.
_NORM_CHANGE = 0.0034


@cache
def tensors(layers: int | None = None) -> tuple[Listed, ...]:
    """All 2,924 tensors in the order in which their files hold them. Needs the shared facts.

    `layers`: only so many of each stack, and experts stored one by one, for tests that must be quick.
    """
    listed = json.loads(LAYOUT.read_text())
    whole = ((name, dtype, tuple(shape)) for name, dtype, shape in listed)
    return tuple(t for t in whole if layers is None or all(int(n) < layers for n in _NUMBER.findall(t[0])))


def is_norm(name: str) -> bool:
    """Whether a tensor's weights lie near 1."""
    return name.endswith("norm.weight") or bool(re.search(r"norm\d?\.weight$|pre_fc_norm", name))


@cache
def scale(name: str) -> tuple[float, float]:
    """Mean and spread of a tensor's weights."""
    if is_norm(name):
        return 1.0, 0.2
    if name.endswith("A_log"):
        return 1.0, 0.8
    if name.endswith("dt_bias"):
        return 0.0, 0.5
    if "conv1d" in name:
        return 0.0, 0.1
    if _SMALL_BIAS.search(name):
        return 0.0, 0.05
    return 0.0, 0.02 * 2 ** (key("spread", name) % 1000 / 1000 - 0.5)


@cache
def change(name: str) -> float:
    """The rms of what Nex's training changed in a tensor; 0 for the vision tower and the extra head."""
    if is_norm(name) and change_over_spread(name) and "linear_attn" not in name:
        return _NORM_CHANGE
    return change_over_spread(name) * scale(name)[1]


def change_over_spread(name: str) -> float:
    """The same in units of the weights' spread."""
    layer = int(found[1]) if (found := _LAYER.search(name)) else 0
    if name.startswith("model.language_model.") and ".mlp.gate." in name:
        return _between(_ROUTER, layer)
    if name.startswith("model.language_model.") and "shared_expert_gate" in name:
        return _between(_SHARED_GATE, layer)
    return next((size for pattern, size in _CHANGES if pattern.search(name)), 0.01)


def _between(known: dict[int, float], layer: int) -> float:
    below = max(k for k in known if k <= layer)
    above = min((k for k in known if k >= layer), default=below)
    share = (layer - below) / (above - below) if above > below else 0.0
    return math.exp((1 - share) * math.log(known[below]) + share * math.log(known[above]))


def light(name: str) -> float:
    """The rms of a little training after a merge: about a quarter of the weights move, by one step."""
    mean, spread = scale(name)
    return 0.0 if change_over_spread(name) == 0 else (7e-4 if mean else 1e-3 * spread)


def config() -> str:
    """`config.json`, as far as the layout tells it."""
    layers = ["full_attention" if i % 4 == 3 else "linear_attention" for i in range(60)]
    return json.dumps(
        {
            "architectures": ["Qwen3_5MoeForConditionalGeneration"],
            "model_type": "qwen3_5_moe",
            "tie_word_embeddings": False,
            "text_config": {
                "model_type": "qwen3_5_moe_text",
                "dtype": "bfloat16",
                "hidden_size": 4096,
                "num_hidden_layers": 60,
                "layer_types": layers,
                "full_attention_interval": 4,
                "num_attention_heads": 32,
                "num_key_value_heads": 2,
                "head_dim": 256,
                "linear_num_key_heads": 16,
                "linear_num_value_heads": 64,
                "linear_key_head_dim": 128,
                "linear_value_head_dim": 128,
                "linear_conv_kernel_dim": 4,
                "num_experts": 512,
                "num_experts_per_tok": 10,
                "moe_intermediate_size": 1024,
                "shared_expert_intermediate_size": 1024,
                "mtp_num_hidden_layers": 1,
                "max_position_embeddings": 262144,
                "vocab_size": 248320,
                "tie_word_embeddings": False,
            },
            "vision_config": {
                "depth": 27,
                "hidden_size": 1152,
                "intermediate_size": 4304,
                "out_hidden_size": 4096,
                "patch_size": 16,
                "temporal_patch_size": 2,
                "spatial_merge_size": 2,
                "num_position_embeddings": 2304,
            },
        },
        indent=2,
    )
