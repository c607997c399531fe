"""A claimed difference ("+18.3 over base") tested on the same items.

Both models answer each item; what counts is the difference of their scores, -1, 0 or 1. Items that both answer
alike say nothing about which is better and only enter the mean, so that only the discordant pairs spread it:
where 20 % of the items are discordant, a difference takes about a fifth of the variance that two independent runs
have. The difference is moved from -1..1 to 0..1 and tested by `betting`.

Where the other model's results are known for all items already, test the score itself instead: the claim is then
the known score plus the difference, and the known results are its `predictions`.
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from .alternatives import SHORTFALL
from .claims import ScoreClaim
from .decision import UNREAD_LIMIT, SequentialTest
from .outcomes import Outcome
from .records import Decision, Verdict
from .tolerance import Tolerance


class PairedTest:
    """As `SequentialTest`, for a claimed difference between `low` and `high` (shares of 1, -1 to 1).

    For two rounded scores the interval of the difference is that of their subtraction (`arithmetic.Interval`).
    tolerance: of the difference (`Tolerance.with_other`). margin: the inflation of the
    difference that a confirmation rules out, half a positive difference at most.
    """

    def __init__(
        self,
        low: Fraction,
        high: Fraction,
        items: int,
        *,
        tolerance: Tolerance,
        alpha: float = 0.01,
        margin: float = 0.05,
        unread_limit: float = UNREAD_LIMIT,
    ) -> None:
        if not -1 <= low <= high <= 1:
            raise ValueError(f"a difference from {float(low)} to {float(high)} is not between -1 and 1")
        margin = min(margin, float(low) / 2) if low > 0 else margin
        self._test = SequentialTest(
            ScoreClaim((low + 1) / 2, (high + 1) / 2, items, graded=True),
            tolerance=replace(tolerance, share=tolerance.share / 2),
            alpha=alpha,
            margin=margin / 2,
            unread_limit=unread_limit,
            alternatives=SHORTFALL.scaled(0.5),
        )
        self._tolerance = tolerance

    def add(self, model: Outcome, other: Outcome, item: int | None = None) -> Decision:
        """The next item's two outcomes, in the order of dispatch."""
        return self._test.add(model.less(other), item)

    @property
    def decision(self) -> Decision:
        return self._test.decision

    @property
    def used(self) -> int:
        """Items counted."""
        return self._test.used

    @property
    def decided(self) -> bool:
        return self._test.decided

    @property
    def evidence(self) -> tuple[float, float]:
        return self._test.evidence

    @property
    def unreadable(self) -> bool:
        return self._test.unreadable

    @property
    def finished(self) -> bool:
        return self._test.finished

    def verdict(self) -> Verdict:
        """The record in differences of scores."""
        found = self._test.verdict()
        return replace(
            found,
            reason=self._test.reason(scale=2),
            interval=_difference(found.interval),
            claimed=_difference(found.claimed),
            score=None if found.score is None else found.score * 2 - 1,
            tolerance=self._tolerance.share,
            margin=found.margin * 2,
            assumptions=(*found.assumptions, "both models answered the same items"),
        )


def _difference(pair: tuple[float, float]) -> tuple[float, float]:
    return pair[0] * 2 - 1, pair[1] * 2 - 1
