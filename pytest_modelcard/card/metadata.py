"""Claims of the front matter: one for each entry, and one score for each `model-index` result."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from typing import Any

from ..model import Claim, Span
from .benchmarks import Benchmark, Registry
from .names import KnownNames
from .records import FrontMatter, KeyPath
from .slugs import slug
from .yaml_reader import YamlText, read_yaml

MAX_CLAIMS = 20_000
MAX_TEXT = 400

#: A number written as text: "64.59", "93.1%", "248.84 +/- 20.10".
_NUMBER = re.compile(
    r"\s*([-+]?\d+(?:\.(\d+))?(?:[eE][-+]?\d+)?)\s*(%)?(?:\s*(?:±|\+/-)\s*(\d+(?:\.\d+)?))?\s*%?\s*"
)
#: Metrics that describe a score instead of being one.
_HELPER_METRIC = re.compile(
    r"std(err|ev|_err|_dev)?\b|standard (error|deviation)|num_samples|runtime", re.IGNORECASE
)
#: Metrics that are not the share of correct answers.
_OTHER_METRIC = re.compile(
    r"\b(f1|ap|map|mrr|ndcg|recall|precision|loss|perplexity|bleu|rouge|spearman|pearson|manhattan|euclidean|v_measure)|pass@(?!1\b)",
    re.IGNORECASE,
)
#: Names of the share of correct answers, or names that say nothing.
_USUAL_METRIC = re.compile(
    r"acc|exact|match|correct|\bem\b|pass@1|score|\bmc[12]|resolved|win|success|average|mean|overall|value",
    re.IGNORECASE,
)
#: Names of tasks and splits that name no benchmark.
_NO_NAME = frozenset(("default", "main", "test", "train", "validation", "val", "all", "text-generation"))


def metadata_claims(
    front_matter: FrontMatter, path: str, names: KnownNames, registry: Registry
) -> tuple[Claim, ...]:
    """All claims of a readable front matter; () otherwise. `model-index` entries become `score` claims."""
    if not front_matter.readable:
        return ()
    ids = _Ids()
    claims: list[Claim] = []
    for at, value in _leaves(front_matter.data):
        span = front_matter.span(*at)
        if span is None or len(claims) >= MAX_CLAIMS:
            continue
        name = dotted(at)
        text = _text(value)
        claims.append(
            Claim(
                id=ids.free(slug(*(str(step) for step in at))),
                kind="metadata",
                span=span,
                raw=text,
                value=_finite(value),
                name=name,
                text=text,
            )
        )
    for claim in _model_index(front_matter, registry, ids):
        if len(claims) >= MAX_CLAIMS:
            break
        claims.append(claim)
    return tuple(claims)


def eval_results_claims(text: str, path: str, registry: Registry, model: str = "") -> tuple[Claim, ...]:
    """The scores of one `.eval_results/*.yaml` file; () where it cannot be read. `path` is the file's own."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return eval_results_of(read_yaml(lines, path), path, registry, model)


def eval_results_of(read: YamlText, path: str, registry: Registry, model: str = "") -> tuple[Claim, ...]:
    """The same of a file that was read already."""
    if not isinstance(read.data, list):
        return ()
    ids = _Ids()
    claims = []
    for i, entry in enumerate(read.data[:MAX_CLAIMS]):
        dataset = entry.get("dataset") if isinstance(entry, Mapping) else None
        if not isinstance(dataset, Mapping) or not isinstance(dataset.get("id"), str):
            continue
        task = dataset.get("task_id")
        task = task if isinstance(task, str) and task.lower() not in _NO_NAME else ""
        dataset_id = dataset["id"][:MAX_TEXT]
        printed = task[:MAX_TEXT] or dataset_id
        settings = tuple(
            (key, _text(value)) for key in ("notes", "date") if (value := entry.get(key)) not in (None, "")
        )
        claim = _score(
            ids.free(slug("eval-results", printed)),
            read.spans.get((i, "value")) or read.spans.get((i,)) or Span(path, 1),
            entry.get("value"),
            printed,
            _find(registry, task[:MAX_TEXT], dataset_id, dataset_id.rsplit("/", 1)[-1]),
            model,
            settings,
        )
        if claim is not None:
            claims.append(claim)
    return tuple(claims)


def dotted(at: KeyPath) -> str:
    """A key path as people write it: `model-index[0].name`."""
    out = ""
    for step in at:
        out += f"[{step}]" if isinstance(step, int) else f".{step}" if out else step
    return out


class _Ids:
    """Claim ids, each given once."""

    def __init__(self) -> None:
        self._used: dict[str, int] = {}

    def free(self, wanted: str) -> str:
        n = self._used.get(wanted, 0) + 1
        self._used[wanted] = n
        if n == 1:
            return wanted
        return self.free(f"{wanted}-{n}")


def _leaves(data: Mapping[str, Any]) -> Iterator[tuple[KeyPath, Any]]:
    """Entries that hold no further entries, in order; `model-index` is read by `_model_index`."""
    stack: list[tuple[KeyPath, Any]] = [
        ((key,), value) for key, value in reversed(list(data.items())) if key != "model-index"
    ]
    while stack:
        at, value = stack.pop()
        if isinstance(value, Mapping) and value:
            stack += [((*at, key), inner) for key, inner in reversed(list(value.items()))]
        elif isinstance(value, list) and value:
            stack += [((*at, n), value[n]) for n in range(len(value) - 1, -1, -1)]
        else:
            yield at, value


def _text(value: Any) -> str:
    if value is None or value == [] or value == {}:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)[:MAX_TEXT]


def _finite(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    try:
        number = float(value)
    except OverflowError:
        return None
    return number if math.isfinite(number) else None


def _model_index(front_matter: FrontMatter, registry: Registry, ids: _Ids) -> Iterator[Claim]:
    """The scores of `model-index`; entries of a wrong shape are passed over (a rule reports them)."""
    for at, model in _items(front_matter.data, ("model-index",)):
        name = model.get("name")
        for at_result, result in _items(model, (*at, "results"), "results"):
            dataset = _mapping(result.get("dataset"))
            task = _mapping(result.get("task"))
            printed = next(
                (
                    n[:MAX_TEXT]
                    for n in (dataset.get("name"), dataset.get("type"), task.get("name"))
                    if isinstance(n, str) and n
                ),
                "",
            )
            for at_metric, metric in _items(result, (*at_result, "metrics"), "metrics"):
                span = front_matter.span(*at_metric, "value")
                metric_name = _text(metric.get("name")) or _text(metric.get("type"))
                settings = tuple(
                    (key, text)
                    for key, text in (
                        ("metric", metric_name),
                        ("config", _text(dataset.get("config"))),
                        ("split", _text(dataset.get("split"))),
                        ("shots", _text(_mapping(dataset.get("args")).get("num_few_shot"))),
                    )
                    if text
                )
                if span is None:
                    continue
                claim = _score(
                    ids.free(slug("model-index", printed, metric_name)),
                    span,
                    metric.get("value"),
                    printed or metric_name,
                    _same_metric(
                        _find(registry, printed, _text(dataset.get("type")), metric_name), metric_name
                    ),
                    name[:MAX_TEXT] if isinstance(name, str) else "",
                    settings,
                    auxiliary=bool(_HELPER_METRIC.search(metric_name)),
                )
                if claim is not None:
                    yield claim


def _score(
    id: str,
    span: Span,
    value: Any,
    printed: str,
    benchmark: Benchmark | None,
    model: str,
    settings: tuple[tuple[str, str], ...],
    *,
    auxiliary: bool = False,
) -> Claim | None:
    """A score claim; None where the value is no number."""
    match = _NUMBER.fullmatch(value[:100]) if isinstance(value, str) else None
    number = _finite(float(match[1])) if match else _finite(value)
    if number is None:
        return None
    raw = _text(value)
    digits = match[2] if match else repr(value).partition(".")[2] if isinstance(value, float) else ""
    return Claim(
        id=id,
        kind="score",
        span=span,
        raw=raw,
        value=number,
        values=(number,),
        error=float(match[4]) if match and match[4] else None,
        unit="%" if match and match[3] else None,
        decimals=len(digits or "") if "e" not in raw.lower() else None,
        benchmark=printed,
        benchmark_id=benchmark.id if benchmark else None,
        model=model,
        role="this",
        setting="; ".join(text for _, text in settings) or None,
        settings=settings,
        is_auxiliary=auxiliary,
    )


def _items(
    parent: Mapping[str, Any], at: KeyPath, key: str = "model-index"
) -> Iterator[tuple[KeyPath, Mapping[str, Any]]]:
    listed = parent.get(key)
    for n, item in enumerate(listed if isinstance(listed, list) else ()):
        if isinstance(item, Mapping):
            yield (*at, n), item


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _same_metric(benchmark: Benchmark | None, metric: str) -> Benchmark | None:
    """The benchmark, unless the value is clearly of another metric than the one it is known for."""
    if benchmark is None:
        return None
    own = benchmark.metric.lower()
    other = _OTHER_METRIC.search(metric)
    if other is not None:
        return benchmark if other[0].lower() in own else None
    # counts and lengths ("total", "gen_len") stand beside scores
    usual = not metric or _USUAL_METRIC.search(metric) is not None
    words = re.findall("[a-z]{3,}", metric.lower())
    return benchmark if usual or any(word in own for word in words) else None


def _find(registry: Registry, *printed: str) -> Benchmark | None:
    """The first of these names that the registry is sure of."""
    found = (registry.find(name) for name in printed if name)
    return next((benchmark for benchmark in found if benchmark is not None), None)
