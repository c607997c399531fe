"""The order of a float32 sum, told from the few elements that it decides."""

from __future__ import annotations

import pytest

np = pytest.importorskip("numpy")

from pytest_modelcard.weights.formats import round_to  # noqa: E402
from pytest_modelcard.weights.order import summed_in  # noqa: E402
from pytest_modelcard.weights.records import TensorSample  # noqa: E402

WEIGHTS = {"a": 0.5, "b": 0.3, "c": 0.2}
INTERVALS = {id: (w - 1e-7, w + 1e-7) for id, w in WEIGHTS.items()}


def sample(order: str, size: int = 200_000) -> TensorSample:
    rng = np.random.default_rng(5)
    base = rng.normal(0, 0.05, size)
    models = {id: round_to(base + rng.normal(0, 2e-4, size), "BF16") for id in WEIGHTS}
    total = np.zeros(size, np.float32)
    for id in order:
        # Fused multiplication and addition, as torch's addcmul.
        total = (total + float(np.float32(WEIGHTS[id])) * models[id]).astype(np.float32)
    total /= sum((np.float32(WEIGHTS[id]) for id in order), np.float32(0))
    candidate = round_to(total.astype(np.float64), "BF16")
    dtypes = dict.fromkeys(("", *WEIGHTS), "BF16")
    return TensorSample("w", "w", None, (size,), np.arange(size), candidate, models, dtypes)


@pytest.mark.parametrize("order", ["abc", "bca", "cab"])
def test_the_order_of_a_sum_is_told(order: str) -> None:
    found = summed_in([sample(order)], INTERVALS)
    assert "".join(found) == order
    assert found == WEIGHTS


def test_without_elements_that_tell_the_order_given_stays() -> None:
    assert list(summed_in([sample("abc", size=3)], INTERVALS)) == ["a", "b", "c"]
