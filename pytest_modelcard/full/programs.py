"""A mergekit configuration as one small program for each tensor.

Read are the methods whose results follow from the tensors alone: linear, slerp, task_arithmetic, ties, breadcrumbs,
breadcrumbs_ties, nuslerp, multislerp, karcher, model_stock and passthrough, with models or slices, and parameters as mergekit 0.1.5 resolves them (numbers,
gradients over layers, filters by tensor name; a source's own before its slice's before the whole merge's).
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..errors import CannotTell
from ..weights import names
from . import parameters
from .program import Program, Thinning, View

#: mergekit's names of formats, as safetensors names them.
_FORMATS = {
    **{"bfloat16": "BF16", "bf16": "BF16", "float16": "F16", "fp16": "F16", "half": "F16"},
    **{"float32": "F32", "fp32": "F32", "float": "F32"},
}
_NARROW = ("BF16", "F16")
#: Methods that keep some changes of each model alone: whether the largest are dropped, too, and whether signs are agreed on.
_SPARSE = {"ties": (False, True), "breadcrumbs": (True, False), "breadcrumbs_ties": (True, True)}
_BASED = ("slerp", "task_arithmetic", "model_stock", *_SPARSE)
#: Means of whole tensors, and the settings they are replayed with; karcher and model_stock have no weights.
_MEANS: Mapping[str, Mapping[str, Any]] = {
    "nuslerp": {"nuslerp_row_wise": False, "nuslerp_flatten": True},
    "multislerp": {"normalize_weights": True, "eps": 1e-8},
    "karcher": {"max_iter": 10, "tol": 1e-5},
    "model_stock": {"filter_wise": False},
}
_METHODS = ("linear", "passthrough", *_BASED, *_MEANS)
#: Share of the largest changes that breadcrumbs drop unless told.
_GAMMA = 0.01


@dataclass(frozen=True, slots=True)
class _Slice:
    sources: tuple[tuple[str, tuple[int, int] | None, Mapping[str, Any]], ...]
    base: str | None
    parameters: Mapping[str, Any]
    at: int = 0

    @property
    def length(self) -> int | None:
        span = self.sources[0][1]
        return None if span is None else span[1] - span[0]


class Recipe:
    """A configuration, checked: `program(name)` tells how a tensor of the candidate is made.

    Raises CannotTell where the configuration cannot be replayed, saying why.
    """

    def __init__(self, config: Mapping[str, Any]) -> None:
        self.config = config
        self.method = str(config.get("merge_method"))
        if self.method not in _METHODS:
            drawn = self.method.startswith(("dare", "della"))
            why = ", because they draw lots" if drawn else " element by element here"
            raise CannotTell(f"merges by {self.method[:40]} cannot be replayed{why}")
        if config.get("modules"):
            raise CannotTell("the configuration merges several modules, which is not replayed here")
        self.dtype = self._format("dtype")
        out = self._format("out_dtype")
        self.merged = out if out and self.dtype not in _NARROW else self.dtype
        self._base = parameters.model(config["base_model"]) if config.get("base_model") else None
        self._parameters = parameters.table(config.get("parameters"))
        self._slices = tuple(self._read())
        for part in self._slices:
            self._check(part)

    @property
    def models(self) -> tuple[str, ...]:
        """The models it is made from, in the order of the configuration."""
        found = [model for part in self._slices for model, _, _ in part.sources]
        with_base = self.method in (*_BASED, *_MEANS)
        bases = [part.base or self._base for part in self._slices] if with_base else []
        return tuple(dict.fromkeys([*found, *(base for base in bases if base)]))

    def program(self, name: str, layers: int) -> Program:
        """The program of the candidate's tensor `name`; layers: how many the candidate has."""
        layer = names.layer(name)
        part, t = self._place(name, layer, layers)
        whole = part.length is None
        views = []
        for model, span, _ in part.sources:
            views.append(View(model, None if whole or span is None else (*span, part.at)))
        if self.method == "passthrough":
            return Program("copy", (views[0],), loaded=self.dtype, merged=self.merged)
        if self.method == "linear":
            weights = [self._weight(part, own, name, t) for _, _, own in part.sources]
            total = _float32(0.0)
            for weight in weights:
                total = _float32(total + _float32(weight))
            divided = self._value(part, None, "normalize", name, t, True) is not False and total != 1.0
            given = tuple(map(_float32, weights))
            if divided and total == 0:
                raise CannotTell("the weights of the linear merge sum to zero")
            return Program(
                "linear",
                tuple(views),
                (*given, total) if divided else given,
                "F32",
                self.dtype,
                self.merged,
                divided,
            )
        base = part.base or self._base
        if self.method in _MEANS and base is None:
            return self._mean(part, tuple(views), range(len(views)), name, t)
        order = sorted(range(len(views)), key=lambda i: views[i].model != base)
        sources = tuple(views[i] for i in order)
        if not any(view.model == base for view in views):
            if base is None or any(v.layers for v in views):
                raise CannotTell("the configuration has slices without their base model")
            sources = (View(base), *sources)
            order = [-1, *order]
        if self.method == "slerp":
            t_value = self._value(part, None, "t", name, t, None)
            if len(sources) != 2 or t_value is None:
                raise CannotTell("slerp needs two models and t")
            return Program("slerp", sources, (float(t_value),), "F32", self.dtype, self.merged)
        if self.method in _MEANS:
            return self._mean(part, sources, order[1:], name, t)
        weights = [self._weight(part, part.sources[i][2], name, t) for i in order[1:]]
        if self.method == "task_arithmetic":
            return Program("delta", sources, tuple(weights), self.dtype, self.dtype, self.merged)
        outliers, signs = _SPARSE[self.method]
        owns = [part.sources[i][2] for i in order[1:]]
        return Program(
            "sparse",
            sources,
            tuple(weights),
            self.dtype,
            self.dtype,
            self.merged,
            divided=bool(self._value(part, None, "normalize", name, t, self.method == "ties")),
            signs=signs,
            times=float(self._value(part, None, "lambda", name, t, 1.0)),
            thinning=tuple(
                Thinning(
                    float(self._value(part, own, "density", name, t, 1.0)),
                    float(self._value(part, own, "gamma", name, t, _GAMMA)) if outliers else None,
                )
                for own in owns
            ),
        )

    def _mean(
        self, part: _Slice, sources: tuple[View, ...], averaged: Sequence[int], name: str, t: float
    ) -> Program:
        weights: list[float] = []
        if self.method in ("nuslerp", "multislerp"):
            weights = [self._weight(part, part.sources[i][2], name, t) for i in averaged]
        count, based = len(averaged), len(sources) > len(averaged)
        if count < 2 or (self.method == "nuslerp" and count != 2):
            raise CannotTell(f"{self.method} needs {'two' if self.method == 'nuslerp' else 'several'} models")
        return Program(
            "mean",
            sources,
            tuple(weights),
            self.dtype,
            self.dtype,
            self.merged,
            mean=self.method,
            based=based,
        )

    def _place(self, name: str, layer: int | None, layers: int) -> tuple[_Slice, float]:
        """The slice that a tensor belongs to, and how far through its layers."""
        first, last = self._slices[0], self._slices[-1]
        if layer is None:
            return (first, 0.0) if names.canonical(name).startswith(_BEFORE) else (last, 0.0)
        for part in self._slices:
            length = layers if part.length is None else part.length
            if part.at <= layer < part.at + length:
                return part, (layer - part.at) / (length - 1) if length > 1 else 1.0
        raise CannotTell(f"the configuration makes no layer {layer}")

    def _weight(self, part: _Slice, own: Mapping[str, Any], name: str, t: float) -> float:
        value = self._value(part, own, "weight", name, t, None)
        if value is None:
            raise CannotTell("a model of the configuration has no weight")
        return float(value)

    def _value(
        self, part: _Slice, own: Mapping[str, Any] | None, key: str, name: str, t: float, default: Any
    ) -> Any:
        for table in (own or {}, part.parameters, self._parameters):
            if key in table:
                found = parameters.resolved(table[key], name, t)
                if found is not None:
                    return found
        return default

    def _format(self, key: str) -> str:
        said = self.config.get(key)
        if said is None:
            return ""
        if str(said) not in _FORMATS:
            raise CannotTell(f"the configuration's {key} is {str(said)[:40]}, which is not replayed here")
        return _FORMATS[str(said)]

    def _read(self) -> Iterator[_Slice]:
        models, slices = self.config.get("models"), self.config.get("slices")
        if isinstance(models, list) and models and not slices:
            yield _Slice(
                tuple(
                    (parameters.model(m.get("model")), None, parameters.table(m.get("parameters")))
                    for m in parameters.tables(models)
                ),
                None,
                {},
            )
            return
        if not isinstance(slices, list) or not slices or len(slices) > parameters.MAX_PARTS:
            raise CannotTell("the configuration names no models")
        at = 0
        for part in parameters.tables(slices):
            sources = []
            for source in parameters.tables(part.get("sources")):
                span = source.get("layer_range")
                if not isinstance(span, list) or len(span) != 2 or not all(type(n) is int for n in span):
                    raise CannotTell("a slice of the configuration has no range of layers")
                if not 0 <= span[0] < span[1] <= 10_000:
                    raise CannotTell(f"a slice of the configuration has the range of layers {span}")
                sources.append(
                    (
                        parameters.model(source.get("model")),
                        (span[0], span[1]),
                        parameters.table(source.get("parameters")),
                    )
                )
            if len({end - first for _, (first, end), _ in sources}) != 1:
                raise CannotTell("a slice of the configuration has ranges of different length, or none")
            base = parameters.model(part["base_model"]) if part.get("base_model") else None
            found = _Slice(tuple(sources), base, parameters.table(part.get("parameters")), at)
            yield found
            at += found.length or 0

    def _check(self, part: _Slice) -> None:
        if self.method == "passthrough" and (len(part.sources) != 1 or self._scaled(part)):
            raise CannotTell("passthrough with several sources or a scale is not replayed here")
        if self.method in _BASED and not (part.base or self._base):
            raise CannotTell(f"the configuration of {self.method} names no base model")
        if self.method == "linear" and self._base and self._base not in [m for m, _, _ in part.sources]:
            raise CannotTell("the linear merge has a base model without a weight")
        if self.method == "task_arithmetic":
            for key, usual in (("normalize", False), ("lambda", 1)):
                tables = [part.parameters, self._parameters]
                if any(t.get(key, usual) != usual for t in tables):
                    raise CannotTell(f"task arithmetic with {key} is not replayed here")
        if self.method == "karcher" and (part.base or self._base):
            raise CannotTell("karcher with a base model is not replayed here")
        for key, usual in _MEANS.get(self.method, {}).items():
            if any(t.get(key, usual) != usual for t in (part.parameters, self._parameters)):
                raise CannotTell(f"{self.method} with {key} is not replayed here")
        if self.method in _SPARSE and any(t.get("rescale") for t in (part.parameters, self._parameters)):
            raise CannotTell(f"{self.method} with rescale is not replayed here")

    def _scaled(self, part: _Slice) -> bool:
        tables = [part.parameters, self._parameters, *(own for _, _, own in part.sources)]
        return any("scale" in table for table in tables)


#: What stands before the layers; mergekit takes it from the first slice, everything behind them from the last.
_BEFORE = ("embed_tokens.", "wte.", "wpe.", "word_embeddings", "embed_in.", "embeddings.", "embed_positions.")


def _float32(value: float) -> float:
    """The nearest float32 number."""
    return float(struct.unpack("<f", struct.pack("<f", value))[0])
