"""Logs that inspect-ai and lm-eval themselves have just written, read back."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from pytest_modelcard.card.benchmarks import Benchmark, Registry
from pytest_modelcard.evals.control import control_of
from pytest_modelcard.evals.engine import Target
from pytest_modelcard.evals.engines.lm_eval import LmEvalEngine
from pytest_modelcard.evals.formats import PriorResult, logs_in
from pytest_modelcard.evals.store import KeptEngine, Store
from pytest_modelcard.evals.tasks import Task

REGISTRY = Registry.default().extended([Benchmark("harbour-qa", "HarbourQA", items=40)])
TASK = """task: harbour_qa
dataset_path: json
dataset_kwargs: {data_files: {test: FILE}}
test_split: test
output_type: generate_until
doc_to_text: "{{question}}"
doc_to_target: "{{word}}"
num_fewshot: 0
generation_kwargs: {until: ["\\n"], temperature: 0.0, do_sample: false}
filter_list:
  - name: strict
    filter: [{function: regex, regex_pattern: "is (\\\\w+)"}, {function: take_first}]
metric_list: [{metric: exact_match, aggregation: mean, higher_is_better: true}]
"""


@pytest.mark.parametrize(
    ("more", "items", "drawn", "best_of"),
    [
        ({}, 40, False, None),
        ({"limit": 10}, 10, False, None),
        ({"limit": 10, "sample_shuffle": 7}, 10, True, None),
    ],
    ids=["all", "first", "random"],
)
@pytest.mark.parametrize("form", ["eval", "json"])
def test_a_log_of_inspect(
    tmp_path: Path, more: dict[str, Any], items: int, drawn: bool, best_of: int | None, form: Any
) -> None:
    inspect_ai = pytest.importorskip("inspect_ai", reason="needs pytest-modelcard[inspect]")
    from inspect_ai.dataset import MemoryDataset, Sample
    from inspect_ai.model import ModelOutput, ModelUsage, get_model
    from inspect_ai.scorer import choice
    from inspect_ai.solver import multiple_choice

    outputs = []
    for n in range(40):
        output = ModelOutput.from_content("mockllm/model", f"ANSWER: {'AB'[n % 2]}")
        output.usage = ModelUsage(
            input_tokens=5, output_tokens=3, total_tokens=8
        )  # else it asks for a tokenizer
        outputs.append(output)
    samples = [Sample(id=n, input=f"What is {n}?", choices=["x", "y"], target="A") for n in range(40)]
    inspect_ai.eval(
        inspect_ai.Task(
            dataset=MemoryDataset(samples, name="harbour"),
            solver=multiple_choice(),
            scorer=choice(),
            name="harbour_qa",
        ),
        model=get_model("mockllm/acme-7b", custom_outputs=outputs),
        log_dir=str(tmp_path),
        log_format=form,
        display="none",
        temperature=0.0,
        **more,
    )
    (found,), unread = logs_in(tmp_path, REGISTRY)
    assert not unread
    assert (found.benchmark_id, found.model) == ("harbour-qa", "mockllm/acme-7b")
    assert (found.items, found.population, found.drawn, found.best_of) == (items, 40, drawn, best_of)
    assert found.shares == (0.5,) and sum(i.score or 0 for i in found.results) == items / 2
    assert found.settings["temperature"] == 0.0 and not found.problem


@pytest.mark.parametrize("limit", [None, 10])
def test_results_of_lm_eval(tmp_path: Path, limit: int | None) -> None:
    lm_eval = pytest.importorskip("lm_eval", reason="needs pytest-modelcard[lm-eval]")
    from lm_eval.api.model import LM
    from lm_eval.loggers import EvaluationTracker
    from lm_eval.tasks import TaskManager

    class Model(LM):  # type: ignore[misc]
        def loglikelihood(self, requests: Any, disable_tqdm: bool = False) -> Any:
            raise NotImplementedError

        loglikelihood_rolling = loglikelihood

        def generate_until(self, requests: Any, disable_tqdm: bool = False) -> list[str]:
            said = ("it is blue", "it is red", "it is blue", "it is red", "hm")
            return [said[int(r.args[0].split()[-1]) % 5] for r in requests]

    (tmp_path / "tasks").mkdir()
    rows = "".join(json.dumps({"question": f"number {n}", "word": "blue"}) + "\n" for n in range(40))
    (tmp_path / "items.jsonl").write_text(rows)
    (tmp_path / "tasks" / "harbour_qa.yaml").write_text(TASK.replace("FILE", str(tmp_path / "items.jsonl")))
    tracker = EvaluationTracker(output_path=str(tmp_path / "logs"))
    arguments = {"model_source": "hf", "model_args": "pretrained=acme/acme-7b", "system_instruction": None}
    tracker.general_config_tracker.log_experiment_args(
        **arguments, chat_template=None, fewshot_as_multiturn=False
    )
    results = lm_eval.simple_evaluate(
        model=Model(),
        tasks=["harbour_qa"],
        task_manager=TaskManager(include_path=str(tmp_path / "tasks"), include_defaults=False),
        log_samples=True,
        bootstrap_iters=0,
        limit=limit,
    )
    samples = results.pop("samples")
    tracker.save_results_aggregated(results=results, samples=samples)
    tracker.save_results_samples(task_name="harbour_qa", samples=samples["harbour_qa"])
    (found,), unread = logs_in(tmp_path / "logs", REGISTRY)
    n = limit or 40
    assert not unread
    assert (found.benchmark_id, found.model, found.metric) == ("harbour-qa", "acme/acme-7b", "exact_match")
    assert (found.items, found.population, found.settings["shots"]) == (n, 40, 0)
    assert found.settings["temperature"] == 0 and found.settings["filter"] == "strict"
    assert [i.score for i in found.results[:5]] == [1.0, 0.0, 1.0, 0.0, None], (
        "what no filter read is not wrong"
    )
    assert found.shares == (0.4,)
    if limit is None:
        _predicts_our_items(tmp_path, found)


def _predicts_our_items(folder: Path, log: PriorResult) -> None:
    """The engine counts items as the log does, so that its scores stand beside the right questions."""
    task = Task(
        "harbour-qa",
        "lm-eval",
        options={"task": "harbour_qa", "folder": str(folder / "tasks"), "metric": "exact_match"},
    )
    engine = LmEvalEngine(task, Target("acme/acme-8b", path=folder))
    documents = engine._tasks().documents[0]
    control = control_of(KeptEngine(engine, Store(folder / "s.jsonl"), "x"), 40, logs=lambda: (log,))
    assert control is not None and control.models == ("acme/acme-7b (log)",)
    said = [int(document["question"].split()[-1]) % 5 for document in documents]
    assert control.tenths == "".join("a0a0-"[n] for n in said)
