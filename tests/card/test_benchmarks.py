"""The registry: printed names meet the right benchmark or none, and user entries fail with the key named."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from pytest_modelcard.card.benchmark_names import best_of, runs
from pytest_modelcard.card.benchmarks import DATA, Benchmark, Registry
from pytest_modelcard.errors import PolicyError

SCHEMA = Path(__file__).resolve().parents[2] / "schemas" / "benchmarks-v1.json"
REGISTRY = Registry.default()


@pytest.mark.parametrize(
    ("printed", "expected"),
    [
        ("SWE-Bench Verified (Agentic Coding)", "swe-bench-verified"),
        ("SWE-bench Verified  (mini-swe-agent)", "swe-bench-verified"),
        ("SWE-bench Verified [OpenHands]", "swe-bench-verified"),
        ("MMLU (5-shot)", "mmlu"),
        ("MMLU (5-shot, macro_avg/acc)", "mmlu"),
        ("MMLU↑", "mmlu"),
        ("5-shot MMLU", "mmlu"),
        ("ＭＭＬＵ", "mmlu"),
        ("mmlu_pro", "mmlu-pro"),
        ("GPQA-Diamond", "gpqa-diamond"),
        ("GPQA _(diamond)_", "gpqa-diamond"),
        ("GPQA", "gpqa"),
        ("HumanEval Pass@1", "humaneval"),
        ("HumanEval\n   0-shot", "humaneval"),
        ("HumanEval+", "humaneval-plus"),
        ("HumanEval +", "humaneval-plus"),
        ("GSM8K (EM)", "gsm8k"),
        ("Math 500", "math-500"),
        ("MATH", "hendrycks-math"),
        ("C-Eval(val)", "c-eval-val"),
        ("C-Eval（val）", "c-eval-val"),
        ("C-Eval (0-shot)1", "c-eval"),
        ("ARC-C†", "arc-challenge"),
        ("AI2 Reasoning Challenge (25-Shot)", "arc-challenge"),
        (r"$\tau^2$-Bench", "tau2-bench"),
        ("τ²-Bench (airline)(avg@4)", "tau2-bench-airline"),
        ("𝜏²-Bench Telecom", "tau2-bench-telecom"),
        ("τ-bench retail", "tau-bench-retail"),
        ("AIME24(avg@10)", "aime-2024"),
        ("HMMT Feb. 2025", "hmmt-feb-2025"),
        ("HMMT 2026 Feb", "hmmt-feb-2026"),
        ("LiveCodeBench v6", "livecodebench-v6"),
        ("LiveCodeBenchV6", "livecodebench-v6"),
        ("HLEPass@1", "hle"),
        ("HLE¹", "hle"),
        ("HLE (w/o tools)", "hle"),
        ("Humanity's Last Exam(Text Only)", "hle-text"),
        ("Terminal-Bench 2.1", "terminal-bench-2.1"),
        ("Terminal Bench 2", "terminal-bench-2"),
        ("GDPval (estimated)", "gdpval"),
        ("DROP (3-shot F1)", "drop"),
        ("IF-Eval (Prompt Strict)", "ifeval-prompt-strict"),
        ("Apex", "matharena-apex-2025"),
    ],
)
def test_printed_names_meet_their_benchmark(printed: str, expected: str) -> None:
    found = REGISTRY.find(printed)
    assert found is not None and found.id == expected


@pytest.mark.parametrize(
    "printed",
    [
        "MMLU (humanities)",
        "MMLU-medicine",
        "BBH (Chinese)",
        "GPQA Physics",
        "Math",
        "AIME 24&25",
        "LiveCodeBench v6(Aug 24 - May 25)",
        "SWE-Bench Verified(AgentLess 410)",
        "BFCL-v3 (MultiTurn)",
        "MMLU/CMMLU",
        "MMLU (F1)",
        "LAMBADA (ppl)",
        "HumanEval rank",
        "Average",
        "5-shot",
        "Model",
        "",
        "x" * 500,
    ],
)
def test_other_names_meet_none(printed: str) -> None:
    assert REGISTRY.find(printed) is None


def test_versions_of_one_family_stay_apart() -> None:
    two, later = REGISTRY.find("Terminal-Bench 2.0"), REGISTRY.find("Terminal-Bench 2.1")
    assert two is not None and later is not None
    assert two.family == later.family == "terminal-bench"
    assert (two.version, later.version) == ("2.0", "2.1")


def test_every_name_of_the_data_file_is_found() -> None:
    lost = [
        (b.id, name)
        for b in REGISTRY
        for name in (b.cased or (b.name, *b.aliases))
        if (found := REGISTRY.find(name)) is None or found.id != b.id
    ]
    assert lost == []


def test_the_data_file_fits_its_schema() -> None:
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(schema)
    data = json.loads(DATA.read_text(encoding="utf-8"))
    assert [e.message for e in Draft202012Validator(schema).iter_errors(data)] == []
    assert all(b.source for b in REGISTRY)


def test_items_stand_only_beside_scores_they_can_check() -> None:
    for b in REGISTRY:
        if b.chance is not None:
            assert b.low is not None and b.high is not None and b.low <= b.chance < b.high, b.id
        if b.items is not None:
            assert b.items not in b.other_items, b.id


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        ({"name": "X"}, "benchmarks[0]: id is missing"),
        ({"id": "x", "name": "X", "itmes": 3}, "unknown key 'itmes'"),
        ({"id": "x", "name": "X", "items": "many"}, "benchmarks[0] (x): items must be a whole number"),
        ({"id": "x", "name": "X", "items": True}, "items must be a whole number"),
        ({"id": "x", "name": "X", "items": 0}, "items must be a whole number"),
        ({"id": "x", "name": "X", "direction": "up"}, 'direction must be "higher" or "lower"'),
        ({"id": "x", "name": "X", "aliases": "Y"}, "aliases must be a list of texts"),
        ({"id": "x", "name": "X", "low": 5, "high": 1}, "low (5) must be below high (1)"),
        (["x"], "is a table of keys, not list"),
    ],
)
def test_a_wrong_entry_is_refused_by_key(entry: object, words: str) -> None:
    with pytest.raises(PolicyError) as caught:
        Registry.from_json([entry])  # type: ignore[list-item]
    assert words in str(caught.value)


def test_a_user_entry_wins_over_ours() -> None:
    own = Benchmark("house-mmlu", "MMLU", aliases=("House Bench",), items=100)
    registry = REGISTRY.extended([own])
    assert registry.find("MMLU (5-shot)") is own
    assert registry.find("house-bench") is own
    assert registry.find("GSM8K") is not None
    assert REGISTRY.find("House Bench") is None


def test_runs_and_best_of_are_read_from_the_name() -> None:
    assert runs("AIME24(avg@10)") == 10
    assert runs("AIME24", "mean@64") == 64
    assert runs("AIME24 (Pass@1)") is None
    assert runs("HumanEval (greedy)") == runs("HumanEval", "temperature 0") == 1
    assert runs("HumanEval (temperature 0.6)") is None
    assert best_of("HumanEval (pass@10)") and best_of("τ-bench pass^4") and best_of("MATH maj@8")
    assert not best_of("HumanEval (pass@1)", None)


@given(st.text(max_size=200))
def test_any_text_is_looked_up_without_harm(text: str) -> None:
    found = REGISTRY.find(text)
    assert found is None or found.id


def test_long_hostile_names_are_no_names() -> None:
    for text in ("(" * 4000, "a-" * 2000, "[0-shot](" * 800, "τ^{" * 2000):
        assert REGISTRY.find(text) is None
    assert REGISTRY.find("MMLU " + "(0-shot)" * 12) is not None
