"""Estimated tokens: measured where the items are at hand, from the data file where not, and bounded by what is set."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pytest_modelcard.card.benchmarks import Registry
from pytest_modelcard.evals import tokens
from pytest_modelcard.evals.harnesses import DATA
from pytest_modelcard.evals.settings import Settings
from pytest_modelcard.evals.tasks import Task
from pytest_modelcard.evals.tokens import assumption, tokens_of
from tests.evals.server import choice_file

LENGTHS = json.loads(DATA.read_text())["prompt_characters"]


def test_lengths_are_of_known_benchmarks_and_plausible() -> None:
    registry = Registry.default()
    assert not [id for id in LENGTHS if registry.get(id) is None]
    assert all(10 <= characters <= 60_000 for characters in LENGTHS.values())


def test_a_known_length_counts_in_place_of_the_assumed_one() -> None:
    known = tokens_of("gpqa-diamond", Task("gpqa-diamond"), Settings())
    assert known.prompt == LENGTHS["gpqa-diamond"] / tokens.CHARACTERS
    assert tokens_of("no-such", Task("no-such"), Settings()).prompt == tokens.QUESTION / tokens.CHARACTERS


def test_a_file_is_measured_with_its_examples(tmp_path: Path) -> None:
    path = tmp_path / "items.jsonl"
    path.write_text(choice_file(20))
    task = Task("x", file=path, scorer="choice", examples=path)
    bare, shown = (tokens_of("x", task, Settings(shots=shots)) for shots in (0, 3))
    assert 10 < bare.prompt < 60
    assert shown.prompt > 2 * bare.prompt


@pytest.mark.parametrize(
    ("settings", "answer", "completion"),
    [
        (Settings(), None, tokens.THINKING),
        (Settings(request={"chat_template_kwargs": {"enable_thinking": False}}), None, tokens.PLAIN),
        (Settings(request={"chat_template_kwargs": {"enable_thinking": True}}), None, tokens.THINKING),
        (Settings(request={"max_tokens": 4}), None, 4),
        (Settings(), 300, 300),
        (Settings(request={"max_tokens": 4}), 300, 4),
    ],
)
def test_an_answer_is_as_long_as_is_set_or_assumed(
    settings: Settings, answer: float | None, completion: float
) -> None:
    assert tokens_of("x", Task("x"), settings, answer).completion == completion


def test_agents_and_pictures_take_more() -> None:
    agent = tokens_of("swe-bench-verified", Task("swe-bench-verified"), Settings())
    assert (agent.prompt, agent.completion) == (tokens.AGENT_SENT, tokens.AGENT_WRITTEN)
    seen = tokens_of("mmmu-pro", Task("mmmu-pro"), Settings())
    assert seen.prompt == tokens.PICTURE + LENGTHS["mmmu-pro"] / tokens.CHARACTERS


def test_the_assumption_is_told() -> None:
    assert "8,000 tokens an answer" in assumption()
    assert "250 tokens an answer (answer-tokens)" in assumption(250)
