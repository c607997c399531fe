"""What a tensor's name says: one spelling for the same tensor under different wrappers, its family and its
layer.
"""

from __future__ import annotations

import re

#: What libraries put before the same names: `model.`, a vision model's `model.language_model.`, and so on.
#: `transformers` 4 and 5, PEFT, torch.compile and DDP differ in these alone.
_WRAPPERS = (
    "base_model.model.",
    "_orig_mod.",
    "module.",
    "model.",
    "language_model.",
    "transformer.",
    "gpt_neox.",
    "thinker.",
    "text_model.",
    "backbone.",
)
_MAX_WRAPPERS = 6
_MIXTRAL = {"w1": "gate_proj", "w3": "up_proj", "w2": "down_proj"}
_EXPERT = re.compile(r"(?:^|\.)experts\.(\d{1,5})\.")
_FUSED = re.compile(r"\.experts\.(gate_up_proj|gate_proj|up_proj|down_proj)\.weight$")
_LAYER = re.compile(r"(?:encoder\.|decoder\.)?(?:layers?|h|blocks?)\.(\d{1,5})\.")
_NUMBER = re.compile(r"(?:^|\.)(?:layers?|h|blocks?)\.(\d{1,5})\.")
_ONE_OF_SEVERAL = re.compile(r"\.(?:gate_up|gate|up)_proj(?=\.|$)")
_ATTENTION = re.compile(r"\.(?:qkv|q|k|v)_proj(?=\.|$)")
_SCALE = re.compile(r"[._](?:scale_inv|scale|zero_point|SCB)$")
_EMBEDDINGS = (
    "embed_tokens.weight",
    "lm_head.weight",
    "lm_head.bias",
    "wte.weight",
    "word_embeddings.weight",
    "embed_in.weight",
    "embed_out.weight",
)


def canonical(name: str) -> str:
    """The name without wrappers, and the parts of Mixtral's experts named as everyone else names them."""
    for _ in range(_MAX_WRAPPERS):
        for wrapper in _WRAPPERS:
            if name.startswith(wrapper):
                name = name[len(wrapper) :]
                break
        else:
            break
    name = name.replace(".block_sparse_moe.", ".mlp.")
    single = _EXPERT.search(name)
    if single is not None:
        head, _, rest = name[single.end() :].partition(".")
        if head in _MIXTRAL:
            name = name[: single.end()] + _MIXTRAL[head] + ("." + rest if rest else "")
    return _FUSED.sub(r".experts.\1", name)


def family(name: str) -> str:
    """The canonical name without the numbers of layers and experts."""
    return ".".join(part for part in canonical(name).split(".") if not part.isdigit())


def layer(name: str) -> int | None:
    """The layer of the main stack; None for what lies outside it (embeddings, vision, multi-token
    prediction).
    """
    found = _LAYER.match(canonical(name))
    return int(found[1]) if found else None


def with_layer(name: str, number: int) -> str:
    """The name of the same tensor in another layer of the main stack."""
    found = _NUMBER.search(name)
    return f"{name[: found.start(1)]}{number}{name[found.end(1) :]}" if found else name


def expert(name: str) -> tuple[str, int] | None:
    """(name without the expert's number, number) of a tensor that belongs to one of several experts."""
    found = _EXPERT.search(name)
    return (name[: found.start(1)] + name[found.end(1) :], int(found[1])) if found else None


def group(name: str) -> str:
    """One key for all tensors that may hold the same numbers: fused or single experts, q, k and v in one,
    with their scales. Tells which shards may matter before any is opened.
    """
    plain = _SCALE.sub("", canonical(name)).removesuffix(".weight").removesuffix("_weight")
    single = expert(plain)
    plain = single[0].replace("experts..", "experts.") if single else plain
    plain = _ONE_OF_SEVERAL.sub(".gate_up_proj", plain)
    return _ATTENTION.sub(".qkv_proj", plain)


def is_embedding(name: str) -> bool:
    """A matrix with one row for each token of the vocabulary."""
    return canonical(name).endswith(_EMBEDDINGS)
