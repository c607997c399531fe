"""All sampled runs of one card: chosen claims, largest claimed gain first, within one budget of calls and seconds.

Each claim is tested at alpha over the number of claims run together, so that the probability of any wrong verdict
among them is alpha at most, however each run was stopped.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from ..errors import CannotTell, CardError
from ..lineage.progress import Progress
from .budget import budget_of
from .build import opened, target_of
from .choose import Wanted, wanted
from .conclude import Prepared, concluded, doubt_of
from .control import Control, control_of
from .engine import Description, Engine
from .needs import why_not
from .options import RunOptions
from .record import Run, closed
from .recorded import recordings
from .sequential import Plan, order
from .settings import Settings, resolve
from .setup import Ready, forecast, ready
from .stated import Stated, sentences, stated
from .store import KeptEngine, Store
from .tasks.spec import Task
from .trial import Pair, Single

if TYPE_CHECKING:
    from ..card.benchmarks import Benchmark
    from ..evidence import Evidence


def runs_of(evidence: Evidence) -> Runs:
    """The runs of the evidence's card, one object a run. Raises CannotTell where none were asked for."""
    if evidence.options.runs is None:
        raise CannotTell("no sampled runs were asked for (--modelcard-run)")
    return evidence.compute("runs", lambda: Runs(evidence))


class Runs:
    """What is run of one card, and what that has cost so far."""

    def __init__(self, evidence: Evidence) -> None:
        assert evidence.options.runs is not None
        self.options: RunOptions = evidence.options.runs
        self._evidence = evidence
        self.wanted: tuple[Wanted, ...] = wanted(evidence.card, evidence.registry, self.options)
        self.budget = budget_of(evidence, self.options)
        self._progress = Progress(evidence.tell)
        self._lost: dict[str, str] = {}

    @property
    def id(self) -> str:
        """The card's own model."""
        return self._evidence.source.repo_id or self._evidence.card.name or "the model"

    # --- before the first call

    def prepare(self, want: Wanted) -> Prepared:
        """Raises CannotTell with the reason where the claim cannot be run."""
        return self._evidence.compute(("prepared", want.id), lambda: self._prepare(want))

    def _prepare(self, want: Wanted) -> Prepared:
        if not want.tasks:
            raise CannotTell(f"{want.name} is not run: {why_not(want, self._benchmark(want))}")
        if self.options.asks:
            self._targets(want)  # every model has its endpoint
        reason = CannotTell("no task")
        for task in want.tasks:
            try:
                settings = resolve(task, self.stated(want), self._defaults())
                here = self._items(want, task, settings)
                made = ready(want, task, settings, here, self._benchmark(want), self.options)
                return Prepared(made, here)
            except CannotTell as error:
                reason = CannotTell(f"{want.name} is not run: {error}")
        raise reason

    def stated(self, want: Wanted) -> Stated:
        """The settings that the card states for the claim."""
        card = self._evidence.card
        wide = self._evidence.compute("sentences on scores", lambda: sentences(card))
        return stated(card, want.claim, wide)

    def _items(self, want: Wanted, task: Task, settings: Settings) -> int:
        """How many items a task has at hand."""
        if task.engine == "chat":
            from .chat import load

            return len(load(task, settings).items)
        target, place = target_of(self.options, self.id, want.model if want.kind == "other" else None)
        with opened(task, target, place, settings, self.options, time_up=self.budget.time_up) as engine:
            return engine.items()

    def together(self) -> int:
        """How many claims share alpha: all that are chosen for this run and can be run."""
        return self._evidence.compute("claims together", self._count)

    def _count(self) -> int:
        return max(sum(1 for _ in self.planned()), 1)

    def planned(self) -> Iterator[tuple[Wanted, Prepared]]:
        """The chosen claims that can be run."""
        chosen = self._evidence.chosen
        for want in self.wanted:
            if chosen is None or want.id in chosen:
                try:
                    yield want, self.prepare(want)
                except (CannotTell, CardError):
                    continue

    @property
    def alpha(self) -> float:
        """For each single claim."""
        return self.options.alpha / self.together()

    def forecast(self, prepared: Prepared) -> Plan | None:
        return forecast(
            prepared.ready, self.options, self.alpha, here=prepared.here, calls=self.options.calls
        )

    # --- a run

    def run(self, want: Wanted) -> Run:
        """The run of one claim, once. Raises CannotTell where it cannot begin, or its endpoint gives nothing."""
        return self._evidence.compute(("run", want.id), lambda: self._run(want))

    def _run(self, want: Wanted) -> Run:
        prepared = self.prepare(want)
        self.together()
        self.budget.start()
        if self.budget.left < prepared.ready.settings.draws:
            raise CannotTell(
                f"{want.name} was not run: the {self.options.calls:,} calls allowed (--modelcard-calls) went to claims of "
                "larger gain"
            )
        if self.budget.time_up():
            raise CannotTell(
                f"{want.name} was not run: the {self.options.seconds:g} seconds allowed (--modelcard-seconds) are over"
            )
        plan = self.forecast(prepared)
        for warning in plan.warnings if plan else ():
            self._tell(f"{want.id}: {warning}")
        with ExitStack() as stack:
            engines = [stack.enter_context(part) for part in self._engines(prepared.ready)]
            try:
                return self._test(prepared, plan, engines)
            except KeyboardInterrupt:
                kept = (
                    f"all results are kept in {self.options.store}"
                    if self.options.store
                    else "nothing is kept"
                )
                self._tell(
                    f"{want.id}: interrupted; {kept}"
                    + ("; the same command goes on there" if self.options.store else "")
                )
                raise

    def _engines(self, made: Ready) -> Iterator[Any]:
        for target, place in self._targets(made.want):
            yield opened(made.task, target, place, made.settings, self.options, time_up=self.budget.time_up)

    def _targets(self, want: Wanted) -> list[tuple[Any, Any]]:
        if want.kind == "other":
            return [target_of(self.options, self.id, want.model)]
        own = target_of(self.options, self.id, None)
        if want.kind == "score":
            return [own]
        if want.model is None:
            raise CannotTell(
                f"{want.name} is not run: the card does not say which model {want.base and want.base.model!r} is"
            )
        return [own, target_of(self.options, self.id, want.model)]

    def _test(self, prepared: Prepared, plan: Plan | None, engines: list[Engine]) -> Run:
        made, started = prepared.ready, time.monotonic()
        targets = [target for target, _ in self._targets(made.want)]
        described = [self._described(e, t.where) for e, t in zip(engines, targets, strict=True)]
        kept = [self._kept(engine, target.where) for engine, target in zip(engines, targets, strict=True)]
        kind = Pair if len(engines) == 2 else Single
        seed = f"{made.task.benchmark}@{described[0].revision}:{self.options.seed}"
        control = self._control(kept[0], prepared, begin=kind is Single)
        if control is not None:  # a difference takes the order, so that its answers are those of the score
            seed += f"+{control.checksum}"
        predicted = control if kind is Single else None
        trial = kind(made, self.budget, self.alpha, self.options.margin, self._progress.say, predicted)
        todo = order(prepared.here, seed)
        trouble = trial.go([k or e for k, e in zip(kept, engines, strict=True)], todo)
        if trial.unreadable:
            for text in [t for feed in trial.feeds for t in feed.unread]:
                self._tell(f"{made.want.id}: not readable, for example: ...{text!r}")
        run = replace(
            concluded(
                prepared,
                plan,
                trial,
                described,
                trouble,
                doubt_of(engines, trial),
                family=self.together(),
                family_alpha=self.options.alpha,
            ),
            chance=self._chance(made.want),
            store=self.options.store.name if self.options.store else None,
            seed=seed,
            where=targets[0].where if targets[0].url else targets[0].path.name if targets[0].path else "",
            reused=sum(k.reused for k in kept if k is not None),
            seconds=time.monotonic() - started,
        )
        stores = [k for k in kept if k is not None]
        if stores:
            stores[0].close(closed(run, made, prepared.here, [k.key for k in stores], trial.counted))
        return run

    def _described(self, engine: Engine, where: str) -> Description:
        """What the engine says of itself; a place that does not answer is not asked again for every claim."""
        if where in self._lost:
            raise CannotTell(self._lost[where])
        try:
            return engine.describe()
        except CannotTell as error:
            if engine.name == "chat":
                self._lost[where] = str(error)
            raise

    def _kept(self, engine: Engine, where: str) -> KeptEngine | None:
        if self.options.store is None:
            return None
        return KeptEngine(engine, Store(self.options.store, max_age=self.options.store_age), where)

    def _control(self, kept: KeptEngine | None, prepared: Prepared, *, begin: bool) -> Control | None:
        """What predicts the answers; only where all items of the benchmark are at hand: of a sample, the mean
        prediction of the others is not known."""
        if kept is None or prepared.here != prepared.ready.population:
            return None
        return control_of(kept, prepared.here, begin=begin, logs=lambda: recordings(self._evidence).logs)

    # --- small things

    def _chance(self, want: Wanted) -> float | None:
        known = self._benchmark(want)
        return None if known is None or known.chance is None else known.chance / 100

    def _benchmark(self, want: Wanted) -> Benchmark | None:
        return self._evidence.registry.get(want.claim.benchmark_id)

    def _defaults(self) -> Mapping[str, Any]:
        """What the repository's generation_config.json says; {} where there is none that can be read."""
        try:
            data = self._evidence.json("generation_config.json")
        except (CannotTell, CardError):
            return {}
        return data if isinstance(data, dict) else {}

    def _tell(self, line: str) -> None:
        if self._evidence.tell is not None:
            self._evidence.tell(line)
