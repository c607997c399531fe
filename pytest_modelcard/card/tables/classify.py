"""What a block of a table is about: its labels, values and settings; are its rows models or benchmarks?"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from . import words
from .columns import Use, first_guess, is_delta, settle_labels, special_rows, texts_of
from .judge import Judge
from .layout import Block, Column

_HYPER = re.compile(r"hyper-?\s?param|超参", re.I)
#: Heads a column that says how one model was run: "Prompt Approach", "Decoding", "Setting".
_HOW = re.compile(
    r"^bits$|bpw|prompt|decod|strateg|setting|config|mode\b|temperature|shots?\b|设置|模式", re.I
)
_RESULT_HEADING = re.compile(
    r"eval|result|performance|benchmark|leaderboard|accuracy|score|metric|quality|quantitative|comparison|评测"
    r"|perplexity|困惑度|评估|性能|效果|成绩|榜|结果|resultado|avalia|desempenho|pontua|評価|결과|성능",
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


def plan(block: Block, judge: Judge, heading: str) -> Plan:
    """Decide how to read a block; `heading` is the text above the table."""
    uses: dict[int, Use] = {c.index: first_guess(c) for c in block.columns}
    if block.names_row is not None and uses.get(0) in ("benchmark", "setting", "section"):
        uses[0] = "model"
    unnamed = not any(use in ("model", "benchmark", "setting", "section") for use in uses.values())
    if unnamed and block.columns and block.columns[0].content == "text" and uses[0] == "ignored":
        uses[0] = "section"  # "description" over what else would name the rows
    labels = [c for c in block.columns if uses[c.index] in ("model", "benchmark", "setting", "section")]
    attribute_rows, delta_rows = special_rows(block, uses, judge)
    nothing = Plan(block, uses, None, False, attribute_rows, delta_rows)
    if not block.data_rows or sum(words.is_trainer_header(c.leaf) for c in block.columns) >= 2:
        return nothing
    settle_labels(block, uses, labels, judge)
    _name_rows_by_length(block, uses, judge)
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
        elif is_delta(column.leaf, judge) or (column.signed and judge.likeness(column.header) == (0.0, 0.0)):
            uses[column.index] = "delta"
    if not any(judge.likeness(c.header) != (0.0, 0.0) for c in scored if c.content == "blank"):
        uses.update({c.index: "ignored" for c in scored if c.content == "blank"})
    is_benchmark = sure and _is_benchmark(block, uses, rows_are, rows, judge, heading)
    return Plan(block, uses, rows_are, is_benchmark, attribute_rows, delta_rows)


def _name_rows_by_length(block: Block, uses: dict[int, Use], judge: Judge) -> None:
    """ "Context (tokens)" over "512, 1024, 2048", beside columns of models: the lengths name the rows."""
    if any(use in ("model", "benchmark") for use in uses.values()) or not block.columns:
        return
    lead = block.columns[0]
    values = [c.header for c in block.columns if uses[c.index] == "value"]
    lengths = lead.content in ("number", "size") and not lead.decimals
    if lengths and uses[0] in ("attribute", "setting") and len(values) > 1 and judge.mean(values)[0] >= 0.5:
        uses[0] = "benchmark"


def _orientation(
    block: Block, uses: dict[int, Use], values: list[Column], rows: Sequence[int], judge: Judge
) -> tuple[Literal["model", "benchmark"] | None, bool]:
    """What the rows are, and whether anything speaks for this being about models and benchmarks at all."""
    label_columns = [c for c in block.columns if uses[c.index] in ("model", "benchmark")]
    if not label_columns:
        # one row of scores under benchmarks: the model is the card's own
        alone = len(rows) <= 2 and judge.mean(c.header for c in values)[1] >= 0.5
        return ("model", True) if alone else (None, False)
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
    if block.names_row is not None:
        return "model", True
    labels = [t for t in texts_of(block, first.index, rows) if t]
    row_model, row_benchmark = judge.mean(labels)
    col_model, col_benchmark = judge.mean(
        h
        for c in values
        if not (words.is_delta(c.leaf) or words.is_auxiliary(c.leaf) or words.is_generic_value(c.leaf))
        for h in c.headers[-2:]
    )
    word = words.header_kind(first.leaf)
    if len(first.headers) > 1 and all(
        words.header_kind(h) in ("benchmark", "setting") for h in first.headers
    ):
        return "model", col_benchmark > 0  # "Task / Metric / Dataset" name the header's own rows
    metrics = all(
        (words.is_generic_value(x) or words.is_metric(x)) and judge.registry.find(x) is None for x in labels
    )
    if col_benchmark > col_model and labels and metrics:
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


def _is_configuration(block: Block, first: Column, judge: Judge) -> bool:
    """Rows of parameters ("config | COCO"), or a table that states more attributes of models than scores."""
    labels = [t for t in texts_of(block, first.index, block.data_rows) if t]
    settings = sum(words.attribute_name(t) is not None or words.is_trainer_header(t) for t in labels)
    if words.is_specification(first.leaf):
        return settings > 0 and judge.mean(labels) == (0.0, 0.0)
    return 2 * settings > len(labels) and not any(judge.registry.find(t) for t in labels)


def _has_metrics(block: Block, uses: dict[int, Use]) -> bool:
    """A column tells each row's metric: "Metric" over "acc", "acc_norm"."""
    for column in block.columns:
        if uses[column.index] == "setting" and column.leaf:
            texts = [t for t in texts_of(block, column.index, block.data_rows) if t]
            if texts and all(words.is_metric(t) for t in texts):
                return True
    return False


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
    if block.names_row is not None:
        return True
    if all(c.tiny for c in values if c.numbers):
        return False
    if all(words.is_resource(c.header) or words.is_resource(block.title) for c in values):
        return False
    label_columns = [c for c in block.columns if uses[c.index] in ("model", "benchmark")]
    first = next((c for c in block.columns if uses[c.index] in ("model", "benchmark", "setting")), None)
    if first is not None and _is_configuration(block, first, judge):
        return False
    if not label_columns:
        return True
    by_use = {
        use: [t for c in label_columns if uses[c.index] == use for t in texts_of(block, c.index, rows) if t]
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
        if any(words.is_resource(h) for h in headers):
            return False
        scored = any(c.decimals or c.percent for c in values)
        if results:
            return word == "model" or row_model >= 0.5 or (row_model > 0 and scored)
        return row_model >= 0.5 and (scored or any(words.is_generic_value(c.leaf) for c in values))
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
        col_model > 0 or results or _has_metrics(block, uses) or any(words.is_metric(c.leaf) for c in values)
    ):
        return not any(words.is_resource(h) for h in headers) or (generic and results)
    return col_model >= 0.5 and results and not words.is_resource(heading)
