"""What the tensors of one family say together: the weight that all of them allow, and the published, biased numbers.

Where a parent differs from the base by one or two steps of the grid, as in norms, an exact merge allows many weights;
where it differs by more, few. The interval of a family says which it is.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median

from .records import TensorEvidence

#: An interval up to this width fixes the weight: about three digits.
FIXED = 0.0005


@dataclass(frozen=True, slots=True)
class FamilyEvidence:
    """weight and interval: of the parent, None where its tensors do not differ from the base's (voting is then 0), or
    where no weight is common to all tensors. slope, cosine: medians over tensors.
    """

    family: str
    tensors: int
    voting: int
    weight: float | None
    interval: tuple[float, float] | None
    slope: float | None
    cosine: float | None

    @property
    def fixed(self) -> bool:
        return self.interval is not None and self.interval[1] - self.interval[0] <= FIXED


def by_family(tensors: Iterable[TensorEvidence]) -> tuple[FamilyEvidence, ...]:
    """One entry for each family that was compared with a parent, by name."""
    groups: dict[str, list[TensorEvidence]] = {}
    for tensor in tensors:
        if tensor.votes is not None:
            groups.setdefault(tensor.family, []).append(tensor)
    return tuple(_family(name, groups[name]) for name in sorted(groups))


def _family(name: str, tensors: Sequence[TensorEvidence]) -> FamilyEvidence:
    told = [t.votes for t in tensors if t.votes is not None and t.votes.voting]
    interval = None
    if told and all(v.agreement == 1.0 for v in told):
        # every vote allows its tensor's interval, so one weight for all lies in each of these
        low, high = max(v.low for v in told), min(v.high for v in told)
        interval = (low, high) if low <= high and math.isfinite(low) and math.isfinite(high) else None
    weights = [v.weight for v in told if math.isfinite(v.weight)]
    weight = sum(interval) / 2 if interval else median(weights) if weights else None
    slopes = [t.moments.slope for t in tensors if t.moments and math.isfinite(t.moments.slope)]
    cosines = [t.moments.cosine for t in tensors if t.moments and math.isfinite(t.moments.cosine)]
    return FamilyEvidence(
        name,
        len(tensors),
        sum(v.voting for v in told),
        weight,
        interval,
        median(slopes) if slopes else None,
        median(cosines) if cosines else None,
    )
