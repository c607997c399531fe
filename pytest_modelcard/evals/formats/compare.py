"""A claim beside what somebody already measured."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from ..sequential import ScoreClaim, Tolerance
from .records import PriorResult

Agreement = Literal["agrees", "lower", "higher", "cannot tell"]


@dataclass(frozen=True, slots=True)
class Comparison:
    """lower: the measured score is lower than the claim by more than run noise explains."""

    agreement: Agreement
    reason: str
    difference: float | None = None  #: measured less claimed, share; of the reading nearest to the claim


def compare(claim: ScoreClaim, prior: PriorResult) -> Comparison:
    """Whether a result bears a claim out, beyond the noise of both runs.

    Only a run over all items of the same benchmark speaks; the first items of a data set are no random sample of it.
    Settings are not compared here: they stand in `prior.settings`.
    """
    if prior.problem:
        return Comparison("cannot tell", prior.problem)
    if not prior.shares:
        return Comparison("cannot tell", f"{prior.value:g} is no share of items answered right")
    unread = sum(item.score is None for item in prior.results)
    if unread > max(0.1 * len(prior.results), 4):
        return Comparison("cannot tell", f"{unread} of {len(prior.results)} answers were not read")
    if prior.population is not None and prior.population != claim.items:
        return Comparison(
            "cannot tell", f"its data set has {prior.population} items where the benchmark has {claim.items}"
        )
    if prior.items is not None and prior.items < claim.items and not prior.drawn:
        return Comparison(
            "cannot tell", f"it scored {prior.items} of {claim.items} items, not known to be drawn at random"
        )
    counted = min(prior.items or claim.items, claim.items)
    epochs = max((item.epoch for item in prior.results), default=1)
    noise = Tolerance.run_noise(claim.middle, counted, own_draws=epochs)
    off = min((_off(claim, share) for share in prior.shares), key=abs)
    told = f"{prior.value:g} measured, {float(claim.low) * 100:g} to {float(claim.high) * 100:g} % claimed; "
    if abs(off) <= noise.share:
        return Comparison("agrees", f"{told}within {noise.share * 100:.2g} points of run noise", off)
    agreement: Agreement = "lower" if off < 0 else "higher"
    return Comparison(
        agreement, f"{told}{abs(off) * 100:.3g} points {agreement}; run noise {noise.share * 100:.2g}", off
    )


def _off(claim: ScoreClaim, share: float) -> float:
    """How far a share lies outside the printed figure's interval; 0 within."""
    low, high = float(claim.low), float(claim.high)
    return share - high if share > high else share - low if share < low else 0.0
