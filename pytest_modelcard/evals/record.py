"""What one run came to: the record that a finding speaks from and the report's `runs` hold."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from .sequential import Outcome, Verdict

if TYPE_CHECKING:
    from .control import Control
    from .setup import Ready

#: Evidence above this is told as this: JSON has no infinity.
MAX_E = 1e300


@dataclass(frozen=True, slots=True)
class Run:
    """One claim, run. Shares are of 1, differences from -1 to 1."""

    id: str  #: of its test: "MC401[gpqa-diamond]"
    kind: str
    benchmark: str  #: as the card prints it
    claim: str  #: the claim's id
    model: str
    verdict: Verdict
    engine: str
    engine_version: str
    task: str
    dataset: str
    dataset_revision: str
    family: int  #: claims that share alpha
    family_alpha: float
    settings: Mapping[str, Mapping[str, Any]]
    settings_words: str
    seed: str = ""
    where: str = ""  #: endpoint or folder
    correct: float = 0.0  #: items counted that were answered right; of several draws an item their mean
    other_correct: float | None = None  #: the same of the other model of a difference
    calls: int = 0
    retries: int = 0
    reused: int = 0  #: results of an earlier run
    prompt_tokens: int = 0
    completion_tokens: int = 0
    truncated: int = 0  #: answers that ended because no more tokens were allowed
    seconds: float = 0.0
    stopped: str = ""  #: why no further item was asked, where the verdict was open
    warnings: tuple[str, ...] = ()  #: of the plan, before the first call
    expected_items: Mapping[str, float] = field(default_factory=dict)  #: by points of inflation
    doubted: bool = False  #: answers that say nothing of the model: no verdict may rest on them
    chance: float | None = None  #: score (share) of guessing
    other_model: str | None = None
    store: str | None = None
    control: Control | None = None  #: what predicted the answers


def run_dict(run: Run) -> dict[str, Any]:
    """Plain data for JSON."""
    found = run.verdict
    return {
        "id": run.id,
        "kind": run.kind,
        "benchmark": run.benchmark,
        "claim": run.claim,
        "model": run.model,
        "other_model": run.other_model,
        "endpoint": run.where,
        "engine": run.engine,
        "engine_version": run.engine_version,
        "task": run.task,
        "dataset": run.dataset,
        "dataset_revision": run.dataset_revision,
        "seed": run.seed,
        "verdict": found.decision,
        "doubted": run.doubted,
        "reason": run.stopped or found.reason,
        "claimed": list(found.claimed),
        "score": found.score,
        "interval": list(found.interval),
        "level": found.level,
        "items": found.items,
        "used": found.used,
        "late": found.late,
        "draws": found.draws,
        "correct": run.correct,
        "other_correct": run.other_correct,
        "unparsed": found.unparsed,
        "errors": found.missing,
        "truncated": run.truncated,
        "e_value": evidence(found.log_e_refute),
        "e_value_confirm": evidence(found.log_e_confirm),
        "p_refute": found.p_refute,
        "p_confirm": found.p_confirm,
        "alpha": found.alpha,
        "claims_together": run.family,
        "alpha_together": run.family_alpha,
        "tolerance": found.tolerance,
        "tolerance_reason": found.tolerance_reason,
        "noise_exceeded": found.noise_exceeded,
        "margin": found.margin,
        "assumptions": list(found.assumptions),
        "settings": {k: dict(v) for k, v in run.settings.items()},
        "calls": run.calls,
        "retries": run.retries,
        "reused": run.reused,
        "tokens": {"prompt": run.prompt_tokens, "completion": run.completion_tokens},
        "seconds": round(run.seconds, 3),
        "warnings": list(run.warnings),
        "expected_items": dict(run.expected_items),
        "store": run.store,
        "control": control_dict(run.control),
    }


def control_dict(control: Control | None) -> dict[str, Any] | None:
    """Whose answers predicted ours, to how many items; the checksum is part of the order's seed."""
    if control is None:
        return None
    return {"models": list(control.models), "items": control.known, "checksum": control.checksum}


def control_words(told: Mapping[str, Any]) -> str:
    """From what `control_dict` gives."""
    first, *others = told["models"]
    more = f" and {len(others)} other models" if len(others) > 1 else "".join(f" and {m}" for m in others)
    return f"predicted from the answers of {first}{more} to {told['items']:,} items"


def closed(
    run: Run, made: Ready, here: int, keys: Sequence[str], counted: Sequence[Sequence[Outcome]]
) -> dict[str, Any]:
    """The run with all that it takes to repeat its verdict from the items: what closes it in a store.

    keys: of the items in the store, one a model. counted: the outcomes in the order of dispatch, of each model.
    """
    return {
        **run_dict(run),
        "keys": list(keys),
        "at_hand": here,
        "claimed_exactly": [str(made.low), str(made.high)],
        "graded": made.graded,
        "counted": [[_short(outcome) for outcome in of_model] for of_model in counted],
        "tenths": run.control.tenths if run.control else None,
        "chance": run.control.chance if run.control else None,
    }


def _short(outcome: Outcome) -> Any:
    """0 and 1 for one answer that was read, else all of it."""
    if outcome.draws == 1 and not outcome.unread and outcome.low == outcome.high and outcome.low in (0, 1):
        return int(outcome.low)
    return [outcome.low, outcome.high, outcome.draws, outcome.unparsed, outcome.missing]


def evidence(log_e: float) -> float:
    """From its natural logarithm; at most MAX_E."""
    return MAX_E if log_e >= math.log(MAX_E) else math.exp(log_e)
