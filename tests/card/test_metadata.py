"""Claims of the front matter, `model-index` and `.eval_results`."""

from __future__ import annotations

import math

from pytest_modelcard.card.benchmarks import Benchmark, Registry
from pytest_modelcard.card.metadata import dotted, eval_results_claims
from pytest_modelcard.model import Claim
from tests.support import evidence_for, parse

REGISTRY = Registry(
    [
        Benchmark(id="mmlu", name="MMLU", aliases=("cais/mmlu",)),
        Benchmark(id="gpqa-diamond", name="GPQA Diamond", aliases=("gpqa_diamond",)),
    ]
)
INDEX = """---
license: mit
model-index:
- name: Model 7B
  results:
  - task: {type: text-generation, name: Text Generation}
    dataset:
      type: cais/mmlu
      name: MMLU
      split: test
      args: {num_few_shot: 5}
    metrics:
    - type: acc
      name: accuracy
      value: 64.5
    - type: f1
      value: "60.12 %"
    - type: acc_stderr
      value: 0.4
  - task: {type: reinforcement-learning}
    dataset: {type: lander, name: Lander}
    metrics:
    - type: mean_reward
      value: 248.84 +/- 20.1
    - type: note
      value: good
---
"""


def metadata(text: str) -> list[Claim]:
    return [c for c in parse(text).claims if c.kind == "metadata"]


def test_every_leaf_is_a_claim_with_its_key_path_and_place() -> None:
    found = metadata("---\nlicense: mit\nbase_model:\n- acme/a\n- acme/b\nco2: {g: 12.5}\nempty:\n---\n")
    assert [(c.id, c.name, c.text, c.value, c.span.line) for c in found] == [
        ("license", "license", "mit", None, 2),
        ("base_model-0", "base_model[0]", "acme/a", None, 4),
        ("base_model-1", "base_model[1]", "acme/b", None, 5),
        ("co2-g", "co2.g", "12.5", 12.5, 6),
        ("empty", "empty", "", None, 7),
    ]


def test_ids_are_unique_and_values_finite() -> None:
    found = metadata("---\na b: 1\na-b: .inf\na_b: .nan\na-b-2: true\n---\n")
    assert len({c.id for c in found}) == 4
    assert [c.value for c in found] == [1.0, None, None, None]
    assert found[3].text == "true"


def test_an_unreadable_front_matter_has_no_claims() -> None:
    assert metadata("---\na: [\n---\n") == []


def test_model_index_gives_scores() -> None:
    card = evidence_for(INDEX, registry=REGISTRY).card
    scores = [c for c in card.claims if c.kind == "score"]
    assert [(c.benchmark, c.benchmark_id, c.value, c.span.line) for c in scores] == [
        ("MMLU", "mmlu", 64.5, 15),
        ("MMLU", None, 60.12, 17),
        ("MMLU", "mmlu", 0.4, 19),
        ("Lander", None, 248.84, 24),
    ]
    assert {(c.model, c.role, c.table) for c in scores} == {("Model 7B", "this", None)}
    assert scores[0].settings == (("metric", "accuracy"), ("split", "test"), ("shots", "5"))
    assert scores[0].setting == "accuracy; test; 5"
    assert (scores[1].unit, scores[1].decimals) == ("%", 2)
    assert scores[2].is_auxiliary and not scores[0].is_auxiliary
    assert scores[3].error == 20.1
    assert not any(c.name and c.name.startswith("model-index") for c in card.claims)


def test_a_broken_model_index_is_passed_over() -> None:
    for broken in (
        "3",
        "[x]",
        "[{results: 4}]",
        "[{results: [{metrics: x}]}]",
        "[{results: [{metrics: [1]}]}]",
    ):
        assert [c for c in parse(f"---\nmodel-index: {broken}\n---\n").claims if c.kind == "score"] == []


def test_eval_results_give_scores_with_the_place_in_their_own_file() -> None:
    text = """- dataset:
    id: Idavidrein/gpqa
    task_id: gpqa_diamond
  value: 0.412
  notes: no tools
- dataset: {id: cais/mmlu, task_id: default}
  value: 71
- dataset: {id: cais/mmlu, task_id: default}
  value: high
"""
    found = eval_results_claims(text, ".eval_results/a.yaml", REGISTRY, "Model 7B")
    assert [(c.benchmark, c.benchmark_id, c.value, c.span.path, c.span.line) for c in found] == [
        ("gpqa_diamond", "gpqa-diamond", 0.412, ".eval_results/a.yaml", 4),
        ("cais/mmlu", "mmlu", 71.0, ".eval_results/a.yaml", 7),
    ]
    assert found[0].setting == "no tools" and found[0].model == "Model 7B" and found[0].decimals == 3


def test_eval_results_of_another_shape_give_nothing() -> None:
    for text in ("", "a: 1", "- 3", "- dataset: x\n  value: 1", "[", "- dataset: {id: 3}\n  value: 1"):
        assert eval_results_claims(text, "x.yaml", REGISTRY) == ()


def test_dotted_key_paths() -> None:
    assert dotted(("model-index", 0, "results", 2, "name")) == "model-index[0].results[2].name"


def test_no_claim_holds_a_number_that_json_cannot_write() -> None:
    card = parse(
        "---\na: 1e999\nb: -.inf\nmodel-index: [{results: [{metrics: [{type: a, value: .nan}]}]}]\n---\n"
    )
    assert all(c.value is None or math.isfinite(c.value) for c in card.claims)
