"""A benchmark data set's `eval.yaml`: the Hub's own definition of its tasks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ...card.yaml_reader import read_yaml
from ...errors import CannotTell
from .records import MAX_RESULTS, count, mapping, text


@dataclass(frozen=True, slots=True)
class DatasetTask:
    """One task: what a `task_id` of a result stands for."""

    id: str
    config: str = "default"
    split: str = "test"
    epochs: int = 1
    solvers: tuple[str, ...] = ()
    scorers: tuple[str, ...] = ()
    fields: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class DatasetTasks:
    name: str
    framework: str  #: "inspect-ai" where the Hub runs it so
    tasks: tuple[DatasetTask, ...]

    def task(self, id: str) -> DatasetTask | None:
        return next((t for t in self.tasks if t.id == id), None)


def read_dataset_tasks(raw: str, path: str = "eval.yaml") -> DatasetTasks:
    """Raises CannotTell where the text is no such file."""
    read = read_yaml(raw.replace("\r\n", "\n").replace("\r", "\n").split("\n"), path)
    data = mapping(read.data)
    tasks = data.get("tasks")
    if not read.readable or not isinstance(tasks, list):
        raise CannotTell(f"{path} lists no tasks")
    return DatasetTasks(
        text(data.get("name")),
        text(data.get("evaluation_framework")),
        tuple(_task(mapping(t)) for t in tasks[:MAX_RESULTS]),
    )


def _task(entry: Mapping[str, Any]) -> DatasetTask:
    return DatasetTask(
        id=text(entry.get("id")),
        config=text(entry.get("config")) or "default",
        split=text(entry.get("split")) or "test",
        epochs=count(entry.get("epochs")) or 1,
        solvers=_names(entry.get("solvers")),
        scorers=_names(entry.get("scorers")),
        fields={text(k): text(v) for k, v in mapping(entry.get("field_spec")).items() if text(v)},
    )


def _names(steps: Any) -> tuple[str, ...]:
    return tuple(text(mapping(s).get("name")) for s in steps[:50]) if isinstance(steps, list) else ()
