"""What one cell says."""

import pytest

from pytest_modelcard.card.tables.cell import read_cell, to_number
from pytest_modelcard.card.tables.inline import name_of


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        ("72.1", 72.1),
        ("**64.23**", 64.23),
        ("76.03%", 76.03),
        ("1,533", 1533),
        ("1,010,000", 1010000),
        ("45,6", 45.6),
        ("0,45", 0.45),
        ("8.24^1", 8.24),
        ("72.7 *", 72.7),
        ("79.9†", 79.9),
        ("49.2<sup>1</sup>", 49.2),
        ("81.0[^2]", 81.0),
        ("[70.3](https://example.org/a_(b))", 70.3),
        ("83.5 ✅", 83.5),
        ("`0.5`", 0.5),
        ("-2.1", -2.1),
        ("−2.1", -2.1),
        ("~70", 70),
        ("36.6 pass@1", 36.6),
        ("$\\mathbf{88.1}$", 88.1),
        ("1041.1", 1041.1),
        ("82.5±?", 82.5),
    ],
)
def test_one_value(raw: str, value: float) -> None:
    reading = read_cell(raw)
    assert (reading.kind, reading.value) == ("number", value)


@pytest.mark.parametrize("raw", ["-", "–", "—", "--", "N/A", "n/a", "/", "x", "未公布", "**-**"])
def test_missing(raw: str) -> None:
    assert (read_cell(raw).kind, read_cell(raw).value) == ("missing", None)


@pytest.mark.parametrize(
    "raw",
    [
        "5-shot",
        "3/0-shot",
        "2023-12-12",
        "23.08.03",
        "OOM",
        "Yes",
        "v1.5",
        "Llama 2",
        "1 x RTX 3090",
        "9" * 400,
    ],
)
def test_text_that_is_no_score(raw: str) -> None:
    assert (read_cell(raw).kind, read_cell(raw).value) == ("text", None)


@pytest.mark.parametrize("raw", ["7B", "128K", "1.46M", "15B / 309B", "32K -> 128K", "15T+"])
def test_sizes_are_no_scores(raw: str) -> None:
    assert read_cell(raw).size


@pytest.mark.parametrize("raw", ["4.23GB", "12.9 GB", "6.7G / 1.0s/it", "53 tokens/s", "2.67s/iter"])
def test_resources_are_marked(raw: str) -> None:
    assert read_cell(raw).resource


def test_several_values() -> None:
    reading = read_cell("37.4 / **53.2** / 60.7")
    assert reading.value == 37.4
    assert reading.values == (37.4, 53.2, 60.7)
    assert reading.bolds == (False, True, False)
    assert reading.bold
    assert read_cell("1.1 | <b>2.2</b>").bolds == (False, True)
    assert read_cell("17.2<br>20<br/>48.5").values == (17.2, 20, 48.5)
    assert read_cell("42.6%|42.2%").unit == "%"


def test_a_second_value_in_parentheses() -> None:
    assert (read_cell("58.5 (55.1)").value, read_cell("58.5 (55.1)").alt) == (58.5, 55.1)
    assert read_cell("36.0（1.37）").alt == 1.37
    assert read_cell("58.5 (5-shot)").alt is None
    assert read_cell("58.5 (CoT)").alt is None


def test_error_and_difference() -> None:
    assert (read_cell("**72.0±1.1**").value, read_cell("**72.0±1.1**").error) == (72.0, 1.1)
    assert read_cell("0.558 +/- 0.0145").error == 0.0145
    assert read_cell("$88.1_{\\pm 0.2}$").error == 0.2
    assert read_cell("72.1 (+2.3)").inline_delta == 2.3
    assert read_cell("72.1 (↓2.3)").inline_delta == -2.3
    assert read_cell("72.1 (+2.3)").alt is None
    assert read_cell("+18.3").signed
    assert not read_cell("18.3").signed


def test_marks() -> None:
    assert read_cell("<strong>53.7</strong>").bold
    assert read_cell("__53.7__").bold
    assert read_cell("<u>74.35</u>").underline
    assert not read_cell("<u>74.35</u>").bold
    assert not read_cell("*53.7*").bold
    assert (read_cell("18.80").decimals, read_cell("70").decimals) == (2, 0)


def test_to_number() -> None:
    assert to_number("1,234.5") == (1234.5, 1)
    assert to_number("12,345") == (12345.0, 0)


@pytest.mark.parametrize(
    ("raw", "name"),
    [
        ("**MMLU**", "MMLU"),
        ("[**BAAI/x-large**](https://example.org/x)", "BAAI/x-large"),
        ("Sky3-30B-A3B-Base*", "Sky3-30B-A3B-Base"),
        ("<sup>Sky K2 <br><sup>(no thinking)</sup></sup>", "Sky K2 (no thinking)"),
        ("SWE-bench<br/><sup>(Agentic)</sup>", "SWE-bench (Agentic)"),
        ("MMLU<sup>1</sup>", "MMLU"),
        ("MMLU<sup>*</sup>", "MMLU"),
        ("MMMU<sub>val</sub>", "MMMU val"),
        ("GPT-4o<br>-Transcribe", "GPT-4o-Transcribe"),
        ("$\\tau^2$-Bench", "$\\tau^2$-Bench"),
        ("Char_reasoning", "Char_reasoning"),
        ("_italic_ name", "italic name"),
        ("SWE (AgentLess 4*10)", "SWE (AgentLess 4*10)"),
        ("⭐ Kite 🚀", "Kite"),
        ("TextEdit↓", "TextEdit↓"),
        ("`a\\|b` & c &amp; d", "a|b & c & d"),
        ("![logo](x.png) Kite", "Kite"),
        ("[MMLU][mmlu]", "MMLU"),
        ("<!-- hidden -->Kite", "Kite"),
        ("MMMU Pro^", "MMMU Pro"),
    ],
)
def test_name_of(raw: str, name: str) -> None:
    assert name_of(raw) == name
