"""A verdict from weights as a mergekit configuration, so that anyone can make the model again and compare.

Written from the report's `lineage` alone: its parents with weight and interval, its `per_tensor`, and its `recipe`,
of which `arithmetic` ("float32", or "stored" where every step was rounded), `by` ("one", "layer", "module",
"tensor"), the order of `weights`, and `layers` ("id:layer") are read. The base is the last of the parents.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

#: mergekit's names of the dtypes that models are stored in.
_DTYPES = {"BF16": "bfloat16", "F16": "float16", "F32": "float32", "F64": "float64"}
_WIDTH = 110


def recipe_text(lineage: Mapping[str, Any]) -> str:
    """YAML with comments; "" where the verdict is no merge that mergekit could repeat."""
    if lineage.get("verdict") not in ("exact-merge", "merge-then-training"):
        return ""
    recipe = lineage.get("recipe") or {}
    parents = {p["id"]: p for p in lineage.get("parents") or ()}
    build = _BUILDERS.get(str(lineage.get("method")))
    content = build(lineage, parents) if build and parents else None
    if content is None:
        return ""
    return _comments(lineage) + _yaml({**content, **_precision(recipe)})


def _linear(lineage: Mapping[str, Any], parents: Mapping[str, Any]) -> dict[str, Any] | None:
    recipe = lineage.get("recipe") or {}
    summed = recipe.get("weights") or {}
    # mergekit sums in the order of the list, which decides a few elements.
    order = summed if summed.keys() == parents.keys() else parents
    weights: dict[str, Any] = {id: _simplest(parents[id]) for id in order}
    if any(w is None for w in weights.values()):
        return None
    if recipe.get("by") in ("layer", "module", "tensor") and len(parents) == 2:
        first, base = parents
        table = _schedule(lineage, recipe["by"])
        weights[first] = [*table, {"value": weights[first]}]
        weights[base] = [{**entry, "value": _difference(entry["value"])} for entry in weights[first]]
    models = [
        {"model": _model(id, parents), "parameters": {"weight": weight}} for id, weight in weights.items()
    ]
    return {"merge_method": "linear", "models": models}


def _schedule(lineage: Mapping[str, Any], by: str) -> list[dict[str, Any]]:
    """The first parent's weight by part, as mergekit's filters: pieces of tensor names, the first that fits counts."""
    groups: dict[str, list[Mapping[str, Any]]] = {}
    for tensor in lineage.get("per_tensor") or ():
        if tensor.get("interval") and None not in tensor["interval"]:
            groups.setdefault(_filter(tensor, by), []).append(tensor)
    table = []
    for part, tensors in groups.items():
        low = max(t["interval"][0] for t in tensors)
        high = min(t["interval"][1] for t in tensors)
        table.append({"filter": part, "value": _simple(low, high)})
    return table


def _filter(tensor: Mapping[str, Any], by: str) -> str:
    if by == "layer" and tensor.get("layer") is not None:
        return f"layers.{tensor['layer']}."
    if by == "module":
        family = str(tensor["family"])
        # Experts' numbers are not part of a family's name, so only what stands behind them is part of a tensor's.
        return family.rpartition("experts.")[2] if "experts." in family else family.removeprefix("layers.")
    return str(tensor["name"])


def _slerp(lineage: Mapping[str, Any], parents: Mapping[str, Any]) -> dict[str, Any] | None:
    if len(parents) != 2:
        return None
    other, base = parents
    t = _share(lineage, parents[other])
    if t is None:
        return None
    return {
        "merge_method": "slerp",
        "base_model": _model(base, parents),
        "models": [{"model": _model(id, parents)} for id in (base, other)],
        "parameters": {"t": t},
    }


def _share(lineage: Mapping[str, Any], parent: Mapping[str, Any]) -> float | None:
    """Slerp's t: each tensor's first coefficient lies beside it by what its angle adds, so the roundest is taken."""
    weight: float | None = parent.get("weight")
    if weight is None:
        return None
    return next((round(weight, d) for d in range(1, 5) if abs(round(weight, d) - weight) < 3e-3), weight)


def _arithmetic(lineage: Mapping[str, Any], parents: Mapping[str, Any]) -> dict[str, Any] | None:
    *others, base = parents
    weights = {id: _simplest(parents[id]) for id in others}
    if not others or any(w is None for w in weights.values()):
        return None
    models = [{"model": _model(id, parents), "parameters": {"weight": w}} for id, w in weights.items()]
    return {"merge_method": "task_arithmetic", "base_model": _model(base, parents), "models": models}


def _stack(lineage: Mapping[str, Any], parents: Mapping[str, Any]) -> dict[str, Any] | None:
    slices: list[list[Any]] = []
    for layer in (lineage.get("recipe") or {}).get("layers") or ():
        id, _, number = str(layer).rpartition(":")
        first = int(number)
        if slices and slices[-1][0] == id and slices[-1][2] == first:
            slices[-1][2] += 1
        else:
            slices.append([id, first, first + 1])
    if not slices:
        return None
    sources = [
        {"sources": [{"model": _model(id, parents), "layer_range": [first, end]}]}
        for id, first, end in slices
    ]
    return {"merge_method": "passthrough", "slices": sources}


_BUILDERS = {"linear": _linear, "slerp": _slerp, "task-arithmetic": _arithmetic, "layer-stack": _stack}


def _simplest(parent: Mapping[str, Any]) -> float | None:
    """The weight as its maker may have written it: the simplest number of its interval."""
    weight, interval = parent.get("weight"), parent.get("interval")
    return weight if weight is None or not interval else _simple(*interval)


def _simple(low: float, high: float) -> float:
    from ..weights.arithmetic import simple

    # Ends that are themselves rounded for the report may miss the number by their last digit.
    return simple(min(low, high) - 1e-6, max(low, high) + 1e-6)


def _difference(weight: float) -> float:
    return round(1 - weight, 12)


def _precision(recipe: Mapping[str, Any]) -> dict[str, str]:
    """In the stored dtype where the merge was computed in it; else in float32 with one rounding at the end."""
    dtype = _DTYPES.get(str(recipe.get("dtype", "BF16")), "bfloat16")
    if str(recipe.get("arithmetic", "float32")).startswith("stored"):
        return {"dtype": dtype}
    return {"dtype": "float32", "out_dtype": dtype}


def _model(id: str, parents: Mapping[str, Any]) -> str:
    revision = parents.get(id, {}).get("revision")
    return f"{id}@{revision}" if revision else id


def _comments(lineage: Mapping[str, Any]) -> str:
    import textwrap

    lines = [f"What the sampled weights of {lineage.get('candidate')} show, for mergekit 0.1.5."]
    lines.append(str(lineage.get("sentence") or ""))
    for parent in lineage.get("parents") or ():
        if parent.get("weight") is not None and parent.get("interval"):
            low, high = parent["interval"]
            lines.append(f"{parent['id']}: {parent['weight']:.6g}, between {low:.6g} and {high:.6g}")
    if lineage.get("hit_rate") is not None:
        lines.append(f"Share of held-out elements reproduced: {lineage['hit_rate']:.4f}")
    if lineage.get("verdict") == "merge-then-training":
        lines.append("Training followed, so this gives the model before that training.")
    return "".join(_comment(part) for line in lines if line for part in textwrap.wrap(line, _WIDTH - 2))


def _comment(line: str) -> str:
    # A name may hold anything; a comment ends with its line.
    return "# " + "".join(c if c.isprintable() else "?" for c in line) + "\n"


def _yaml(content: Mapping[str, Any]) -> str:
    import yaml

    plain: Mapping[str, Any] = _plain(content)
    return str(yaml.safe_dump(plain, sort_keys=False, allow_unicode=True, default_flow_style=False))


def _plain(value: Any) -> Any:
    """What YAML can say: dicts, lists, strings and numbers."""
    if isinstance(value, Mapping):
        return {str(k): _plain(v) for k, v in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_plain(v) for v in value]
    if isinstance(value, float):
        return float(value)
    return int(value) if isinstance(value, int) else str(value)
