"""What running a card's claims would cost, before anything is asked: `--modelcard-run --collect-only`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..errors import CannotTell, CardError
from .run import Runs, runs_of
from .settings import Settings, resolve
from .setup import Ready, forecast, ready
from .tasks.spec import Task
from .tokens import Tokens, assumption, tokens_of

if TYPE_CHECKING:
    from ..evidence import Evidence
    from .choose import Wanted

#: Inflation (points) that the second column of costs is for.
INFLATED = 10.0
#: Share of undecided runs that is told.
OFTEN_OPEN = 0.2


@dataclass(frozen=True, slots=True)
class Cost:
    """Calls of one claim. `note`: why it cannot be run as things are; "" where it can."""

    id: str
    items: int
    full: int
    honest: float  #: mean calls where the claim is honest
    honest_most: int  #: 95 % of such runs need no more
    inflated: float  #: mean calls where it is INFLATED points too high
    told: float  #: share of those runs that refute it
    undecided: float  #: share of runs of an honest claim that decide nothing
    tokens: Tokens  #: of one call
    note: str = ""


def costs(evidence: Evidence) -> list[Cost]:
    """Of all chosen claims whose number of items is known, those of the largest gain first."""
    runs = runs_of(evidence)
    chosen = [w for w in runs.wanted if evidence.chosen is None or w.id in evidence.chosen]
    found: list[tuple[Wanted, Ready, int, str]] = []
    for want in chosen:
        made = _made(runs, evidence, want)
        if made is not None:
            found.append((want, *made))
    # as many claims as are told of would share alpha if all of them were run
    alpha = runs.options.alpha / max(len(found), 1)
    return [cost for each in found if (cost := _cost(runs, alpha, *each)) is not None]


def _made(runs: Runs, evidence: Evidence, want: Wanted) -> tuple[Ready, int, str] | None:
    """The claim ready to be planned, its items at hand, and what is missing; None where N is not known."""
    if want.kind == "difference":
        return None  # what it costs hangs on how often the two models differ
    note = "no task"
    try:
        prepared = runs.prepare(want)
        return prepared.ready, prepared.here, ""
    except (CannotTell, CardError) as error:
        note = note if not want.tasks else str(error)
    benchmark = evidence.registry.get(want.claim.benchmark_id)
    if benchmark is None or benchmark.items is None:
        return None
    task = Task(benchmark.id)
    try:
        settings = resolve(task, runs.stated(want))
    except CannotTell:
        settings = Settings()
    try:
        return ready(want, task, settings, benchmark.items, benchmark, runs.options), benchmark.items, note
    except CannotTell:
        return None


def _cost(runs: Runs, alpha: float, want: Wanted, made: Ready, here: int, note: str) -> Cost | None:
    plan = forecast(made, runs.options, alpha, here=here, calls=here * made.settings.draws)
    if plan is None:
        return None
    by = {round(f.inflation * 100, 6): f for f in plan.forecasts}
    honest, inflated = by[0.0], by[INFLATED]
    return Cost(
        want.id,
        made.population,
        here * plan.draws,
        plan.mean_calls(honest.inflation),
        honest.items_95 * plan.draws,
        plan.mean_calls(inflated.inflation),
        inflated.refuted,
        honest.undecided,
        tokens_of(want.claim.benchmark_id or want.key, made.task, made.settings, runs.options.answer_tokens),
        note,
    )


def cost_lines(evidence: Evidence) -> Iterator[str]:
    """A table for the terminal."""
    found = costs(evidence)
    if not found:
        yield "no claim of this card has a known number of items"
        return
    width = max(len(c.id) for c in found)
    yield (
        f"{'calls of a sampled run':<{width}}  {'all items':>9}  {'honest':>8}  {'95 %':>7}  {'10 points too high':>18}  refuted"
        f"  {'tokens, all':>11}  {'honest':>8}"
    )
    for c in found:
        yield (
            f"{c.id:<{width}}  {c.full:>9,}  {c.honest:>8,.0f}  {c.honest_most:>7,}  {c.inflated:>18,.0f}  {c.told:>7.0%}"
            f"  {_short(c.full * c.tokens.total):>11}  {_short(c.honest * c.tokens.total):>8}"
            + (
                f"  (an honest claim stays open in {c.undecided:.0%} of runs)"
                if c.undecided > OFTEN_OPEN
                else ""
            )
            + (f"  ({c.note})" if c.note else "")
        )
    full, honest, inflated = (sum(getattr(c, k) for c in found) for k in ("full", "honest", "inflated"))
    yield (
        f"{len(found)} claims: {full:,} calls in full; on average {honest:,.0f} where all are honest, {inflated:,.0f} where "
        f"all are {INFLATED:g} points too high"
    )
    sums = [
        f"{_short(sum(getattr(c, k) * c.tokens.total for c in found))} ({_short(sum(getattr(c, k) * c.tokens.completion for c in found))} "
        "of them written)"
        for k in ("full", "honest", "inflated")
    ]
    yield f"tokens: {sums[0]} in full; {sums[1]} where all are honest, {sums[2]} where all are {INFLATED:g} points too high"
    options = evidence.options.runs
    yield assumption(options.answer_tokens if options else None)


def _short(count: float) -> str:
    """ "1.2 M": three digits at most."""
    for unit, size in (("G", 1e9), ("M", 1e6), ("k", 1e3)):
        if count >= 0.9995 * size:
            return f"{count / size:.3g} {unit}"
    return f"{count:.0f}"
