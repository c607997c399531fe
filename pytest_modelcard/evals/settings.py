"""The settings of a run: those the card states, those the user chose, and everything else, which is assumed and listed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from ..errors import CannotTell
from .stated import Stated
from .tasks.spec import Task

Combine = Literal["mean", "any"]


@dataclass(frozen=True, slots=True)
class Settings:
    """What a run uses: `stated` by the card, `chosen` by the user, and `assumed`, with the reason for each."""

    shots: int | None = 0  #: None: as another harness's task has it
    draws: int = 1
    combine: Combine = "mean"
    claimed_draws: int = 1
    request: Mapping[str, Any] = field(default_factory=dict)  #: sent with every question
    greedy: bool = False  #: the card's score and ours are both without sampling
    stated: Mapping[str, Any] = field(default_factory=dict)
    chosen: Mapping[str, Any] = field(default_factory=dict)
    assumed: Mapping[str, str] = field(default_factory=dict)

    def words(self) -> str:
        """ "stated by the card: shots 5; set in the task: max_tokens 512; assumed: temperature (the server's default)" """
        parts = [("stated by the card", self.stated), ("set for the run", self.chosen)]
        told = [
            f"{head}: {', '.join(f'{k} {_shown(v)}' for k, v in some.items())}"
            for head, some in parts
            if some
        ]
        if self.assumed:
            told.append(f"assumed: {', '.join(f'{k} ({v})' for k, v in self.assumed.items())}")
        return "; ".join(told)


def resolve(task: Task, card: Stated, defaults: Mapping[str, Any] | None = None) -> Settings:
    """The settings of a run. defaults: of the model's generation_config.json, named where they are relied on.

    Raises CannotTell where the card's settings cannot be had, or the task contradicts them: a run with other
    settings would say nothing of the claim.
    """
    if card.obstacle:
        raise CannotTell(card.obstacle)
    for name in ("shots", "temperature", "top_p", "thinking"):
        ours, theirs = getattr(task, name), getattr(card, name)
        if ours is not None and theirs is not None and ours != theirs:
            raise CannotTell(
                f"the task sets {name} = {_shown(ours)} where the card states {_shown(theirs)}: a run so would not test "
                f"the card's score ({task.where})"
            )
    found = _Sorted()
    shots = found.take("shots", card.shots, task.shots)
    if task.engine == "chat":
        shots = _examples(task, card, found, shots)
    elif shots is None:
        found.assumed["shots"] = f"as the task of {task.engine} has it"
    elif shots and task.engine == "inspect-ai" and not task.options.get("shots"):
        raise CannotTell(
            f"the score is {shots}-shot, and options.shots does not name the argument of the task that takes the number"
        )
    request = _sampling(task, card, found, defaults or {})
    if card.best_of:
        found.stated["pass@k"] = card.best_of
    if card.draws:
        found.stated["avg@k"] = card.draws
    draws = card.best_of or task.draws or 1
    if task.draws and not card.best_of:
        found.chosen["draws"] = task.draws
    if card.best_of and task.draws not in (None, card.best_of):
        raise CannotTell(f"the card's score is pass@{card.best_of}, and the task sets draws = {task.draws}")
    wording = "task's" if task.prompt else "built-in" if task.engine == "chat" else f"{task.engine} task's"
    found.assumed["prompt"] = f"the {wording} wording; the card does not print its own"
    return Settings(
        shots=shots,
        draws=draws,
        combine="any" if card.best_of else "mean",
        claimed_draws=card.draws or 1,
        request=request,
        greedy=card.temperature == 0,
        stated=found.stated,
        chosen=found.chosen,
        assumed=found.assumed,
    )


def _examples(task: Task, card: Stated, found: _Sorted, shots: int | None) -> int:
    """How many examples a chat shows. Raises CannotTell where there are none to show."""
    if shots is None:
        if card.few_shot:
            raise CannotTell("the card says few-shot and no number; set `shots` in the task")
        found.assumed["shots"] = "0; the card does not say"
        return 0
    if shots and task.examples is None:
        raise CannotTell(
            f"{shots} examples are shown before the question, and the task names no file of examples"
        )
    return int(shots)


class _Sorted:
    """Settings by who said so."""

    def __init__(self) -> None:
        self.stated: dict[str, Any] = {}
        self.chosen: dict[str, Any] = {}
        self.assumed: dict[str, str] = {}

    def take(self, name: str, card: Any, task: Any) -> Any:
        if card is not None:
            self.stated[name] = card
            return card
        if task is not None:
            self.chosen[name] = task
        return task


def _sampling(task: Task, card: Stated, found: _Sorted, defaults: Mapping[str, Any]) -> dict[str, Any]:
    """Keys of the request."""
    request: dict[str, Any] = dict(task.extra)
    for name in ("temperature", "top_p"):
        value = found.take(name, getattr(card, name), getattr(task, name))
        if value is not None:
            request[name] = value
        elif not (name == "top_p" and request.get("temperature") == 0):
            own = defaults.get(name)
            found.assumed[name] = "the server's default" + (
                f"; generation_config.json has {own}" if own is not None else ""
            )
    thinking = found.take("thinking", card.thinking, task.thinking)
    if thinking is None:
        found.assumed["thinking"] = "as the server's chat template has it"
    else:
        template = dict(request.get("chat_template_kwargs") or {})
        request["chat_template_kwargs"] = {"enable_thinking": thinking, **template}
        found.assumed["chat template"] = "obeys enable_thinking"
    if task.max_tokens is not None:
        found.chosen["max_tokens"] = request["max_tokens"] = task.max_tokens
    else:
        found.assumed["max_tokens"] = "the server's default"
    if task.extra:
        found.chosen["extra"] = dict(task.extra)
    return request


def _shown(value: Any) -> str:
    return {True: "on", False: "off"}[value] if isinstance(value, bool) else str(value)
