"""Tables in shapes that real cards have: which columns are scores, and what each cell is about."""

from __future__ import annotations

from pytest_modelcard.card.benchmarks import Registry
from pytest_modelcard.card.document import read_document
from pytest_modelcard.card.frontmatter import read_front_matter
from pytest_modelcard.card.names import KnownNames
from pytest_modelcard.card.tables import read_tables
from pytest_modelcard.model import CardIdentity, Claim

REGISTRY = Registry.default()


def claims(text: str) -> tuple[Claim, ...]:
    lines = text.strip("\n").split("\n")
    front = read_front_matter(lines, "README.md")
    document = read_document(lines, "README.md", first_line=front.last_line + 1)
    identity = CardIdentity("README.md", None, None, "README.md", "")
    names = KnownNames.of(identity, front, document.headings)
    return tuple(c for c in read_tables(document, names, REGISTRY)[1] if c.kind == "score")


def cells(text: str) -> set[tuple[str | None, str | None, float | None]]:
    return {(c.benchmark, c.model, c.value) for c in claims(text)}


def test_first_and_second_turn_are_scores_and_no_seconds() -> None:
    table = """
# Lynx

## MT-Bench

| Model | First Turn | Second Turn | Average |
|---|---|---|---|
| Lynx-7B | 7.20 | 6.40 | 6.80 |
| GPT-4 | 8.96 | 9.03 | 8.99 |
"""
    assert ("Second Turn", "Lynx-7B", 6.4) in cells(table)
    assert len(cells(table)) == 6


def test_models_may_be_named_by_their_size_alone() -> None:
    table = """
## Results

| Benchmark | Metric | 2B Params | 9B Params |
|---|---|---|---|
| MMLU | 5-shot | 41.0 | 63.5 |
| PIQA | 0-shot | 76.1 | 80.9 |
"""
    assert ("MMLU", "9B Params", 63.5) in cells(table)


def test_dates_of_models_are_no_scores_but_a_category_date_is() -> None:
    table = """
## Performance

| Model | HumanEval(pass@1) | Date |
|---|---|---|
| Lynx-Coder-7B | 70.1% | 2024.3 |
| GPT-4 | 67.0% | 2023.9 |
"""
    assert {b for b, _, _ in cells(table)} == {"HumanEval(pass@1)"}
    table = """
## Accuracy by category

| Model | date | join | ratio |
|---|---|---|---|
| Lynx-SQL-7B | 80.0 | 71.4 | 62.9 |
| gpt-4 | 72.0 | 82.9 | 80.0 |
"""
    assert ("date", "Lynx-SQL-7B", 80.0) in cells(table)


def test_columns_that_say_how_it_was_run_are_no_scores() -> None:
    table = """
## Results

| Model | Input | #frame | Version | MMMU | MVBench |
|---|---|---|---|---|---|
| Lynx-VL-7B | 0.5 fps | 16 | 1.1 | 50.4 | 61.2 |
| GPT-4o | 1 fps | 32 | 1.2 | 64.6 | 63.0 |
"""
    assert {b for b, _, _ in cells(table)} == {"MMMU", "MVBench"}


def test_prices_parameters_and_token_counts_are_no_scores() -> None:
    for header, value in (("定价", "0.002"), ("#(Activated) Parameters", "2.7"), ("Input Tokens", "8000")):
        table = f"""
| Model | {header} |
|---|---|
| Lynx-7B | {value} |
| Qwen1.5-7B | {value} |
"""
        assert not claims(table), header


def test_a_dimension_with_decimals_is_judged_and_indonesian_is_no_index() -> None:
    table = """
## Evaluation

| Method | Relevance | Depth | id | ja | Avg. |
|---|---|---|---|---|---|
| Lynx-7B | 3.25 | 3.35 | 4.10 | 3.71 | 3.60 |
| GPT-4 | 3.95 | 4.05 | 4.32 | 4.11 | 4.11 |
"""
    assert {("Depth", "Lynx-7B", 3.35), ("id", "GPT-4", 4.32)} <= cells(table)
