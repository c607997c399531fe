"""A verdict from weights as a mergekit configuration, so that anyone can make the model again and compare.

Written from the report's `lineage` alone: its parents with weight and interval, `dtype`, `per_tensor`, and its
`recipe`, of which `arithmetic` ("float32", or "stored" where every step was rounded), `weights` (in the order they
were summed in; the base last in task arithmetic), `by` ("one", "layer", "module", "tensor") and `layers` ("id:layer")
are read. Where mergekit could not repeat the merge, what is known is said in comments, and no configuration is written.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from .gradient import at, gradients
from .schedule import look_up, schedule

#: mergekit's names of the dtypes that models are stored in.
_DTYPES = {"BF16": "bfloat16", "F16": "float16", "F32": "float32", "F64": "float64"}
_WIDTH = 110
_REPLAYED = ("exact-merge", "merge-then-training", "pruned")


def recipe_text(lineage: Mapping[str, Any], replayed: Mapping[str, Any] | None = None) -> str:
    """YAML with comments; "" where the verdict is no merge, nor anything else that mergekit could repeat.

    replayed: the configuration that full coverage gave every element of the model back with.
    """
    method = _method(lineage)
    if lineage.get("verdict") not in _REPLAYED:
        return ""
    if replayed is not None:
        return _comments(lineage, ["Replayed over every element of the model: all are equal."]) + _yaml(
            replayed
        )
    content = recipe_config(lineage)
    if content is not None:
        return _comments(lineage) + _yaml(content)
    return _comments(lineage, _sparse(lineage)) if method == "sparse" else ""


def recipe_config(lineage: Mapping[str, Any]) -> dict[str, Any] | None:
    """mergekit's configuration as plain data; None where mergekit could not repeat what was found."""
    parents = {p["id"]: p for p in lineage.get("parents") or ()}
    told = lineage.get("verdict") in _REPLAYED and not _multiplied(lineage)
    build = _BUILDERS.get(_method(lineage)) if told else None
    content = build(lineage, parents) if build and parents else None
    if content is None:
        return None
    plain: dict[str, Any] = _plain(content if "dtype" in content else {**content, **_precision(lineage)})
    return plain


def _method(lineage: Mapping[str, Any]) -> str:
    return str(lineage.get("method") or (lineage.get("recipe") or {}).get("method"))


def _multiplied(lineage: Mapping[str, Any]) -> bool:
    """Whether the recipe tells what tensors were multiplied by, as spherical means do it, and not by which settings."""
    return "coefficients" in (lineage.get("recipe") or {})


def share_of_first(lineage: Mapping[str, Any]) -> Callable[[str], float] | None:
    """The first of two parents' weight in a tensor, by the tensor's name, as the recipe says it; None: not known."""
    parents = {p["id"]: p for p in lineage.get("parents") or ()}
    table = _shares(lineage, parents) if len(parents) == 2 else None
    if table is None:
        return None
    layers = {str(t["name"]): t.get("layer") for t in lineage.get("per_tensor") or ()}
    last = max((n for n in layers.values() if n is not None), default=0)

    def share(name: str) -> float:
        value = look_up(table, name)
        return at(value, (layers.get(name) or 0) / max(last, 1)) if isinstance(value, list) else float(value)

    return share


def _shares(lineage: Mapping[str, Any], parents: Mapping[str, Any]) -> list[dict[str, Any]] | None:
    """The first parent's weight by part of the model; one entry without a filter where it is the same everywhere."""
    if _multiplied(lineage):
        return None
    first = next(iter(parents.values()))
    if lineage.get("method") == "slerp":
        said, usual = _middle, None if first.get("weight") is None else _round(first["weight"])
    else:
        said, usual = _simple, _simplest(first)
    if usual is None:
        return None
    if lineage.get("method") == "slerp" and _by_part(lineage) and (found := gradients(lineage)):
        return found
    return schedule(lineage, usual, said) if _by_part(lineage) else [{"value": usual}]


def _linear(lineage: Mapping[str, Any], parents: Mapping[str, Any]) -> dict[str, Any] | None:
    if len(parents) == 2:
        return _pair(lineage, parents)
    # mergekit sums in the order of the list, which decides a few elements.
    weights: dict[str, Any] = {id: _simplest(parents[id]) for id in _ordered(lineage, parents)}
    return None if None in weights.values() else _weighted(weights, parents)


def _weighted(weights: Mapping[str, Any], parents: Mapping[str, Any]) -> dict[str, Any]:
    models = [
        {"model": _model(id, parents), "parameters": {"weight": weight}} for id, weight in weights.items()
    ]
    return {"merge_method": "linear", "models": models}


def _pair(lineage: Mapping[str, Any], parents: Mapping[str, Any]) -> dict[str, Any] | None:
    """Two models, linear or slerp; by slerp also where the two give the same and the last digits are slerp's."""
    table = _shares(lineage, parents) if len(parents) == 2 else None
    if table is None:
        return None
    first, last = parents
    shares = {first: table, last: [{**entry, "value": _difference(entry["value"])} for entry in table]}
    written = {id: found[0]["value"] if len(found) == 1 else found for id, found in shares.items()}
    summed = (lineage.get("recipe") or {}).get("summed") or {}
    if (summed.get("as") or lineage.get("method")) != "slerp":
        return _weighted({id: written[id] for id in _ordered(lineage, parents)}, parents)
    base, other = summed.get("order") or (last, first)
    return {
        "merge_method": "slerp",
        "base_model": _model(base, parents),
        "models": [{"model": _model(id, parents)} for id in (base, other)],
        "parameters": {"t": written[other]},
    }


def _middle(low: float, high: float) -> float:
    return _round((low + high) / 2)


def _round(weight: float) -> float:
    """Slerp's t: each tensor's first coefficient lies beside it by what its angle adds, so the roundest is taken."""
    return next((round(weight, d) for d in range(1, 5) if abs(round(weight, d) - weight) < 3e-3), weight)


def _arithmetic(lineage: Mapping[str, Any], parents: Mapping[str, Any]) -> dict[str, Any] | None:
    *others, base = _ordered(lineage, parents)
    stored = _DTYPES.get(str(lineage.get("dtype"))) if _in_steps(lineage) else None
    weights = {id: _simplest(parents[id], stored) for id in others}
    if not others or any(w is None for w in weights.values()):
        return None
    models = [{"model": _model(id, parents), "parameters": {"weight": w}} for id, w in weights.items()]
    return {"merge_method": "task_arithmetic", "base_model": _model(base, parents), "models": models}


def _thinned(lineage: Mapping[str, Any], parents: Mapping[str, Any]) -> dict[str, Any] | None:
    """TIES or breadcrumbs, where their settings were found."""
    settings = (lineage.get("recipe") or {}).get("mergekit")
    base = next((id for id in parents if settings and id not in settings["models"]), None)
    if not settings or base is None:
        return None
    models = [{"model": _model(id, parents), "parameters": said} for id, said in settings["models"].items()]
    return {
        "merge_method": settings["merge_method"],
        "base_model": _model(base, parents),
        "models": models,
        **_precision({**lineage, "recipe": settings}),
    }


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


_BUILDERS = {
    "linear": _linear,
    "slerp": _pair,
    "task-arithmetic": _arithmetic,
    "layer-stack": _stack,
    "sparse": _thinned,
}


def _ordered(lineage: Mapping[str, Any], parents: Mapping[str, Any]) -> list[str]:
    """The parents' ids in the order of the sum."""
    recipe = lineage.get("recipe") or {}
    known = (recipe.get("summed") or {}).get("order") or tuple(recipe.get("weights") or ())
    return [id for id in known if id in parents] if parents.keys() <= set(known) else list(parents)


def _by_part(lineage: Mapping[str, Any]) -> bool:
    return (lineage.get("recipe") or {}).get("by") in ("layer", "module", "tensor")


def _in_steps(lineage: Mapping[str, Any]) -> bool:
    """Every step was rounded to the stored dtype."""
    return str((lineage.get("recipe") or {}).get("arithmetic", "float32")).startswith("stored")


def _simplest(parent: Mapping[str, Any], dtype: str | None = None) -> float | None:
    """The weight as its maker may have written it: the simplest number of its interval.

    dtype: in which the weight itself was rounded, so that all numbers which round alike give the same bytes.
    """
    weight, interval = parent.get("weight"), parent.get("interval")
    if weight is None or not interval:
        return weight
    near = _simple(*interval)
    if dtype != "bfloat16":
        return near
    import numpy as np

    from ..weights.arithmetic import simple
    from ..weights.formats import round_to

    rounder = simple(near - abs(near) * 2**-9, near + abs(near) * 2**-9)
    same, other = round_to(np.array([rounder, near]), "BF16")
    return rounder if same == other else near


def _simple(low: float, high: float) -> float:
    from ..weights.arithmetic import simple

    # Ends that are themselves rounded for the report may miss the number by their last digit.
    return simple(min(low, high) - 1e-6, max(low, high) + 1e-6)


def _difference(weight: float | list[float]) -> float | list[float]:
    if isinstance(weight, list):
        return [round(1 - one, 12) for one in weight]
    return round(1 - weight, 12)


def _precision(lineage: Mapping[str, Any]) -> dict[str, str]:
    """In the stored dtype where the merge was computed in it; else in float32 with one rounding at the end."""
    dtype = _DTYPES.get(str(lineage.get("dtype") or "BF16"), "bfloat16")
    if _in_steps(lineage):
        return {"dtype": dtype}
    return {"dtype": "float64" if dtype == "float64" else "float32", "out_dtype": dtype}


def _sparse(lineage: Mapping[str, Any]) -> list[str]:
    """What is known of a sparse merge: the parents and what of their changes was kept."""
    recipe = lineage.get("recipe") or {}
    lines = [
        f"Kept changes of {id} are {float(multiple):.4g} times its own"
        for id, multiple in (recipe.get("multiples") or {}).items()
    ]
    if recipe.get("kept") is not None:
        lines.append(
            f"Share of the changes kept, where all parents changed much: {float(recipe['kept']):.3f}"
        )
    lines.append(
        "Which changes were kept was decided element by element, and no densities were found that decide likewise by "
        "size alone, as TIES and breadcrumbs do. DARE and DELLA draw lots, which cannot be drawn again, so no "
        "configuration that gives the same bytes can be written."
    )
    return lines


def _model(id: str, parents: Mapping[str, Any]) -> str:
    revision = parents.get(id, {}).get("revision")
    return f"{id}@{revision}" if revision else id


def _comments(lineage: Mapping[str, Any], more: Sequence[str] = ()) -> str:
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
    summed = (lineage.get("recipe") or {}).get("summed") or {}
    if summed.get("as") == "slerp" and lineage.get("method") == "linear":
        lines.append(
            "The parents are so alike that mergekit's slerp is a linear blend of them; the last digits are slerp's."
        )
    lines += more
    return "".join(_comment(part) for line in lines if line for part in textwrap.wrap(line, _WIDTH - 2))


def _comment(line: str) -> str:
    # A name may hold anything; a comment ends with its line.
    return "# " + "".join(c if c.isprintable() else "?" for c in line) + "\n"


def _yaml(content: Mapping[str, Any]) -> str:
    import yaml

    plain: Mapping[str, Any] = _plain(content)
    return str(yaml.safe_dump(plain, sort_keys=False, allow_unicode=False, default_flow_style=False))


def _plain(value: Any) -> Any:
    """What YAML can say: dicts, lists, strings and numbers."""
    if isinstance(value, Mapping):
        return {str(k): _plain(v) for k, v in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_plain(v) for v in value]
    if isinstance(value, float):
        return float(value)
    return int(value) if isinstance(value, int) else str(value)
