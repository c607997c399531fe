"""What each column and row of a block is for: a first guess by words and content, then the open ones."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal

from . import words
from .inline import name_of
from .judge import Judge
from .layout import Block, Column

Use = Literal[
    "model", "benchmark", "setting", "section", "value", "delta", "auxiliary", "attribute", "ignored"
]

_NUMERIC_SETTING = re.compile(
    r"shot|version|turn|round|轮|seed|length|bits|temperature|max tokens|resolution|^res\.?$|^pass$|frame"
    r"|^input$|size"
    r"|filter|尺寸|样本数|版本",
    re.I,
)
#: Attributes that are numbers as they stand; any other numeric column under such a word holds scores.
_NUMERIC_ATTRIBUTE = re.compile(
    r"dim|param|size|token|step|head|layer|expert|batch|epoch|year|length|context|vocab|ctx|seq|lr\b"
    r"|rate|参数|维度|大小|规模|长度|层|头|nodes|depth|tamanho|date|window|日期|hardware|gpus?\b|device",
    re.I,
)
_DECIMAL_SETTING = re.compile(r"^(?:bits|bpw|version|temperature|input)s?$|版本", re.I)
#: Attributes that are whole numbers: with decimals, a column of that name holds scores ("Depth" of a report).
_WHOLE_ATTRIBUTE = re.compile(r"dim|head|layer|expert|vocab|depth|length|window|context|ctx", re.I)
#: Heads models that others are made from: beside "Backbone", "Model Name" names the rows.
_UNDERLYING = re.compile(r"^(?:backbone|base ?(?:model|llm)|(?:\w+ )?encoder|tokenizer)s?$", re.I)
_YEARS = re.compile(r"\bdates?\b|\byear\b|日期", re.I)


def is_delta(label: str, judge: Judge) -> bool:
    return words.is_delta(label) and judge.registry.find(label) is None


def _is_resource(labels: Sequence[str], judge: Judge) -> bool:
    """Does a row's label speak of memory, time or money, and of no benchmark?"""
    label = next((x for x in labels if x), "")
    return words.is_resource(label) and judge.likeness(label)[1] == 0.0


def first_guess(column: Column) -> Use:
    kind = words.header_kind(column.leaf)
    numeric = column.content in ("number", "missing")
    attribute = words.attribute_name(column.leaf)
    if kind == "index" and not column.decimals:  # "id" may be Indonesian
        return "ignored"
    if column.content == "resource":
        return "ignored" if attribute is None else "attribute"
    if column.content == "size" and (attribute is not None or not column.leaf):
        return "attribute"
    if column.content == "blank" and kind in ("section", "model", "benchmark", "setting", "note"):
        return "ignored" if kind == "note" else kind
    if column.content == "text" and not column.wordy:
        return "ignored"
    decimals = column.decimals and not _DECIMAL_SETTING.search(column.leaf)
    if kind == "setting" and (not numeric or (_NUMERIC_SETTING.search(column.leaf) and not decimals)):
        return "setting"
    names_rows = column.content == "text" and kind in ("model", "section")
    if numeric and column.decimals and _WHOLE_ATTRIBUTE.search(column.leaf):
        attribute = None
    if numeric and column.leaf.lower() == "lr" and not column.tiny:
        attribute = None
    if numeric and not column.years and _YEARS.search(column.leaf):
        attribute = None
    counted = column.leaf.lower() == "languages" and not column.decimals
    if (
        attribute is not None
        and not names_rows
        and (not numeric or counted or _NUMERIC_ATTRIBUTE.search(column.leaf))
    ):
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


def special_rows(block: Block, uses: dict[int, Use], judge: Judge) -> tuple[frozenset[int], frozenset[int]]:
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
        elif any(is_delta(x, judge) for x in labels[:2]):
            deltas.add(row)
    return frozenset(attributes), frozenset(deltas)


def texts_of(block: Block, col: int, rows: Sequence[int]) -> list[str]:
    out = []
    for row in rows:
        cell = block.grid.at(row, col)
        out.append(name_of(cell.raw) if cell is not None else "")
    return out


def settle_labels(block: Block, uses: dict[int, Use], labels: list[Column], judge: Judge) -> None:
    """Which text column names the rows, where the header words leave it open."""
    _choose_benchmark_column(block, uses, labels, judge)
    for use in ("model", "benchmark"):
        named_so = [c for c in labels if uses[c.index] == use and not _starts_again(block, uses, c)]
        main = next((c for c in named_so if not _UNDERLYING.search(c.leaf)), next(iter(named_so), None))
        for column in named_so:
            if column is not main:
                uses[column.index] = "ignored" if column.notes else "setting"
    open_columns = [c for c in labels if words.header_kind(c.leaf) is None]
    named = {uses[c.index] for c in labels if c not in open_columns}
    for column in open_columns:
        texts = texts_of(block, column.index, block.data_rows)
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
        # only a settings or a group column: it names the rows after all ("Metric | Value")
        by_column = {c.index: [t for t in texts_of(block, c.index, block.data_rows) if t] for c in labels}
        best = max(labels, key=lambda c: (len(set(by_column[c.index])), -c.index))
        model, benchmark = judge.mean(by_column[best.index])
        uses[best.index] = "model" if model > benchmark else "benchmark"


def _choose_benchmark_column(block: Block, uses: dict[int, Use], labels: list[Column], judge: Judge) -> None:
    """Of "Capability, Benchmark" the second names the benchmarks; of "Benchmark, (nothing)" perhaps too."""
    named = [c for c in labels if uses[c.index] == "benchmark"]
    if not named:
        return
    sure = [c for c in named if words.is_benchmark_word(c.leaf)]
    chosen = next((c for c in sure if "task" not in c.leaf.lower()), (sure or named)[0])
    following = next((c for c in block.columns if c.index == chosen.index + 1), None)
    if following is not None and not following.leaf and uses[following.index] == "setting":
        groups, texts = (texts_of(block, c.index, block.data_rows) for c in (chosen, following))
        fewer = len({g for g in groups if g}) < len(set(texts))
        if fewer and judge.mean(texts)[1] > 0 and all(texts):
            uses[chosen.index], uses[following.index] = "section", "benchmark"
            chosen = following
    for column in named:
        between = block.columns[column.index : chosen.index]
        if between and uses[column.index] == "benchmark" and all(uses[c.index] != "value" for c in between):
            uses[column.index] = "section"


def _starts_again(block: Block, uses: dict[int, Use], column: Column) -> bool:
    """Does a second table begin at this column, side by side: a label behind values?"""
    return any(uses[c.index] == "value" for c in block.columns[: column.index])


def _is_axis(block: Block, column: Column, judge: Judge) -> bool:
    texts = [t for t in texts_of(block, column.index, block.data_rows) if t]
    return not all(words.is_setting_value(t) for t in texts)
