"""`.eval_results/*.yaml`: the Hub's files with evaluation results, read and written.

Schema: hub-docs `eval_results.yaml`. The scale of `value` is not specified: 20.90 and 0.412 both occur.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import yaml

from ...card.benchmarks import Registry
from ...card.yaml_reader import read_yaml
from ...errors import CannotTell
from .records import MAX_RESULTS, PriorResult, benchmark_of, mapping, number, shares_of, text

FILE = re.compile(r"\.eval_results/[^/]+\.ya?ml")
_DATASET = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,95}(/[A-Za-z0-9_.-]{1,96})?")


def read_eval_results(raw: str, path: str, registry: Registry) -> tuple[PriorResult, ...]:
    """All entries that give a number; others are passed over (a rule of its own speaks of them).

    Raises CannotTell where the text is no YAML or no list.
    """
    lines = raw.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    read = read_yaml(lines, path)
    if not read.readable or not isinstance(read.data, list):
        raise CannotTell(f"{path} is no YAML list of results")
    found = []
    for entry in read.data[:MAX_RESULTS]:
        one = _result(mapping(entry), path, registry)
        if one is not None:
            found.append(one)
    return tuple(found)


def _result(entry: Mapping[str, Any], path: str, registry: Registry) -> PriorResult | None:
    value = number(entry.get("value"))
    dataset = mapping(entry.get("dataset"))
    id, task = text(dataset.get("id")), text(dataset.get("task_id"))
    if value is None or not id:
        return None
    benchmark = benchmark_of(registry, *([task] if task else []), dataset=id)
    source = mapping(entry.get("source"))
    return PriorResult(
        source="eval_results",
        path=path,
        benchmark=task or id,
        benchmark_id=benchmark.id if benchmark else None,
        value=value,
        shares=shares_of(value) if benchmark is None or benchmark.proportion else (),
        dataset=id,
        task=task,
        revision=text(dataset.get("revision")),
        date=text(entry.get("date")),
        url=text(source.get("url")),
        by=text(source.get("org")) or text(source.get("user")) or text(source.get("name")),
        notes=text(entry.get("notes")),
        signed=entry.get("verifyToken") is not None,
    )


@dataclass(frozen=True, slots=True)
class OwnResult:
    """One of our results, to be written. value: in percent."""

    dataset: str  #: Hub id of the benchmark's data set
    task: str  #: task id of its eval.yaml
    value: float
    revision: str = ""
    date: str = ""  #: ISO 8601
    url: str = ""  #: of the report or log
    by: str = ""
    notes: str = ""  #: how many items, interval, verdict: what the Hub has no field for


def write_eval_results(results: Iterable[OwnResult]) -> str:
    """The text of a file. There is never a verifyToken: the Hub gives it to runs that it has made itself.

    Raises ValueError for what the Hub would not read.
    """
    entries = []
    for one in results:
        if not _DATASET.fullmatch(one.dataset) or not one.task:
            raise ValueError(f"{one.dataset!r} and {one.task!r} name no task of a data set")
        if not 0 <= one.value <= 100:
            raise ValueError(f"{one.value} is no percentage")
        dataset = {"id": one.dataset, "task_id": one.task}
        if one.revision:
            dataset["revision"] = one.revision
        entry: dict[str, Any] = {"dataset": dataset, "value": round(one.value, 4)}
        if one.date:
            entry["date"] = one.date
        if one.url:
            entry["source"] = {"url": one.url, **({"name": one.by} if one.by else {})}
        if one.notes:
            entry["notes"] = one.notes
        entries.append(entry)
    return yaml.safe_dump(entries, sort_keys=False, allow_unicode=True, width=100)
