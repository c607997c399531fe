"""From a task and a model to the engine that puts the one to the other."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from ..errors import CannotTell
from .address import base_url, key_for
from .endpoint import Patience
from .engine import Engine, Target
from .options import Place, RunOptions
from .settings import Settings
from .tasks.spec import Task

if TYPE_CHECKING:
    from collections.abc import Iterator

#: Module and class of the engines that are optional extras.
_OTHERS = {"inspect-ai": ("inspect_ai", "InspectEngine"), "lm-eval": ("lm_eval", "LmEvalEngine")}


def target_of(options: RunOptions, id: str, other: str | None) -> tuple[Target, Place | None]:
    """Where a model answers: the card's own (id), or another that is named. Raises CannotTell where nowhere."""
    if other is None:
        place = options.place
        if place is None:
            return Target(id, path=options.model), None
        return Target(id, url=place.url, served=place.served, path=options.model), place
    found = options.places.get(other)
    if found is None:
        raise CannotTell(
            f'no endpoint is named for {other}; add "{other}" = "URL" to [endpoints] in modelcard.toml to run it, too'
        )
    return Target(other, url=found.url, served=found.served), found


def may_use_key(options: RunOptions, place: Place | None) -> bool:
    """Whether the key of the environment is for this place: it is for the card's endpoint, and for no other host."""
    if place is None or place.key_variable is not None or options.place is None:
        return True
    return _origin(place.url) == _origin(options.place.url)


def _origin(url: str) -> str:
    scheme, _, rest = base_url(url).partition("://")
    return f"{scheme}://{rest.partition('/')[0]}"


@contextmanager
def opened(
    task: Task,
    target: Target,
    place: Place | None,
    settings: Settings,
    options: RunOptions,
    *,
    time_up: Callable[[], bool],
    patience: Patience | None = None,
) -> Iterator[Engine]:
    """The engine, closed afterwards. Raises CannotTell where it is not installed or the model cannot be had."""
    allowed = may_use_key(options, place)
    variable = place.key_variable if place else None
    if task.engine == "chat":
        from .chat import ChatEngine

        with ChatEngine(
            task,
            target,
            settings,
            concurrency=options.concurrency,
            key_variable=variable,
            use_key=allowed,
            patience=patience,
            time_up=time_up,
        ) as chat:
            yield chat
        return
    if settings.combine != "mean":
        raise CannotTell(f"the best of several answers to one item (pass@k) is not run by {task.engine}")
    if settings.draws != 1 and task.engine != "inspect-ai":
        raise CannotTell(
            f"several answers to one item (draws) are not run by {task.engine}: its log-likelihoods are the same each "
            "time, and its generations are filtered together"
        )
    module, name = _OTHERS[task.engine]
    made: Any = getattr(importlib.import_module(f".engines.{module}", __package__), name)
    key = key_for(target.url, variable) if target.url and allowed else None
    engine = made(
        task if settings.shots is None else replace(task, shots=settings.shots),
        target,
        key=key,
        at_once=options.concurrency,
        settings=settings.request,
        time_up=time_up,
    )
    close = getattr(engine, "close", None)
    try:
        yield engine
    finally:
        if close is not None:
            close()
