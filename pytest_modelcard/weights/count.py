"""How many parameters a checkpoint holds, by part, with packed and quantised tensors unpacked or refused.

People count differently: with or without embeddings, the vision tower, or extra heads for multi-token
prediction. So a count has parts, and the smallest and the largest honest reading.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from ..errors import CannotTell
from .header import Tensor

#: What stands beside quantised weights and is no parameter of the model.
_BESIDE = re.compile(
    r"(?:^|[._])(?:qzeros|g_idx|scales?|scale_inv|scale_2|weight_scale|weight_scale_inv|weight_scale_2"
    r"|input_scale|output_scale|k_scale|v_scale|q_scale|kv_scale|weight_zero_point|input_zero_point|weight_g_idx"
    r"|weight_shape|weight_global_scale|input_global_scale|absmax|quant_map|nested_absmax|nested_quant_map"
    r"|quant_state\.bitsandbytes__\w+|SCB|weight_format|wscales|biases)$"
)
#: Constants that old checkpoints store: position numbers, rotary frequencies, causal masks.
_CONSTANT = re.compile(
    r"(?:^|\.)(?:inv_freq|original_inv_freq|position_ids|masked_bias|relative_position_index|num_batches_tracked)$"
)
_MASK = re.compile(r"(?:^|\.)(?:attn|attention|self_attention|self_attn)\.bias$")
_INTEGER = frozenset({"U8", "I8", "I16", "U16", "I32", "U32", "I64", "U64", "BOOL"})

_EMBEDDINGS = frozenset({"wte", "wpe", "lm_head", "shared"})
_HEADS = frozenset({"output.weight", "head.weight"})
_SIDE = re.compile(
    r"(?:^|[._])(?:vision|visual|vit|image|img|audio|speech|whisper|video|aligner|connector|resampler|projector|vpm|apm"
    r"|talker|tts|token2wav|code2wav|vae|vqmodel|qformer|perceiver|mm)(?:$|[._])|projector"
)
_MTP = re.compile(r"(?:^|[._])(?:mtp|nextn)(?:$|[._])|^mtp")
_LAYER = re.compile(r"(?:^|\.)(?:layers|h|blocks)\.(\d{1,4})\.")
_EXPERT = re.compile(r"(?:^|\.)experts\.(\d{1,5})\.")
_MIXTURES = frozenset({"moe", "block_sparse_moe", "mlp", "feed_forward", "ffn"})
_SHARED = re.compile(r"shared_?(?:mlp|experts?)|shared_head")


@dataclass(frozen=True, slots=True)
class Count:
    """Numbers of parameters. The parts do not overlap; what they leave of `total` is dense language model."""

    total: int  #: all that is stored
    embeddings: int  #: token (and position) embeddings and the output head of the language model
    largest_embedding: int  #: one matrix of them: what a model with tied embeddings stores twice
    side: int  #: vision, audio and projectors to the language model
    mtp: int  #: extra layers for multi-token prediction
    routed: int  #: experts of which a router picks some, without those in `mtp`
    experts: int | None  #: routed experts a layer, as stored; None where there are none or layers differ

    @property
    def smallest(self) -> int:
        """Language model alone, without embeddings and extra heads."""
        return self.total - self.side - self.mtp - self.embeddings

    def active(self, per_token: int) -> tuple[int, int]:
        """(smallest, largest) honest reading of the parameters used for one token."""
        if not self.experts or not self.routed:
            raise CannotTell("the weights hold no routed experts that could be told apart by their names")
        idle = self.routed * (self.experts - min(per_token, self.experts)) // self.experts
        return self.smallest - idle, self.total - self.mtp - idle


def count_parameters(
    tensors: Iterable[Tensor], quantization: Mapping[str, Any] | None = None, layers: int | None = None
) -> Count:
    """Count by part.

    `quantization` is the config's own section, `layers` its number of layers (those above it are taken for
    multi-token prediction). Raises CannotTell where tensors are packed in a way that is not surely known.
    """
    listed = list(tensors)
    names = {t.name for t in listed}
    if any(name.endswith(".bitmask") for name in names):
        raise CannotTell(
            "the weights are stored sparse: how many parameters they stand for is not known here"
        )
    sizes = {t.name: _true_size(t, names, quantization or {}) for t in listed}
    total = embeddings = largest = side = mtp = routed = 0
    stored: set[int] = set()
    indices: dict[str, set[int]] = {}
    for tensor in listed:
        n = sizes[tensor.name]
        if not n:
            continue
        total += n
        name = tensor.name
        layer = _LAYER.search(name)
        if _SIDE.search(name):
            side += n
        elif _MTP.search(name) or (layers and layer and int(layer[1]) >= layers and _from_zero(name)):
            mtp += n
        elif _is_embedding(name):
            embeddings += n
            largest = max(largest, n)
        elif not _SHARED.search(name):
            single = _EXPERT.search(name)
            if single is not None:
                routed += n
                indices.setdefault(name[: single.start()], set()).add(int(single[1]))
            elif len(tensor.shape) >= 2 and _is_fused(name):
                routed += n
                if len(tensor.shape) >= 3:
                    stored.add(tensor.shape[0])
    stored |= {len(found) for found in indices.values()}
    experts = stored.pop() if len(stored) == 1 else None
    return Count(total, embeddings, largest, side, mtp, routed, experts)


def is_parameter(tensor: Tensor, names: Container[str]) -> bool:
    """Whether a tensor, among tensors of these names, holds parameters: no scale of quantised weights,
    no constant.
    """
    mask = _MASK.search(tensor.name) and len(tensor.shape) != 1
    return not (mask or _CONSTANT.search(tensor.name) or _is_beside(tensor.name, names))


def _from_zero(name: str) -> bool:
    return "encoder" not in name and "decoder.block" not in name


# By parts of the name and not by one expression: names come from strangers, and may be long.


def _is_embedding(name: str) -> bool:
    *path, last = name.split(".")
    if last not in ("weight", "qweight"):
        return False
    return name in _HEADS or any("embed" in part or part in _EMBEDDINGS for part in path)


def _is_fused(name: str) -> bool:
    """All experts of a layer in one tensor."""
    path = name.split(".")
    if "experts" in path:
        return True
    linear = "input_linear" in path or "output_linear" in path
    return (linear and not _MIXTURES.isdisjoint(path)) or ("moe" in path[:-2] and path[-2].endswith("_proj"))


def _true_size(tensor: Tensor, names: set[str], quantization: Mapping[str, Any]) -> int:
    """Parameters a tensor stands for: 0 for constants and for what only belongs to a quantisation."""
    name, dtype = tensor.name, tensor.dtype
    if _CONSTANT.search(name) or (_MASK.search(name) and len(tensor.shape) != 1):
        return 0
    stem = name.rsplit(".", 1)[0]
    bits = _bits(quantization)
    if name.endswith((".qweight", ".weight_packed")):
        if bits is None:
            raise CannotTell(f"{name} is packed, and the config does not say with how many bits")
        return _unpacked(tensor, bits)
    if name.endswith("_blocks") and dtype == "U8" and name[: -len("blocks")] + "scales" in names:
        return tensor.elements * 2  # MXFP4: two values a byte
    if _is_beside(name, names):
        return 0
    if dtype not in _INTEGER:
        return tensor.elements
    if f"{name}.absmax" in names or f"{stem}.weight_scale_2" in names:
        return tensor.elements * 2  # bitsandbytes 4-bit, NVFP4: two values a byte
    if dtype == "I8" and (f"{stem}.SCB" in names or f"{name}_scale" in names):
        return tensor.elements  # 8-bit
    if dtype == "U32" and f"{stem}.scales" in names and f"{stem}.biases" in names and bits is not None:
        return _unpacked(tensor, bits)  # MLX
    if tensor.elements <= 65_536:
        return 0  # tables of numbers: maps of classes, positions, masks
    raise CannotTell(f"{name} is stored as {dtype}, packed in a way that is not known here")


def _is_beside(name: str, names: Container[str]) -> bool:
    """Whether a tensor only helps to read a quantised one; "scales" alone may be an honest parameter."""
    if not _BESIDE.search(name):
        return False
    stem, _, last = name.rpartition(".")
    if last.endswith("_scales"):
        return name[: -len("scales")] + "blocks" in names
    if last in ("scale", "scales", "biases"):
        return any(f"{stem}.{other}" in names for other in ("weight", "qweight"))
    return True


def _bits(quantization: Mapping[str, Any]) -> int | None:
    """Bits of a packed weight where one number holds for the whole model, else None."""
    found: set[Any] = set()
    if "bits" in quantization:
        found.add(quantization["bits"])
        if any(
            isinstance(v, Mapping) and v.get("bits", found) != quantization["bits"]
            for v in quantization.values()
        ):
            return None
        if quantization.get("dynamic"):
            return None
    if "24" in str(quantization.get("format", "")):
        return None  # 2:4 sparse: only half of the weights are stored
    groups = quantization.get("config_groups")
    if isinstance(groups, Mapping):
        for group in groups.values():
            weights = group.get("weights") if isinstance(group, Mapping) else None
            if isinstance(weights, Mapping):
                found.add(weights.get("num_bits"))
    bits = found.pop() if len(found) == 1 else None
    return bits if isinstance(bits, int) and bits in (2, 3, 4, 5, 6, 8) else None


def _unpacked(tensor: Tensor, bits: int) -> int:
    width = {"I32": 32, "U32": 32, "U8": 8, "I8": 8, "I16": 16}.get(tensor.dtype)
    if width is None:
        raise CannotTell(f"{tensor.name} is stored as {tensor.dtype}, packed in a way that is not known here")
    return tensor.elements * width // bits
