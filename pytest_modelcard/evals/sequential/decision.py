"""One claim, tested item by item until it is confirmed or refuted.

Two hypotheses are tested at once, each at `alpha`: "a complete run bears the claim out, within the tolerance", whose
refutation refutes the claim, and "the claim is inflated by the margin or more", whose refutation confirms it.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import exp, log

from .alternatives import SHORTFALL, Alternatives
from .claims import ScoreClaim
from .hypotheses import against_honest, against_inflated
from .outcomes import Outcome
from .records import Decision, Verdict
from .tolerance import Tolerance

#: Share of answers without a readable result above which nothing is decided, and the fewest that say so.
UNREAD_LIMIT, UNREAD_LEAST = 0.1, 5


class SequentialTest:
    """Counts outcomes in the order of dispatch (see `dispatch.InOrder`) and says when to stop.

    alpha: the error probability of either verdict. margin: the inflation that a confirmation rules out (share).
    predictions: for each item a number from 0 to 1 known before the run, such as another model's results.
    The items have to come in a random order fixed before the first call (`dispatch.order`).
    """

    def __init__(
        self,
        claim: ScoreClaim,
        *,
        tolerance: Tolerance,
        alpha: float = 0.01,
        margin: float = 0.05,
        predictions: Sequence[float] | None = None,
        unread_limit: float = UNREAD_LIMIT,
        alternatives: Alternatives = SHORTFALL,
    ) -> None:
        if not 0 < alpha < 1 or not 0 < margin < 1:
            raise ValueError("alpha and margin are between 0 and 1")
        if claim.low == 0:
            raise ValueError("a claimed score of 0 cannot be inflated: there is nothing to test")
        self.claim, self.tolerance, self.alpha = claim, tolerance, alpha
        self.margin = claim.margin(margin)
        self._limit = -log(alpha)
        self._unread_limit = unread_limit
        self._refute = against_honest(claim, tolerance, alternatives, predictions)
        self._confirm = against_inflated(claim, self.margin, predictions)
        self._items_seen: set[int] = set()
        self._used = self._late = self._draws = self._unparsed = self._missing = self._read = 0
        self._read_score = 0.0
        self._largest = [0.0, 0.0]
        self._decision: Decision = "undecided"
        self._interval = (0.0, 1.0)

    @property
    def decision(self) -> Decision:
        return self._decision

    @property
    def used(self) -> int:
        """Items counted."""
        return self._used

    @property
    def decided(self) -> bool:
        return self._decision != "undecided"

    @property
    def evidence(self) -> tuple[float, float]:
        """Natural logarithms of the evidence so far: against the claim, and against "inflated by the margin or more".
        Either decides at -log(alpha)."""
        return self._refute.log_e, self._confirm.log_e

    @property
    def unreadable(self) -> bool:
        """Whether too many answers could not be read for any verdict."""
        unread = self._unparsed + self._missing
        return unread >= UNREAD_LEAST and unread > self._unread_limit * self._draws

    @property
    def finished(self) -> bool:
        """Whether further calls are of no use: decided, out of items, or answers that cannot be read."""
        return self.decided or self.unreadable or self._used == self.claim.items

    def add(self, outcome: Outcome, item: int | None = None) -> Decision:
        """The next outcome in the order of dispatch. After a decision it is only counted as late.

        item: the item's index in the benchmark; needed with predictions, and guards against an item counted twice.
        """
        if self.decided:
            self._late += 1
            return self._decision
        if not self.claim.graded and (outcome.draws != 1 or {outcome.low, outcome.high} - {0.0, 1.0}):
            raise ValueError("several draws or partial credit need a claim with graded=True")
        if item is not None:
            if not 0 <= item < self.claim.items or item in self._items_seen:
                raise ValueError(f"item {item} is not in the benchmark, or was counted before")
            self._items_seen.add(item)
        self._refute.add(outcome.high, item)
        self._confirm.add(1 - outcome.low, item)
        self._used += 1
        self._draws += outcome.draws
        self._unparsed += outcome.unparsed
        self._missing += outcome.missing
        if not outcome.unread:
            self._read += 1
            self._read_score += outcome.low
        return self._decide()

    def _decide(self) -> Decision:
        against, favour = self._refute.log_e, self._confirm.log_e
        self._largest = [max(self._largest[0], against), max(self._largest[1], favour)]
        if not self.unreadable:
            if against >= self._limit:
                self._decision = "refuted"
            elif favour >= self._limit:
                self._decision = "confirmed"
        return self._decision

    def interval(self) -> tuple[float, float]:
        """The scores a complete run may still have; level 1 - 2 alpha, at all times at once. Costs more than `add`:
        with graded scores or predictions it goes through all items counted (a second for some thousands)."""
        low, high = 1 - self._confirm.bound(self.alpha), self._refute.bound(self.alpha)
        before = self._interval
        # both hold together, so that a later, wider interval cannot take back an earlier one
        self._interval = (max(low, before[0]), min(high, before[1]))
        return self._interval

    def verdict(self) -> Verdict:
        """The record so far; may be asked at any time."""
        return Verdict(
            decision=self._decision,
            reason=self.reason(),
            log_e_refute=self._refute.log_e,
            log_e_confirm=self._confirm.log_e,
            p_refute=exp(-self._largest[0]),
            p_confirm=exp(-self._largest[1]),
            interval=self.interval(),
            level=1 - 2 * self.alpha,
            claimed=(float(self.claim.low), float(self.claim.high)),
            items=self.claim.items,
            used=self._used,
            late=self._late,
            draws=self._draws,
            score=self._read_score / self._read if self._read else None,
            unparsed=self._unparsed,
            missing=self._missing,
            alpha=self.alpha,
            tolerance=self.tolerance.share,
            tolerance_reason=self.tolerance.reason,
            noise_exceeded=self.tolerance.exceeded,
            margin=self.margin,
            assumptions=self._assumptions(),
        )

    def reason(self, scale: float = 1.0) -> str:
        """Why the verdict is what it is, in one sentence; scale: points of the claim per point tested."""
        if self._decision == "refuted":
            return f"a complete run would score lower than the claim by more than {_points(self.tolerance.share * scale)}"
        if self._decision == "confirmed":
            return f"a complete run would not score lower than the claim by {_points(self.margin * scale)} or more"
        if self.unreadable:
            return f"{self._unparsed} of {self._draws} answers could not be read and {self._missing} were never had"
        if self._used == self.claim.items:
            return "all items were used; the score lies between the tolerance and the margin, or unread answers decide"
        return "the items used so far do not decide"

    def _assumptions(self) -> tuple[str, ...]:
        found = ["the items came in a random order fixed before the first call"]
        if not self.claim.graded and not self.claim.counts:
            found.append(
                "no whole number of items gives the claimed score; it is taken as a mean of several runs"
            )
        if self.tolerance.exceeded:
            found.append(
                f"run noise exceeds the tolerance with probability {self.tolerance.exceeded:.2g} at most, "
                "beside alpha, if the settings are the card's"
            )
        if self.tolerance.run_sd and self._decision == "confirmed":
            found.append(
                f"confirmed of a complete run such as this one; runs spread by {_points(self.tolerance.run_sd)} (one "
                "standard deviation, one draw an item)"
            )
        if self._unparsed or self._missing:
            found.append("answers not read count as right against the claim and as wrong for it")
        return tuple(found)


def _points(share: float) -> str:
    return f"{share * 100:.3g} points"
