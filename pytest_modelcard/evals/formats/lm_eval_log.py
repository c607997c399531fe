"""Results of lm-eval (`results_*.json`, and beside it `samples_TASK_*.jsonl`) as evidence."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from ...card.benchmarks import Registry
from ...errors import CannotTell
from ..engines.lm_eval_task import INVALID
from .records import (
    MAX_ITEMS,
    MAX_RESULTS,
    PriorItem,
    PriorResult,
    benchmark_of,
    count,
    mapping,
    number,
    text,
)

MAX_LINE = 16 * 1024**2
#: Metrics that are a mean of scores from 0 to 1, item by item.
_SHARES = (
    "acc",
    "acc_norm",
    "exact_match",
    "em",
    "prompt_level_strict_acc",
    "prompt_level_loose_acc",
    "pass@1",
)


def read_lm_eval_results(
    raw: bytes, path: str, registry: Registry, samples: Mapping[str, bytes] | None = None
) -> tuple[PriorResult, ...]:
    """One result for each task, metric and filter. samples: texts of `samples_*.jsonl` by task.

    Raises CannotTell where this is no such file.
    """
    try:
        data = json.loads(raw)
    except (ValueError, RecursionError) as error:
        raise CannotTell(f"{path} is not valid JSON") from error
    data = mapping(data)
    if not isinstance(data.get("results"), Mapping) or not isinstance(data.get("configs"), Mapping):
        raise CannotTell(f"{path} holds no results of lm-eval")
    found: list[PriorResult] = []
    for task, metrics in list(data["results"].items())[:MAX_RESULTS]:
        for metric, filter_name, value in _metrics(mapping(metrics)):
            lines = (samples or {}).get(task)
            items = tuple(_items(lines, metric, filter_name)) if lines else ()
            found.append(_result(data, text(task), metric, filter_name, value, items, path, registry))
    return tuple(found)


def _metrics(metrics: Mapping[str, Any]) -> Iterator[tuple[str, str, float]]:
    for key, value in list(metrics.items())[:200]:
        metric, comma, filter_name = str(key).partition(",")
        share = number(value)
        if comma and metric in _SHARES and share is not None and 0 <= share <= 1:
            yield metric, text(filter_name), share


def _result(
    data: Mapping[str, Any],
    task: str,
    metric: str,
    filter_name: str,
    value: float,
    items: tuple[PriorItem, ...],
    path: str,
    registry: Registry,
) -> PriorResult:
    config, run = mapping(data["configs"].get(task)), mapping(data.get("config"))
    scored, population = _counts(data, task)
    sampling = mapping(config.get("generation_kwargs"))
    dataset = text(config.get("dataset_path"))
    benchmark = benchmark_of(registry, task, dataset=dataset)
    settings = {
        "shots": mapping(data.get("n-shot")).get(task),
        "chat_template": bool(data.get("chat_template")),
        "limit": run.get("limit"),
        "filter": filter_name,
        "version": mapping(data.get("versions")).get(task),
        "temperature": 0 if sampling.get("do_sample") is False else sampling.get("temperature"),
    }
    return PriorResult(
        source="lm-eval",
        path=path,
        benchmark=task,
        benchmark_id=benchmark.id if benchmark else None,
        value=value,
        shares=(value,),
        model=text(data.get("model_name")) or text(run.get("model_args")),
        metric=metric,
        items=scored if scored is not None else len(items) or None,
        population=population,
        results=items,
        settings={k: v for k, v in settings.items() if isinstance(v, (bool, int, float, str)) and v != ""},
        dataset=dataset,
        task=task,
        date=_date(data.get("date")),
        problem=_problem(config, filter_name),
    )


def _date(seconds: Any) -> str:
    """ISO 8601 from seconds since 1970."""
    told = number(seconds)
    if told is None or not 0 <= told < 1e11:
        return text(seconds)
    return datetime.fromtimestamp(told, UTC).isoformat(timespec="seconds")


def _counts(data: Mapping[str, Any], task: str) -> tuple[int | None, int | None]:
    """Items scored and items of the data set; of a group the sums over its tasks, None where one is not told."""
    told, groups = mapping(data.get("n-samples")), mapping(data.get("group_subtasks"))
    scored: list[int | None] = []
    all_items: list[int | None] = []
    left = [task]
    seen: set[str] = set()
    while left and len(seen) < MAX_RESULTS:
        name = left.pop()
        if name in seen:
            continue
        seen.add(name)
        parts = groups.get(name)
        if name not in told and isinstance(parts, list) and parts:
            left += [text(part) for part in parts[:MAX_RESULTS]]
            continue
        counts = mapping(told.get(name))
        scored.append(count(counts.get("effective")))
        all_items.append(count(counts.get("original")))
    return (None, None) if left else (_sum(scored), _sum(all_items))


def _sum(counts: list[int | None]) -> int | None:
    known = [n for n in counts if n is not None]
    return sum(known) if known and len(known) == len(counts) else None


def _problem(config: Mapping[str, Any], filter_name: str) -> str:
    """Why the score is no mean over single answers."""
    repeats = count(config.get("repeats"))
    if repeats is not None and repeats > 1:
        return f"its score is of {repeats} answers an item, put together by the filter {filter_name!r}"
    return ""


def _invalid(data: Mapping[str, Any]) -> bool:
    """Whether the filter read nothing from the answer: lm-eval then compares this word with the key."""
    read = data.get("filtered_resps")
    return isinstance(read, list) and len(read) == 1 and read[0] == INVALID


def _items(raw: bytes, metric: str, filter_name: str) -> Iterator[PriorItem]:
    """Scores of one metric and filter; a broken line is an item without a score and a name of its own."""
    for number_, line in enumerate(raw.splitlines()[:MAX_ITEMS]):
        if not line.strip():
            continue
        try:
            data = mapping(json.loads(line[: MAX_LINE + 1]))
        except (ValueError, RecursionError):
            yield PriorItem(f"line {number_ + 1}", None)
            continue
        if text(data.get("filter")) not in ("", filter_name):
            continue
        value = data.get(metric)
        share = float(value) if isinstance(value, bool) else number(value)
        good = share is not None and 0 <= share <= 1 and not _invalid(data)
        yield PriorItem(text(data.get("doc_id")) or f"line {number_ + 1}", share if good else None)
