"""Results of others: what is read, on which scale, and what hostile files come to."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest

from pytest_modelcard.card.benchmarks import Registry
from pytest_modelcard.errors import CannotTell
from pytest_modelcard.evals.formats import gather, inspect_log, logs_in, prior_results
from pytest_modelcard.evals.formats.dataset_tasks import read_dataset_tasks, task_ids
from pytest_modelcard.evals.formats.eval_results import read_eval_results
from pytest_modelcard.evals.formats.inspect_log import read_inspect_log
from pytest_modelcard.evals.formats.lm_eval_log import read_lm_eval_results
from pytest_modelcard.evals.formats.model_index import read_model_index
from pytest_modelcard.evals.formats.records import PriorItem, shares_of
from tests.support import evidence_for

REGISTRY = Registry.default()


# --- .eval_results


def test_eval_results_are_read_with_both_readings_of_a_small_value() -> None:
    text = """
- dataset: {id: Idavidrein/gpqa, task_id: gpqa_diamond, revision: abc}
  value: 70.8
  verifyToken: xyz
  date: "2026-01-02"
  source: {url: https://example.org/log, org: lab}
  notes: 4 epochs
- dataset: {id: TIGER-Lab/MMLU-Pro, task_id: mmlu_pro}
  value: 0.412
"""
    gpqa, pro = read_eval_results(text, ".eval_results/x.yaml", REGISTRY)
    assert (gpqa.benchmark_id, gpqa.shares, gpqa.signed) == ("gpqa-diamond", (0.708,), True)
    assert (gpqa.revision, gpqa.by, gpqa.date, gpqa.notes) == ("abc", "lab", "2026-01-02", "4 epochs")
    assert pro.benchmark_id == "mmlu-pro"
    assert pro.shares == pytest.approx((0.412, 0.00412))


@pytest.mark.parametrize(
    "entry",
    [
        'value: "n/a"',
        "value: .nan",
        "value: true",
        "value: [1]",
        "value: 1e999",
        "other: 3",
    ],
)
def test_entries_without_a_number_are_passed_over(entry: str) -> None:
    text = f"- dataset: {{id: a/b, task_id: c}}\n  {entry}\n- 7\n- {{}}\n"
    assert read_eval_results(text, "x.yaml", REGISTRY) == ()


@pytest.mark.parametrize("text", ["", "a: 1", "[", "- &a [*a]", "x" * 2_000_000])
def test_what_is_no_list_cannot_be_told(text: str) -> None:
    with pytest.raises(CannotTell):
        read_eval_results(text, "x.yaml", REGISTRY)


def test_a_score_that_is_no_share_has_no_reading() -> None:
    text = "- dataset: {id: a/elo, task_id: LMArena}\n  value: 1420\n- dataset: {id: a/b, task_id: c}\n  value: -3\n"
    assert [r.shares for r in read_eval_results(text, "x.yaml", REGISTRY)] == [(), ()]


def test_scales() -> None:
    assert shares_of(100.0) == (1.0,)
    assert shares_of(1.0) == (1.0, 0.01)
    assert shares_of(0.5, scale="percent") == (0.005,)
    assert shares_of(0.5, scale="share") == (0.5,)
    assert shares_of(101.0) == () == shares_of(float("nan"))


# --- model-index and eval.yaml


def test_model_index() -> None:
    data = {
        "model-index": [
            {
                "name": "m",
                "results": [
                    {
                        "dataset": {"name": "GSM8K", "type": "openai/gsm8k", "args": {"num_few_shot": 5}},
                        "metrics": [{"type": "acc", "value": 61.3, "name": "accuracy"}, {"value": "x"}],
                        "source": {"name": "Leaderboard", "url": "https://example.org"},
                    },
                    "no result",
                ],
            },
            None,
        ]
    }
    (found,) = read_model_index(data, "README.md", REGISTRY)
    assert (found.benchmark_id, found.shares, found.metric) == ("gsm8k", (0.613,), "accuracy")
    assert found.settings == {"num_few_shot": "5"}
    assert found.by == "Leaderboard"
    assert read_model_index({"model-index": "none"}, "README.md", REGISTRY) == ()


def test_a_data_sets_own_tasks() -> None:
    found = read_dataset_tasks(
        "name: X\nevaluation_framework: inspect-ai\ntasks:\n- id: diamond\n  split: train\n  epochs: 4\n"
        "  field_spec: {input: Question, target: Answer}\n  solvers: [{name: multiple_choice}]\n"
        "  scorers: [{name: choice}]\n- 3\n"
    )
    task = found.task("diamond")
    assert task is not None
    assert (found.framework, task.split, task.epochs, task.solvers, task.scorers) == (
        "inspect-ai",
        "train",
        4,
        ("multiple_choice",),
        ("choice",),
    )
    assert task.fields == {"input": "Question", "target": "Answer"}
    with pytest.raises(CannotTell):
        read_dataset_tasks("name: X\n")


# --- logs of inspect-ai


def _header(**changes: Any) -> dict[str, Any]:
    return {
        "version": 2,
        "status": "success",
        "eval": {
            "task": "inspect_evals/gpqa_diamond",
            "created": "2026-01-02T00:00:00+00:00",
            "dataset": {"name": "gpqa_diamond", "samples": 198},
            "model": "openai-api/x/y",
            "model_generate_config": {"temperature": 0.5},
            "config": {"epochs": 2, "limit": 3},
        },
        "plan": {"config": {"max_tokens": 100}},
        "results": {
            "total_samples": 6,
            "completed_samples": 6,
            "scores": [
                {
                    "name": "choice",
                    "scorer": "choice",
                    "metrics": {"accuracy": {"name": "accuracy", "value": 0.5}},
                }
            ],
        },
        **changes,
    }


SAMPLES = [
    {"id": 1, "epoch": 1, "scores": {"choice": {"value": "C", "answer": "A"}}},
    {"id": 1, "epoch": 2, "scores": {"choice": {"value": "I", "answer": "B"}}},
    {"id": 2, "epoch": 1, "scores": {"choice": {"value": "I", "reason": "invalid_response_format"}}},
    {"id": 3, "epoch": 1, "scores": {}, "error": "time-out"},
]


def _packed(header: Any, samples: Any = SAMPLES) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("header.json", json.dumps(header))
        archive.writestr("summaries.json", json.dumps(samples))
    return file.getvalue()


def test_a_log_of_inspect_with_its_items() -> None:
    (found,) = read_inspect_log(_packed(_header()), "a.eval", REGISTRY)
    assert (found.benchmark_id, found.shares, found.items, found.population) == (
        "gpqa-diamond",
        (0.5,),
        3,
        198,
    )
    assert found.settings == {"temperature": 0.5, "max_tokens": 100, "limit": 3, "epochs": 2}
    assert found.results == (
        PriorItem("1", 1.0, 1),
        PriorItem("1", 0.0, 2),
        PriorItem("2", None, 1),
        PriorItem("3", None, 1),
    )
    assert not found.complete and not found.problem


def test_the_same_as_json_and_a_run_that_was_cut_off() -> None:
    raw = json.dumps({**_header(status="cancelled"), "samples": SAMPLES}).encode()
    (found,) = read_inspect_log(raw, "a.json", REGISTRY)
    assert len(found.results) == 4
    assert found.problem == "its run ended with 'cancelled'"


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"PK\x03\x04 no zip",
        _packed([]),
        _packed({"eval": 3}),
        _packed(_header())[:200],
    ],
)
def test_a_broken_log_cannot_be_told(raw: bytes) -> None:
    with pytest.raises(CannotTell):
        read_inspect_log(raw, "a.eval", REGISTRY)


def test_a_bomb_is_not_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inspect_log, "MAX_PART", 1_000_000)
    raw = _packed(_header(), ["0" * 5_000_000])
    assert len(raw) < 50_000
    with pytest.raises(CannotTell, match="larger than"):
        read_inspect_log(raw, "a.eval", REGISTRY)


@pytest.mark.parametrize("value", [float("nan"), 1.5, -0.1, "0.5", None, True])
def test_a_score_that_is_no_share_is_no_result(value: Any) -> None:
    header = _header()
    header["results"]["scores"][0]["metrics"]["accuracy"]["value"] = value
    assert read_inspect_log(_packed(header), "a.eval", REGISTRY) == ()


# --- logs of lm-eval

RESULTS = {
    "results": {
        "arc_challenge": {
            "alias": "arc_challenge",
            "acc,none": 0.25,
            "acc_stderr,none": 0.1,
            "acc_norm,none": 0.5,
        }
    },
    "configs": {"arc_challenge": {"dataset_path": "allenai/ai2_arc", "num_fewshot": 25}},
    "n-shot": {"arc_challenge": 25},
    "versions": {"arc_challenge": 1.0},
    "n-samples": {"arc_challenge": {"original": 1172, "effective": 4}},
    "config": {"model": "hf", "model_args": "pretrained=x", "limit": 4},
    "model_name": "org/x",
    "date": 1795325382.04,
}


def _lines() -> bytes:
    rows = [{"doc_id": n, "filter": "none", "acc": float(n == 0), "acc_norm": n < 2} for n in range(4)]
    return ("\n".join(json.dumps(r) for r in rows) + "\nbroken\n").encode()


def test_results_of_lm_eval_with_their_items() -> None:
    raw = json.dumps(RESULTS).encode()
    acc, norm = read_lm_eval_results(raw, "results_x.json", REGISTRY, {"arc_challenge": _lines()})
    assert (acc.metric, acc.shares, norm.metric, norm.shares) == ("acc", (0.25,), "acc_norm", (0.5,))
    assert acc.benchmark_id == "arc-challenge"
    assert (acc.items, acc.population, acc.settings["shots"], acc.model) == (4, 1172, 25, "org/x")
    assert [i.score for i in norm.results] == [1.0, 1.0, 0.0, 0.0, None]


def test_logs_of_a_folder_are_found_with_their_samples(tmp_path: Path) -> None:
    place = tmp_path / "runs" / "org__x"
    place.mkdir(parents=True)
    time = "2026-01-02T03-04-05.678901"
    (place / f"results_{time}.json").write_text(json.dumps(RESULTS))
    (place / f"samples_arc_challenge_{time}.jsonl").write_bytes(_lines())
    (place / "samples_arc_challenge_2025-01-02T03-04-05.678901.jsonl").write_bytes(b"{}\n")
    (tmp_path / "log.eval").write_bytes(_packed(_header()))
    (tmp_path / "bad.eval").write_bytes(b"no")
    found, unread = logs_in(tmp_path, REGISTRY)
    assert {(r.source, len(r.results)) for r in found} == {("lm-eval", 5), ("inspect-ai", 4)}
    assert len(unread) == 1 and "bad.eval" in unread[0]


@pytest.mark.parametrize(
    "raw", [b"", b"[]", b'{"results": 3}', b'{"results": {}, "configs": []}', b"[" * 100_000]
)
def test_what_is_no_file_of_lm_eval_cannot_be_told(raw: bytes) -> None:
    with pytest.raises(CannotTell):
        read_lm_eval_results(raw, "results_x.json", REGISTRY)


@pytest.mark.parametrize("name", ["a.eval", "2026-01-02T03-04-05-00-00_a.json", "results_a.json"])
def test_a_log_nested_without_end_is_one_sentence(tmp_path: Path, name: str) -> None:
    nested = b'{"eval":' * 200_000
    raw = nested
    if name == "a.eval":
        file = io.BytesIO()
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("header.json", nested)
        raw = file.getvalue()
    (tmp_path / name).write_bytes(raw)
    found, unread = logs_in(tmp_path, REGISTRY)
    assert found == () and len(unread) == 1 and unread[0].startswith(f"{name} is not valid JSON")


def test_a_single_log_brings_its_samples(tmp_path: Path) -> None:
    time = "2026-01-02T03-04-05.678901"
    (tmp_path / f"results_{time}.json").write_text(json.dumps(RESULTS))
    (tmp_path / f"samples_arc_challenge_{time}.jsonl").write_bytes(_lines())
    (tmp_path / "other.eval").write_bytes(b"no")
    found, unread = logs_in(tmp_path / f"results_{time}.json", REGISTRY)
    assert [len(r.results) for r in found] == [5, 5] and unread == ()


def test_only_the_newest_logs_of_many_are_read(tmp_path: Path) -> None:
    for n in range(53):
        (tmp_path / f"results_2026-01-02T03-04-{n:02}.0.json").write_text(json.dumps(RESULTS))
    found, unread = logs_in(tmp_path, REGISTRY)
    assert len(found) == 100 and len(unread) == 1 and "3 older logs" in unread[0]
    assert "T03-04-00" not in " ".join(r.path for r in found)


def test_logs_of_a_repository_are_read_up_to_a_size() -> None:
    files = {f"logs/{n}.eval": _packed(_header()) for n in range(3)}
    evidence = evidence_for("# M\n", files=files)
    assert len(prior_results(evidence)[0]) == 3
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(gather, "MAX_JSON_BYTES", 2 * len(files["logs/0.eval"]) + 1)
        found, unread = prior_results(evidence)
    assert len(found) == 2 and "larger than" in unread[0]


# --- a data set's tasks, where they are at hand


def test_tasks_are_taken_from_the_hub_clients_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    repo = tmp_path / "datasets--Idavidrein--gpqa"
    place = repo / "snapshots" / ("a" * 40)
    place.mkdir(parents=True)
    (repo / "refs").mkdir()
    (repo / "refs" / "main").write_text("a" * 40)
    (place / "eval.yaml").write_text("tasks:\n- id: gpqa_diamond\n- id: gpqa_main\n")
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path))
    benchmark = REGISTRY.get("gpqa-diamond")
    assert benchmark is not None
    assert task_ids(evidence_for("# M\n"), benchmark) == {"gpqa_diamond"}
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path / "none"))
    assert task_ids(evidence_for("# M\n"), benchmark) == set()
