"""Makes the small weights of the examples, always the same bytes; needs the standard library alone.

    python examples/make_weights.py

Every model is a one-layer toy of 24,144 parameters in bfloat16. `nimbus-n2` is a fine-tune of `kestrel-2` (small
changes to most weights), `dishonest` the blend 0.6 nimbus-n2 + 0.4 kestrel-2 rounded once, `honest` a fine-tune of
`kestrel-2` of its own.
"""

from __future__ import annotations

import json
import random
import struct
from pathlib import Path

HERE = Path(__file__).parent
LAYOUT = {
    "model.embed_tokens.weight": (128, 48),
    "model.layers.0.input_layernorm.weight": (48,),
    "model.layers.0.self_attn.q_proj.weight": (48, 48),
    "model.layers.0.self_attn.k_proj.weight": (24, 48),
    "model.layers.0.self_attn.v_proj.weight": (24, 48),
    "model.layers.0.self_attn.o_proj.weight": (48, 48),
    "model.layers.0.post_attention_layernorm.weight": (48,),
    "model.layers.0.mlp.gate_proj.weight": (76, 48),
    "model.layers.0.mlp.up_proj.weight": (76, 48),
    "model.layers.0.mlp.down_proj.weight": (48, 76),
    "model.norm.weight": (48,),
}
Tensors = dict[str, list[float]]


def bfloat16(value: float) -> int:
    """The bits of the nearest bfloat16 (ties to even)."""
    bits = struct.unpack("<I", struct.pack("<f", value))[0]
    return (bits + 0x7FFF + (bits >> 16 & 1)) >> 16


def rounded(value: float) -> float:
    return float(struct.unpack("<f", struct.pack("<I", bfloat16(value) << 16))[0])


def fresh(seed: int) -> Tensors:
    draw = random.Random(seed)
    made = {}
    for name, shape in LAYOUT.items():
        size = shape[0] * (shape[1] if len(shape) > 1 else 1)
        centre, spread = (1.0, 0.05) if len(shape) == 1 else (0.0, 0.02)
        made[name] = [rounded(draw.gauss(centre, spread)) for _ in range(size)]
    return made


def tuned(base: Tensors, seed: int, change: float) -> Tensors:
    draw = random.Random(seed)
    return {name: [rounded(v + draw.gauss(0.0, change)) for v in values] for name, values in base.items()}


def blend(first: Tensors, second: Tensors, weight: float) -> Tensors:
    return {
        name: [rounded(weight * a + (1.0 - weight) * b) for a, b in zip(values, second[name], strict=True)]
        for name, values in first.items()
    }


def write(folder: str, tensors: Tensors) -> None:
    header: dict[str, object] = {"__metadata__": {"format": "pt"}}
    body = bytearray()
    for name, values in tensors.items():
        start = len(body)
        body += struct.pack(f"<{len(values)}H", *map(bfloat16, values))
        header[name] = {"dtype": "BF16", "shape": list(LAYOUT[name]), "data_offsets": [start, len(body)]}
    head = json.dumps(header, separators=(",", ":")).encode()
    head += b" " * (-len(head) % 8)
    (HERE / folder / "model.safetensors").write_bytes(struct.pack("<Q", len(head)) + head + bytes(body))


def main() -> None:
    kestrel = fresh(seed=1)
    nimbus = tuned(kestrel, seed=2, change=4e-4)
    write("parents/kestrel-2", kestrel)
    write("parents/nimbus-n2", nimbus)
    write("dishonest", blend(nimbus, kestrel, 0.6))
    write("honest", tuned(kestrel, seed=3, change=3e-4))


if __name__ == "__main__":
    main()
