"""How far below its claim a complete run may lie without speaking against it.

With temperature sampling two runs of one model differ. The claim is one draw, ours another. With p_i the chance that
item i is answered right, a run's score has variance sum p_i (1 - p_i) / N^2, at most p (1 - p) / N for a mean score p,
and less the more items are always right or always wrong. Without a tolerance an honest claim on 89 items was
refuted in about half of all runs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, hypot, sqrt
from statistics import NormalDist

#: Standard deviations of one run. The difference of two runs spreads by sqrt(2), so that noise of the size assumed
#: exceeds 3.5 with probability 0.007 (3: 0.017), and of half the variance with 0.0003. Measured on honest claims at
#: alpha 0.01, the noise known: 3 refuted 2 to 3 %, 3.5 from 0.8 to 1.2 %.
SDS = 3.5


@dataclass(frozen=True, slots=True)
class Tolerance:
    """A tolerance as a share of 1 (0.05: five points), and why it is what it is."""

    share: float
    reason: str
    sds: float | None = None
    run_sd: float | None = None  #: of one run with one draw an item, as a share
    exceeded: float = 0.0  #: the probability that run noise alone exceeds the tolerance

    def __post_init__(self) -> None:
        if not 0 <= self.share <= 1:
            raise ValueError(f"a tolerance of {self.share} is not between 0 and 1")

    @classmethod
    def none(cls) -> Tolerance:
        """For a run that has to repeat the claimed one answer by answer."""
        return cls(0.0, "none: the run is taken to repeat the claimed one exactly")

    @classmethod
    def points(cls, points: float, reason: str = "set by the user") -> Tolerance:
        return cls(points / 100, reason)

    @classmethod
    def run_noise(
        cls,
        score: float,
        items: int,
        *,
        noise: float = 1.0,
        claimed_draws: int = 1,
        own_draws: int = 1,
        sds: float = SDS,
    ) -> Tolerance:
        """For sampled answers: `sds` standard deviations of a run, less where either side averages several draws.

        score: the claim, as a share. noise: the part of p (1 - p) / N that is run noise; 1 is the most possible and
        the default, 0.3 to 0.7 was seen; `noise_share` measures it from a pilot with several draws an item.
        """
        if not 0 <= noise <= 1 or min(claimed_draws, own_draws, items) < 1:
            raise ValueError("noise is from 0 to 1, and draws and items are 1 or more")
        sd = sqrt(noise * _variance(score, items) / items)
        difference = sd * sqrt(1 / claimed_draws + 1 / own_draws)
        share = min(sds * difference / sqrt(2), 1.0)
        exceeded = 1 - NormalDist().cdf(sds / sqrt(2)) if difference else 0.0
        source = "the most possible" if noise == 1 else f"{noise:.2g} of the most possible"
        reason = (
            f"{sds:g} standard deviations of a run ({sd * 100:.2g} points, {source}); "
            f"{claimed_draws} claimed and {own_draws} own draws an item"
        )
        return cls(share, reason, sds, sd, exceeded)

    def with_other(self, other: Tolerance) -> Tolerance:
        """For a difference of two models' scores, each with its own noise: variances add up."""
        sd = (
            hypot(self.run_sd, other.run_sd) if self.run_sd is not None and other.run_sd is not None else None
        )
        return Tolerance(
            min(hypot(self.share, other.share), 1.0),
            f"of both models: {self.reason}; {other.reason}",
            self.sds if self.sds == other.sds else None,
            sd,
            max(self.exceeded, other.exceeded),
        )


def noise_share(right: Sequence[int], draws: int) -> float:
    """The part of p (1 - p) that is noise between draws of one item, from the right answers of each item in
    `draws` draws. Measure it on a pilot, not on the items the claim is then tested with. Needs 20 items."""
    if draws < 2 or len(right) < 20:
        raise ValueError("run noise is measured on 20 items or more with 2 draws or more")
    shares = [r / draws for r in right]
    p = sum(shares) / len(shares)
    if p in (0, 1):
        return 0.0
    within = sum(s * (1 - s) for s in shares) / len(shares) * draws / (draws - 1)
    return min(within / (p * (1 - p)), 1.0)


def draws_needed(
    score: float, items: int, wanted: float, *, noise: float = 1.0, claimed_draws: int = 1, sds: float = SDS
) -> int | None:
    """The fewest draws an item (epochs) that bring the tolerance down to `wanted` (share); None where the
    claim's own noise is too large for any number."""
    variance = noise * _variance(score, items) / items * sds * sds / 2
    room = wanted * wanted - variance / claimed_draws
    if variance == 0:
        return 1
    return max(ceil(variance / room - 1e-9), 1) if room > 0 else None


def _variance(score: float, items: int) -> float:
    """p (1 - p) of one item, with two right and two wrong answers added to the claim (Agresti and Coull 1998): a
    claim is the more often a lucky draw the nearer it is to 1, and 30 of 30 does not mean that no item is in doubt."""
    p = (score * items + 2) / (items + 4)
    return p * (1 - p)
