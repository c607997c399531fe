"""Tasks of lm-eval as a flat list of items: a group's tasks one after the other, in the order of their names."""

from __future__ import annotations

import hashlib
import json
import logging
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import accumulate
from math import isnan
from pathlib import Path
from typing import Any

from ...errors import CannotTell
from ..sequential import Outcome
from .inspect_outcome import share

INSTALL = "install pytest-modelcard[lm-eval]"
#: What lm-eval's filters put where their pattern found nothing.
INVALID = "[invalid]"


@dataclass(frozen=True)
class Loaded:
    """The tasks behind one name, with all their items."""

    tasks: tuple[Any, ...]
    documents: tuple[Any, ...]  #: of each task, in its own order
    revision: str  #: checksum of all items

    @property
    def items(self) -> int:
        return sum(len(d) for d in self.documents)

    def place(self, index: int) -> tuple[Any, Any]:
        """The task and the document of an item."""
        starts = [0, *accumulate(len(d) for d in self.documents)]
        at = bisect_right(starts, index) - 1
        return self.tasks[at], self.documents[at][index - starts[at]]


def load(name: str, *, folder: str | Path | None = None, shots: int | None = None) -> Loaded:
    """The task or group of this name. folder: where its definition lies; a name within lm-eval's own tasks
    ("gsm8k") saves reading all of them. Raises CannotTell."""
    try:
        import lm_eval.tasks as library
    except ImportError as error:
        raise CannotTell(f"lm-eval is not installed (or lacks {error.name}): {INSTALL}") from error
    logging.getLogger("lm_eval").setLevel(logging.ERROR)
    own = Path(library.__file__).parent
    path = None if folder is None else own / folder if (own / folder).is_dir() else Path(folder)
    try:
        manager = library.TaskManager(include_path=path, include_defaults=path is None)
        found = manager.load(name)["tasks"]
    except Exception as error:  # a task's own code: it may download, import or compile anything
        raise CannotTell(f"lm-eval cannot load {name}: {one_line(error)}") from error
    tasks = tuple(found[key] for key in sorted(found))
    for task in tasks:
        _set_shots(task, shots)
        if getattr(task, "UNSAFE_CODE", False):
            raise CannotTell(f"{name} runs code that the model writes; lm-eval has no sandbox for it")
        if getattr(task, "MULTIMODAL", False):
            raise CannotTell(f"{name} needs vision")
    try:
        documents = tuple(task.eval_docs for task in tasks)
    except Exception as error:
        raise CannotTell(f"the items of {name} cannot be had: {one_line(error)}") from error
    if not any(len(d) for d in documents):
        raise CannotTell(f"{name} has no items")
    return Loaded(tasks, documents, _checksum(documents))


def _set_shots(task: Any, shots: int | None) -> None:
    """As lm-eval does it: a task that is defined without examples stays so."""
    default = task.get_config("num_fewshot")
    if shots is not None and default == 0 and shots:
        raise CannotTell(f"{task.task_name} is defined without examples in lm-eval; {shots} were asked for")
    if shots is not None:
        task.set_config(key="num_fewshot", value=shots)
    elif default is None:
        task.set_config(key="num_fewshot", value=0)


def outcome(
    task: Any, document: Any, instances: list[Any], metric: str, filter_name: str | None
) -> tuple[Outcome, str | None, str]:
    """What came of one item whose requests are answered: the outcome, what was read, and what was met.

    Raises CannotTell where the task has no such metric or filter: then nothing can be read from any item.
    """
    if _not_a_number(instances):
        return Outcome.not_parsed(), None, "the model's log-probabilities are not numbers"
    names = list(instances[0].filtered_resps)
    chosen = filter_name or names[0]
    if chosen not in names:
        raise CannotTell(f"{task.task_name} has no filter {chosen!r}, but {', '.join(names)}")
    filtered = [i.filtered_resps[chosen] for i in instances]
    metrics = task.process_results(document, filtered)
    if metric not in metrics:
        raise CannotTell(f"{task.task_name} has no metric {metric!r}, but {', '.join(metrics)}")
    value = share(metrics[metric])
    if value is None:
        raise CannotTell(f"{metric} of {task.task_name} is no score from 0 to 1 for each item")
    if instances[0].request_type == "loglikelihood":
        return Outcome.scored(value), None, ""
    said = filtered[0] if isinstance(filtered[0], str) else None
    if said is not None and (said == INVALID or not said.strip()) and value == 0:
        return Outcome.not_parsed(), None, ""
    return Outcome.scored(value), said, ""


def _not_a_number(instances: list[Any]) -> bool:
    values = [r[0] for i in instances for r in i.resps if isinstance(r, (tuple, list)) and r]
    numbers = [v for v in values if isinstance(v, (int, float))]
    nothing = len(numbers) > 1 and all(v == float("-inf") for v in numbers)
    return nothing or any(isnan(v) or v == float("inf") for v in numbers)


def _checksum(documents: tuple[Any, ...]) -> str:
    digest = hashlib.sha256()
    for docs in documents:
        for document in docs:
            plain = dict(document) if isinstance(document, Mapping) else document
            digest.update(json.dumps(plain, sort_keys=True, default=str).encode("utf-8", "backslashreplace"))
    return f"sha256:{digest.hexdigest()}"


def one_line(error: object) -> str:
    return " ".join(str(error).split())[:300] or type(error).__name__
