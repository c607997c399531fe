"""lm-eval itself behind the interface, with a model of ours in place of a large one."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from pytest_modelcard.errors import CannotTell
from pytest_modelcard.evals.engine import Target
from pytest_modelcard.evals.engines.lm_eval import LmEvalEngine, check_echo, echoes
from pytest_modelcard.evals.sequential import Outcome
from pytest_modelcard.evals.tasks import Task
from tests.evals.server import Say, serving

GROUP = """group: pair
task: [one, two]
aggregate_metric_list: [{metric: acc, weight_by_size: true}]
"""
LIKELIHOOD = """task: NAME
dataset_path: json
dataset_kwargs: {data_files: {test: FILE, train: FILE}}
test_split: test
training_split: train
fewshot_split: train
output_type: multiple_choice
doc_to_text: "Q: {{question}} A:"
doc_to_choice: ["yes", "no"]
doc_to_target: answer
metric_list: [{metric: acc, aggregation: mean, higher_is_better: true}]
"""
GENERATION = """task: said
dataset_path: json
dataset_kwargs: {data_files: {test: FILE}}
test_split: test
output_type: generate_until
doc_to_text: "{{question}}"
doc_to_target: "{{word}}"
generation_kwargs: {until: ["\\n"]}
filter_list:
  - name: strict
    filter: [{function: regex, regex_pattern: "is (\\\\w+)"}, {function: take_first}]
metric_list: [{metric: exact_match, aggregation: mean, higher_is_better: true}]
"""


class Model:
    """Prefers "yes"; knows no number at "nan", fails at "crash"."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def loglikelihood(self, requests: list[Any], disable_tqdm: bool = False) -> list[tuple[float, bool]]:
        found = []
        for request in requests:
            context, continuation = request.args
            self.asked.append(context)
            if "crash" in context.rpartition("Q: ")[2]:
                raise RuntimeError("out of memory")
            nan = "nan" in context.rpartition("Q: ")[2]
            found.append((float("nan") if nan else -1.0 if "yes" in continuation else -2.0, False))
        return found

    def generate_until(self, requests: list[Any], disable_tqdm: bool = False) -> list[str]:
        self.asked += [r.args[0] for r in requests]
        return ["nothing" if "mute" in r.args[0] else "it is blue" for r in requests]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    pytest.importorskip("lm_eval", reason="needs pytest-modelcard[lm-eval]")
    tasks = tmp_path / "tasks"
    tasks.mkdir()
    for name, n in (("one", 5), ("two", 7)):
        rows = [{"question": f"{name} {i}", "answer": i % 2, "word": "blue"} for i in range(n)]
        if name == "two":
            rows[1]["question"], rows[2]["question"], rows[3]["question"] = "two nan", "two crash", "two mute"
        file = tmp_path / f"{name}.jsonl"
        file.write_text("".join(json.dumps(r) + "\n" for r in rows))
        (tasks / f"{name}.yaml").write_text(LIKELIHOOD.replace("NAME", name).replace("FILE", str(file)))
    (tasks / "said.yaml").write_text(GENERATION.replace("FILE", str(tmp_path / "two.jsonl")))
    (tasks / "pair.yaml").write_text(GROUP)
    return tasks


def _engine(folder: Path, name: str, *, shots: int | None = None, **options: Any) -> LmEvalEngine:
    task = Task(
        benchmark="x", engine="lm-eval", shots=shots, options={"task": name, "folder": str(folder), **options}
    )
    engine = LmEvalEngine(task, Target("a/b", path=folder), at_once=3)
    engine._model = Model()  # the model's place: what is tested is all around it
    return engine


def test_a_groups_items_in_any_order(folder: Path) -> None:
    engine = _engine(folder, "pair")
    assert engine.items() == 12
    found = [(r.index, r.outcome) for r in engine.run(iter([11, 0, 1, 4, 5]))]
    # the second task starts at 5; even items are "yes", and so right
    assert found == [
        (11, Outcome.right()),
        (0, Outcome.right()),
        (1, Outcome.wrong()),
        (4, Outcome.right()),
        (5, Outcome.right()),
    ]
    asked = engine._model.asked
    assert asked[0] == "Q: two 6 A:" and asked[2] == "Q: one 0 A:"


def test_one_bad_item_does_not_cost_the_others(folder: Path) -> None:
    results = {r.index: r for r in _engine(folder, "two").run(iter([0, 1, 2, 3, 5]))}
    assert results[1].outcome == Outcome.not_parsed() and "not numbers" in results[1].error
    assert results[2].outcome == Outcome.not_had() and "out of memory" in results[2].error
    assert (results[0].outcome, results[3].outcome) == (Outcome.right(), Outcome.wrong())


def test_examples_depend_on_the_item_alone(folder: Path) -> None:
    first, second = _engine(folder, "one", shots=2), _engine(folder, "one", shots=2)
    list(first.run(iter([0, 1, 4])))
    list(second.run(iter([4, 0])))
    assert set(second._model.asked) < set(first._model.asked)
    assert first._model.asked[0].count("Q:") == 3
    assert first.describe().settings["shots"] == 2


def test_generation_and_what_no_filter_reads(folder: Path) -> None:
    results = {r.index: r for r in _engine(folder, "said", metric="exact_match").run(iter([0, 3]))}
    assert results[0].outcome == Outcome.right() and results[0].read == ("blue",)
    assert results[3].outcome == Outcome.not_parsed() and results[3].answers == ("nothing",)


@pytest.mark.parametrize(
    ("name", "options", "words"),
    [
        ("one", {"metric": "f1"}, "no metric 'f1', but acc"),
        ("one", {"filter": "strict"}, "no filter 'strict'"),
        ("absent", {}, "cannot load absent"),
    ],
)
def test_what_the_task_has_not_is_told(folder: Path, name: str, options: dict[str, str], words: str) -> None:
    with pytest.raises(CannotTell, match=words):
        list(_engine(folder, name, **options).run(iter([0])))


def test_a_run_that_gets_nothing_at_all_stops(folder: Path, tmp_path: Path) -> None:
    rows = [{"question": f"crash {i}", "answer": 0} for i in range(50)]
    (tmp_path / "one.jsonl").write_text("".join(json.dumps(r) + "\n" for r in rows))
    results = []
    with pytest.raises(CannotTell, match="out of memory"):
        for result in _engine(folder, "one").run(iter(range(50))):
            results.append(result)
    assert len(results) == 5


# --- whether an endpoint can be asked at all; needs no lm-eval


@pytest.mark.parametrize(
    ("reply", "good"),
    [
        (
            {
                "text": "The capital of France is Paris",
                "logprobs": {"token_logprobs": [None, -1, -2, -1, -3, -0.1]},
            },
            True,
        ),
        ({"text": " Paris", "logprobs": {"token_logprobs": [-0.1]}}, False),
        ({"text": "The capital of France is Paris", "logprobs": None}, False),
        ({"text": "The capital of France is Paris", "logprobs": {"content": []}}, False),
        ({"text": None, "logprobs": {"token_logprobs": [None, -1, -2, -1, -3]}}, False),
    ],
)
def test_log_probabilities_of_the_prompt(reply: Any, good: bool) -> None:
    assert echoes({"choices": [reply]}) is good


@pytest.mark.parametrize("reply", [None, [], {}, {"choices": []}, {"choices": [3]}, "text"])
def test_other_replies_hold_none(reply: Any) -> None:
    assert not echoes(reply)


def test_an_endpoint_without_echo_is_named() -> None:
    with (
        serving(lambda request, before: Say("Paris")) as fake,
        pytest.raises(CannotTell, match="--modelcard-model"),
    ):
        check_echo(fake.url, "acme", None)
