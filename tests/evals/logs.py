"""Logs as inspect-ai 0.3.285 and lm-eval 0.4.13 write them, as far as they are read."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

TIME = "2026-01-02T03-04-05.678901"


def scored(right: int, items: int, unread: int = 0) -> list[str]:
    """Values of so many items: "C", "I", and "" for answers that were not read."""
    return ["C"] * right + [""] * unread + ["I"] * (items - right - unread)


def inspect_log(
    values: Iterable[str],
    *,
    task: str = "inspect_evals/gpqa_diamond",
    model: str = "openai-api/local/acme-7b",
    samples: int = 198,
    shuffled: bool = False,
    reducer: str = "",
    told: float | None = None,
    status: str = "success",
    arguments: Mapping[str, Any] | None = None,
    config: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """A log as a dict; `told` is the accuracy it tells, by default that of its items."""
    rows = list(values)
    accuracy = sum(v == "C" for v in rows) / len(rows) if told is None else told
    score: dict[str, Any] = {
        "name": "choice",
        "scorer": "choice",
        "scored_samples": len(rows),
        "metrics": {
            "accuracy": {"name": "accuracy", "value": accuracy},
            "stderr": {"name": "stderr", "value": 0.03},
        },
    }
    return {
        "version": 2,
        "status": status,
        "eval": {
            "task": task,
            "created": "2026-01-02T03:04:05+00:00",
            "dataset": {"name": "gpqa_diamond", "samples": samples, "shuffled": shuffled},
            "model": model,
            "task_args": dict(arguments or {}),
            "model_generate_config": {},
            "config": {"epochs": 1},
        },
        "plan": {"steps": [{"solver": "multiple_choice"}], "config": dict(config or {})},
        "results": {
            "total_samples": len(rows),
            "completed_samples": len(rows),
            "scores": [{**score, **({"reducer": reducer} if reducer else {})}],
        },
        "samples": [
            {
                "id": n,
                "epoch": 1,
                "scores": {
                    "choice": {"value": v or "I", **({} if v else {"reason": "invalid_response_format"})}
                },
            }
            for n, v in enumerate(rows)
        ],
    }


def packed(log: Mapping[str, Any]) -> bytes:
    """The log as a `.eval` file."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("header.json", json.dumps({k: v for k, v in log.items() if k != "samples"}))
        archive.writestr("summaries.json", json.dumps(log["samples"]))
    return file.getvalue()


def lm_eval_files(
    folder: Path,
    metrics: Mapping[str, Iterable[int | None]],
    *,
    task: str = "gsm8k",
    items: int = 1319,
    shots: int = 5,
    model: str = "acme/acme-7b",
    more: Mapping[str, Any] | None = None,
) -> Path:
    """`results_*.json` and the samples beside it. metrics: "exact_match,strict-match" to each item's score, None where
    the filter read nothing."""
    folder.mkdir(parents=True, exist_ok=True)
    rows, told, used = [], {}, 0
    for name, values in metrics.items():
        metric, _, kind = name.partition(",")
        scores = list(values)
        used = len(scores)
        told[name] = sum(s or 0 for s in scores) / max(used, 1)
        rows += [
            {
                "doc_id": n,
                "filter": kind,
                "filtered_resps": ["[invalid]" if score is None else "5"],
                metric: float(score or 0),
            }
            for n, score in enumerate(scores)
        ]
    data = {
        "results": {task: {"alias": task, **told}},
        "configs": {task: {"task": task, "dataset_path": "x/y", "num_fewshot": shots, "repeats": 1}},
        "n-shot": {task: shots},
        "versions": {task: 3.0},
        "n-samples": {task: {"original": items, "effective": used}},
        "config": {"model": "hf", "model_args": f"pretrained={model},dtype=bfloat16", "limit": None},
        "model_name": model,
        "date": 1767323045.0,
        "chat_template": "{{ messages }}",
        **(more or {}),
    }
    path = folder / f"results_{TIME}.json"
    path.write_text(json.dumps(data))
    lines = "".join(json.dumps(row) + "\n" for row in rows)
    (folder / f"samples_{task}_{TIME}.jsonl").write_text(lines)
    return path
