"""Bad content does no harm: no exception, bounded work, finite numbers."""

import math

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pytest_modelcard.card.benchmarks import Registry
from pytest_modelcard.card.document import read_document
from pytest_modelcard.card.names import KnownNames
from pytest_modelcard.card.records import Table
from pytest_modelcard.card.tables import read_tables
from pytest_modelcard.card.tables.cell import read_cell
from pytest_modelcard.card.tables.grid import MAX_CARD_CELLS, MAX_CELLS, MAX_COLUMNS, MAX_ROWS
from pytest_modelcard.card.tables.inline import name_of
from pytest_modelcard.model import Claim

REGISTRY = Registry.default()
NAMES = KnownNames(("acme/Kite-7B",), ("origin/Sky-7B",))


def tables_of(text: str) -> tuple[tuple[Table, ...], tuple[Claim, ...]]:
    return read_tables(read_document(text.split("\n"), "README.md"), NAMES, REGISTRY)


def check(text: str) -> None:
    lines = text.split("\n")
    tables, claims = tables_of(text)
    for table in tables:
        assert len(table.cells) <= MAX_CELLS
        assert table.n_rows <= MAX_ROWS
        assert table.n_cols <= MAX_COLUMNS
        assert 1 <= table.span.line <= len(lines)
    assert sum(len(t.cells) for t in tables) <= MAX_CARD_CELLS
    assert len({c.id for c in claims}) == len(claims)
    for claim in claims:
        assert 1 <= claim.span.line <= len(lines)
        assert 1 <= claim.span.column <= len(lines[claim.span.line - 1]) + 1
        assert all(
            math.isfinite(v) for v in (claim.value, *claim.values, claim.alt, claim.error) if v is not None
        )


@pytest.mark.parametrize(
    "text",
    [
        "<table><tr>" + "<td rowspan=100000000 colspan=100000000>1.5" * 300,
        "<table>" * 2000,
        "<table><tr><td>" * 500,
        "<table>\n" + "<!-- " * 5000,
        "<table>\n" + "<td " * 5000,
        "<table>" + "<tr><td>MMLU<td>1.5" * 3000 + "</table>",
        "|".join("x" * 3000) + "\n" + "|".join("-" * 3000) + "\n" + "|".join("1" * 3000),
        "| Benchmark | Sky-8B |\n|---|---|\n" + "| MMLU | 1.5 |\n" * 5000,
        ("| Benchmark | Sky-8B |\n|---|---|\n| MMLU | 1.5 |\n\n") * 400,
        "| Benchmark | Sky-8B |\n|---|---|\n| " + "*_[(" * 20_000 + " | 1.5 |",
        "| Benchmark | Sky-8B |\n|---|---|\n| MMLU | " + "1" * 50_000 + " |",
        "| Benchmark | Sky-8B |\n|---|---|\n| MMLU | " + "1,111" * 10_000 + " |",
        "| Benchmark | Sky-8B |\n|---|---|\n| MMLU | 1e999 |",
        "| Benchmark | Sky-8B |\n|---|---|\n| " + "\\" * 50_000 + " | 1.5 |",
        "</table></td></tr><tr><td>1</td></tr>",
        "<table></table><table><tr></tr></table>",
        "<table><caption>x<tr><td rowspan=0 colspan=0>1<td rowspan=-1>2</table>",
        "| a |\n|---|\n\x00\ufffd\u202e| 1 |",
    ],
)
def test_hostile_tables(text: str) -> None:
    check(text)


def test_rows_and_columns_beyond_the_bounds_are_left_out() -> None:
    tables, _ = tables_of("<table>" + "<tr><td>MMLU<td>1.5" * 4000 + "</table>")
    assert tables[0].n_rows == MAX_ROWS
    tables, _ = tables_of("<table><tr>" + "<td>1" * 500 + "</table>")
    assert tables[0].n_cols == MAX_COLUMNS


WORDS = [
    "MMLU",
    "Sky-8B",
    "Benchmark",
    "Model",
    "1.5",
    "**2**",
    "-",
    "",
    "5-shot",
    "7B",
    "Δ",
    "+1",
    "<b>3",
    "a|b",
    "`",
    "½",
]
PIECES = [
    "<table>",
    "</table>",
    "<tr>",
    "</tr>",
    "<td>",
    "<th colspan=2>",
    "<td rowspan=3>",
    "<thead>",
    "</thead>",
    "<!--",
    "-->",
    "\n",
    "\n\n",
    "|",
    "|---|---|\n",
    "# h\n",
    "```\n",
    "    ",
    "<br>",
    *WORDS,
]


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.sampled_from(PIECES), max_size=60).map("".join))
def test_any_mix_of_markup(text: str) -> None:
    check(text)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.integers(1, 5), st.lists(st.lists(st.sampled_from(WORDS), max_size=6), max_size=6))
def test_any_pipe_table(columns: int, rows: list[list[str]]) -> None:
    header = "| " + " | ".join(["Benchmark", "Sky-8B", "Kite-7B", "x", "Model"][:columns]) + " |"
    check("\n".join([header, "|" + "---|" * columns, *("| " + " | ".join(r) + " |" for r in rows)]))


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=80))
def test_any_cell(text: str) -> None:
    reading = read_cell(text)
    assert reading.value is None or math.isfinite(reading.value)
    assert (reading.kind == "number") == (reading.value is not None)
    assert "\n" not in name_of(text)
