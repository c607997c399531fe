"""Is the candidate another model, unchanged, cast, or with weights set to zero? Elementwise equality decides."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from .formats import KNOWN, round_to
from .records import TensorSample


@dataclass(frozen=True, slots=True)
class Likeness:
    """Candidate beside one model, over all common elements; shares in [0, 1].

    equal: the same value. rounded: the model's value rounded to the candidate's grid. zeroed: zero in the candidate
    alone. kept: of what is not zeroed, the share equal after rounding. whole: tensors equal after rounding
    (at least 0.9999 of their elements).
    """

    id: str
    elements: int
    tensors: int
    equal: float
    rounded: float
    zeroed: float
    kept: float
    whole: int


def likeness(samples: Sequence[TensorSample], model: str) -> Likeness | None:
    """None where no sample holds the model in formats that can be compared."""
    elements = equal = rounded = zeroed = kept = whole = tensors = 0
    for s in samples:
        if model not in s.others or s.dtype not in KNOWN:
            continue
        other = s.others[model]
        same = s.candidate == other
        cast = same | (s.candidate == round_to(other, s.dtype))
        zero = (s.candidate == 0) & (other != 0) & ~cast
        elements += len(other)
        tensors += 1
        equal += int(same.sum())
        rounded += int(cast.sum())
        zeroed += int(zero.sum())
        kept += int((cast & ~zero).sum())
        whole += bool(cast.mean() >= 0.9999)
    if not elements:
        return None
    share = kept / max(1, elements - zeroed)
    return Likeness(
        model, elements, tensors, equal / elements, rounded / elements, zeroed / elements, share, whole
    )
