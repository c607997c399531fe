"""What a run will cost, and whether it can decide anything, before the first call.

Calls are found by simulation with a fixed seed: the same claim always gives the same plan. A true score is the claim
less an inflation; our run's complete score is drawn around it with the run noise that the tolerance assumes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from .claims import ScoreClaim
from .outcomes import Outcome
from .simulation import Setting
from .tolerance import Tolerance

#: Decided less often than this within the calls allowed is said before the run.
_OFTEN = 0.8


@dataclass(frozen=True, slots=True)
class Forecast:
    """What to expect where the claim is inflated by so much (share; 0: honest). Items, not calls."""

    inflation: float
    mean_items: float
    items_95: int  #: 95 % of runs need no more
    most_items: int  #: no order of the items needs more
    refuted: float  #: shares of the runs
    confirmed: float
    runs: int

    @property
    def undecided(self) -> float:
        return max(1 - self.refuted - self.confirmed, 0.0)


@dataclass(frozen=True, slots=True)
class Plan:
    """Costs of testing one claim; calls are items times draws."""

    items: int
    draws: int
    within: int  #: items that the calls allowed suffice for
    fewest_to_refute: int | None  #: items, all answered wrong; None: no number can refute
    fewest_to_confirm: int | None  #: items, all answered right
    detectable: float  #: only claims inflated by more than this (share) can be refuted
    forecasts: tuple[Forecast, ...]
    warnings: tuple[str, ...]  #: what cannot be decided, and why

    def mean_calls(self, inflation: float) -> float:
        return next(f.mean_items for f in self.forecasts if f.inflation == inflation) * self.draws


def plan(
    claim: ScoreClaim,
    *,
    tolerance: Tolerance,
    alpha: float = 0.01,
    margin: float = 0.05,
    inflations: Sequence[float] = (0.0, 0.05, 0.1, 0.18),
    draws: int = 1,
    calls: int | None = None,
    seed: int = 0,
) -> Plan:
    """The plan of a `SequentialTest` with these settings.

    inflations: shares that the true score may lie below the claim. draws: answers to each item; more than one needs
    a graded claim. calls: the most calls allowed (default: all items).
    """
    if draws > 1 and not claim.graded:
        raise ValueError("several draws an item need a claim with graded=True")
    within = min(claim.items, claim.items if calls is None else calls // draws)
    setting = Setting(claim, tolerance, alpha, margin, draws, within)
    forecasts = tuple(_forecast(setting, inflation, seed) for inflation in inflations)
    refute, confirm = setting.fewest(Outcome.wrong()), setting.fewest(Outcome.right())
    detectable = float(claim.low) - (
        claim.least_mean(tolerance.share) if claim.graded else claim.least(tolerance.share) / claim.items
    )
    detectable = max(detectable, 0.0)
    warnings = tuple(_warnings(setting, refute, confirm, detectable, forecasts))
    return Plan(claim.items, draws, within, refute, confirm, detectable, forecasts, warnings)


def _forecast(setting: Setting, inflation: float, seed: int) -> Forecast:
    found = setting.runs(inflation, seed)
    used, runs = sorted(items for items, _ in found), len(found)
    return Forecast(
        inflation,
        sum(used) / runs,
        used[min(int(0.95 * runs), runs - 1)],
        setting.most(inflation),
        sum(d == "refuted" for _, d in found) / runs,
        sum(d == "confirmed" for _, d in found) / runs,
        runs,
    )


def _warnings(
    setting: Setting,
    refute: int | None,
    confirm: int | None,
    detectable: float,
    forecasts: Sequence[Forecast],
) -> Iterator[str]:
    claim, within = setting.claim, setting.within
    if refute is None:
        yield (
            f"no run of {claim.items} items can refute the claim: the tolerance ({_points(setting.tolerance.share)}) "
            "reaches down to a score of zero"
        )
    elif refute > within:
        yield f"{within} items cannot refute the claim: even if all are wrong, {refute} are needed"
    if confirm is not None and confirm > within:
        yield f"{within} items cannot confirm the claim: even if all are right, {confirm} are needed"
    for f in forecasts:
        if f.inflation and f.inflation <= detectable + 1e-9:
            yield (
                f"an inflation of {_points(f.inflation)} cannot be told from an honest claim by {claim.items} items: "
                f"the tolerance is {_points(setting.tolerance.share)} ({setting.tolerance.reason})"
            )
        elif f.inflation and f.refuted + f.confirmed < _OFTEN:
            yield (
                f"an inflation of {_points(f.inflation)} is decided within {within} items in only "
                f"{f.refuted + f.confirmed:.0%} of runs"
            )
        elif not f.inflation and f.confirmed < _OFTEN:
            yield f"an honest claim is confirmed within {within} items in only {f.confirmed:.0%} of runs"


def _points(share: float) -> str:
    return f"{share * 100:.3g} points"
