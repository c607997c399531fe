"""Models that moved the same way: checkpoints of one run, or siblings nearly as close.

An average along a run (EMA, SWA) lies among its checkpoints and, as they converge, within rounding of their blends for
half of the elements. A merge that was trained on looks the same, so that where the parents moved the same way nothing
short of an exact blend tells the two apart.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from .agreement import gram
from .records import TensorSample

#: Cosine of two models' changes of the base. Checkpoints of one run 0.72 to 0.99, siblings on the same data up to 0.94;
#: fine-tunes on other data 0.1 to 0.5.
SAME_WAY = 0.6


def same_way(samples: Sequence[TensorSample], base: str, ids: Sequence[str]) -> tuple[str, str] | None:
    """The two models whose changes of the base are most alike, if they are as alike as checkpoints of one run."""
    models = [i for i in ids if i != base]
    if len(models) < 2:
        return None
    products = gram(samples, base, models)[: len(models), : len(models)]
    sizes = np.sqrt(np.maximum(np.diag(products), 1e-300))
    cosines = products / np.outer(sizes, sizes) - 2 * np.eye(len(models))
    one, two = np.unravel_index(int(np.argmax(cosines)), cosines.shape)
    return (models[one], models[two]) if cosines[one, two] >= SAME_WAY else None
