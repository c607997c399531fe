"""The two hypotheses about a claim, and the process that gathers evidence against each."""

from __future__ import annotations

from collections.abc import Sequence

from .alternatives import Alternatives, honest
from .betting import Betting
from .claims import ScoreClaim
from .hypergeometric import Shortfall
from .tolerance import Tolerance


class Counted:
    """`Shortfall` behind the interface of `Betting`: right or wrong items, added one by one."""

    def __init__(self, process: Shortfall) -> None:
        self.process = process
        self._drawn = self._right = 0
        self.log_e = 0.0

    def add(self, score: float, item: int | None = None) -> None:
        self._drawn += 1
        self._right += round(score)
        self.log_e = self.process.log_e(self._drawn, self._right)

    def bound(self, alpha: float) -> float:
        return self.process.bound(self._drawn, self._right, alpha) / self.process.items


def against_honest(
    claim: ScoreClaim,
    tolerance: Tolerance,
    alternatives: Alternatives,
    predictions: Sequence[float] | None,
) -> Counted | Betting:
    """Evidence against "a complete run bears the claim out", on right answers."""
    if not claim.graded and predictions is None:
        return Counted(Shortfall(claim.items, claim.least(tolerance.share), alternatives))
    least = claim.least_mean(tolerance.share) if claim.graded else claim.least(tolerance.share) / claim.items
    return Betting(
        claim.items, least, alternatives, variance=_bernoulli(claim.middle), predictions=predictions
    )


def against_inflated(
    claim: ScoreClaim, margin: float, predictions: Sequence[float] | None
) -> Counted | Betting:
    """Evidence against "inflated by the margin or more", on what is not right: the same test upside down."""
    alternatives = honest(margin)
    if not claim.graded and predictions is None:
        return Counted(Shortfall(claim.items, claim.items - claim.inflated(margin), alternatives))
    most = float(claim.low) - margin if claim.graded else claim.inflated(margin) / claim.items
    turned = [1 - p for p in predictions] if predictions is not None else None
    return Betting(claim.items, 1 - most, alternatives, variance=_bernoulli(claim.middle), predictions=turned)


def _bernoulli(mean: float) -> float:
    return mean * (1 - mean)
