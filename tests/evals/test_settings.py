"""Which settings a card states for a score, and what becomes of those it does not state."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from pytest_modelcard.errors import CannotTell
from pytest_modelcard.evals.settings import resolve
from pytest_modelcard.evals.stated import Stated, stated
from pytest_modelcard.evals.tasks import Task
from tests.support import parse

HEAD = "---\nlicense: mit\n---\n# Acme 7B\n\n"


def of(table: str, prose: str = "", heading: str = "") -> Stated:
    card = parse(f"{HEAD}{prose}\n\n{heading}\n\n{table}\n")
    claim = next(c for c in card.claims if c.kind == "score")
    return stated(card, claim)


def row(benchmark: str) -> str:
    return f"| Benchmark | Acme 7B |\n|---|---|\n| {benchmark} | 70.8 |\n| MMLU-Pro | 40.0 |"


@pytest.mark.parametrize(
    ("table", "expected"),
    [
        (row("GPQA Diamond (5-shot)"), {"shots": 5}),
        (row("GPQA Diamond (zero-shot)"), {"shots": 0}),
        (row("GPQA Diamond"), {"shots": None, "temperature": None, "thinking": None, "draws": None}),
        (row("GPQA Diamond (few-shot)"), {"shots": None, "few_shot": True}),
        (row("AIME 2025 (avg@16)"), {"draws": 16, "best_of": None}),
        (row("AIME 2025 (pass@1)"), {"draws": None, "best_of": None, "obstacle": ""}),
        (row("AIME 2025 (pass@8)"), {"best_of": 8}),
        (row("GPQA Diamond (thinking)"), {"thinking": True}),
        (row("GPQA Diamond (non-thinking)"), {"thinking": False}),
        (row("GPQA Diamond (greedy)"), {"temperature": 0.0}),
        (
            "| Benchmark | Shots | Acme 7B |\n|---|---|---|\n| MMLU | 3 | 70.8 |\n| ARC-Challenge | 25 | 60.0 |",
            {"shots": 3},
        ),
    ],
)
def test_what_stands_beside_a_score(table: str, expected: dict[str, Any]) -> None:
    found = of(table)
    assert {k: getattr(found, k) for k in expected} == expected


@pytest.mark.parametrize("name", ["AIME 2025 (maj@64)", "AIME 2025 (cons@64)"])
def test_a_vote_of_many_answers_is_not_run(name: str) -> None:
    assert "majority of 64" in of(row(name)).obstacle


def test_tools_are_an_obstacle_and_their_absence_is_none() -> None:
    assert "tools" in of(row("HLE (with tools)")).obstacle
    assert of(row("HLE (no tools)")).obstacle == ""


def test_a_sentence_on_the_evaluation_speaks_for_all_scores() -> None:
    found = of(row("GPQA Diamond"), "All benchmark results use temperature 0.6 and top_p 0.95, 5-shot.")
    assert (found.temperature, found.top_p, found.shots) == (0.6, 0.95, 5)


def test_advice_on_use_and_two_different_numbers_say_nothing() -> None:
    assert of(row("GPQA Diamond"), "We recommend temperature 0.7 for chats.").temperature is None
    two = "Results use temperature 0.6. For code benchmarks temperature 0.2 was used."
    assert of(row("GPQA Diamond"), two).temperature is None


def test_the_words_of_a_models_name_are_no_setting() -> None:
    card = parse(
        f"{HEAD}| Benchmark | Acme 7B | Rival Thinking |\n|---|---|---|\n| GPQA Diamond | 70.8 | 60.0 |\n"
    )
    claims = [c for c in card.claims if c.kind == "score"]
    assert all(stated(card, c).thinking is None for c in claims)


def test_stated_settings_are_sent_and_the_rest_is_listed_as_assumed() -> None:
    found = resolve(Task("a", max_tokens=64), Stated(temperature=0.6, thinking=True), {"top_p": 0.9})
    assert found.request["temperature"] == 0.6
    assert found.request["chat_template_kwargs"] == {"enable_thinking": True}
    assert found.request["max_tokens"] == 64
    assert found.stated == {"temperature": 0.6, "thinking": True}
    assert found.chosen == {"max_tokens": 64}
    assert set(found.assumed) == {"shots", "top_p", "prompt", "chat template"}
    assert "generation_config.json has 0.9" in found.assumed["top_p"]


def test_means_and_best_of_many() -> None:
    mean = resolve(Task("a", draws=4), Stated(draws=16))
    assert (mean.draws, mean.combine, mean.claimed_draws) == (4, "mean", 16)
    best = resolve(Task("a"), Stated(best_of=8))
    assert (best.draws, best.combine, best.claimed_draws) == (8, "any", 1)


@pytest.mark.parametrize(
    ("task", "card", "told"),
    [
        (
            Task("a", temperature=0.0),
            Stated(temperature=0.6),
            "the task sets temperature = 0.0 where the card states 0.6",
        ),
        (Task("a", thinking=False), Stated(thinking=True), "sets thinking = off where the card states on"),
        (Task("a", shots=0), Stated(shots=5), "sets shots = 0"),
        (Task("a"), Stated(shots=5), "names no file of examples"),
        (Task("a"), Stated(few_shot=True), "few-shot and no number"),
        (Task("a"), Stated(obstacle="it was measured with tools"), "with tools"),
        (Task("a", draws=4), Stated(best_of=8), "pass@8"),
    ],
)
def test_other_settings_than_the_cards_are_not_run(task: Task, card: Stated, told: str) -> None:
    with pytest.raises(CannotTell, match=told):
        resolve(task, card)


def test_examples_make_stated_shots_possible(tmp_path: Path) -> None:
    found = resolve(Task("a", examples=tmp_path / "x.jsonl"), Stated(shots=5))
    assert found.shots == 5 and found.stated["shots"] == 5


def test_another_harness_shows_its_own_examples() -> None:
    lm_eval = Task("a", engine="lm-eval")
    assert resolve(lm_eval, Stated(shots=5)).shots == 5
    assert resolve(lm_eval, Stated()).shots is None
    inspect = Task("a", engine="inspect-ai", options={"task": "x", "shots": "fewshot"})
    assert resolve(inspect, Stated(shots=5)).shots == 5
    with pytest.raises(CannotTell, match=r"options\.shots"):
        resolve(Task("a", engine="inspect-ai", options={"task": "x"}), Stated(shots=5))
