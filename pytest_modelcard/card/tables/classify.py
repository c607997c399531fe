"""What a block of a table is about: its labels, values and settings; are its rows models or benchmarks?"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from ..benchmarks import Registry
from ..names import KnownNames
from . import words
from .inline import name_of
from .layout import Block, Column

Use = Literal[
    "model", "benchmark", "setting", "section", "value", "delta", "auxiliary", "attribute", "ignored"
]

_NUMERIC_SETTING = re.compile(
    r"shot|version|turn|round|轮|seed|length|bits|temperature|max tokens|resolution|size|filter|尺寸"
    r"|样本数|版本",
    re.I,
)
#: Attributes that are numbers as they stand; any other numeric column under such a word holds scores.
_NUMERIC_ATTRIBUTE = re.compile(
    r"dim|param|size|token|step|head|layer|expert|batch|epoch|year|length|context|vocab|ctx|seq|lr\b"
    r"|rate|参数|维度|大小|规模|长度|层|头|nodes|depth|tamanho",
    re.I,
)
_HYPER = re.compile(r"hyper-?\s?param|超参", re.I)
#: Heads a column that says how one model was run: "Prompt Approach", "Decoding", "Setting".
_HOW = re.compile(r"prompt|decod|strateg|setting|config|mode\b|temperature|shots?\b|设置|模式", re.I)
_RESULT_HEADING = re.compile(
    r"eval|result|performance|benchmark|leaderboard|accuracy|score|metric|quality|comparison|评测"
    r"|评估|性能|效果|成绩|榜|结果|resultado|avalia|desempenho|pontua|評価|결과|성능",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Plan:
    """How to read a block."""

    block: Block
    uses: dict[int, Use]
    rows_are: Literal["model", "benchmark"] | None  #: what the row labels name; None: nothing to read
    is_benchmark: bool
    attribute_rows: frozenset[int]
    delta_rows: frozenset[int]

    def columns(self, *uses: Use) -> list[Column]:
        return [c for c in self.block.columns if self.uses[c.index] in uses]


class Judge:
    """Says how much names look like models or like benchmarks, with the card's names and the registry at hand."""

    def __init__(self, names: KnownNames, registry: Registry) -> None:
        self.names = names
        self.registry = registry
        self._seen: dict[str, tuple[float, float]] = {}

    def likeness(self, name: str) -> tuple[float, float]:
        """(model, benchmark), each 0 to 1."""
        if name not in self._seen:
            self._seen[name] = self._likeness(name)
        return self._seen[name]

    def _likeness(self, name: str) -> tuple[float, float]:
        if not name or len(name) > 120:
            return 0.0, 0.0
        if self.names.role(name) != "other":
            return 1.0, 0.0
        if self.registry.find(name) is not None:
            return 0.0, 1.0
        model, benchmark = words.looks_like_model(name), words.looks_like_benchmark(name)
        if model and benchmark:
            return 0.5, 0.5
        return float(model), float(benchmark)

    def mean(self, labels: Iterable[str]) -> tuple[float, float]:
        found = [self.likeness(x) for x in dict.fromkeys(labels) if x]
        if not found:
            return 0.0, 0.0
        return sum(f[0] for f in found) / len(found), sum(f[1] for f in found) / len(found)


def plan(block: Block, judge: Judge, heading: str) -> Plan:
    """Decide how to read a block; `heading` is the text above the table."""
    uses: dict[int, Use] = {c.index: _first_guess(c) for c in block.columns}
    labels = [c for c in block.columns if uses[c.index] in ("model", "benchmark", "setting", "section")]
    attribute_rows, delta_rows = _special_rows(block, uses, judge)
    nothing = Plan(block, uses, None, False, attribute_rows, delta_rows)
    if not block.data_rows or sum(words.is_trainer_header(c.leaf) for c in block.columns) >= 2:
        return nothing
    _settle_labels(block, uses, labels, judge)
    values = [c for c in block.columns if uses[c.index] == "value"]
    scored = [c for c in values if c.content in ("number", "missing", "blank")]
    rows = [r for r in block.data_rows if r not in attribute_rows]
    if not scored or not rows or not any(c.numbers for c in scored):
        return Plan(block, uses, None, False, attribute_rows, delta_rows)
    rows_are, sure = _orientation(block, uses, scored, rows, judge)
    if rows_are is None:
        return Plan(block, uses, None, False, attribute_rows, delta_rows)
    for column in scored:
        if words.is_auxiliary(column.leaf):
            uses[column.index] = "auxiliary"
        elif _is_delta(column.leaf, judge) or (column.signed and judge.likeness(column.header) == (0.0, 0.0)):
            uses[column.index] = "delta"
    if not any(judge.likeness(c.header) != (0.0, 0.0) for c in scored if c.content == "blank"):
        uses.update({c.index: "ignored" for c in scored if c.content == "blank"})
    is_benchmark = sure and _is_benchmark(block, uses, rows_are, rows, judge, heading)
    return Plan(block, uses, rows_are, is_benchmark, attribute_rows, delta_rows)


def _is_delta(label: str, judge: Judge) -> bool:
    return words.is_delta(label) and judge.registry.find(label) is None


def _is_resource(labels: Sequence[str], judge: Judge) -> bool:
    """Does a row's label speak of memory, time or money, and of no benchmark?"""
    label = next((x for x in labels if x), "")
    return words.is_resource(label) and judge.likeness(label)[1] == 0.0


def _first_guess(column: Column) -> Use:
    kind = words.header_kind(column.leaf)
    numeric = column.content in ("number", "missing")
    attribute = words.attribute_name(column.leaf)
    if kind == "index":
        return "ignored"
    if column.content == "resource":
        return "ignored" if attribute is None else "attribute"
    if column.content == "size" and (attribute is not None or not column.leaf):
        return "attribute"
    if column.content == "blank" and kind in ("section", "model", "benchmark", "setting", "note"):
        return "ignored" if kind == "note" else kind
    if column.content == "text" and not column.wordy:
        return "ignored"
    if kind == "setting" and (not numeric or (_NUMERIC_SETTING.search(column.leaf) and not column.decimals)):
        return "setting"
    if attribute is not None and (not numeric or _NUMERIC_ATTRIBUTE.search(column.leaf)):
        if not (column.content == "text" and kind in ("model", "section")):
            return "attribute"
    if column.content == "number":
        return (
            "ignored" if words.is_resource(column.leaf) and not words.is_auxiliary(column.leaf) else "value"
        )
    if column.content in ("missing", "blank"):
        return "value" if column.leaf or column.content == "missing" else "ignored"
    if kind in ("model", "benchmark", "section"):
        return kind
    if column.content == "size":
        return "setting" if column.index == 0 or kind is not None else "ignored"
    if kind == "note":
        return "ignored"
    return "setting"


def _special_rows(block: Block, uses: dict[int, Use], judge: Judge) -> tuple[frozenset[int], frozenset[int]]:
    """Data rows that state attributes ("# Total Params"), and rows of differences."""
    attributes, deltas = set(), set()
    for row in block.data_rows:
        cells = list(block.grid.row(row))
        labels = [name_of(c.raw) for c in cells[:3]]
        label = next((x for x in labels if words.attribute_name(x) is not None), None)
        readings = [
            r for c in block.columns if uses[c.index] == "value" and (r := block.reading(row, c.index))
        ]
        numbers = sum(r.kind == "number" for _, r in readings)
        texts = sum(r.kind == "text" for _, r in readings)
        resources = sum(r.resource for _, r in readings)
        sizes = sum(r.size for _, r in readings)
        if (
            (texts and not numbers)
            or (resources and resources == numbers)
            or (label is not None and (numbers == 0 or sizes or _NUMERIC_ATTRIBUTE.search(label)))
            or (numbers and _is_resource(labels, judge))
        ):
            attributes.add(row)
        elif any(_is_delta(x, judge) for x in labels[:2]):
            deltas.add(row)
    return frozenset(attributes), frozenset(deltas)


def _texts(block: Block, col: int, rows: Sequence[int]) -> list[str]:
    out = []
    for row in rows:
        cell = block.grid.at(row, col)
        out.append(name_of(cell.raw) if cell is not None else "")
    return out


def _settle_labels(block: Block, uses: dict[int, Use], labels: list[Column], judge: Judge) -> None:
    """Which text column names the rows, where the header words leave it open."""
    _choose_benchmark_column(block, uses, labels, judge)
    for use in ("model", "benchmark"):
        for column in [c for c in labels if uses[c.index] == use][1:]:
            if not _starts_again(block, uses, column):
                uses[column.index] = "setting"
    open_columns = [c for c in labels if words.header_kind(c.leaf) is None]
    named = {uses[c.index] for c in labels if c not in open_columns}
    for column in open_columns:
        texts = _texts(block, column.index, block.data_rows)
        filled = [t for t in texts if t]
        if filled and all(words.is_setting_value(t) for t in filled):
            uses[column.index] = "setting"
            continue
        model, benchmark = judge.mean(filled)
        later = [
            c for c in labels if c.index > column.index and uses[c.index] in ("benchmark", "model", "setting")
        ]
        sparse = len(set(filled)) < len(texts) and (
            len(filled) < len(texts) or len(set(filled)) * 2 <= len(texts)
        )
        grouped = any((c := block.grid.at(r, column.index)) and c.rowspan > 1 for r in block.data_rows)
        if "benchmark" in named and "model" not in named and model > 0.5 > benchmark:
            uses[column.index] = "model"
        elif "benchmark" in named or "model" in named:
            leads = column.index < min(c.index for c in labels if uses[c.index] in ("benchmark", "model"))
            uses[column.index] = "section" if leads else "ignored" if column.notes else "setting"
        elif later and (sparse or grouped) and model <= 0.5 and any(_is_axis(block, c, judge) for c in later):
            uses[column.index] = "section"
        else:
            uses[column.index] = "model" if model > benchmark else "benchmark"
            named.add(uses[column.index])
    by_column: dict[int, list[str]] = {}
    if not labels and block.columns and uses[0] == "attribute" and block.columns[0].content == "size":
        uses[0] = "model"
    if not any(uses[c.index] in ("model", "benchmark") for c in labels) and labels:
        # only a settings or a group column: it names the rows after all ("Metric | Value", "Quantization | MMLU")
        by_column = {c.index: [t for t in _texts(block, c.index, block.data_rows) if t] for c in labels}
        best = max(labels, key=lambda c: (len(set(by_column[c.index])), -c.index))
        model, benchmark = judge.mean(by_column[best.index])
        uses[best.index] = "model" if model > benchmark else "benchmark"


def _choose_benchmark_column(block: Block, uses: dict[int, Use], labels: list[Column], judge: Judge) -> None:
    """Of "Capability | Benchmark" the second names the benchmarks; of "Benchmark "
    "| (nothing)" perhaps too."""
    named = [c for c in labels if uses[c.index] == "benchmark"]
    if not named:
        return
    chosen = next((c for c in named if words.is_benchmark_word(c.leaf)), named[0])
    following = next((c for c in block.columns if c.index == chosen.index + 1), None)
    if following is not None and not following.leaf and uses[following.index] == "setting":
        groups, texts = (_texts(block, c.index, block.data_rows) for c in (chosen, following))
        fewer = len({g for g in groups if g}) < len(set(texts))
        if fewer and judge.mean(texts)[1] > 0 and all(texts):
            uses[chosen.index], uses[following.index] = "section", "benchmark"
            chosen = following
    for column in named:
        if column is not chosen and uses[column.index] == "benchmark" and column.index < chosen.index:
            if not any(uses[c.index] == "value" for c in block.columns[column.index : chosen.index]):
                uses[column.index] = "section"


def _starts_again(block: Block, uses: dict[int, Use], column: Column) -> bool:
    """Does a second table begin at this column, side by side: a label behind values?"""
    return any(uses[c.index] == "value" for c in block.columns[: column.index])


def _is_axis(block: Block, column: Column, judge: Judge) -> bool:
    texts = [t for t in _texts(block, column.index, block.data_rows) if t]
    return not all(words.is_setting_value(t) for t in texts)


def _orientation(
    block: Block, uses: dict[int, Use], values: list[Column], rows: Sequence[int], judge: Judge
) -> tuple[Literal["model", "benchmark"] | None, bool]:
    """What the rows are, and whether anything speaks for this being about models and benchmarks at all."""
    label_columns = [c for c in block.columns if uses[c.index] in ("model", "benchmark")]
    if not label_columns:
        return None, False
    if {"model", "benchmark"} <= {uses[c.index] for c in label_columns}:
        headers = [
            c.leaf for c in values if not words.is_generic_value(c.leaf) and not words.is_metric(c.leaf)
        ]
        if headers and judge.mean(headers)[1] >= 0.5:
            # "Benchmark | Model | gsm8k | arc": the columns are the benchmarks, the first column groups them
            for column in label_columns:
                if uses[column.index] == "benchmark":
                    uses[column.index] = "section"
            return "model", True
        return "benchmark", True
    first = label_columns[0]
    labels = [t for t in _texts(block, first.index, rows) if t]
    row_model, row_benchmark = judge.mean(labels)
    col_model, col_benchmark = judge.mean(
        h
        for c in values
        if not (words.is_delta(c.leaf) or words.is_auxiliary(c.leaf) or words.is_generic_value(c.leaf))
        for h in c.headers[-2:]
    )
    word = words.header_kind(first.leaf)
    if (
        col_benchmark > col_model
        and labels
        and all(words.is_generic_value(x) or words.is_metric(x) for x in labels)
    ):
        if not any(judge.registry.find(x) for x in labels):
            uses[first.index] = "setting"  # "Metric | ARC | MMLU" over one row of scores: no model is named
            return "model", True
    if col_benchmark > 0 and row_model == 0 and first.leaf and _HOW.search(first.leaf):
        uses[first.index] = "setting"
        return "model", True
    models = row_model + col_benchmark + (0.6 if word == "model" else 0.0)
    benchmarks = row_benchmark + col_model + (0.6 if word in ("benchmark", "setting") else 0.0)
    if models == benchmarks == 0.0:
        return None, False
    rows_are: Literal["model", "benchmark"] = "model" if models > benchmarks else "benchmark"
    uses[first.index] = rows_are
    return rows_are, True


def _is_benchmark(
    block: Block,
    uses: dict[int, Use],
    rows_are: Literal["model", "benchmark"],
    rows: Sequence[int],
    judge: Judge,
    heading: str,
) -> bool:
    values = [c for c in block.columns if uses[c.index] == "value"]
    if not values:
        return False
    if all(words.is_resource(c.header) or words.is_resource(block.title) for c in values):
        return False
    label_columns = [c for c in block.columns if uses[c.index] in ("model", "benchmark")]
    if not label_columns:
        return True
    by_use = {
        use: [t for c in label_columns if uses[c.index] == use for t in _texts(block, c.index, rows) if t]
        for use in ("model", "benchmark")
    }
    headers = [h for c in values for h in c.headers]
    if any(_HYPER.search(h) for h in headers) or _HYPER.search(block.title):
        return False
    word = words.header_kind(label_columns[0].leaf)
    results = bool(_RESULT_HEADING.search(heading[:300]) or _RESULT_HEADING.search(block.title))
    if rows_are == "model":
        row_model, _ = judge.mean(by_use["model"])
        _, col_benchmark = judge.mean(headers)
        attributes = sum(
            bool(words.attribute_name(c.leaf)) for c in block.columns if uses[c.index] == "attribute"
        )
        if col_benchmark == 0 and attributes > len(values):
            return False
        if col_benchmark > 0 and (row_model > 0 or word == "model" or col_benchmark >= 0.5 or results):
            return True
        return (row_model >= 0.5 or (word == "model" and results)) and not any(
            words.is_resource(h) for h in headers
        )
    labels = by_use["benchmark"]
    _, row_benchmark = judge.mean(labels)
    if by_use["model"]:
        return row_benchmark > 0 or word == "benchmark" or results
    col_model, _ = judge.mean(headers)
    resource = sum(words.is_resource(x) for x in labels) / max(1, len(labels))
    if resource > 0.5:
        return False
    if words.is_specification(label_columns[0].leaf) and row_benchmark < 0.5:
        return False
    generic = all(words.is_generic_value(c.leaf) or not c.leaf for c in values)
    if row_benchmark > 0 and (col_model > 0 or row_benchmark >= 0.3):
        return True
    if word == "benchmark" and (
        col_model > 0 or (generic and results) or any(words.is_metric(c.leaf) for c in values)
    ):
        return True
    return col_model >= 0.5 and results and not words.is_resource(heading)
