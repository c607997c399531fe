"""Small models made of numbers, not of training: a base and what people make of it, each with its truth known.

A model maps tensor names to values on the grid of its dtype (bf16, fp16 or fp32, kept as float64). The base is
normal with rms 0.02; a fine-tune adds normal changes of a stated rms and rounds once.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from pytest_modelcard.weights.formats import round_to
from pytest_modelcard.weights.records import TensorSample

LAYERS, HIDDEN, INNER, VOCAB, HEADS = 4, 64, 144, 192, 4
_MATRICES = {
    "self_attn.q_proj": (HIDDEN, HIDDEN),
    "self_attn.k_proj": (HIDDEN, HIDDEN),
    "self_attn.v_proj": (HIDDEN, HIDDEN),
    "self_attn.o_proj": (HIDDEN, HIDDEN),
    "mlp.gate_proj": (INNER, HIDDEN),
    "mlp.up_proj": (INNER, HIDDEN),
    "mlp.down_proj": (HIDDEN, INNER),
}


@dataclass(frozen=True)
class Model:
    """Values by tensor name, all of one dtype; `dtypes` names those stored otherwise."""

    tensors: Mapping[str, np.ndarray]
    dtype: str = "BF16"
    dtypes: Mapping[str, str] = field(default_factory=dict)

    def stored(self, name: str) -> str:
        return self.dtypes.get(name, self.dtype)

    def map(self, change, dtype: str | None = None) -> Model:
        """Each tensor changed by `change(name, values)` and rounded once to the model's dtype (or `dtype`)."""
        to = dtype or self.dtype
        return Model({n: round_to(change(n, v), to) for n, v in self.tensors.items()}, to)


def layer_of(name: str) -> int | None:
    parts = name.split(".")
    return int(parts[2]) if parts[1] == "layers" else None


def family_of(name: str) -> str:
    parts = name.split(".")
    return ".".join(p for p in parts if not p.isdigit())


def _shapes(layers: int) -> Iterator[tuple[str, tuple[int, ...]]]:
    yield "model.embed_tokens.weight", (VOCAB, HIDDEN)
    for layer in range(layers):
        yield f"model.layers.{layer}.input_layernorm.weight", (HIDDEN,)
        for name, shape in _MATRICES.items():
            yield f"model.layers.{layer}.{name}.weight", shape
    yield "model.norm.weight", (HIDDEN,)


def base(seed: int = 0, dtype: str = "BF16", layers: int = LAYERS) -> Model:
    rng = np.random.default_rng([seed, 1])
    values = {
        name: rng.normal(1.0, 0.1, shape) if len(shape) == 1 else rng.normal(0, 0.02, shape)
        for name, shape in _shapes(layers)
    }
    return Model({n: round_to(v, dtype) for n, v in values.items()}, dtype)


def changes(of: Model, rms: float, seed: int) -> dict[str, np.ndarray]:
    """Normal changes; norms move with the rest."""
    rng = np.random.default_rng([seed, 2])
    return {n: rng.normal(0, rms, v.shape) for n, v in of.tensors.items()}


def add(of: Model, delta: Mapping[str, np.ndarray], scale: float = 1.0) -> Model:
    return of.map(lambda n, v: v + scale * delta[n])


def fine_tune(of: Model, rms: float = 1e-4, seed: int = 1) -> Model:
    return add(of, changes(of, rms, seed))


def sibling(of: Model, shared: Mapping[str, np.ndarray], cosine: float, rms: float, seed: int) -> Model:
    """A fine-tune whose change has `cosine` with `shared` (which has the same rms)."""
    own = changes(of, rms, seed)
    return of.map(lambda n, v: v + cosine * shared[n] + np.sqrt(1 - cosine**2) * own[n])


def run(of: Model, rms: float, steps: int, seed: int, persistence: float = 0.8) -> list[Model]:
    """Checkpoints of one training run with full-precision weights inside, each stored rounded."""
    steady = changes(of, rms / steps, seed)
    state = {n: v.copy() for n, v in of.tensors.items()}
    saved = []
    for step in range(steps):
        noise = changes(of, rms / steps, 1000 * seed + step + 7)
        for n in state:
            state[n] = state[n] + persistence * steady[n] + np.sqrt(1 - persistence**2) * noise[n]
        saved.append(of.map(lambda n, v: state[n]))
    return saved


def linear(parents: Sequence[Model], weights: Sequence[float], dtype: str | None = None) -> Model:
    """In float32 and rounded once, as mergekit's `linear` does."""
    first = parents[0]

    def blend(name: str, _: np.ndarray) -> np.ndarray:
        total = np.zeros(first.tensors[name].shape, np.float32)
        for parent, weight in zip(parents, weights, strict=True):
            total += parent.tensors[name].astype(np.float32) * np.float32(weight)
        return total.astype(np.float64)

    return first.map(blend, dtype)


def scheduled(of: Model, parent: Model, weight) -> Model:
    """One weight a tensor, `weight(name)`."""
    return of.map(lambda n, v: (1 - weight(n)) * v + weight(n) * parent.tensors[n])


def slerp(of: Model, parent: Model, t: float) -> Model:
    def arc(name: str, v: np.ndarray) -> np.ndarray:
        w = parent.tensors[name]
        dot = float(np.sum(v * w) / np.linalg.norm(v) / np.linalg.norm(w))
        if abs(dot) > 0.9995:
            return (1 - t) * v + t * w
        angle = np.arccos(dot)
        return (np.sin((1 - t) * angle) * v + np.sin(t * angle) * w) / np.sin(angle)

    return of.map(arc)


def task_arithmetic(of: Model, parents: Sequence[Model], weights: Sequence[float], low: bool = True) -> Model:
    """base + sum of weight * (parent - base); `low`: every step rounded to the model's dtype, as mergekit does."""

    def step(v: np.ndarray) -> np.ndarray:
        return round_to(v, of.dtype) if low else v

    def one(name: str, v: np.ndarray) -> np.ndarray:
        total = np.zeros_like(v)
        for parent, weight in zip(parents, weights, strict=True):
            kept = float(round_to(np.array([weight]), of.dtype)[0]) if low else weight
            total = step(total + step(step(parent.tensors[name] - v) * kept))
        return v + total

    return of.map(one)


def ties(of: Model, parents: Sequence[Model], weights: Sequence[float], density: float) -> Model:
    """Trim to the largest changes, elect signs, sum what agrees, divide by the weights that took part."""

    def one(name: str, v: np.ndarray) -> np.ndarray:
        kept = []
        for parent in parents:
            d = parent.tensors[name] - v
            cut = np.quantile(np.abs(d), 1 - density)
            kept.append(np.where(np.abs(d) >= cut, d, 0.0))
        weighted = np.array([w * d for w, d in zip(weights, kept, strict=True)])
        sign = np.sign(weighted.sum(0))
        agrees = (np.sign(weighted) == sign) & (weighted != 0)
        share = (agrees * np.array(weights).reshape(-1, *[1] * v.ndim)).sum(0)
        return v + np.where(share > 0, (weighted * agrees).sum(0) / np.maximum(share, 1e-9), 0.0)

    return of.map(one)


def dare(of: Model, parents: Sequence[Model], weights: Sequence[float], density: float, seed: int) -> Model:
    """Random changes dropped, the rest scaled up by 1 / density."""
    rng = np.random.default_rng([seed, 3])

    def one(name: str, v: np.ndarray) -> np.ndarray:
        total = np.zeros_like(v)
        for parent, weight in zip(parents, weights, strict=True):
            keep = rng.random(v.shape) < density
            total += np.where(keep, weight / density * (parent.tensors[name] - v), 0.0)
        return v + total

    return of.map(one)


def breadcrumbs(of: Model, parent: Model, weight: float, density: float, gamma: float) -> Model:
    """The largest and the smallest changes dropped."""

    def one(name: str, v: np.ndarray) -> np.ndarray:
        d = parent.tensors[name] - v
        low, high = np.quantile(np.abs(d), [1 - density - gamma, 1 - gamma])
        return v + np.where((np.abs(d) >= low) & (np.abs(d) <= high), weight * d, 0.0)

    return of.map(one)


def cast(of: Model, dtype: str) -> Model:
    return of.map(lambda n, v: v, dtype)


def fp8(of: Model, block: int = 128, raw: bool = True) -> Model:
    """Matrices in F8_E4M3 with one scale a block of `block` x `block`; raw codes, or multiplied out again."""
    out, dtypes = {}, {}
    for name, v in of.tensors.items():
        if v.ndim != 2:
            out[name] = v
            continue
        codes = np.empty_like(v)
        for i in range(0, v.shape[0], block):
            for j in range(0, v.shape[1], block):
                part = v[i : i + block, j : j + block]
                scale = float(np.float32(np.abs(part).max() / 448.0))
                code = round_to(part / scale, "F8_E4M3")
                codes[i : i + block, j : j + block] = code if raw else code * scale
        out[name] = codes if raw else round_to(codes, of.dtype)
        if raw:
            dtypes[name] = "F8_E4M3"
    return Model(out, of.dtype, dtypes)


def int8(of: Model, raw: bool = True) -> Model:
    """Matrices as int8 with one scale a row; raw codes, or multiplied out again."""
    out, dtypes = {}, {}
    for name, v in of.tensors.items():
        if v.ndim != 2:
            out[name] = v
            continue
        scale = np.abs(v).max(1, keepdims=True) / 127.0
        codes = np.rint(v / scale)
        out[name] = codes if raw else round_to(codes * scale, of.dtype)
        if raw:
            dtypes[name] = "I8"
    return Model(out, of.dtype, dtypes)


def prune(of: Model, share: float) -> Model:
    def one(_: str, v: np.ndarray) -> np.ndarray:
        return v if v.ndim == 1 else np.where(np.abs(v) < np.quantile(np.abs(v), share), 0.0, v)

    return of.map(one)


def adapter(of: Model, rank: int, rms: float, seed: int, only: Sequence[str] = ("q_proj", "v_proj")) -> Model:
    rng = np.random.default_rng([seed, 4])

    def one(name: str, v: np.ndarray) -> np.ndarray:
        if not any(part in name for part in only):
            return v
        change = rng.normal(size=(v.shape[0], rank)) @ rng.normal(size=(rank, v.shape[1]))
        return v + change * (rms / np.sqrt(rank))

    return of.map(one)


def permute(of: Model, seed: int, scale: bool = False, heads: bool = True) -> Model:
    """The same function in another order: neurons of every layer and heads; `scale` moves factors too."""
    rng = np.random.default_rng([seed, 5])
    orders, factors, rows = {}, {}, {}
    for layer in range(LAYERS):
        orders[layer] = rng.permutation(INNER)
        factors[layer] = 2.0 ** rng.uniform(-1, 1, INNER) if scale else np.ones(INNER)
        size = HIDDEN // HEADS
        by_head = rng.permutation(HEADS) if heads else np.arange(HEADS)
        rows[layer] = (by_head[:, None] * size + np.arange(size)).reshape(-1)

    def one(name: str, v: np.ndarray) -> np.ndarray:
        layer = layer_of(name)
        if layer is None:
            return v
        if "gate_proj" in name:
            return v[orders[layer]]
        if "up_proj" in name:
            return v[orders[layer]] * factors[layer][:, None]
        if "down_proj" in name:
            return v[:, orders[layer]] / factors[layer][None, :]
        if any(part in name for part in ("q_proj", "k_proj", "v_proj")):
            return v[rows[layer]]
        return v[:, rows[layer]] if "o_proj" in name else v

    return of.map(one)


def pick_layers(sources: Sequence[tuple[Model, int]], rest: Model) -> Model:
    """A stack: the candidate's layer k is `sources[k]`; what is outside the layers comes from `rest`."""
    out = {n: v for n, v in rest.tensors.items() if layer_of(n) is None}
    for k, (model, layer) in enumerate(sources):
        for name, v in model.tensors.items():
            if layer_of(name) == layer:
                out[name.replace(f".{layer}.", f".{k}.", 1)] = v
    return Model(out, rest.dtype)


def pad_vocabulary(of: Model, rows: int, seed: int) -> Model:
    rng = np.random.default_rng([seed, 6])
    name = "model.embed_tokens.weight"
    extra = round_to(rng.normal(0, 0.02, (rows, HIDDEN)), of.dtype)
    return replace(of, tensors={**of.tensors, name: np.concatenate([of.tensors[name], extra])})


def samples(
    candidate: Model, others: Mapping[str, Model], *, seed: int = 0, most: int = 9216, block: int = 256
) -> list[TensorSample]:
    """The same positions of every tensor: all of it, or blocks of consecutive elements from random places."""
    rng = np.random.default_rng([seed, 8])
    out = []
    for name, values in candidate.tensors.items():
        common = min([values.size, *(m.tensors[name].size for m in others.values() if name in m.tensors)])
        if common <= most:
            positions = np.arange(common)
        else:
            starts = np.sort(rng.choice(common // block, most // block, replace=False)) * block
            positions = (starts[:, None] + np.arange(block)).reshape(-1)
        there = {i: m for i, m in others.items() if name in m.tensors}
        out.append(
            TensorSample(
                name=name,
                family=family_of(name),
                layer=layer_of(name),
                shape=values.shape,
                positions=positions.astype(np.int64),
                candidate=values.reshape(-1)[positions],
                others={i: m.tensors[name].reshape(-1)[positions] for i, m in there.items()},
                dtypes={"": candidate.stored(name), **{i: m.stored(name) for i, m in there.items()}},
            )
        )
    return out
