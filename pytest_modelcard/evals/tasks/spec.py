"""One `[[tasks]]` entry of the policy: which benchmark it stands for and how its items are asked."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, Literal, cast

from ...errors import PolicyError

Scorer = Literal["choice", "exact", "numeric", "regex"]
SCORERS: tuple[Scorer, ...] = ("choice", "exact", "numeric", "regex")
#: Engines by name; those beside "chat" are optional extras.
ENGINES = ("chat", "inspect-ai", "lm-eval")
#: Keys of the request that a task may set beside these through `extra`, never by it.
RESERVED = frozenset({"model", "messages", "stream", "n"})
_PLACE = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True, slots=True)
class Task:
    """How one benchmark is run. Sampling settings left None are the card's where it states them, else the server's."""

    benchmark: str  #: id or printed name in the benchmark registry
    engine: str = "chat"
    file: Path | None = None  #: JSON lines, one item each
    scorer: Scorer = "exact"
    prompt: str | None = None  #: with {question}, {choices} and any other field of an item
    system: str | None = None
    question: str = "question"  #: names of fields in the file
    choices: str = "choices"
    answer: str = "answer"
    pattern: str | None = None  #: for scorer "regex": what is read from an answer (its first group)
    shots: int | None = None  #: examples shown before the question; None: as the card states, else none
    examples: Path | None = None  #: JSON lines that examples are taken from, in order
    temperature: float | None = None
    top_p: float | None = None
    max_tokens: int | None = None
    thinking: bool | None = None
    draws: int | None = None  #: answers to each item (epochs)
    items: int | None = None  #: N that the card's score is over, where the registry has another or none
    subset: Literal["random"] | None = None  #: the file holds a random sample of the benchmark's items
    revision: str | None = None  #: of the data, as the user knows it; beside the file's checksum
    tolerance: float | None = None  #: points, in place of the run's
    noise: float | None = None  #: part of p (1 - p) / N that is run noise, 0 to 1
    extra: Mapping[str, Any] = field(default_factory=dict)  #: further keys of the request
    options: Mapping[str, Any] = field(default_factory=dict)  #: of another engine: its task's name, arguments
    where: str = "tasks"  #: for messages


_TEXT = frozenset(
    (
        "benchmark",
        "engine",
        "scorer",
        "prompt",
        "system",
        "question",
        "choices",
        "answer",
        "pattern",
        "revision",
    )
)
_PATHS = frozenset(("file", "examples"))
#: (least, most) of whole numbers, and of others
_WHOLE = {"shots": (0, 64), "max_tokens": (1, 1_000_000), "draws": (1, 64), "items": (1, 10**9)}
_NUMBERS = {"temperature": (0, 5), "top_p": (0, 1), "tolerance": (0, 100), "noise": (0, 1)}


def tasks_from_dicts(entries: Iterable[Any], root: Path, where: str) -> tuple[Task, ...]:
    """Tasks from `[[tasks]]`; paths count from the policy's folder. Raises PolicyError naming entry and key."""
    return tuple(_task(entry, root, f"{where}: tasks[{n}]") for n, entry in enumerate(entries))


def _task(entry: Any, root: Path, where: str) -> Task:
    if not isinstance(entry, Mapping):
        raise PolicyError(f"{where} must be a table")
    if isinstance(entry.get("benchmark"), str):
        where = f"{where} ({entry['benchmark']})"
    allowed = {f.name for f in fields(Task)} - {"where"}
    values: dict[str, Any] = {"where": where}
    for key, value in entry.items():
        if key not in allowed:
            raise PolicyError(f"{where}: unknown key {key!r}; known are {', '.join(sorted(allowed))}")
        values[key] = _value(key, value, root, f"{where}: {key}")
    if not values.get("benchmark"):
        raise PolicyError(f"{where}: benchmark is missing")
    task = Task(**cast(Any, values))
    _consistent(task)
    return task


def _value(key: str, value: Any, root: Path, where: str) -> Any:
    if key in _TEXT:
        return _expect(value, isinstance(value, str), where, "a text")
    if key in _PATHS:
        path = root / _expect(value, isinstance(value, str), where, "a path")
        if not path.is_file():
            raise PolicyError(f"{where}: {path} is no file")
        return path
    if key in ("extra", "options"):
        return dict(_expect(value, isinstance(value, dict), where, "a table"))
    if key == "thinking":
        return _expect(value, isinstance(value, bool), where, "true or false")
    if key == "subset":
        return _expect(value, value == "random", where, '"random"')
    number = isinstance(value, (int, float)) and not isinstance(value, bool)
    if key in _WHOLE:
        low, high = _WHOLE[key]
        good = number and isinstance(value, int) and low <= value <= high
        return _expect(value, good, where, f"a whole number from {low} to {high}")
    low, high = _NUMBERS[key]
    return float(_expect(value, number and low <= value <= high, where, f"a number from {low} to {high}"))


def _expect(value: Any, good: bool, where: str, what: str) -> Any:
    if not good:
        raise PolicyError(f"{where} must be {what}, not {value!r}")
    return value


def _consistent(task: Task) -> None:
    """What can be seen to be wrong before anything is read."""
    if task.engine not in ENGINES:
        raise PolicyError(f"{task.where}: engine {task.engine!r} is not one of {', '.join(ENGINES)}")
    if task.engine != "chat":
        return
    if task.scorer not in SCORERS:
        raise PolicyError(f"{task.where}: scorer {task.scorer!r} is not one of {', '.join(SCORERS)}")
    if task.file is None:
        raise PolicyError(f"{task.where}: file is missing (JSON lines, one item each)")
    if (task.scorer == "regex") != (task.pattern is not None):
        raise PolicyError(f'{task.where}: pattern belongs to scorer = "regex", and has to be given there')
    if task.pattern is not None:
        try:
            groups = re.compile(task.pattern).groups
        except re.error as error:
            raise PolicyError(f"{task.where}: pattern is no regular expression: {error}") from error
        if groups < 1:
            raise PolicyError(f"{task.where}: pattern needs a group around what is compared with the key")
    shown = {place for text in (task.prompt, task.system) for place in _PLACE.findall(text or "")}
    if task.answer in shown:
        raise PolicyError(f"{task.where}: the prompt would show the key ({{{task.answer}}})")
    if task.prompt is not None and not shown & {"question", task.question}:
        raise PolicyError(f"{task.where}: the prompt has no place for the question ({{question}})")
    if reserved := sorted(RESERVED & set(task.extra)):
        raise PolicyError(f"{task.where}: extra may not set {reserved[0]}")
