"""Logs of others and results for others, through pytest's options."""

from __future__ import annotations

import json
import sys

import pytest
import yaml

from tests.evals.logs import inspect_log, packed, scored
from tests.evals.runs import card
from tests.evals.server import choice_file, model, serving

POLICY = """
eval-logs = ["logs"]

[[benchmarks]]
id = "harbour-qa"
name = "HarbourQA"
items = 200
dataset = "acme/harbour-qa"

[[tasks]]
benchmark = "HarbourQA"
file = "items.jsonl"
scorer = "choice"
"""
SELECT = ("--modelcard=card", "--modelcard-select=MC4", "--modelcard-offline")


@pytest.fixture
def folder(pytester: pytest.Pytester) -> pytest.Pytester:
    for name in ("card", "logs", "dataset"):
        (pytester.path / name).mkdir()
    (pytester.path / "card" / "README.md").write_text(card(["| HarbourQA | 52.5 | 90.0 |"]))
    (pytester.path / "dataset" / "eval.yaml").write_text("tasks:\n- id: harbour_qa\n")
    (pytester.path / "items.jsonl").write_text(choice_file(200))
    log = inspect_log(scored(100, 200), task="harbour_qa", samples=200)
    (pytester.path / "logs" / "a.eval").write_bytes(packed(log))
    (pytester.path / "modelcard.toml").write_text(POLICY)
    return pytester


@pytest.mark.parametrize("workers", [(), pytest.param(("-n2",), marks=pytest.mark.slow)])
def test_logs_are_compared_without_a_run(folder: pytest.Pytester, workers: tuple[str, ...]) -> None:
    found = folder.runpytest_subprocess(*SELECT, "--modelcard-json=out.json", *workers)
    found.stdout.fnmatch_lines(["*MC404 recorded-run-contradicts*", "*50 % measured*"])
    report = json.loads((folder.path / "out.json").read_text())
    assert [r["agreement"] for r in report["recorded"]] == ["lower"] and report["runs"] == []


def test_a_run_tells_what_was_recorded_and_is_written_for_others(folder: pytest.Pytester) -> None:
    with serving(model(0.4)) as fake:
        found = folder.runpytest(
            *SELECT,
            "--modelcard-run",
            f"--modelcard-endpoint={fake.url}",
            "--modelcard-map=acme/harbour-qa=dataset",
            "--modelcard-write-eval-results=results",
            "--modelcard-write-every-eval-ever=records",
            "--modelcard-store=store.jsonl",
            "--modelcard-json=out.json",
        )
    found.stdout.fnmatch_lines(["*wrote results*", "*wrote records*", "*MC401*"])
    assert "Recorded before: logs/a.eval" in " ".join(" ".join(found.outlines).split())
    (entry,) = yaml.safe_load((folder.path / "results" / "pytest-modelcard.yaml").read_text())
    assert entry["dataset"] == {"id": "acme/harbour-qa", "task_id": "harbour_qa"}
    assert len(list((folder.path / "records").rglob("*.json"))) == 1
    report = json.loads((folder.path / "out.json").read_text())
    assert len(report["recorded"]) == 1, "told once, though two tests compared it"
    (run,) = report["runs"]
    recounted = folder.run(sys.executable, "-m", "pytest_modelcard", "recount", "store.jsonl")
    recounted.stdout.fnmatch_lines([f"*{run['used']} of N = 200*", "*refuted, as the record says*"])
    assert recounted.ret == 0


@pytest.mark.parametrize(
    ("args", "told"),
    [
        (("--modelcard-eval-logs=nowhere",), "nowhere does not exist"),
        (("--modelcard-write-eval-results=x",), "give --modelcard-run, too"),
        (("--modelcard-write-every-eval-ever=x",), "give --modelcard-run, too"),
    ],
)
def test_wrong_options_are_usage_errors(folder: pytest.Pytester, args: tuple[str, ...], told: str) -> None:
    found = folder.runpytest(*SELECT, *args)
    assert found.ret == pytest.ExitCode.USAGE_ERROR
    found.stderr.fnmatch_lines([f"*{told}*"])
