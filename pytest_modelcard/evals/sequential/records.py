"""What a sequential run says in the end, as a plain record."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

Decision = Literal["confirmed", "refuted", "undecided"]


@dataclass(frozen=True, slots=True)
class Verdict:
    """The verdict on one claim. Scores, tolerance and margin are shares of 1; of a paired claim, differences.

    - refuted: a complete run would score lower than the claim by more than the tolerance.
    - confirmed: a complete run would not score lower than the claim by the margin or more.

    Each is wrong with probability `alpha` at most, however the run was stopped, run noise beyond the tolerance aside
    (`noise_exceeded`). The interval holds the score of a complete run with probability `level`, at all times.
    """

    decision: Decision
    reason: str
    log_e_refute: float  #: natural logarithm of the evidence against the claim; may be infinite
    log_e_confirm: float  #: the same against "inflated by the margin or more"
    p_refute: float  #: p-value valid at any time: the reciprocal of the largest evidence so far, 1 at most
    p_confirm: float
    interval: tuple[float, float]
    level: float
    claimed: tuple[float, float]
    items: int  #: of the benchmark
    used: int  #: items counted
    late: int  #: results that came in after the decision, not counted
    draws: int  #: answers asked for the items counted
    score: float | None  #: mean over items counted whose answers were all read
    unparsed: int  #: answers that could not be read
    missing: int  #: answers that were never had
    alpha: float
    tolerance: float
    tolerance_reason: str
    noise_exceeded: float
    margin: float
    assumptions: tuple[str, ...]

    def turned(self) -> Verdict:
        """A verdict on shares of wrong answers, told in shares of right ones: what was too high is too low."""
        reason = (
            f"a complete run would score higher than the card says by more than {self.tolerance * 100:.3g} points"
            if self.decision == "refuted"
            else f"a complete run would not score higher than the card says by {self.margin * 100:.3g} points or more"
            if self.decision == "confirmed"
            else self.reason
        )
        return replace(
            self,
            reason=reason,
            interval=(1 - self.interval[1], 1 - self.interval[0]),
            claimed=(1 - self.claimed[1], 1 - self.claimed[0]),
            score=None if self.score is None else 1 - self.score,
        )
