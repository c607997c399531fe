"""One claim made ready to be run: its scale, its settings, the test with its tolerance, and what it will cost."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any

from ..arithmetic import Interval, printed
from ..card.benchmarks import Benchmark
from ..errors import CannotTell
from ..model import Claim
from .choose import Wanted
from .options import RunOptions
from .sequential import Plan, ScoreClaim, Tolerance
from .sequential import plan as plan_of
from .settings import Settings
from .tasks.spec import Task

#: Part of p (1 - p) / N that is run noise where the card's score and ours are both without sampling: servers,
#: kernels and number formats differ, so that some items still flip.
GREEDY_NOISE = 0.25
#: A mean over subjects differs from the mean over all items; the card does not say which it prints.
MACRO_POINTS = 1.0
#: Inflations (share) that a plan tells the costs of.
INFLATIONS = (0.0, 0.05, 0.1, 0.18)


@dataclass(frozen=True, slots=True)
class Ready:
    """What is needed to begin. `low`, `high`: what the printed score (or difference) stands for, in shares."""

    want: Wanted
    task: Task
    settings: Settings
    population: int  #: N of the benchmark that the claim is about
    low: Fraction
    high: Fraction
    tolerance: Tolerance
    graded: bool
    notes: Mapping[str, str] = field(default_factory=dict)  #: further assumptions

    @property
    def score_claim(self) -> ScoreClaim:
        """The claim as the test takes it. Another model's score is turned round: "not understated" is "not
        inflated" of the share of wrong answers."""
        if self.want.kind == "other":
            return ScoreClaim(1 - self.high, 1 - self.low, self.population, self.graded)
        return ScoreClaim(self.low, self.high, self.population, self.graded)


def scale(claim: Claim, benchmark: Benchmark | None, beside: float | None = None) -> int:
    """What a printed score is a part of: 100, or 1. Raises CannotTell where that is not clear."""
    value = claim.value
    if value is None:
        raise CannotTell("the card prints no single number")
    if benchmark is not None and (
        not benchmark.proportion or benchmark.high != 100.0 or benchmark.direction != "higher"
    ):
        raise CannotTell(
            f"{benchmark.name} is no share of right answers, so that single items do not test it"
        )
    if claim.unit == "%" or value > 1 or (beside is not None and beside > 1):
        found = 100
    elif (claim.decimals or 0) >= 2:
        found = 1
    else:
        raise CannotTell(f"{claim.raw.strip()[:40]!r} may be a share or a percentage")
    if not 0 <= value <= found:
        raise CannotTell(f"{value:g} is no score between 0 and {found}")
    return found


def population(task: Task, benchmark: Benchmark | None, here: int) -> int:
    """N of the benchmark that the card's score is over. Raises CannotTell where the items at hand are others."""
    known = task.items or (benchmark.items if benchmark else None)
    if known is None:
        return here
    if task.subset == "random":
        if here > known:
            raise CannotTell(f"{here:,} items are no sample of a benchmark of {known:,} ({task.where})")
        return known
    others = benchmark.other_items if benchmark and not task.items else ()
    if here != known and here not in others:
        raise CannotTell(
            f'the task has {here:,} items and the benchmark {known:,}; set `subset = "random"` where they are a random '
            f"sample of it, or `items = {here}` where the card's score is over just these ({task.where})"
        )
    return here


def ready(
    want: Wanted, task: Task, settings: Settings, here: int, benchmark: Benchmark | None, options: RunOptions
) -> Ready:
    """Raises CannotTell with the reason where the claim cannot be tested with this task."""
    n = population(task, benchmark, here)
    notes = {}
    if want.base is not None:
        if settings.combine == "any":
            raise CannotTell("differences of pass@k scores are not run")
        out_of = scale(want.claim, benchmark, want.base.value)
        if scale(want.base, benchmark, want.claim.value) != out_of:
            raise CannotTell("the two scores are printed on different scales")
        span = _shares(want.claim, out_of) - _shares(want.base, out_of)
        middle = [float(_middle(_shares(c, out_of))) for c in (want.claim, want.base)]
        tolerance = _tolerance(task, settings, options, middle[0], n)
        if tolerance.sds is not None:
            tolerance = tolerance.with_other(_tolerance(task, settings, options, middle[1], n))
    else:
        out_of = scale(want.claim, benchmark)
        span = _shares(want.claim, out_of)
        span = Interval(max(span.low, Fraction(0)), min(span.high, Fraction(1)))
        tolerance = _tolerance(task, settings, options, float(_middle(span)), n)
        if (span.low == 0 and want.kind != "other") or (span.high == 1 and want.kind == "other"):
            raise CannotTell(
                f"a score of {want.claim.raw.strip()[:20]} cannot be {_fault(want)}: there is nothing to test"
            )
    spread = sum(c.error or 0.0 for c in (want.claim, want.base) if c is not None) / out_of
    if spread > 0 and tolerance.sds is not None:
        tolerance = replace(
            tolerance,
            share=min(tolerance.share + spread, 1.0),
            reason=f"{tolerance.reason}; {spread * 100:.3g} points more, which the card gives as its own error",
        )
    if benchmark is not None and benchmark.macro and options.tolerance is None and task.tolerance is None:
        tolerance = replace(
            tolerance,
            share=min(tolerance.share + MACRO_POINTS / 100, 1.0),
            reason=f"{tolerance.reason}; {MACRO_POINTS:g} point more, because the card may print a mean over subjects",
        )
        notes["average"] = "over all items; the card may average over subjects"
    graded = settings.draws > 1 and settings.combine == "mean"
    return Ready(want, task, settings, n, span.low, span.high, tolerance, graded, notes)


def _fault(want: Wanted) -> str:
    return "understated" if want.kind == "other" else "inflated"


def _shares(claim: Claim, out_of: int) -> Interval:
    return printed(claim.value or 0.0, claim.decimals).scaled(Fraction(1, out_of))


def _middle(span: Interval) -> Fraction:
    return (span.low + span.high) / 2


def _tolerance(task: Task, settings: Settings, options: RunOptions, score: float, n: int) -> Tolerance:
    set_by_user = options.tolerance if task.tolerance is None else task.tolerance
    if set_by_user is not None:
        return Tolerance.points(set_by_user)
    noise = options.noise if task.noise is None else task.noise
    if noise is None:
        noise = GREEDY_NOISE if settings.greedy else 1.0
    own = settings.draws if settings.combine == "mean" else 1
    return Tolerance.run_noise(
        min(max(score, 0.0), 1.0), n, noise=noise, claimed_draws=settings.claimed_draws, own_draws=own
    )


def forecast(ready: Ready, options: RunOptions, alpha: float, *, here: int, calls: int) -> Plan | None:
    """What the run will cost in items and what it cannot decide, within `calls`; None for differences, whose
    discordant pairs are not known."""
    if ready.want.kind == "difference":
        return None
    # a mean of several draws spreads less than one answer, for which this is planned: simulating means takes long
    found = plan_of(
        replace(ready.score_claim, graded=False),
        tolerance=ready.tolerance,
        alpha=alpha,
        margin=options.margin,
        inflations=INFLATIONS,
        calls=min(calls // ready.settings.draws, here),
    )
    return replace(found, draws=ready.settings.draws)


def settings_dict(ready: Ready) -> dict[str, dict[str, Any]]:
    """Of a report: who said which setting."""
    settings = ready.settings
    return {
        "stated": dict(settings.stated),
        "chosen": dict(settings.chosen),
        "assumed": {**settings.assumed, **ready.notes},
    }
