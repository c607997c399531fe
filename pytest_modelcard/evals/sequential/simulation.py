"""Runs of a test on made-up items, to see what it costs: repeatable, by a seed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

from .alternatives import SHORTFALL
from .averaging import Counted
from .claims import ScoreClaim
from .decision import SequentialTest
from .hypergeometric import Boundary
from .hypotheses import against_honest, against_inflated
from .outcomes import Outcome
from .records import Decision
from .tolerance import Tolerance

#: Runs simulated for each inflation, and the most items simulated in all of them (then there are fewer runs).
_RUNS, _MOST_STEPS, _MOST_GRADED_STEPS = 400, 1_500_000, 60_000
#: Run noise assumed for several draws an item where the tolerance names none, as a part of p (1 - p).
_NOISE = 0.5

Run = tuple[int, Decision]


@dataclass(frozen=True)
class Setting:
    """One claim and how it is tested; `within`: the most items asked."""

    claim: ScoreClaim
    tolerance: Tolerance
    alpha: float
    margin: float
    draws: int
    within: int

    def test(self) -> SequentialTest:
        return SequentialTest(self.claim, tolerance=self.tolerance, alpha=self.alpha, margin=self.margin)

    def fewest(self, outcome: Outcome) -> int | None:
        """Items needed where every one ends like this; None where all of them do not decide."""
        if outcome.high == 0 and float(self.claim.low) <= self.tolerance.share:
            return None  # known without counting to N
        test = self.test()
        for count in range(1, self.claim.items + 1):
            test.add(outcome)
            if test.decided:
                return count
        return None

    def most(self, inflation: float) -> int:
        """Items after which what was counted contradicts one hypothesis in any order, without statistics. All,
        where run noise or partial credit leave open what a complete run scores."""
        n, claim = self.claim.items, self.claim
        if claim.graded or self.tolerance.run_sd:
            return n
        right = self._right(inflation)
        below = claim.least(self.tolerance.share) - right
        above = right - claim.inflated(claim.margin(self.margin))
        return n + 1 - max(below, above, 1)

    def runs(self, inflation: float, seed: int) -> list[Run]:
        """Items used and verdicts of simulated runs whose expected score is the claim less `inflation`."""
        random = Random(f"{seed}:{inflation}")
        limit = _MOST_GRADED_STEPS if self.claim.graded else _MOST_STEPS
        found: list[Run] = []
        for run in self._graded(inflation, random) if self.claim.graded else self._counted(inflation, random):
            found.append(run)
            limit -= run[0]
            if len(found) == _RUNS or limit < 0:
                break
        return found

    def _right(self, inflation: float) -> int:
        return min(max(round((self.claim.middle - inflation) * self.claim.items), 0), self.claim.items)

    def _counted(self, inflation: float, random: Random) -> Iterator[Run]:
        """Right or wrong items, compared with the two boundaries."""
        n = self.claim.items
        against = against_honest(self.claim, self.tolerance, SHORTFALL, None)
        favour = against_inflated(self.claim, self.claim.margin(self.margin), None)
        assert isinstance(against, Counted) and isinstance(favour, Counted)  # not graded, no predictions
        refute, confirm = Boundary(against.process, self.alpha), Boundary(favour.process, self.alpha)
        spread = (self.tolerance.run_sd or 0.0) * n
        while True:
            right = min(max(round(random.gauss(self._right(inflation), spread)), 0), n)
            yield self._walk(right, refute, confirm, random)

    def _walk(self, right: int, refute: Boundary, confirm: Boundary, random: Random) -> Run:
        left, seen = self.claim.items, 0
        for t in range(1, self.within + 1):
            seen += random.random() * left < right - seen
            left -= 1
            if seen <= refute.at(t):
                return t, "refuted"
            if t - seen <= confirm.at(t):
                return t, "confirmed"
        return self.within, "undecided"

    def _graded(self, inflation: float, random: Random) -> Iterator[Run]:
        """Several draws an item, each item with its own chance to be right."""
        chances = self._chances(inflation, random)
        while True:
            test, used = self.test(), 0
            while used < self.within and not test.decided:
                # one step of a shuffle: an item not drawn yet takes the next place
                at = random.randrange(used, len(chances))
                chances[used], chances[at] = chances[at], chances[used]
                right = sum(random.random() < chances[used] for _ in range(self.draws))
                test.add(Outcome.of_draws(right, self.draws - right))
                used += 1
            yield used, test.decision

    def _chances(self, inflation: float, random: Random) -> list[float]:
        """For each item the chance to be right: a beta distribution as wide as the run noise assumed leaves, moved so
        that the mean is the true score. Otherwise the luck of the items would pass for inflation."""
        claimed = self.claim.middle
        mean = min(max(claimed - inflation, 1e-6), 1 - 1e-6)
        noise = _NOISE
        if self.tolerance.run_sd is not None and 0 < claimed < 1:
            noise = min(self.tolerance.run_sd**2 * self.claim.items / (claimed * (1 - claimed)), 0.999)
        size = max(noise / (1 - noise), 1e-3)
        found = [random.betavariate(mean * size, (1 - mean) * size) for _ in range(self.claim.items)]
        got = sum(found) / len(found)
        if got > mean:
            return [c * mean / got for c in found]
        return [1 - (1 - c) * (1 - mean) / (1 - got) for c in found]
