"""What a `config.json` of the transformers library says of a model, whatever its family calls the fields.

Pure functions over parsed JSON, which may hold anything: a field of a wrong type counts as absent.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

#: Where multimodal configs keep their language model.
_NESTED = (
    "text_config",
    "llm_config",
    "language_config",
    "language_model_config",
    "thinker_config",
    "llm",
    "decoder",
)
_LAYERS = ("num_hidden_layers", "n_layer", "n_layers", "num_layers", "num_decoder_layers")
_HIDDEN = ("hidden_size", "d_model", "n_embd", "model_dim", "dim")
_VOCABULARY = ("vocab_size", "padded_vocab_size")
_POSITIONS = (
    "max_position_embeddings",
    "n_positions",
    "n_ctx",
    "seq_length",
    "max_sequence_length",
    "max_seq_length",
    "max_seq_len",
    "model_max_length",
    "max_target_positions",
)
_EXPERTS = (
    "num_experts",
    "num_local_experts",
    "n_routed_experts",
    "moe_num_experts",
    "num_moe_experts",
    "n_experts",
)
_ACTIVE = (
    "num_experts_per_tok",
    "num_experts_per_token",
    "experts_per_token",
    "moe_top_k",
    "moe_topk",
    "moe_k",
    "top_k_experts",
    "num_selected_experts",
)
_SHARED = ("n_shared_experts", "num_shared_experts", "num_shared_expert", "moe_num_shared_experts")
_MOE_SECTIONS = ("ffn_config", "moe_config", "moe")
_SIDES = (
    "vision_config",
    "visual",
    "vision_cfg",
    "visual_config",
    "vit_config",
    "audio_config",
    "vision_tower",
    "vision_tower_config",
    "mm_vision_tower",
    "image_token_id",
    "image_token_index",
    "img_processor",
    "vision",
)
#: Model types that take images, whatever their config's parts are called.
_SEES = re.compile(r"vision|vl|image|blip|git|ocr|donut|pix2struct|llava|fuyu|chameleon|multimodal", re.I)
_NO_LIMIT_TYPES = {
    "t5": "relative positions",
    "mt5": "relative positions",
    "umt5": "relative positions",
    "longt5": "relative positions",
    "switch_transformers": "relative positions",
    "bloom": "ALiBi",
    "rwkv": "a recurrent state",
    "mamba": "a recurrent state",
    "mamba2": "a recurrent state",
    "falcon_mamba": "a recurrent state",
    "recurrent_gemma": "a recurrent state",
    "xlstm": "a recurrent state",
}


@dataclass(frozen=True, slots=True)
class Context:
    """How many tokens the model takes as configured."""

    native: int | None  #: positions it names itself
    limit: int | None  #: with the rope scaling that the config switches on
    scaling: str = ""  #: "yarn, factor 4", "" without
    open_end: str = ""  #: why `limit` is no hard limit ("ALiBi"), "" where it is one


@dataclass(frozen=True, slots=True)
class Architecture:
    """A read config. None and () stand for what it does not say, or says in a way that cannot be read."""

    classes: tuple[str, ...]
    model_type: str | None
    layers: frozenset[int]  #: every number that a card may rightly give
    hidden_size: frozenset[int]
    vocabulary: frozenset[int]
    main_layers: int | None  #: layers of the language model without those for multi-token prediction
    experts: int | None
    experts_per_token: int | None
    shared_experts: int | None
    varying_experts: str  #: why the number of experts used is not one number, "" where it is
    dtype: str | None
    quantization: Mapping[str, Any] | None
    multimodal: bool
    custom_code: bool  #: the repository brings its own Python for the model (auto_map)
    context: Context


def read_architecture(config: Mapping[str, Any]) -> Architecture:
    """Read a parsed `config.json`."""
    parts = list(_parts(config))
    language = parts[0]
    classes = config.get("architectures")
    experts, per_token, shared, varying = _experts(parts)
    dtype = _first_text(parts, ("dtype", "torch_dtype"))
    quantization = next(
        (q for p in (config, *parts) for k in ("quantization_config", "quantization", "compression_config")
         if isinstance(q := p.get(k), Mapping) and q), None)  # fmt: skip
    return Architecture(
        classes=tuple(c for c in classes if isinstance(c, str)) if isinstance(classes, list) else (),
        model_type=_first_text([config], ("model_type",)),
        layers=_layer_counts(parts),
        hidden_size=_all_numbers(parts, (*_HIDDEN, "encoder_hidden_size")),
        vocabulary=_all_numbers(parts, _VOCABULARY),
        main_layers=_number(language, _LAYERS) or _first_number(parts, _LAYERS),
        experts=experts,
        experts_per_token=per_token,
        shared_experts=shared,
        varying_experts=varying,
        dtype=dtype.removeprefix("torch.") if dtype else None,
        quantization=quantization,
        multimodal=any(p.get(k) not in (None, False) for p in (config, *parts) for k in _SIDES)
        or _SEES.search(str(config.get("model_type"))[:200]) is not None,
        custom_code=bool(config.get("auto_map")),
        context=_context(parts),
    )


def _parts(config: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """The language model's own section first, then what encloses it."""
    chain = [config]
    while len(chain) < 4:
        inner = next((v for k in _NESTED if isinstance(v := chain[-1].get(k), Mapping) and v), None)
        if inner is None:
            break
        chain.append(inner)
    yield from reversed(chain)


def _as_number(value: Any) -> int | None:
    return value if type(value) is int and 0 < value < 10**12 else None


def _number(part: Mapping[str, Any], keys: tuple[str, ...]) -> int | None:
    return next((n for k in keys if (n := _as_number(part.get(k))) is not None), None)


def _first_number(parts: list[Mapping[str, Any]], keys: tuple[str, ...]) -> int | None:
    return next((n for p in parts if (n := _number(p, keys)) is not None), None)


def _all_numbers(parts: list[Mapping[str, Any]], keys: tuple[str, ...]) -> frozenset[int]:
    return frozenset(n for p in parts for k in keys if (n := _as_number(p.get(k))) is not None)


def _first_text(parts: list[Mapping[str, Any]], keys: tuple[str, ...]) -> str | None:
    return next((v for p in parts for k in keys if isinstance(v := p.get(k), str) and v), None)


def _layer_counts(parts: list[Mapping[str, Any]]) -> frozenset[int]:
    """Layers, also with those for multi-token prediction, and of encoder and decoder together."""
    counts = set(_all_numbers(parts, (*_LAYERS, "encoder_layers", "decoder_layers", "num_encoder_layers")))
    for part in parts:
        extra = _number(part, ("num_nextn_predict_layers", "mtp_num_hidden_layers", "num_mtp_layers"))
        layers = _number(part, _LAYERS)
        if extra and layers:
            counts.add(layers + extra)
        halves = [_number(part, (f"{half}_layers", f"num_{half}_layers")) for half in ("encoder", "decoder")]
        if halves[0] and (halves[1] or layers):
            counts.add(halves[0] + (halves[1] or layers or 0))
    return frozenset(counts)


def _experts(parts: list[Mapping[str, Any]]) -> tuple[int | None, int | None, int | None, str]:
    sections = [*parts, *(s for p in parts for k in _MOE_SECTIONS if isinstance(s := p.get(k), Mapping))]
    # A list gives one number a layer: only a constant one can be compared.
    flat: list[Mapping[str, Any]] = []
    varying = ""
    for section in sections:
        copy = dict(section)
        for key in (*_EXPERTS, *_ACTIVE, *_SHARED):
            value = copy.get(key)
            if isinstance(value, list) and value:
                numbers = {v for v in value[:1000] if type(v) is int and v > 0}
                copy[key] = numbers.pop() if len(numbers) == 1 else None
                if copy[key] is None and key not in _SHARED:
                    varying = f"{key} differs from layer to layer"
        if _as_number(copy.get("zero_expert_num")):
            varying = "zero-computation experts: how many are used differs from token to token"
        flat.append(copy)
    experts = _first_number(flat, _EXPERTS)
    if experts is not None and experts < 2:
        experts = None
    per_token = _first_number(flat, _ACTIVE) if experts else None
    return experts, per_token, _first_number(flat, _SHARED) if experts else None, varying


def _context(parts: list[Mapping[str, Any]]) -> Context:
    language = next((p for p in parts if _number(p, _POSITIONS)), parts[0])
    named = [n for k in _POSITIONS if (n := _as_number(language.get(k))) is not None and n < 10**9]
    native = max(named) if named else None
    kind, factor, original, open_end = "", 1.0, None, _open_end(parts)
    for rope in _ropes(parts):
        found = rope.get("rope_type") or rope.get("type")
        if not isinstance(found, str) or found in ("default", "mrope"):
            continue
        kind = found
        value = rope.get("factor")
        if isinstance(value, (int, float)) and math.isfinite(value) and 1 <= value <= 10_000:
            factor = max(factor, float(value))
        original = _as_number(rope.get("original_max_position_embeddings")) or original
        if found == "dynamic":
            open_end = open_end or "dynamic rope scaling"
    if native is None:
        return Context(None, None, kind, open_end)
    limit = native
    if kind in ("yarn", "linear", "dynamic", "deepseek_yarn", "proportional", "ntk"):
        limit = max(native, int((original or native) * factor))
    shown = f"{kind}, factor {factor:g}" if kind and factor != 1 else kind
    return Context(min(native, original or native), limit, shown, open_end)


def _ropes(parts: list[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    """All rope settings: one mapping, or one for each kind of layer."""
    for part in parts:
        for key in ("rope_scaling", "rope_parameters"):
            rope = part.get(key)
            if isinstance(rope, Mapping):
                yield rope
                yield from (inner for inner in rope.values() if isinstance(inner, Mapping))


def _open_end(parts: list[Mapping[str, Any]]) -> str:
    for part in parts:
        known = _NO_LIMIT_TYPES.get(str(part.get("model_type"))[:100])
        if known:
            return known
        attention = part.get("attn_config")
        if part.get("alibi") is True or (isinstance(attention, Mapping) and attention.get("alibi") is True):
            return "ALiBi"
        kind = part.get("position_embedding_type")
        if isinstance(kind, str) and kind.lower() in ("alibi", "nope", "relative"):
            return f"{kind} positions"
        if part.get("use_dynamic_ntk") is True:
            return "dynamic rope scaling"
        if isinstance(part.get("dual_chunk_attention_config"), Mapping):
            return "dual chunk attention"
    return ""
