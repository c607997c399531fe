"""Which harness has a task for a benchmark, and what that task needs beside a model that answers."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from ..card.benchmarks import Registry
from ..errors import CannotTell
from .sequential import ScoreClaim, Tolerance, plan
from .tasks.spec import Task

DATA = Path(__file__).resolve().parent.parent / "data" / "eval-tasks.json"
#: What a need is in words, and whether a run of ours can have it.
NEEDS: Mapping[str, str] = {
    "sandbox": "it runs in a sandbox (docker)",
    "vision": "it shows images to the model",
    "gated": "its data set is gated: accept its terms and log in first",
    "judge": "a second model judges the answers or plays the user",
    "web": "the model searches the web",
    "tools": "the model calls tools",
}
#: Needs that the harness meets by itself where the user has seen to it; the others are not run.
ALLOWED = frozenset({"gated"})
#: Inflation (share) for which the number of tasks is told.
INFLATION = 0.1


@dataclass(frozen=True, slots=True)
class Harness:
    """A benchmark's task in one harness. engine "other": only a command is known."""

    benchmark: str  #: id of the benchmark registry
    engine: str
    task: str
    items: int | None = None  #: of the task
    needs: tuple[str, ...] = ()
    options: Mapping[str, Any] = field(default_factory=dict)  #: of `Task.options`
    note: str = ""
    command: str = ""

    @property
    def runs(self) -> bool:
        """Whether an engine of ours can run it as it is."""
        return self.engine != "other" and set(self.needs) <= ALLOWED

    def by_hand(self, model: str = "NAME", url: str = "URL", tasks: int | str = "N", seed: int = 1) -> str:
        """The command that runs a random sample of it (lm-eval: all of it) by its own harness."""
        if self.engine == "inspect-ai":
            return (
                # the provider "openai-api" speaks chat completions; "openai" would ask for the Responses API
                f"LOCAL_API_KEY=KEY inspect eval {self.task} --model openai-api/local/{model} "
                f"--model-base-url {url} --sample-shuffle {seed} --limit {tasks} --epochs 1"
            )
        if self.engine == "lm-eval":
            return (
                f"lm-eval run --tasks {self.task} --model local-completions "
                f"--model_args base_url={url}/completions,model={model} --log_samples"
            )
        return self.command.format(model=model, url=url, n=tasks, seed=seed)


def known(benchmark: str) -> tuple[Harness, ...]:
    """All harnesses' tasks for a benchmark of the registry, those that can be run first."""
    return _known().get(benchmark, ())


def completed(task: Task, registry: Registry | None = None) -> Task:
    """The task with what the data file knows of it, where its own options do not say: task, metric, folder.

    Raises CannotTell where they name no task and none is known, or the one known cannot be run.
    """
    if task.options.get("task"):
        return task
    registry = registry or Registry.default()
    benchmark = registry.get(task.benchmark) or registry.find(task.benchmark)
    found = [h for h in known(benchmark.id) if h.engine == task.engine] if benchmark else []
    if not found:
        raise CannotTell(
            f"{task.where}: no task of {task.engine} is known for {task.benchmark}; name it: options = {{ task = ... }}"
        )
    harness = found[0]
    if not harness.runs:
        raise CannotTell(f"{task.benchmark} is not run by {task.engine}: {needed(harness)}")
    return replace(task, options={**harness.options, "task": harness.task, **task.options})


def needed(harness: Harness) -> str:
    """What a harness's task needs, in words."""
    return ", and ".join(NEEDS[n] for n in harness.needs if n not in ALLOWED)


def why_not(benchmark: str, claim: ScoreClaim | None = None) -> str | None:
    """Why a benchmark is not run without a [[tasks]] entry, and what to do; None where no harness is known.

    claim: says how many tasks a run by hand would take.
    """
    found = known(benchmark)
    if not found:
        return None
    good = [h for h in found if h.runs]
    if good:
        entries = " or ".join(f'[[tasks]] benchmark = "{benchmark}", engine = "{h.engine}"' for h in good)
        return f"no [[tasks]] entry asks for it; to run it, add {entries} to modelcard.toml"
    harness = found[0]
    count: int | str = "N"
    told = ""
    if claim is not None:
        refute, confirm = tasks_needed(claim)
        count = confirm
        told = (
            f"; {refute} of {claim.items} tasks, drawn at random, refute a claim {INFLATION * 100:.0f} points too high, "
            f"{confirm} confirm an honest one, on average"
        )
    return f"{needed(harness)}{told}; by hand: {harness.by_hand(tasks=count)}"


def tasks_needed(claim: ScoreClaim) -> tuple[int, int]:
    """Mean numbers of items that refute a claim that is `INFLATION` too high, and that confirm an honest one to be
    less than that too high."""
    tolerance = Tolerance.run_noise(claim.middle, claim.items, noise=0.3)
    tolerance = min(tolerance, Tolerance.points(INFLATION * 50), key=lambda t: t.share)
    found = plan(claim, tolerance=tolerance, margin=INFLATION, inflations=(0.0, INFLATION))
    by = {f.inflation: f.mean_items for f in found.forecasts}
    return round(by[INFLATION]), round(by[0.0])


@lru_cache(maxsize=1)
def _known() -> dict[str, tuple[Harness, ...]]:
    found: dict[str, list[Harness]] = {}
    for entry in json.loads(DATA.read_text(encoding="utf-8"))["tasks"]:
        harness = Harness(**{**entry, "needs": tuple(entry.get("needs", ()))})
        found.setdefault(harness.benchmark, []).append(harness)
    return {id: tuple(sorted(group, key=lambda h: not h.runs)) for id, group in found.items()}
