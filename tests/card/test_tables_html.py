"""HTML tables: spans, headers of several rows, broken markup, and what does not count."""

import pytest

from pytest_modelcard.card.records import Card
from pytest_modelcard.model import Claim
from tests.support import parse


def scores(card: Card) -> list[Claim]:
    return [c for c in card.claims if c.kind == "score"]


def cells(card: Card) -> list[tuple[str | None, str | None, float | None]]:
    return [(c.benchmark, c.model, c.value) for c in scores(card)]


def test_lines_are_those_of_the_cells() -> None:
    card = parse(
        "# Kite\n\n"
        "<table>\n"
        "<thead>\n"
        "<tr>\n"
        "<th>Benchmark</th>\n"
        "<th><sup>Sky-8B</sup></th>\n"
        "</tr>\n"
        "</thead>\n"
        "<tbody>\n"
        "<tr>\n"
        '<td align="center" colspan=2><strong>Knowledge</strong></td>\n'
        "</tr>\n"
        "<tr>\n"
        "<td>MMLU</td>\n"
        "<td>\n"
        "  <b>70.5</b>\n"
        "</td>\n"
        "</tr>\n"
        "</tbody>\n</table>\n"
    )
    (claim,) = scores(card)
    assert (claim.span.line, claim.raw, claim.bold, claim.section) == (16, "<b>70.5</b>", True, "Knowledge")
    assert (claim.benchmark, claim.model) == ("MMLU", "Sky-8B")
    assert card.tables[0].span.line == 3
    assert card.tables[0].format == "html"


def test_rowspan_groups_and_settings() -> None:
    card = parse(
        "<table>\n<tr><td>Category</td><td>Benchmark</td><td># Shots</td><td>Sky-8B</td></tr>\n"
        '<tr><td rowspan="2">General</td><td>MMLU</td><td>5</td><td>66.7</td></tr>\n'
        "<tr><td>BBH</td><td>3</td><td>61.1</td></tr>\n</table>\n"
    )
    assert [(c.section, c.benchmark, c.setting, c.value) for c in scores(card)] == [
        ("General", "MMLU", "5", 66.7),
        ("General", "BBH", "3", 61.1),
    ]


def test_a_value_over_several_columns_is_one_claim() -> None:
    card = parse(
        "<table><thead><tr><th rowspan=2>Benchmark</th><th colspan=2>Sky-8B</th><th>Kite-7B</th></tr></thead>"
        "<tbody><tr><td>MMLU</td><td colspan=2>83.5</td><td>73.0</td></tr></tbody></table>"
    )
    assert cells(card) == [("MMLU", "Sky-8B", 83.5), ("MMLU", "Kite-7B", 73.0)]


def test_header_of_two_rows_joins_a_benchmark_and_its_parts() -> None:
    card = parse(
        "<table><thead><tr><th rowspan=2>Methods</th><th colspan=2>Zorbench</th>"
        "<th rowspan=2>DocVQA</th></tr>"
        "<tr><th>Low-Level</th><th>High-Level</th></tr></thead>"
        "<tbody><tr><td>Sky-8B</td><td>0.6</td><td>0.7</td><td>0.8</td></tr></tbody></table>"
    )
    assert [c.benchmark for c in scores(card)] == ["Zorbench Low-Level", "Zorbench High-Level", "DocVQA"]
    assert scores(card)[0].header_path == ("Zorbench", "Low-Level")


def test_header_of_three_rows_with_groups_and_shots() -> None:
    card = parse(
        "<table>\n<tr><th></th><th colspan=2>Knowledge</th><th colspan=1>Math</th></tr>\n"
        "<tr><th>Model</th><th>C-Eval</th><th>MMLU</th><th>GSM8K</th></tr>\n"
        "<tr><td></td><td>5-shot</td><td>5-shot</td><td>8-shot</td></tr>\n"
        "<tr><td>Sky-30B</td><td>-</td><td>46.9</td><td>15.2</td></tr>\n</table>"
    )
    assert cells(card) == [("C-Eval", "Sky-30B", None), ("MMLU", "Sky-30B", 46.9), ("GSM8K", "Sky-30B", 15.2)]
    assert [c.setting for c in scores(card)] == ["5-shot", "5-shot", "8-shot"]
    assert scores(card)[0].header_path == ("Knowledge", "C-Eval", "5-shot")
    assert scores(card)[2].section == "Math"


def test_title_row() -> None:
    card = parse(
        "<table><tr><th colspan=3>Tool-use benchmark</th></tr>"
        "<tr><th>Model</th><th>Selection (Acc.)</th><th>Error</th></tr>"
        "<tr><td>Sky-8B</td><td>98.0%</td><td>23.9%</td></tr></table>"
    )
    assert cells(card) == [("Selection (Acc.)", "Sky-8B", 98.0), ("Error", "Sky-8B", 23.9)]
    assert {c.unit for c in scores(card)} == {"%"}


def test_unclosed_tags() -> None:
    card = parse("<table>\n<tr><th>Benchmark<th>Sky-8B\n<tr><td>MMLU<td>70.5\n<tr><td>GPQA<td>-\n</table>\n")
    assert cells(card) == [("MMLU", "Sky-8B", 70.5), ("GPQA", "Sky-8B", None)]
    assert [c.span.line for c in scores(card)] == [3, 4]


def test_a_table_nobody_closes_ends_at_the_next_heading() -> None:
    card = parse(
        "<table>\n"
        "<tr><th>Benchmark<th>Sky-8B\n"
        "<tr><td>MMLU<td>70.5\n\n"
        "# Next\n\n"
        "| Benchmark | Sky-8B |\n"
        "|---|---|\n"
        "| GPQA | 1 |\n"
    )
    assert [(c.benchmark, c.value, c.raw) for c in scores(card)] == [("MMLU", 70.5, "70.5"), ("GPQA", 1, "1")]


def test_blank_lines_and_indentation_inside() -> None:
    card = parse(
        "<div>\n\n<table>\n    <tr>\n\n        <th>Benchmark</th>\n        <th>Sky-8B</th>\n    </tr>\n\n\n"
        "    <tr>\n        <td>MMLU</td>\n\n        <td>70.5</td>\n    </tr>\n</table>\n\n</div>\n"
    )
    assert cells(card) == [("MMLU", "Sky-8B", 70.5)]
    assert scores(card)[0].span.line == 14


def test_nested_tables_are_tables_of_their_own() -> None:
    card = parse(
        "<table><tr><td>\n<table><tr><th>Benchmark<th>Sky-8B<tr><td>MMLU<td>1.5</table>\n</td><td>\n"
        "<table><tr><th>Benchmark<th>Sky-8B<tr><td>GPQA<td>2.5</table></td></tr></table>"
    )
    assert cells(card) == [("MMLU", "Sky-8B", 1.5), ("GPQA", "Sky-8B", 2.5)]
    assert [t.kind for t in card.tables] == ["other", "benchmark", "benchmark"]


def test_underline_breaks_and_markdown_in_cells() -> None:
    card = parse(
        "<table><tr><td>Benchmark<td>Sky-8B<td>Kite<br>-7B</tr>"
        "<tr><td>MMLU<br/>(5-shot)<td><u>70.5</u><td>**71**</tr>"
        "</table>"
    )
    assert cells(card) == [("MMLU (5-shot)", "Sky-8B", 70.5), ("MMLU (5-shot)", "Kite-7B", 71)]
    assert [(c.underline, c.bold) for c in scores(card)] == [(True, False), (False, True)]


def test_attributes_and_sizes_in_html() -> None:
    card = parse(
        "<table><tr><th></th><th>Sky-8B</th></tr>"
        "<tr><td>Model Size</td><td>8.2B</td></tr>"
        "<tr><td>Hybrid</td><td>✅</td></tr>"
        "<tr><td>MMLU</td><td>70.5</td></tr></table>"
    )
    assert cells(card) == [("MMLU", "Sky-8B", 70.5)]
    assert [(c.name, c.value) for c in card.claims if c.kind == "attribute"] == [("total-parameters", 8.2e9)]


PIPE = "| Benchmark | Sky-8B |\n|---|---|\n| MMLU | 70.5 |\n"
HTML = "<table>\n<tr><th>Benchmark</th><th>Sky-8B</th></tr>\n<tr><td>MMLU</td><td>70.5</td></tr>\n</table>\n"


@pytest.mark.parametrize(
    "card",
    [
        f"```\n{PIPE}```\n",
        f"~~~markdown\n{HTML}~~~\n",
        f"text\n\n<!--\n{PIPE}-->\n",
        f"<!--\n{HTML}-->\n",
        f"<!-- {HTML} -->\n\ntext\n",
        "text\n\n" + "".join(f"    {line}\n" for line in PIPE.splitlines()),
        "text\n\n" + "".join(f"    {line}\n" for line in HTML.splitlines()),
        "use `<table><tr><th>Benchmark<th>Sky-8B<tr><td>MMLU<td>70.5</table>` here\n",
        f"---\nlicense: mit\ntable: |\n  {PIPE.replace(chr(10), chr(10) + '  ')}\n---\n",
    ],
)
def test_tables_in_code_comments_and_front_matter_do_not_count(card: str) -> None:
    parsed = parse(card)
    assert parsed.tables == ()
    assert scores(parsed) == []


def test_a_table_after_a_closed_comment_counts() -> None:
    assert len(scores(parse(f"<!-- note -->\n\n{PIPE}\n<!-- a --> {HTML}"))) == 2
