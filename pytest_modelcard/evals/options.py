"""What the user allows for sampled runs: where models answer, and what may be spent."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ..errors import PolicyError
from ..source.ids import is_repo_id
from .address import base_url, is_loopback
from .tasks.spec import Task, tasks_from_dicts

#: Keys of the policy file that are read here.
KEYS = frozenset(
    (
        "run",
        "endpoint",
        "served-model",
        "model",
        "calls",
        "seconds",
        "concurrency",
        "alpha",
        "tolerance",
        "store",
    )
) | {"margin", "noise", "seed", "answer-tokens", "tasks", "endpoints"}


@dataclass(frozen=True, slots=True)
class Place:
    """Where one model answers. key_variable: the environment variable that holds its key."""

    url: str
    served: str | None = None
    key_variable: str | None = None


@dataclass(frozen=True, slots=True)
class RunOptions:
    """Of sampled runs; see the README's options."""

    place: Place | None = None  #: of the card's own model
    places: Mapping[str, Place] = field(default_factory=dict)  #: of other models, by id
    model: Path | None = None  #: a local folder of the card's own model
    tasks: tuple[Task, ...] = ()
    calls: int = 5_000  #: requests that one card may cost
    seconds: float = 3_600.0
    concurrency: int = 16
    alpha: float = 0.01  #: probability of any wrong verdict among a card's claims
    tolerance: float | None = None  #: points; None: from the run noise
    margin: float = 0.05  #: inflation (share) that a confirmation rules out
    noise: float | None = None  #: part of p (1 - p) / N that is run noise; None: the most possible
    store: Path | None = None
    store_age: float | None = None  #: seconds after which kept results count no more
    seed: int = 1
    answer_tokens: float | None = None  #: of one answer, for costs told beforehand
    asks: bool = True  #: False: only costs are told, and no model is needed


def options_from(
    data: Mapping[str, Any], given: Mapping[str, Any], root: Path, where: str, *, offline: bool
) -> RunOptions | None:
    """From the policy's keys and the command line's options over them; None where no run is asked for.

    Raises PolicyError naming the key.
    """
    read = _Reader(data, given, where)
    if not read.flag("run"):
        return None
    endpoint, served = read.text("endpoint"), read.text("served-model")
    model = read.path("model", root)
    places = _places(data.get("endpoints", {}), where)
    place = None
    if endpoint is not None:
        place = Place(base_url(endpoint, read.said("endpoint")), served)
        if offline and not all(is_loopback(p.url) for p in (place, *places.values())):
            raise PolicyError("--modelcard-offline allows only endpoints on this machine (localhost)")
    elif model is None and not given.get("collect"):
        raise PolicyError(
            "--modelcard-run needs a model that answers: give --modelcard-endpoint=URL (an OpenAI-compatible "
            "server) or --modelcard-model=PATH"
        )
    if model is not None and not model.exists():
        raise PolicyError(f"{read.said('model')}: {model} does not exist")
    tasks = data.get("tasks", [])
    if not isinstance(tasks, list):
        raise PolicyError(f"{where}: tasks must be a list ([[tasks]])")
    return RunOptions(
        place=place,
        places=places,
        model=model,
        tasks=tasks_from_dicts(tasks, root, where),
        calls=int(read.number("calls", 5_000, 1, 10**9, whole=True) or 0),
        seconds=read.number("seconds", 3_600.0, 0.001, 10**7) or 0.0,
        concurrency=int(read.number("concurrency", 16, 1, 1_024, whole=True) or 0),
        alpha=read.number("alpha", 0.01, 1e-12, 0.5) or 0.0,
        tolerance=read.number("tolerance", None, 0, 100),
        margin=(read.number("margin", 5.0, 0.1, 50) or 0.0) / 100,
        noise=read.number("noise", None, 0, 1),
        store=read.path("store", root),
        seed=int(read.number("seed", 1, 0, 2**63, whole=True) or 0),
        answer_tokens=read.number("answer-tokens", None, 1, 10**7),
        asks=not given.get("collect"),
    )


def _places(value: Any, where: str) -> dict[str, Place]:
    """`[endpoints]`: "org/name" = "URL", or = { url, served, key-env }."""
    if not isinstance(value, dict):
        raise PolicyError(f'{where}: endpoints must be a table of "org/name" = "URL"')
    found = {}
    for id, told in value.items():
        here = f"{where}: endpoints.{id}"
        if not is_repo_id(id):
            raise PolicyError(f"{here}: {id!r} is no repository id (org/name)")
        table = {"url": told} if isinstance(told, str) else told
        if not isinstance(table, dict) or not all(isinstance(v, str) for v in table.values()):
            raise PolicyError(f"{here} must be an address, or a table of url, served and key-env")
        if unknown := sorted(set(table) - {"url", "served", "key-env"}):
            raise PolicyError(f"{here}: unknown key {unknown[0]!r}; known are url, served, key-env")
        found[id] = Place(base_url(table.get("url", ""), here), table.get("served"), table.get("key-env"))
    return found


class _Reader:
    """A setting as the command line gives it, else as the policy file does."""

    def __init__(self, data: Mapping[str, Any], given: Mapping[str, Any], where: str) -> None:
        self._data, self._given, self._where = data, given, where

    def said(self, key: str) -> str:
        """Where a setting comes from, for messages."""
        return f"--modelcard-{key}" if self._given.get(key) is not None else f"{self._where}: {key}"

    def _get(self, key: str) -> Any:
        value = self._given.get(key)
        return self._data.get(key) if value is None else value

    def flag(self, key: str) -> bool:
        value = self._get(key)
        if value is not None and not isinstance(value, bool):
            raise PolicyError(f"{self.said(key)} must be true or false")
        return bool(value)

    def text(self, key: str) -> str | None:
        value = self._get(key)
        if value is not None and (not isinstance(value, str) or not value.strip()):
            raise PolicyError(f"{self.said(key)} must be a text")
        return value

    def path(self, key: str, root: Path) -> Path | None:
        """A path of the file counts from the file's folder, one of the command line from the current one."""
        value = self.text(key)
        if value is None:
            return None
        return Path(value) if self._given.get(key) is not None else root / value

    def number(
        self, key: str, default: float | None, low: float, high: float, *, whole: bool = False
    ) -> float | None:
        value = self._get(key)
        if value is None:
            return default
        try:
            if isinstance(value, bool):
                raise ValueError
            number = float(value)
        except (TypeError, ValueError):
            number = math.nan
        if not low <= number <= high or (whole and number != int(number)):
            kind = "whole number" if whole else "number"
            raise PolicyError(f"{self.said(key)} must be a {kind} from {low:g} to {high:g}, not {value!r}")
        return number
