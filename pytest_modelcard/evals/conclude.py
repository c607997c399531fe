"""What a trial came to: its verdict, why it ended where it was left open, and what it cost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from .engine import Description, Engine
from .record import Run
from .sequential import Plan
from .setup import Ready, settings_dict
from .trial import Trial


@dataclass(frozen=True, slots=True)
class Prepared:
    """A claim that can be run, as far as can be told before the first call."""

    ready: Ready
    here: int  #: items at hand


def concluded(
    prepared: Prepared,
    plan: Plan | None,
    trial: Trial,
    described: Sequence[Description],
    trouble: str,
    doubt: str,
    *,
    family: int,
    family_alpha: float,
) -> Run:
    """The run's record as far as the trial knows it. described: of each model's engine. trouble: what broke the run
    off. doubt: why its answers say nothing of the model. family: claims that share family_alpha."""
    made, first, feeds, found = prepared.ready, described[0], trial.feeds, trial.verdict()
    stopped = ""
    if found.decision == "refuted" and doubt:
        found, stopped = replace(found, decision="undecided"), doubt
    elif found.decision == "undecided" and not trial.unreadable:
        stopped = trouble or next((f.out_of for f in feeds if f.out_of), "")
        if not stopped and found.used >= prepared.here < found.items:
            stopped = f"all {prepared.here:,} items at hand were used"
    elif trial.unreadable and any(f.errors for f in feeds):
        worst = max((e for f in feeds for e in f.errors.most_common(1)), key=lambda e: e[1])
        stopped = f"{found.reason} ({worst[1]} times: {worst[0]})"
    return Run(
        id=made.want.id,
        kind=made.want.kind,
        benchmark=made.want.name,
        claim=made.want.claim.id,
        model=first.model,
        verdict=found,
        engine=first.engine,
        engine_version=first.version,
        task=first.task,
        dataset=first.dataset,
        dataset_revision=first.revision,
        family=family,
        family_alpha=family_alpha,
        settings=settings_dict(made),
        settings_words=made.settings.words(),
        correct=trial.right[0],
        other_correct=trial.right[1] if len(trial.right) > 1 else None,
        calls=sum(f.calls for f in feeds),
        retries=sum(f.retries for f in feeds),
        prompt_tokens=sum(f.prompt_tokens for f in feeds),
        completion_tokens=sum(f.completion_tokens for f in feeds),
        truncated=sum(f.truncated for f in feeds),
        stopped=stopped,
        warnings=plan.warnings if plan else (),
        expected_items={f"{f.inflation * 100:g}": round(f.mean_items, 1) for f in plan.forecasts}
        if plan
        else {},
        doubted=bool(doubt) or trial.unreadable,
        other_model=made.want.model,
        control=trial.control,
    )


def doubt_of(engines: Sequence[Engine], trial: Trial) -> str:
    """Why the answers say nothing of a model, where an engine can tell; "" where they do."""
    for engine, feed in zip(engines, trial.feeds, strict=True):
        ask = getattr(engine, "doubt", None)
        if ask is not None and (reason := ask(feed.said)):
            return str(reason)
    return ""
