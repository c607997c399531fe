"""A benchmark data set's `eval.yaml`: the Hub's own definition of its tasks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ...card.yaml_reader import read_yaml
from ...errors import CannotTell
from ...source.base import MAX_TEXT_BYTES
from ...source.ids import is_repo_id
from .records import MAX_RESULTS, benchmark_of, count, mapping, text

if TYPE_CHECKING:
    from ...card.benchmarks import Benchmark
    from ...evidence import Evidence


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


def task_ids(evidence: Evidence, benchmark: Benchmark) -> set[str]:
    """Ids of the tasks that the benchmark's data set defines for it, where its eval.yaml is at hand: in a folder that
    the user mapped its id to, or in the Hub client's cache. Nothing is downloaded."""
    raw = _at_hand(evidence, benchmark.dataset or "")
    if raw is None:
        return set()
    try:
        tasks = read_dataset_tasks(raw).tasks
    except CannotTell:
        return set()
    own = {t.id for t in tasks if t.id and benchmark_of(evidence.registry, t.id) is benchmark}
    # a data set of one benchmark alone names its task as it likes
    alone = [b for b in evidence.registry if b.dataset == benchmark.dataset] == [benchmark]
    return own or ({t.id for t in tasks if t.id} if alone and len(tasks) == 1 else set())


def _at_hand(evidence: Evidence, dataset: str) -> str | None:
    if not is_repo_id(dataset):
        return None
    folder = evidence.catalog.maps.get(dataset)
    path = folder / "eval.yaml" if folder else _cached(dataset)
    try:
        if path is None or not path.is_file() or path.stat().st_size > MAX_TEXT_BYTES:
            return None
        return path.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError):
        return None


def _cached(dataset: str) -> Path | None:
    from huggingface_hub import try_to_load_from_cache

    found = try_to_load_from_cache(dataset, "eval.yaml", repo_type="dataset")
    return Path(found) if isinstance(found, str) else None


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
