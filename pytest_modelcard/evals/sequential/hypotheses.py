"""The two hypotheses about a claim, and the process that gathers evidence against each."""

from __future__ import annotations

from collections.abc import Sequence

from .alternatives import Alternatives, honest
from .averaging import Averaged, Counted
from .betting import Betting
from .claims import ScoreClaim
from .hypergeometric import Shortfall
from .tolerance import Tolerance

#: What gathers evidence, item by item.
Process = Counted | Betting | Averaged


def against_honest(
    claim: ScoreClaim,
    tolerance: Tolerance,
    alternatives: Alternatives,
    predictions: Sequence[float] | None,
) -> Process:
    """Evidence against "a complete run bears the claim out", on right answers."""
    if not claim.graded:
        return _of_counts(claim, claim.least(tolerance.share), alternatives, predictions)
    return Betting(
        claim.items,
        claim.least_mean(tolerance.share),
        alternatives,
        variance=_bernoulli(claim.middle),
        predictions=predictions,
    )


def against_inflated(claim: ScoreClaim, margin: float, predictions: Sequence[float] | None) -> Process:
    """Evidence against "inflated by the margin or more", on what is not right: the same test upside down."""
    alternatives = honest(margin)
    turned = [1 - p for p in predictions] if predictions is not None else None
    if not claim.graded:
        return _of_counts(claim, claim.items - claim.inflated(margin), alternatives, turned)
    return Betting(
        claim.items,
        1 - (float(claim.low) - margin),
        alternatives,
        variance=_bernoulli(claim.middle),
        predictions=turned,
    )


def _of_counts(
    claim: ScoreClaim, least: int, alternatives: Alternatives, predictions: Sequence[float] | None
) -> Counted | Averaged:
    """Against "at least so many of all items": counted, and where items are predicted half of it bet."""
    counted = Counted(Shortfall(claim.items, least, alternatives))
    if predictions is None:
        return counted
    bet = Betting(
        claim.items,
        least / claim.items,
        alternatives,
        variance=_bernoulli(claim.middle),
        predictions=predictions,
    )
    return Averaged(counted, bet)


def _bernoulli(mean: float) -> float:
    return mean * (1 - mean)
