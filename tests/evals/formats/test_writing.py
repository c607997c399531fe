"""What we write follows the schemas of those who read it, and tells nothing that should stay here."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from pytest_modelcard.card.benchmarks import Registry
from pytest_modelcard.evals.engine import Description, ItemResult
from pytest_modelcard.evals.formats.eval_results import OwnResult, read_eval_results, write_eval_results
from pytest_modelcard.evals.formats.every_eval_ever import Finished, write_every_eval_ever
from pytest_modelcard.evals.sequential import Outcome, ScoreClaim, SequentialTest, Tolerance
from pytest_modelcard.schemas import schema

HERE = Path(__file__).parent
AGGREGATE = json.loads((HERE / "every-eval-ever-0.3.0.json").read_text())
INSTANCE = json.loads((HERE / "every-eval-ever-0.3.0-instance.json").read_text())


def _finished(outcomes: list[Outcome], **changes: Any) -> Finished:
    test = SequentialTest(ScoreClaim.from_printed(90.0, 1, 198), tolerance=Tolerance.none())
    results = []
    for index, outcome in enumerate(outcomes):
        test.add(outcome, index)
        results.append(
            ItemResult(
                index,
                outcome,
                prompt_tokens=10,
                completion_tokens=3,
                seconds=0.25,
                answers=("SECRET ANSWER B",),
                read=("B" if not outcome.unread else None,),
            )
        )
    told = Description(
        "chat",
        "0.1.0",
        "gpqa-diamond",
        "items.jsonl",
        "sha256:00",
        "served",
        {"request.temperature": 0.5, "request.max_tokens": 100, "shots": 5, "scorer": "choice"},
    )
    values: dict[str, Any] = {
        "model": "org/model",
        "benchmark": "gpqa-diamond",
        "description": told,
        "verdict": test.verdict(),
        "results": results,
        "ended": 1_800_000_000.0,
        "seed": "gpqa:1",
        "hub_dataset": "Idavidrein/gpqa",
    }
    return Finished(**{**values, **changes})


OUTCOMES = [Outcome.right(), Outcome.wrong(), Outcome.not_parsed(), Outcome.not_had(), Outcome.wrong()]


@pytest.mark.parametrize("dataset", ["Idavidrein/gpqa", ""])
@pytest.mark.parametrize("answers", [True, False])
def test_every_eval_ever_follows_its_schema(dataset: str, answers: bool) -> None:
    run = _finished(OUTCOMES, hub_dataset=dataset)
    written = write_every_eval_ever(run, answers=answers)
    record = json.loads(written.record)
    jsonschema.Draft7Validator(AGGREGATE).validate(record)
    rows = [json.loads(line) for line in written.items.splitlines()]
    for row in rows:
        jsonschema.Draft7Validator(INSTANCE).validate(row)
    assert record["detailed_evaluation_results"]["file_path"] == written.items_path
    assert {row["evaluation_id"] for row in rows} == {record["evaluation_id"]}
    assert ("SECRET" in written.items) is answers
    (result,) = record["evaluation_results"]
    interval = result["score_details"]["uncertainty"]["confidence_interval"]
    assert (interval["lower"], interval["upper"]) == run.verdict.interval
    assert result["score_details"]["details"]["verdict"] == "undecided"
    assert result["generation_config"]["generation_args"] == {"temperature": 0.5, "max_tokens": 100}
    assert [row["error"] is None for row in rows] == [True, True, False, False, True]


def test_the_same_run_has_the_same_name_and_no_path_leads_out() -> None:
    run = _finished(OUTCOMES, model="../..", benchmark="../x")
    one, two = write_every_eval_ever(run), write_every_eval_ever(run)
    assert one == two
    assert ".." not in one.path.split("/") and one.path.count("/") == 4


def test_a_run_without_a_readable_answer_has_no_score() -> None:
    with pytest.raises(ValueError, match="no score"):
        write_every_eval_ever(_finished([Outcome.not_parsed()] * 6))


def test_eval_results_are_written_as_the_hub_reads_them() -> None:
    own = OwnResult(
        "Idavidrein/gpqa",
        "gpqa_diamond",
        41.25,
        revision="abc",
        date="2026-01-02",
        url="https://example.org/report",
        by="me",
        notes="57 of 198 items; 98 % interval 30 to 52: the claim 70.8 is refuted",
    )
    text = write_eval_results([own])
    data = yaml.safe_load(text)
    jsonschema.validate(data, schema("eval-results-v1"))
    assert "verifyToken" not in text
    (read,) = read_eval_results(text, "x.yaml", Registry.default())
    assert (read.shares, read.benchmark_id, read.notes) == ((0.4125,), "gpqa-diamond", own.notes)


@pytest.mark.parametrize(
    "wrong",
    [
        OwnResult("a b/c", "t", 1.0),
        OwnResult("a/b", "", 1.0),
        OwnResult("a/b", "t", 101.0),
        OwnResult("a/b", "t", float("nan")),
    ],
)
def test_what_the_hub_would_not_read_is_not_written(wrong: OwnResult) -> None:
    with pytest.raises(ValueError):
        write_eval_results([wrong])
