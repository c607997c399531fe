"""In which order, and by which of mergekit's methods, a blend of two models was summed.

Methods that give the same weights differ in the last digit of float32, and a few elements in ten thousand, those near
the middle between two numbers of the stored format, then round the other way. They tell nothing of the origin, but
without them a replay is not the same to the byte.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from .recipe import share_of_first

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from ..weights.records import Lineage, TensorSample

    Array = NDArray[np.float64]

#: Above this cosine of two tensors mergekit's slerp is a linear sum (its `dot_threshold`).
_ALIKE = 0.9995


def with_summation(lineage: Lineage, samples: Iterable[TensorSample]) -> Lineage:
    """The verdict with `summed` in its recipe (`as`: "linear" or "slerp"; `order`: ids, slerp's base first).

    Unchanged where it is no blend of two models that was rounded once.
    """
    from .record import Found, lineage_dict

    recipe = lineage.recipe or {}
    ids = [p.id for p in lineage.parents]
    if (
        lineage.verdict != "exact-merge"
        or lineage.method not in ("linear", "slerp")
        or len(ids) != 2
        or recipe.get("arithmetic", "float32") != "float32"
    ):
        return lineage
    share = share_of_first(lineage_dict(Found(lineage, {})))
    if share is None:
        return lineage
    usable = [s for s in samples if all(i in s.others for i in ids)]
    found = _closest(usable, ids, share, lineage.method, list(recipe.get("weights") or ()))  # type: ignore[call-overload]
    return replace(lineage, recipe={**recipe, "summed": found}) if found else lineage


def _closest(
    samples: Sequence[TensorSample],
    ids: list[str],
    share: Callable[[str], float],
    method: str,
    known: list[str],
) -> dict[str, Any] | None:
    """The way that misses the fewest elements; of equals the first, so that a known order stays."""
    first = ids[0]
    orders = sorted((ids, ids[::-1]), key=lambda order: order != known)
    ways = [("linear", order) for order in orders] if method == "linear" else []
    spans = [_cosine(s, *ids) for s in samples]
    if method == "slerp" or not any(high < _ALIKE for _, high in spans):
        ways += [("slerp", order) for order in orders[::-1]]
        samples = [s for s, (low, _) in zip(samples, spans, strict=True) if low > _ALIKE]
    best: tuple[int, dict[str, Any]] | None = None
    for kind, order in ways if samples else ():
        missed = 0
        for s in samples:
            weight = share(s.name)
            mine = {i: weight if i == first else round(1 - weight, 12) for i in order}
            missed += _missed(s, _linear(s, mine) if kind == "linear" else _slerp(s, mine))
        if best is None or missed < best[0]:
            best = missed, {"as": kind, "order": list(order)}
    return best[1] if best else None


def _linear(sample: TensorSample, weights: Mapping[str, float]) -> Array:
    from ..weights.arithmetic import Predictor

    return Predictor(weights, next(iter(weights)))(sample)


def _slerp(sample: TensorSample, weights: Mapping[str, float]) -> Array:
    """(1 - t) * base + t * other in float32, each product rounded."""
    import numpy as np

    base, other = weights
    t = np.float32(weights[other])
    with np.errstate(over="ignore", invalid="ignore"):
        first = (np.float32(1) - t) * sample.others[base].astype(np.float32)
        return np.asarray(first + t * sample.others[other].astype(np.float32), np.float64)


def _missed(sample: TensorSample, predicted: Array) -> int:
    import numpy as np

    from ..weights.formats import round_to

    return int(np.count_nonzero(round_to(predicted, sample.dtype) != sample.candidate))


def _cosine(sample: TensorSample, first: str, second: str) -> tuple[float, float]:
    """Where the whole tensors' cosine lies; at 1 where either is zero, as there is nothing to turn."""
    import numpy as np

    a, b = sample.others[first], sample.others[second]
    with np.errstate(invalid="ignore", over="ignore"):
        size = float(np.linalg.norm(a) * np.linalg.norm(b))
        cosine = float(a @ b) / size if 0 < size < math.inf else 1.0
    if len(a) == math.prod(sample.shape):
        return cosine, cosine
    # Four standard errors of a sampled correlation.
    doubt = 4 * max(0.0, 1 - cosine**2) / len(a) ** 0.5
    return cosine - doubt, cosine + doubt
