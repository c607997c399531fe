"""What came of one item: right, wrong, or something that is neither.

An answer that no parser could read, and an item that failed on the way, are not wrong answers. They are carried as
an interval of scores: right where evidence against the claim is weighed, wrong where evidence for it is, so that
neither verdict can come from them.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Outcome:
    """One item's score between `low` and `high` (0 to 1) from `draws` answers."""

    low: float
    high: float
    draws: int = 1
    unparsed: int = 0  #: answers given, but not readable
    missing: int = 0  #: answers never had: time-out, refused by the endpoint, dropped

    def __post_init__(self) -> None:
        if not 0 <= self.low <= self.high <= 1:
            raise ValueError(f"scores {self.low} to {self.high} are not between 0 and 1")
        if self.draws < 1 or min(self.unparsed, self.missing) < 0 or self.unread > self.draws:
            raise ValueError(f"{self.unparsed} unparsed and {self.missing} missing of {self.draws} draws")

    @property
    def unread(self) -> int:
        return self.unparsed + self.missing

    @classmethod
    def right(cls) -> Outcome:
        return cls(1.0, 1.0)

    @classmethod
    def wrong(cls) -> Outcome:
        return cls(0.0, 0.0)

    @classmethod
    def not_parsed(cls) -> Outcome:
        return cls(0.0, 1.0, unparsed=1)

    @classmethod
    def not_had(cls) -> Outcome:
        return cls(0.0, 1.0, missing=1)

    @classmethod
    def scored(cls, score: float) -> Outcome:
        """A graded answer: F1, a judge's mark, partial credit; 0 to 1."""
        return cls(score, score)

    @classmethod
    def of_draws(cls, right: int, wrong: int, unparsed: int = 0, missing: int = 0) -> Outcome:
        """Several answers to one item (avg@k, epochs): their mean."""
        draws = right + wrong + unparsed + missing
        if min(right, wrong) < 0 or draws < 1:
            raise ValueError("an item has at least one draw, and no negative counts")
        return cls(right / draws, (right + unparsed + missing) / draws, draws, unparsed, missing)

    def turned(self) -> Outcome:
        """Right for wrong: to test whether a share of right answers is too low as whether that of wrong ones is too high."""
        return Outcome(1 - self.high, 1 - self.low, self.draws, self.unparsed, self.missing)

    def less(self, other: Outcome) -> Outcome:
        """The paired difference to `other` on the same item, from -1..1 moved to 0..1 (0.5 is no difference)."""
        return Outcome(
            (self.low - other.high + 1) / 2,
            (self.high - other.low + 1) / 2,
            self.draws + other.draws,
            self.unparsed + other.unparsed,
            self.missing + other.missing,
        )
