"""Logs of inspect-ai (`.eval`, a zip file, or `.json`) as evidence: what was scored, how, and item by item."""

from __future__ import annotations

import contextlib
import importlib
import json
import re
import zipfile
from collections.abc import Iterable, Mapping
from io import BytesIO
from pathlib import Path
from typing import Any

from ...card.benchmarks import Registry
from ...errors import CannotTell
from ..engines.inspect_outcome import UNREAD, share
from .records import MAX_ITEMS, PriorItem, PriorResult, benchmark_of, count, mapping, number, text

MAX_PART, MAX_LOG, MAX_PARTS = 256 * 1024**2, 512 * 1024**2, 1_000_000
#: Metrics that are a mean of the items' scores.
_MEANS = ("accuracy", "mean", "final_acc", "prompt_strict_acc", "exact_match")


def read_inspect_log(log: Path | bytes, path: str, registry: Registry) -> tuple[PriorResult, ...]:
    """One result for each scorer's score that is a share. Raises CannotTell where the log cannot be read."""
    if path.endswith(".json"):
        raw = log if isinstance(log, bytes) else _whole(log, path)
        data = _json(raw, path)
        samples = data.get("samples")
        return _results(data, samples if isinstance(samples, list) else (), path, registry)
    header, samples = _unpacked(log, path)
    return _results(header, samples, path, registry)


def _unpacked(log: Path | bytes, path: str) -> tuple[Mapping[str, Any], list[Any]]:
    """The header and the short records of all samples: both lie apart, so that no transcript need be read."""
    with contextlib.suppress(ImportError):
        importlib.import_module("zipfile_zstd")  # comes with inspect-ai; Python 3.14 needs it no more
    try:
        with zipfile.ZipFile(BytesIO(log) if isinstance(log, bytes) else log) as archive:
            names = {i.filename: i for i in archive.infolist()[:MAX_PARTS]}
            if "header.json" not in names:
                raise CannotTell(f"{path} holds no finished run of inspect-ai")
            header = _json(_part(archive, names["header.json"], path), path)
            short = names.get("summaries.json")
            samples = _json(_part(archive, short, path), path, list) if short else []
    except NotImplementedError:
        raise CannotTell(
            f"{path} is packed with zstandard: install pytest-modelcard[inspect], or use Python 3.14"
        ) from None
    except (zipfile.BadZipFile, OSError, EOFError, RuntimeError, ValueError) as error:
        raise CannotTell(f"{path} is no readable log of inspect-ai: {text(str(error), 120)}") from error
    return header, samples


def _part(archive: zipfile.ZipFile, info: zipfile.ZipInfo, path: str) -> bytes:
    with archive.open(info) as file:
        raw = file.read(MAX_PART + 1)  # what the directory says of its size may be a lie
    if len(raw) > MAX_PART:
        raise CannotTell(f"{path}: {info.filename} is larger than {MAX_PART:,} bytes")
    return raw


def _whole(path: Path, name: str) -> bytes:
    try:
        with path.open("rb") as file:
            raw = file.read(MAX_LOG + 1)
    except OSError as error:
        raise CannotTell(f"{name} cannot be read: {error.strerror}") from error
    if len(raw) > MAX_LOG:
        raise CannotTell(f"{name} is larger than {MAX_LOG:,} bytes")
    return raw


def _json(raw: bytes, path: str, kind: type = dict) -> Any:
    try:
        data = json.loads(raw)
    except (ValueError, RecursionError) as error:
        raise CannotTell(f"{path} is not valid JSON") from error
    if not isinstance(data, kind):
        raise CannotTell(f"{path} is no log of inspect-ai")
    return data


def _results(
    log: Mapping[str, Any], samples: Iterable[Any], path: str, registry: Registry
) -> tuple[PriorResult, ...]:
    told, found = mapping(log.get("eval")), []
    task = text(told.get("task"))
    if not task:
        raise CannotTell(f"{path} is no log of inspect-ai")
    dataset, results = mapping(told.get("dataset")), mapping(log.get("results"))
    benchmark = benchmark_of(registry, task, dataset=text(dataset.get("name")))
    kept = [mapping(s) for _, s in zip(range(MAX_ITEMS), samples, strict=False)]
    population = count(dataset.get("samples"))
    scores = results.get("scores")
    for score in scores[:50] if isinstance(scores, list) else ():
        score = mapping(score)
        metric, value = _mean(mapping(score.get("metrics")))
        if value is None or not 0 <= value <= 1:
            continue
        scorer = text(score.get("scorer")) or text(score.get("name"))
        items = _items(kept, text(score.get("name")), scorer)
        best_of, mixed = _reduced(text(score.get("reducer")))
        scored = len({i.id for i in items}) or count(results.get("completed_samples"))
        found.append(
            PriorResult(
                source="inspect-ai",
                path=path,
                benchmark=task,
                benchmark_id=benchmark.id if benchmark else None,
                value=value,
                shares=(value,),
                model=text(told.get("model")),
                metric=f"{scorer}/{metric}" + (f"/{score['reducer']}" if best_of or mixed else ""),
                items=scored,
                population=population,
                drawn=dataset.get("shuffled") is True,
                results=items,
                settings=_settings(log, told),
                dataset=text(dataset.get("name")) or text(dataset.get("location")),
                task=task,
                revision=text(mapping(told.get("revision")).get("commit")),
                date=text(told.get("created")),
                problem=mixed
                if log.get("status") == "success"
                else f"its run ended with {text(log.get('status'))!r}",
                best_of=best_of,
            )
        )
    return tuple(found)


def _mean(metrics: Mapping[str, Any]) -> tuple[str, float | None]:
    for name in _MEANS:
        if name in metrics:
            return name, number(mapping(metrics[name]).get("value"))
    return "", None


def _reduced(reducer: str) -> tuple[int | None, str]:
    """How several answers to one item became one score: (k of pass@k, what is wrong with it for a mean)."""
    k = re.fullmatch(r"pass_at_(\d{1,4})", reducer)
    if k:
        return (int(k[1]) if int(k[1]) > 1 else None), ""
    return None, "" if reducer in ("", "mean") else f"its score takes the {reducer} of several answers"


def _items(samples: list[Mapping[str, Any]], name: str, scorer: str) -> tuple[PriorItem, ...]:
    """What came of each sample for one scorer. One that failed has no score."""
    found = []
    for sample in samples:
        scores = mapping(sample.get("scores"))
        score = mapping(scores.get(scorer) or scores.get(name))
        read = share(score.get("value")) if score else None
        if sample.get("error") or score.get("reason") in UNREAD:
            read = None
        id = text(sample.get("id"))
        if id:
            found.append(PriorItem(id, read, count(sample.get("epoch")) or 1))
    return tuple(found)


def _settings(log: Mapping[str, Any], told: Mapping[str, Any]) -> dict[str, Any]:
    config, plan = mapping(told.get("config")), mapping(mapping(log.get("plan")).get("config"))
    found: dict[str, Any] = {}
    for group in (mapping(told.get("model_generate_config")), plan, mapping(told.get("task_args"))):
        found.update(
            {text(k): v for k, v in list(group.items())[:50] if isinstance(v, (bool, int, float, str))}
        )
    for name in ("limit", "epochs"):
        if isinstance(config.get(name), (int, float)):
            found[name] = config[name]
    return {k: text(v) if isinstance(v, str) else v for k, v in found.items()}
