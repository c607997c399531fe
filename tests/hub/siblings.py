"""Other descendants of Qwen3.5-397B-A17B, invented: what a search for a hidden parent must tell from it."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from . import qwen35
from .generated import Blend, Recast, Renamed, Tuned, Values
from .layout import Listed


@dataclass(frozen=True)
class Sibling:
    """One model of the Hub's list. `kind` names its tensors: see `shapes`."""

    id: str
    values: Values
    relation: str = "finetune"
    kind: str = "full"
    base: str = "Qwen/Qwen3.5-397B-A17B"
    gated: bool = False
    created: str = ""  #: a day; else one is drawn


#: Plain fine-tunes: id, size of the change over Nex's.
_PLAIN = (
    ("lumen-labs/Lumen-397B-Instruct", 0.8),
    ("arbor-ai/Arbor-Coder-397B", 1.1),
    ("openforge/Forge-3.5-397B-Chat", 0.5),
    ("kestrel-team/Kestrel-397B-Agent", 1.0),
    ("northbay/Qwen3.5-397B-Legal", 0.3),
    ("medisor/Qwen3.5-397B-Med", 0.35),
    ("tidewater/Tide-397B-Math", 0.7),
    ("stillwater/Qwen3.5-397B-Roleplay", 0.6),
    ("polyglota/Qwen3.5-397B-PT", 0.45),
    ("uncut-models/Qwen3.5-397B-abliterated", 0.05),
    ("civictech-br/Qwen3.5-397B-Gov", 0.25),
    ("hanseatic/Hansa-397B-DE", 0.4),
    ("saffron-ai/Saffron-397B-Hindi", 0.55),
    ("deepwell/Deepwell-397B-Reasoner", 1.3),
    ("quarry-research/Quarry-397B-RL", 0.15),
)
#: Fine-tunes whose change correlates with Nex's (the same public data, say): id, correlation, size.
_ALIKE = (
    ("agentic-commons/Commons-397B-SFT", 0.3, 0.9),
    ("open-distill/OD-397B", 0.5, 1.0),
    ("open-distill/OD-397B-v2", 0.7, 0.8),
    ("swe-guild/Guild-397B", 0.85, 1.1),
    ("swe-guild/Guild-397B-seed2", 0.94, 1.0),
)


def tuned(of: Values, size: float, *seeds: tuple[str, float]) -> Tuned:
    """A fine-tune whose change is `size` times Nex's in every tensor."""
    return Tuned(of, seeds, lambda name: size * qwen35.change(name))


def siblings(qwen: Values, nex: Values) -> Iterator[Sibling]:
    """Thirty-odd descendants; Nex itself is not among them."""
    plain = {name: tuned(qwen, size, (name, 1.0)) for name, size in _PLAIN}
    for name, values in plain.items():
        yield Sibling(name, values)
    for name, share, size in _ALIKE:
        yield Sibling(name, tuned(qwen, size, ("nex", share), (name, math.sqrt(1 - share**2))))
    earlier = tuned(qwen, 0.85, ("nex", 0.99), ("nex-earlier", math.sqrt(1 - 0.99**2)))
    yield Sibling("nex-agi/Nex-N2-Pro-preview", earlier, kind="no-mtp")
    lumen, arbor = (plain[name] for name, _ in _PLAIN[:2])
    yield Sibling("mixology/Lumen-Arbor-397B", Blend(((lumen, 0.5), (arbor, 0.5))), relation="merge")
    third = Blend(((nex, 0.3), (qwen, 0.7)), alone="mtp.")
    yield Sibling("mixology/Nexen-397B", third, relation="merge", created="2026-06-02")
    yield Sibling("mirrorhub/Qwen3.5-397B-A17B", qwen)
    yield Sibling("halfling/Qwen3.5-397B-A17B-FP16", Recast(qwen, qwen35.scale), kind="half")
    yield Sibling("thrift/Qwen3.5-397B-Pruned-256e", tuned(qwen, 0.5, ("pruned", 1.0)), kind="fewer-experts")
    yield Sibling("padded/Qwen3.5-397B-TP", tuned(qwen, 0.2, ("padded", 1.0)), kind="padded")
    renamed = Renamed(tuned(qwen, 0.9, ("textonly", 1.0)), "model.language_model.", "language_model.model.")
    yield Sibling("textworks/Qwen3.5-397B-Text-SFT", renamed, kind="renamed")
    yield Sibling("locked/Qwen3.5-397B-Enterprise", tuned(qwen, 0.8, ("locked", 1.0)), gated=True)
    yield Sibling("soonware/Qwen3.5-397B-Soon", qwen, kind="empty")
    yield Sibling("lowrank/Qwen3.5-397B-lora", qwen, relation="adapter", kind="adapter")
    eight = Recast(qwen, qwen35.scale)
    yield Sibling("Qwen/Qwen3.5-397B-A17B-FP8", eight, relation="quantized", kind="fp8")
    yield Sibling("squeezers/Qwen3.5-397B-A17B-int4", qwen, relation="quantized", kind="int4")
    yield Sibling("squeezers/Qwen3.5-397B-A17B-GGUF", qwen, relation="quantized", kind="gguf")
    nex_eight, story = Recast(nex, qwen35.scale), tuned(nex, 0.3, ("story", 1.0))
    for id, made, relation, kind in (
        ("squeezers/Nex-N2-Pro-FP8", nex_eight, "quantized", "fp8-no-mtp"),
        ("fanwork/Nex-N2-Pro-Story", story, "finetune", "no-mtp"),
    ):
        yield Sibling(id, made, relation, kind, base="nex-agi/Nex-N2-Pro", created="2026-06-05")


def shapes(kind: str, layers: int | None = None) -> tuple[Listed, ...]:
    """The tensors of a sibling of this kind; none where it has no safetensors of a whole model."""
    return tuple(made for tensor in qwen35.tensors(layers) for made in _as(kind, tensor))


def _as(kind: str, tensor: Listed) -> Iterator[Listed]:
    name, dtype, shape = tensor
    routed = ".mlp.experts." in name and not name.startswith("mtp.")
    large = len(shape) >= 2 and min(shape[-2:]) >= 128 and "visual" not in name and dtype == "BF16"
    if kind.endswith("no-mtp") and name.startswith("mtp."):
        return
    if kind == "half":
        yield name, "F16" if dtype == "BF16" else dtype, shape
    elif kind == "fewer-experts" and (routed or (".mlp.gate." in name and not name.startswith("mtp."))):
        yield name, dtype, (256, *shape[1:])
    elif kind == "padded" and shape[0] == 248320:
        yield name, dtype, (248576, *shape[1:])
    elif kind == "renamed":
        inner = name.removeprefix("model.language_model.")
        yield (name if inner == name else f"language_model.model.{inner}"), dtype, shape
    elif (
        kind.startswith("fp8")
        and large
        and "embed" not in name
        and "lm_head" not in name
        and ".gate." not in name
    ):
        yield name, "F8_E4M3", shape
        blocks = (-(-shape[-2] // 128), -(-shape[-1] // 128))
        yield f"{name}_scale_inv", "BF16", (*shape[:-2], *blocks)
    elif kind == "int4" and routed:
        yield name.replace("_proj", "_proj.qweight"), "I32", (*shape[:-1], shape[-1] // 8)
        yield name.replace("_proj", "_proj.scales"), "BF16", (*shape[:-1], shape[-1] // 128)
    else:
        yield tensor
