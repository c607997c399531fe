"""`model-index` of a card's front matter: the older form, in which results still stand in many cards."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ...card.benchmarks import Registry
from .records import MAX_RESULTS, PriorResult, benchmark_of, mapping, number, shares_of, text


def read_model_index(
    front_matter: Mapping[str, Any], path: str, registry: Registry
) -> tuple[PriorResult, ...]:
    """Results whose metric is a number."""
    found: list[PriorResult] = []
    for model, result, metric in _metrics(front_matter.get("model-index")):
        value = number(metric.get("value"))
        if value is None or len(found) >= MAX_RESULTS:
            continue
        dataset, source = mapping(result.get("dataset")), mapping(result.get("source"))
        name, id = text(dataset.get("name")), text(dataset.get("type"))
        benchmark = benchmark_of(registry, *([name] if name else []), dataset=id)
        found.append(
            PriorResult(
                source="model-index",
                path=path,
                benchmark=name or id,
                benchmark_id=benchmark.id if benchmark else None,
                value=value,
                shares=shares_of(value) if benchmark is None or benchmark.proportion else (),
                model=model,
                metric=text(metric.get("name")) or text(metric.get("type")),
                settings=_settings(mapping(dataset.get("args"))),
                dataset=id,
                task=text(dataset.get("config")),
                revision=text(dataset.get("revision")),
                url=text(source.get("url")),
                by=text(source.get("name")),
                signed=metric.get("verifyToken") is not None,
            )
        )
    return tuple(found)


def _metrics(index: Any) -> Iterator[tuple[str, Mapping[str, Any], Mapping[str, Any]]]:
    for model in index if isinstance(index, list) else ():
        results = mapping(model).get("results")
        for result in results if isinstance(results, list) else ():
            metrics = mapping(result).get("metrics")
            for metric in metrics if isinstance(metrics, list) else ():
                yield text(mapping(model).get("name")), mapping(result), mapping(metric)


def _settings(arguments: Mapping[str, Any]) -> dict[str, str]:
    return {text(k): text(v) for k, v in list(arguments.items())[:50] if text(v)}
