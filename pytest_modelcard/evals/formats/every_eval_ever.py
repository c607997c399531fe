"""Our runs as every-eval-ever 0.3.0 JSON (https://evalevalai.com): one file a run, and its items beside it.

The items' texts stay on this machine unless asked for: published questions and answers find their way into training
data. What stands in their place says so.
"""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from ..engine import Description, ItemResult
from ..sequential import Verdict

SCHEMA = "0.3.0"
WITHHELD = "[withheld: not published, so that it does not enter training data]"
Relationship = Literal["first_party", "third_party", "collaborative", "other"]


@dataclass(frozen=True, slots=True)
class Finished:
    """A run that has ended, with all that its record needs."""

    model: str  #: Hub id
    benchmark: str  #: as the registry names it
    description: Description
    verdict: Verdict
    results: Sequence[ItemResult]  #: of the items counted, in the order of dispatch
    ended: float  #: seconds since 1970
    seed: str = ""
    hub_dataset: str = ""  #: Hub id of the data set, "" where it is none
    organization: str = "unknown"  #: who ran it
    relationship: Relationship = "third_party"
    metric: str = "accuracy"


@dataclass(frozen=True, slots=True)
class Written:
    """The record and its items, each as text, and where they belong in a data store."""

    path: str  #: "data/BENCHMARK/ORG/MODEL/UUID.json"
    record: str
    items_path: str
    items: str


def write_every_eval_ever(run: Finished, *, answers: bool = False) -> Written:
    """answers: whether the model's answers go along. The questions never do: they are not in our results."""
    time = f"{run.ended:.0f}"
    id = f"{run.benchmark}/{run.model}/{time}"
    score, counted = run.verdict.score, list(run.results)
    # the same run gets the same name, so that writing it twice does not make two of it
    made = json.dumps([id, run.seed, run.description.task, [r.index for r in counted]])
    name = str(uuid.UUID(bytes=hashlib.sha256(made.encode()).digest()[:16], version=4))
    org, _, model = run.model.rpartition("/")
    folder = f"data/{_part(run.benchmark)}/{_part(org or 'unknown')}/{_part(model)}"
    items = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in _rows(run, id, answers))
    record = _record(run, id, time, score)
    record["detailed_evaluation_results"] = {
        "format": "jsonl",
        "file_path": f"{folder}/{name}_samples.jsonl",
        "hash_algorithm": "sha256",
        "checksum": hashlib.sha256(items.encode()).hexdigest(),
        "total_rows": len(counted),
    }
    text = json.dumps(record, indent=2, ensure_ascii=False, allow_nan=False) + "\n"
    return Written(f"{folder}/{name}.json", text, f"{folder}/{name}_samples.jsonl", items)


def _record(run: Finished, id: str, time: str, score: float | None) -> dict[str, Any]:
    verdict, told = run.verdict, run.description
    if score is None:
        raise ValueError("a run without a single answer that was read has no score")
    return {
        "schema_version": SCHEMA,
        "evaluation_id": id,
        "evaluation_timestamp": time,
        "retrieved_timestamp": time,
        "source_metadata": {
            "source_name": "pytest-modelcard",
            "source_type": "evaluation_run",
            "source_organization_name": run.organization,
            "evaluator_relationship": run.relationship,
        },
        "eval_library": {
            "name": told.engine,
            "version": told.version or "unknown",
            "additional_details": {"task": told.task, "revision": told.revision},
        },
        "model_info": {
            "name": run.model.rpartition("/")[2],
            "id": run.model,
            "additional_details": {
                "deployment_type": "unknown",
                "model_availability": "unknown",
                "served_as": told.model,
            },
        },
        "evaluation_results": [
            {
                "evaluation_result_id": f"{id}/{run.metric}",
                "evaluation_name": run.benchmark,
                "source_data": _data(run),
                "evaluation_timestamp": time,
                "metric_config": {
                    "metric_id": run.metric,
                    "metric_name": run.metric,
                    "metric_kind": run.metric,
                    "metric_unit": "proportion",
                    "lower_is_better": False,
                    "score_type": "continuous",
                    "min_score": 0.0,
                    "max_score": 1.0,
                },
                "score_details": {
                    "score": score,
                    "uncertainty": {
                        "confidence_interval": {
                            "lower": verdict.interval[0],
                            "upper": verdict.interval[1],
                            "confidence_level": verdict.level,
                            "method": "anytime-valid, sampling without replacement, of the score over all items",
                        },
                        "num_samples": verdict.used,
                    },
                    "details": _details(run),
                },
                "generation_config": _generation(told.settings),
            }
        ],
    }


def _data(run: Finished) -> dict[str, Any]:
    more = {"revision": run.description.revision, "order_seed": run.seed}
    if not run.hub_dataset:
        return {
            "dataset_name": run.description.dataset or run.benchmark,
            "source_type": "other",
            "additional_details": _texts(more),
        }
    return {
        "dataset_name": run.benchmark,
        "source_type": "hf_dataset",
        "hf_repo": run.hub_dataset,
        "samples_number": run.verdict.items,
        "sample_ids": [str(r.index) for r in run.results],
        "additional_details": _texts(more),
    }


def _details(run: Finished) -> dict[str, str]:
    verdict = run.verdict
    return _texts(
        {
            "claim_low": verdict.claimed[0],
            "claim_high": verdict.claimed[1],
            "verdict": verdict.decision,
            "reason": verdict.reason,
            "items": verdict.items,
            "items_used": verdict.used,
            "unparsed": verdict.unparsed,
            "errors": verdict.missing,
            "alpha": verdict.alpha,
            "tolerance": verdict.tolerance,
            "p_refute": verdict.p_refute,
            "p_confirm": verdict.p_confirm,
            "assumptions": "; ".join(verdict.assumptions),
        }
    )


def _generation(settings: Mapping[str, Any]) -> dict[str, Any]:
    """The settings the schema has names for, and all others as texts."""
    plain = {k.removeprefix("request."): v for k, v in settings.items()}
    named = {
        k: plain.pop(k)
        for k in ("temperature", "top_p", "top_k", "max_tokens")
        if isinstance(plain.get(k), (int, float)) and not isinstance(plain.get(k), bool)
    }
    found: dict[str, Any] = {"additional_details": _texts(plain)}
    if named:
        found["generation_args"] = named
    return found


def _rows(run: Finished, id: str, answers: bool) -> Iterable[dict[str, Any]]:
    for result in run.results:
        read = next((r for r in result.read if r is not None), None)
        yield {
            "schema_version": SCHEMA,
            "evaluation_id": id,
            "model_id": run.model,
            "evaluation_name": run.benchmark,
            "evaluation_result_id": f"{id}/{run.metric}",
            "sample_id": str(result.index),
            "sample_hash": None,
            "interaction_type": "single_turn",
            "input": {"raw": WITHHELD, "reference": []},
            "output": {"raw": list(result.answers) if answers else [WITHHELD]},
            "answer_attribution": []
            if read is None or not answers
            else [
                {
                    "turn_idx": 0,
                    "source": "output.raw",
                    "extracted_value": read,
                    "extraction_method": "custom",
                    "is_terminal": True,
                }
            ],
            # an answer that was not read is not right; that it is not wrong either is told in `error`
            "evaluation": {"score": result.outcome.low, "is_correct": result.outcome.low == 1},
            "token_usage": {
                "input_tokens": result.prompt_tokens,
                "output_tokens": result.completion_tokens,
                "total_tokens": result.prompt_tokens + result.completion_tokens,
            },
            "performance": {"latency_ms": round(result.seconds * 1000, 3)},
            "error": _error(result),
        }


def _error(result: ItemResult) -> str | None:
    if result.outcome.missing:
        return f"{result.outcome.missing} of {result.outcome.draws} answers were never had"
    if result.outcome.unparsed:
        return f"{result.outcome.unparsed} of {result.outcome.draws} answers could not be read"
    return None


def _texts(details: Mapping[str, Any]) -> dict[str, str]:
    return {
        k: v if isinstance(v, str) else json.dumps(v, default=str)
        for k, v in details.items()
        if v is not None and v != ""
    }


def _part(text: str) -> str:
    """A folder's name: nothing that leads elsewhere."""
    plain = "".join(c if c.isalnum() or c in "-_." else "-" for c in text).strip(".")
    return plain or "unknown"
