"""Whether a log's settings are those that a card states for its score."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ..stated import Stated
from .records import PriorResult, count, number

#: Names under which tasks of inspect-ai take the number of examples.
_SHOTS = ("shots", "fewshot", "num_fewshot", "n_shot", "n_shots", "fewshot_num")
_METRIC = re.compile(
    r"(?<![a-z])(?:(acc_norm|normali[sz]ed acc(?:uracy)?)|(strict)|(flexible))(?![a-z])", re.IGNORECASE
)
#: What a metric or filter has to hold, by the group above.
_HOLDS = ("acc_norm", "strict", "flexible")


@dataclass(frozen=True, slots=True)
class Protocol:
    """differs: settings that are told on both sides and are not the same, or that one side needs and the other does
    not tell; a run so says nothing of the card's score. assumed: settings that only one side tells, taken as equal."""

    differs: tuple[str, ...] = ()
    assumed: tuple[str, ...] = ()


def compared(stated: Stated, prior: PriorResult, printed: str) -> Protocol:
    """printed: benchmark and setting as the card prints them, for a metric named there."""
    differs: list[str] = []
    assumed: list[str] = []
    if stated.obstacle:
        differs.append(stated.obstacle)
    if (stated.best_of or 1) != (prior.best_of or 1):
        differs.append(f"{_at_k(stated.best_of)} in the card, {_at_k(prior.best_of)} in the log")
    _shots(stated, _recorded_shots(prior), differs, assumed)
    for name, value in (("temperature", stated.temperature), ("top_p", stated.top_p)):
        recorded = number(prior.settings.get(name))
        if value is not None and recorded is not None and abs(value - recorded) > 1e-9:
            differs.append(f"{name} {value:g} in the card, {recorded:g} in the log")
        elif value is not None and recorded is None:
            assumed.append(f"{name} {value:g}, which the log does not tell")
    thinking = _recorded_thinking(prior.settings)
    if stated.thinking is not None and thinking is not None and stated.thinking != thinking:
        differs.append(f"thinking {_on(stated.thinking)} in the card, {_on(thinking)} in the log")
    elif stated.thinking and thinking is None:
        differs.append("the card's score is with thinking, and the log does not tell whether its run was")
    elif stated.thinking is False and thinking is None:
        assumed.append("no thinking, which the log does not tell")
    if prior.source == "lm-eval" and prior.settings.get("chat_template") is False:
        assumed.append("no chat template, as the log has it")
    differs += _metric(prior, printed)
    return Protocol(tuple(differs), tuple(assumed))


def _shots(stated: Stated, recorded: int | None, differs: list[str], assumed: list[str]) -> None:
    if stated.shots is not None and recorded is not None:
        if stated.shots != recorded:
            differs.append(f"{stated.shots} shots in the card, {recorded} in the log")
    elif stated.shots:
        differs.append(
            f"the card's score is {stated.shots}-shot, and the log does not tell how many it showed"
        )
    elif stated.few_shot and recorded == 0:
        differs.append("few-shot in the card, 0 shots in the log")
    elif stated.shots == 0:
        assumed.append("0 shots, which the log does not tell")
    elif recorded is not None:
        assumed.append(f"{recorded} shots, as the log has it")
    else:
        assumed.append("the number of shots, which neither tells")


def _recorded_shots(prior: PriorResult) -> int | None:
    found = (count(prior.settings.get(name)) for name in _SHOTS)
    return next((n for n in found if n is not None), None)


def _recorded_thinking(settings: Mapping[str, Any]) -> bool | None:
    told = settings.get("enable_thinking")
    if isinstance(told, bool):
        return told
    effort = settings.get("reasoning_effort")
    if isinstance(effort, str) and effort:
        return effort != "none"
    tokens = count(settings.get("reasoning_tokens"))
    return None if tokens is None else tokens > 0


def _metric(prior: PriorResult, printed: str) -> list[str]:
    """What the card names as its metric and the log does not have."""
    having = f"{prior.metric} {prior.settings.get('filter', '')}".lower()
    named = _METRIC.search(printed)
    if named is None or prior.source != "lm-eval":
        return []
    wanted = _HOLDS[(named.lastindex or 1) - 1]
    return [] if wanted in having else [f"{named[0]} in the card, {having.strip()} in the log"]


def _at_k(best_of: int | None) -> str:
    return f"pass@{best_of}" if best_of else "single answers"


def _on(value: bool) -> str:
    return "on" if value else "off"
