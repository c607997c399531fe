"""A claim beside what somebody already measured."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from statistics import NormalDist
from typing import Literal

from ..sequential import ScoreClaim, Tolerance
from .records import PriorResult

Agreement = Literal["agrees", "lower", "higher", "cannot tell"]
#: Of the interval told beside a recorded score.
LEVEL = 0.99
#: How far the mean of a log's own items may lie from the score it tells (rounding).
_ROUNDING = 5e-4


@dataclass(frozen=True, slots=True)
class Comparison:
    """lower: the measured score is lower than the claim by more than run noise explains."""

    agreement: Agreement
    reason: str
    difference: float | None = None  #: measured less claimed, share; of the reading nearest to the claim


def compare(
    claim: ScoreClaim,
    prior: PriorResult,
    *,
    claimed_draws: int = 1,
    spare: float = 0.0,
    chance: float | None = None,
) -> Comparison:
    """Whether a result bears a claim out, beyond the noise of both runs.

    Only a run over all items of the same benchmark, or over a random sample of them, speaks; the first items of a
    data set are no random sample of it. An answer that was not read is not wrong: for "lower" all of them count as
    right. Settings and whose run it is are not compared here.

    claimed_draws: answers an item that the claim is a mean of. spare: share granted beside the noise. chance: score
    (share) of guessing; a run below it says nothing of the model.
    """
    reason = unusable(claim, prior)
    if reason:
        return Comparison("cannot tell", reason)
    counted = min(prior.items or claim.items, claim.items)
    epochs = max((item.epoch for item in prior.results), default=1)
    # of a part of the items, which they are spreads the score as well, however often each is asked
    own_draws = epochs if counted == claim.items and prior.best_of is None else 1
    noise = Tolerance.run_noise(claim.middle, counted, claimed_draws=claimed_draws, own_draws=own_draws)
    granted = noise.share + spare
    unread = sum(item.score is None for item in prior.results) / max(len(prior.results), 1)
    share = min(prior.shares, key=lambda s: abs(_off(claim, s)))
    off = _off(claim, share)
    told = f"{share * 100:.4g} % measured, {_claimed(claim)} claimed; "
    if abs(off) <= granted:
        return Comparison(
            "agrees",
            f"{told}within the {granted * 100:.2g} points that two runs of one model may differ by",
            off,
        )
    if off > 0:
        return Comparison("higher", f"{told}{off * 100:.3g} points higher", off)
    if share <= (chance or 0.0):
        return Comparison(
            "cannot tell",
            f"{told}no better than guessing ({(chance or 0.0) * 100:.3g} %), so that its prompt or scorer may be wrong",
        )
    if abs(_off(claim, min(share + unread, 1.0))) <= granted or _off(claim, share + unread) > 0:
        return Comparison(
            "cannot tell", f"{told}but with the answers that were not read it may reach the claim"
        )
    return Comparison(
        "lower",
        f"{told}{-off * 100:.3g} points lower, where two runs of one model may differ by {granted * 100:.2g}",
        off,
    )


def unusable(claim: ScoreClaim, prior: PriorResult) -> str:
    """Why a result is no measurement of the claimed benchmark's score, "" where it is one."""
    if prior.problem:
        return prior.problem
    if not prior.shares:
        return f"{prior.value:g} is no share of items answered right"
    unread = sum(item.score is None for item in prior.results)
    if unread > max(0.1 * len(prior.results), 4):
        return f"{unread} of {len(prior.results)} answers were not read"
    if prior.population is not None and prior.population != claim.items:
        return f"its data set has {prior.population:,} items where the benchmark has {claim.items:,}"
    if prior.source in ("inspect-ai", "lm-eval") and prior.items is None:
        return "it does not tell how many items it scored"
    if prior.items is not None and prior.items < claim.items and not prior.drawn:
        return f"it scored {prior.items:,} of {claim.items:,} items, not known to be drawn at random"
    return _own_items(prior)


def _own_items(prior: PriorResult) -> str:
    """Why the items that a log holds are not those of the score that it tells; "" where they are, or it holds none."""
    if not prior.results or prior.best_of is not None:
        return ""
    held = len({item.id for item in prior.results})
    if prior.items is not None and held != prior.items:
        return f"it holds {held:,} items and tells that it scored {prior.items:,}"
    low = sum(item.score or 0.0 for item in prior.results) / len(prior.results)
    high = low + sum(item.score is None for item in prior.results) / len(prior.results)
    # failed samples may have been left out of the mean, or counted as wrong
    read = [item.score for item in prior.results if item.score is not None]
    means = (low, high, sum(read) / len(read) if read else low)
    if min(means) - _ROUNDING <= prior.shares[0] <= max(means) + _ROUNDING:
        return ""
    return f"its own items give {low * 100:.4g} % and not the {prior.shares[0] * 100:.4g} % that it tells"


def interval(prior: PriorResult, items: int | None = None) -> tuple[float, float] | None:
    """Wilson's interval at LEVEL of the score of another run, None where the number of items is not known.

    Binomial, so that it is rather too wide: run noise is less, and a sample without replacement spreads less.
    """
    n = prior.items or items
    if not n or len(prior.shares) != 1:
        return None
    z, p = NormalDist().inv_cdf((1 + LEVEL) / 2), prior.shares[0]
    middle = (p + z * z / (2 * n)) / (1 + z * z / n)
    half = z * sqrt(p * (1 - p) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    return max(middle - half, 0.0), min(middle + half, 1.0)


def _claimed(claim: ScoreClaim) -> str:
    return f"{claim.middle * 100:.4g} %"


def _off(claim: ScoreClaim, share: float) -> float:
    """How far a share lies outside the printed figure's interval; 0 within."""
    low, high = float(claim.low), float(claim.high)
    return share - high if share > high else share - low if share < low else 0.0
