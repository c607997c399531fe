from __future__ import annotations

import pytest

from pytest_modelcard.card import vocabulary as v
from pytest_modelcard.card.prose.numbers import amount, token_count
from tests.support import parse


def stated(text: str, *names: str) -> list[tuple[str | None, float | None, str | None]]:
    return [
        (c.name, c.value, c.text) for c in parse("# Foo-7B\n\n" + text, "acme/Foo-7B").named("prose", *names)
    ]


def parameters(text: str) -> list[tuple[str, float | None]]:
    return [
        ("total" if n == v.TOTAL_PARAMETERS else "active", value)
        for n, value, _ in stated(text, v.TOTAL_PARAMETERS, v.ACTIVE_PARAMETERS)
    ]


def context(text: str) -> list[tuple[float | None, str | None]]:
    return [(value, kind) for _, value, kind in stated(text, v.CONTEXT_LENGTH)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("- **397B total / 17B active parameters** (MoE)", [("total", 397e9), ("active", 17e9)]),
        ("Number of Parameters: 397B in total and 17B activated", [("total", 397e9), ("active", 17e9)]),
        (
            "Foo-7B has 456 billion total parameters, of which 45.9 billion are activated per token.",
            [("total", 456e9), ("active", 45.9e9)],
        ),
        (
            "It has 671B total parameters with 37B activated for each token.",
            [("total", 671e9), ("active", 37e9)],
        ),
        ("A dense 32-billion-parameter LLM.", [("total", 32e9)]),
        ("This model has 1.1B parameters.", [("total", 1.1e9)]),
        ("O modelo tem 7 bilhões de parâmetros.", [("total", 7e9)]),
        ("El modelo tiene 7 mil millones de parámetros.", [("total", 7e9)]),
        ("Foo-7B 参数规模为 70亿。", [("total", 7e9)]),
        ("本模型总参数 3970亿，激活参数 170亿。", [("total", 397e9), ("active", 17e9)]),
    ],
)
def test_parameters(text: str, expected: list[tuple[str, float]]) -> None:
    assert parameters(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "Foo-7B outperforms models with 13B parameters.",
        "Qwen2.5-72B has 72B parameters.",
        "The best among models under 10 billion parameters.",
        "Sizes from 0.5B to 72B parameters.",
        "We release the 7B/67B parameters versions.",
        "It activates 18.6B∼31.3B parameters.",
        "Number of Parameters (Non-Embedding): 6.5B",
        "A 6B vision encoder and 300M parameters in the draft head.",
        "Trained on 15T tokens.",
    ],
)
def test_no_parameters_of_this_model(text: str) -> None:
    assert parameters(text) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("- **1,010,000 token (1M) context window**", [(1_010_000, None)]),
        (
            "- Context Length: 262,144 natively and extensible up to 1,010,000 tokens.",
            [(262_144, "native"), (1_010_000, "extended")],
        ),
        ("It supports a context window of up to 128K tokens.", [(131_072, None)]),
        ("Native 256K context, expandable to 1M", [(262_144, "native"), (1_000_000, "extended")]),
        ("Context length: 2048 tokens", [(2048, None)]),
        ("Janela de contexto de 128 mil tokens.", [(128_000, None)]),
        ("原生支持256K上下文窗口", [(262_144, None)]),
        ("With YaRN the context extends to 131,072 tokens.", [(131_072, "extended")]),
    ],
)
def test_context_length(text: str, expected: list[tuple[float, str | None]]) -> None:
    assert context(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "WideSearch: we use a 256k context window without any context management.",
        "Qwen3.5-Plus has a 1M context length by default.",
        "Pre-trained with a 4K context on 3T tokens.",
        "Evaluated at 128K context with RULER.",
        "To save memory, reduce the context length to 32768.",
        "Tool responses above 256k are pruned from the context.",
        "`--context-length 1048576`",
        "It keeps 3 turns of context.",
    ],
)
def test_no_context_length_of_this_model(text: str) -> None:
    assert context(text) == []


def test_a_family_card_states_no_single_size() -> None:
    text = "It comes with 7B parameters.\n\nIt comes with 70B parameters."
    assert [p[1] for p in parameters(text)] == [7e9, 70e9]
    assert parameters("- 7B parameters\n- 70B parameters") == []


@pytest.mark.parametrize(
    ("number", "unit", "value"),
    [("1,5", "B", 1.5e9), ("1,010", "K", 1_010_000), ("2.5", "万亿", 2.5e12), ("7", "mil millones", 7e9)],
)
def test_amount(number: str, unit: str, value: float) -> None:
    assert amount(number, unit) == value


@pytest.mark.parametrize(
    ("number", "unit", "value"),
    [
        ("128", "K", 131_072),
        ("200", "k", 200_000),
        ("1", "M", 1_000_000),
        ("1,048,576", None, 1_048_576),
        ("8", "K", 8192),
    ],
)
def test_token_count(number: str, unit: str | None, value: int) -> None:
    assert token_count(number, unit) == value
