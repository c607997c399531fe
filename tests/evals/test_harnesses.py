"""The list of harnesses' tasks: whole, true to what is installed, and told in words that help."""

from __future__ import annotations

import importlib.util
import inspect
import json
import re

import pytest

from pytest_modelcard.card.benchmarks import Registry
from pytest_modelcard.errors import CannotTell
from pytest_modelcard.evals.harnesses import DATA, NEEDS, Harness, completed, known, tasks_needed, why_not
from pytest_modelcard.evals.sequential import ScoreClaim
from pytest_modelcard.evals.tasks import Task

ENTRIES = json.loads(DATA.read_text())["tasks"]
REGISTRY = Registry.default()


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda e: f"{e['benchmark']}-{e['engine']}")
def test_an_entry_speaks_of_a_known_benchmark(entry: dict[str, object]) -> None:
    harness = Harness(**{**entry, "needs": tuple(entry.get("needs", ()))})  # type: ignore[arg-type]
    benchmark = REGISTRY.get(harness.benchmark)
    assert benchmark is not None
    assert set(harness.needs) <= set(NEEDS)
    assert bool(harness.task) is (harness.engine != "other")
    by_hand = harness.by_hand("m", "u", 3)
    assert not re.search(r"\{\w+\}", by_hand)
    if harness.engine == "other":
        _, found, arguments = by_hand.partition("--dataset-args '")
        assert found and json.loads(arguments.partition("'")[0])
    if harness.items and benchmark.items:
        # another number of items than the benchmark's has to be explained
        assert harness.items in (benchmark.items, *benchmark.other_items) or harness.note or not harness.runs


def test_tasks_of_inspect_evals_are_there_with_their_arguments() -> None:
    if importlib.util.find_spec("inspect_evals") is None:
        pytest.skip("needs pytest-modelcard[inspect]")
    from inspect_ai._util.registry import registry_lookup

    for entry in ENTRIES:
        if entry["engine"] == "inspect-ai":
            found = registry_lookup("task", entry["task"])
            assert found is not None, entry["task"]
            shots = entry.get("options", {}).get("shots")
            assert shots is None or shots in inspect.signature(found).parameters, entry["task"]


def test_tasks_of_lm_eval_are_there_in_their_folders() -> None:
    if importlib.util.find_spec("lm_eval") is None:
        pytest.skip("needs pytest-modelcard[lm-eval]")
    from pathlib import Path

    from lm_eval import tasks

    for entry in ENTRIES:
        if entry["engine"] == "lm-eval":
            folder = Path(tasks.__file__).parent / entry["options"]["folder"]
            manager = tasks.TaskManager(include_path=folder, include_defaults=False)
            assert entry["task"] in manager.all_tasks, entry


def test_a_task_is_completed_from_the_list() -> None:
    task = completed(Task(benchmark="ARC-Challenge", engine="lm-eval", options={"metric": "acc"}))
    assert task.options == {"task": "arc_challenge", "metric": "acc", "folder": "arc"}
    own = Task(benchmark="x", engine="lm-eval", options={"task": "mine"})
    assert completed(own) is own


@pytest.mark.parametrize(
    ("benchmark", "engine", "words"),
    [
        ("SWE-bench Verified", "inspect-ai", "sandbox"),
        ("HLE", "inspect-ai", "judges"),
        ("SimpleQA", "lm-eval", "no task of lm-eval is known"),
        ("No Such Benchmark", "lm-eval", "no task of lm-eval is known"),
    ],
)
def test_what_cannot_be_run_says_why(benchmark: str, engine: str, words: str) -> None:
    with pytest.raises(CannotTell, match=words):
        completed(Task(benchmark=benchmark, engine=engine))


def test_agentic_benchmarks_are_costed_with_their_command() -> None:
    claim = ScoreClaim.from_printed(70.8, 1, 89)
    refute, confirm = tasks_needed(claim)
    assert 40 <= confirm <= 89 and 40 <= refute <= 89
    told = why_not("terminal-bench-2.1", claim)
    assert told is not None
    assert f"{refute} of 89 tasks" in told and "sandbox" in told and "evalscope eval" in told


def test_what_an_engine_runs_is_offered_as_an_entry() -> None:
    told = why_not("mmlu")
    assert told is not None and '[[tasks]] benchmark = "mmlu", engine = "lm-eval"' in told
    assert why_not("no-such") is None
    assert known("gpqa-diamond")[0].runs
