"""The predictors against the real mergekit, bit for bit where it is installed."""

from __future__ import annotations

import numpy as np
import pytest

from pytest_modelcard.weights.agreement import agree
from pytest_modelcard.weights.arithmetic import Predictor
from pytest_modelcard.weights.blends import blend
from pytest_modelcard.weights.slerp import coefficients, on_arc
from tests.weights.samples import Array, base_values, sample, tuned

torch = pytest.importorskip("torch")
pytest.importorskip("mergekit")

N = 30_000


def tensor(values: Array):  # type: ignore[no-untyped-def]
    return torch.tensor(values, dtype=torch.float64).to(torch.bfloat16)


def values(of) -> Array:  # type: ignore[no-untyped-def]
    return np.asarray(of.to(torch.float64).numpy())


def test_linear() -> None:
    from mergekit.merge_methods.base import TensorBatch
    from mergekit.merge_methods.linear import linear_merge

    base = base_values(N)
    one, two = tuned(base, 5e-4, 1), tuned(base, 2e-4, 2)
    batch = TensorBatch(tuple(tensor(one_).reshape(1, -1) for one_ in (one, two, base)))
    merged = linear_merge.implementation(batch, torch.tensor([[0.565, 0.235, 0.2]]))
    found = sample(values(merged.reshape(-1)), {"p": one, "q": two, "b": base})
    weights = {"p": 0.565, "q": 0.235, "b": 0.2}
    assert agree([found], Predictor(weights, "b"), list(weights)).hit_rate > 0.9999
    told = blend([found], list(weights))
    assert told is not None and told.agreement == 1.0
    assert told.weights == pytest.approx(tuple(weights.values()), abs=1e-3)


def test_slerp() -> None:
    from mergekit.merge_methods.slerp import slerp

    base = base_values(N)
    parent = tuned(base, 0.015, 1)
    merged = slerp(torch.tensor([0.35]), tensor(base).reshape(1, -1), tensor(parent).reshape(1, -1))
    found = sample(values(merged.reshape(-1)), {"p": parent, "b": base})
    cosine = float(base @ parent / np.linalg.norm(base) / np.linalg.norm(parent))
    first, last = coefficients(0.35, cosine)
    assert agree([found], Predictor({"b": first, "p": last}, "b"), ["p", "b"]).hit_rate > 0.999
    told = blend([found], ["p", "b"])
    assert told is not None and on_arc(*told.weights, found, "b", "p")


def test_task_arithmetic_in_bf16() -> None:
    from mergekit.merge_methods.base import TensorGroup
    from mergekit.merge_methods.generalized_task_arithmetic import GeneralizedTaskArithmeticMerge

    method = GeneralizedTaskArithmeticMerge(
        consensus_method=None,
        sparsification_method=None,
        default_normalize=False,
        default_rescale=False,
        method_name="task_arithmetic",
        method_pretty_name=None,
        method_reference_url=None,
    )
    base = base_values(N)
    one, two = tuned(base, 5e-4, 1), tuned(base, 2e-4, 2)
    group = TensorGroup.from_tensors(
        [tensor(base), tensor(one), tensor(two)], ids=["b", "p", "q"], base_index=0
    )
    options = {"lambda": 1.0, "normalize": False, "weight": {"p": 0.7, "q": 0.45}}
    merged = method.merge_group(group, **options)
    found = sample(values(merged), {"p": one, "q": two, "b": base})
    weights = {"p": 0.7, "q": 0.45, "b": -0.15}
    own = agree([found], Predictor(weights, "b", "stored-delta-rounded"), list(weights))
    assert own.hit_rate == 1.0
    assert agree([found], Predictor(weights, "b"), list(weights)).hit_rate < 0.98


def test_operators_of_torch_on_bf16() -> None:
    base = base_values(N)
    parent = tuned(base, 5e-4, 1)
    a, b = tensor(parent), tensor(base)
    weights = {"p": 0.6, "b": 0.4}
    for merged, kind in (
        (torch.lerp(b, a, 0.6), "float32"),
        (0.6 * a + 0.4 * b, "stored-sum"),
        (b + 0.6 * (a - b), "stored-delta"),
    ):
        found = sample(values(merged), {"p": parent, "b": base})
        assert agree([found], Predictor(weights, "b", kind), ["p", "b"]).hit_rate > 0.999  # type: ignore[arg-type]
