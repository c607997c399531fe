"""From a block and its plan to one claim a cell."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from ...model import Claim, Role
from ..benchmarks import Registry
from ..names import KnownNames
from ..records import Cell
from . import words
from .cell import Reading, read_cell
from .classify import Plan
from .inline import name_of
from .judge import Judge
from .layout import Column

_PARENS = re.compile(r"\s*[(（][^()（）]*[)）]")


@dataclass(frozen=True, slots=True)
class _Labels:
    """What a row's or a column's own labels say."""

    benchmark: str = ""
    model: str | None = None
    section: str | None = None
    settings: tuple[tuple[str, str], ...] = ()
    path: tuple[str, ...] = ()


class BlockReader:
    """Reads the cells of one block."""

    def __init__(self, plan: Plan, judge: Judge, names: KnownNames, registry: Registry, table: int) -> None:
        self.plan = plan
        self.block = plan.block
        self.judge = judge
        self.names = names
        self.registry = registry
        self.table = table
        self.carried: dict[int, str] = {}
        self.parts = plan.rows_are == "benchmark" and not self._any_models() and self._columns_are_parts()
        self.doubled = doubled_names(plan)
        self.one_group = len({c.headers[0] for c in plan.columns("value") if len(c.headers) > 1}) == 1
        self.leaves_named = plan.rows_are == "model" and self._leaves_are_names()

    def claims(self) -> Iterator[Claim]:
        """Score and delta claims in reading order."""
        columns = {c.index: self._column_labels(c) for c in self.plan.columns("value", "auxiliary", "delta")}
        for row in self.block.data_rows:
            labels = self._row_labels(row)
            if row in self.plan.attribute_rows or self._counts_items(row):
                continue
            for col, by_column in columns.items():
                found = self.block.reading(row, col)
                if found is None or found[0].col != col or found[0].row != row:
                    continue
                yield from self._claims_of(
                    found[0], found[1], row, col, labels.get(col) or labels[-1], by_column
                )

    def _counts_items(self, row: int) -> bool:
        """Among models, a row such as "# Samples" says how many items each benchmark has."""
        leads = self.plan.columns("model")[:1] if self.plan.rows_are == "model" else []
        return any(words.is_auxiliary(self._text(row, c.index)) for c in leads)

    def _claims_of(
        self, cell: Cell, reading: Reading, row: int, col: int, by_row: _Labels, by_column: _Labels
    ) -> Iterator[Claim]:
        use = self.plan.uses[col]
        benchmark = " ".join(x for x in (by_row.benchmark, by_column.benchmark) if x)
        model = by_row.model if by_row.model is not None else by_column.model
        settings = by_row.settings + by_column.settings
        is_delta = use == "delta" or row in self.plan.delta_rows
        if is_delta and reading.kind != "number":
            return
        known = self.registry.find(benchmark) if benchmark else None
        role: Role = self.names.role(model or "")
        claim = Claim(
            id=f"t{self.table}.r{cell.row}.c{cell.col}",
            kind="delta" if is_delta else "score",
            span=cell.span,
            raw=cell.raw,
            value=reading.value,
            values=reading.values,
            alt=reading.alt,
            error=reading.error if reading.error is not None else self._error_beside(row, col),
            unit=reading.unit,
            decimals=reading.decimals,
            bold=reading.bold,
            bolds=reading.bolds,
            underline=reading.underline,
            benchmark=benchmark,
            benchmark_id=known.id if known else None,
            model=model or "",
            role=role,
            setting="; ".join(v for _, v in settings) or None,
            settings=settings,
            section=by_row.section or by_column.section,
            header_path=by_column.path,
            table=self.table,
            row=cell.row,
            col=cell.col,
            is_aggregate=known is None and "|" not in benchmark and words.is_aggregate(benchmark),
            is_auxiliary=use == "auxiliary"
            or words.is_auxiliary(by_row.benchmark)
            or any("stderr" in v for _, v in settings)
            # "Acme tokens" beside "Acme" says how much was written, not how well
            or (reading.value is not None and reading.value > 100 and words.is_amount(model or "")),
        )
        yield claim
        if reading.inline_delta is not None and not is_delta:
            yield replace(
                claim,
                id=claim.id + ".delta",
                kind="delta",
                value=reading.inline_delta,
                values=(),
                bolds=(),
                error=None,
                decimals=None,
            )

    def _error_beside(self, row: int, col: int) -> float | None:
        """The standard error that a helper column right of a value states: "Value | ± | Stderr"."""
        if self.plan.uses[col] != "value":
            return None
        for other in range(col + 1, min(col + 3, len(self.block.columns))):
            if self.plan.uses[other] == "value":
                return None
            if self.plan.uses[other] == "auxiliary" and "std" in self.block.columns[other].leaf.lower():
                found = self.block.reading(row, other)
                return found[1].value if found else None
        return None

    def _text(self, row: int, col: int) -> str:
        cell = self.block.grid.at(row, col)
        return name_of(cell.raw) if cell is not None else ""

    def _row_labels(self, row: int) -> dict[int, _Labels]:
        """For each value column the labels nearest on its left; -1: those of the whole row."""
        benchmark, model, section = "", None, self.block.sections.get(row)
        settings: list[tuple[str, str]] = []
        out: dict[int, _Labels] = {}
        for column in self.block.columns:
            use = self.plan.uses[column.index]
            if use in ("model", "benchmark", "section"):
                text = self._text(row, column.index) or self.carried.get(column.index, "")
                self.carried[column.index] = text
                if use == "model":
                    model = with_size(self.plan, row, text) if text in self.doubled else text
                elif use == "benchmark":
                    benchmark = text.removeprefix("- ").strip()
                elif text:
                    section = text
            elif use == "setting":
                text = self._text(row, column.index)
                if text:
                    settings.append((column.leaf, text))
            else:
                out[column.index] = _Labels(benchmark, model, section, tuple(settings))
        whole = _Labels(benchmark, model, section, tuple(settings))
        # label columns right of the values still speak for them
        out = {
            c: _Labels(
                x.benchmark or benchmark,
                x.model if x.model is not None else model,
                x.section or section,
                tuple(settings),
            )
            for c, x in out.items()
        }
        out[-1] = whole
        return out

    def _column_labels(self, column: Column) -> _Labels:
        use = self.plan.uses[column.index]
        headers = column.headers
        path = headers if len(headers) > 1 else ()
        settings = tuple(("", h) for h in headers[1:] if words.is_setting_value(h))
        named = [h for i, h in enumerate(headers) if i == 0 or not words.is_setting_value(h)]
        if use == "delta":
            return _Labels("", self._delta_model(column), None, settings, path)
        if self.plan.rows_are == "model":
            if use == "value" and self._long_format() and words.is_generic_value(column.leaf):
                return _Labels("", None, None, settings, path)
            if self.block.names_row is not None:
                return self._levelled(column, path)
            benchmark, section = self._join_benchmark(named)
            if use == "value" and self._long_format():
                return _Labels("", None, section, (*settings, ("", benchmark)), path)
            return _Labels(benchmark, None, section, settings, path)
        if use == "auxiliary" or words.is_generic_value(column.leaf) or self._long_format():
            generic = words.is_generic_value(column.leaf) or not column.leaf or use == "auxiliary"
            return _Labels("", None, None, settings if generic else (*settings, ("", column.leaf)), path)
        if self.parts:
            return _Labels("", None, None, (*settings, *(("", h) for h in named)), path)
        model, section = self._join_model(named)
        return _Labels("", model, section, settings, path)

    def _any_models(self) -> bool:
        return any(self.judge.likeness(c.header)[0] for c in self.plan.columns("value"))

    def _columns_are_parts(self) -> bool:
        """Are the columns parts of each row's benchmark: "Benchmark | STEM | Humanities | Average"?"""
        headers = [c.leaf for c in self.plan.columns("value")]
        parts = [words.is_category(h) or words.is_metric(h) or words.is_aggregate(h) for h in headers]
        return 2 * sum(parts) >= len(headers)

    def _long_format(self) -> bool:
        """Both the model and the benchmark stand in label columns."""
        uses = set(self.plan.uses.values())
        return "model" in uses and "benchmark" in uses

    def _delta_model(self, column: Column) -> str | None:
        return None if self.plan.rows_are == "model" else ""

    def _levelled(self, column: Column, path: tuple[str, ...]) -> _Labels:
        """Under the header rows "Task", "Metric" and "Dataset" the last names the benchmark."""
        levels = {row: (self._text(row, 0), self._text(row, column.index)) for row in self.block.header_rows}
        named = levels.pop(self.block.names_row or 0)[1]
        others = [(lead, text) for lead, text in levels.values() if text and text != named]
        settings = tuple(x for x in others if words.header_kind(x[0]) == "setting")
        section = next((text for lead, text in others if words.header_kind(lead) != "setting"), None)
        return _Labels(named or column.leaf, None, section, settings, path)

    def _leaves_are_names(self) -> bool:
        """Do the lower header cells name benchmarks of their own: "General VQA" over "VQAv2, OK-VQA"?"""
        leaves = [_PARENS.sub("", c.leaf) for c in self.plan.columns("value") if len(c.headers) > 1]
        return self.judge.mean(x for x in leaves if not _part_of_benchmark(x))[1] >= 0.3

    def _join_benchmark(self, headers: Sequence[str]) -> tuple[str, str | None]:
        """(benchmark, group) of a column's header levels."""
        if len(headers) < 2:
            return (headers[0] if headers else ""), None
        group, leaf = headers[:-1], headers[-1]
        if self.one_group and words.header_kind(group[0]) is not None and not leaf.isdigit():
            return leaf, group[0]
        if any(words.is_category(g) for g in group):
            kept = [g for g in group if not words.is_category(g)]
            return " ".join([*kept, leaf]), next(g for g in group if words.is_category(g))
        group_known = self.registry.find(" ".join(group)) is not None
        leaf_known = self.registry.find(leaf) is not None
        if (leaf_known or self.leaves_named) and not group_known and not _part_of_benchmark(leaf):
            return leaf, " ".join(group)
        return " ".join([*group, leaf]), None

    def _join_model(self, headers: Sequence[str]) -> tuple[str, str | None]:
        if len(headers) < 2:
            return (headers[0] if headers else ""), None
        leaf, group = headers[-1], " ".join(headers[:-1])
        if read_cell(leaf).size or (self.judge.likeness(group)[0] and not _names_alone(leaf)):
            return f"{group} {leaf}", None
        return leaf, group


def _part_of_benchmark(leaf: str) -> bool:
    """A sub-header that names no benchmark by itself: "val", "Average", "STEM"."""
    return words.is_metric(leaf) or words.is_aggregate(leaf) or words.is_category(leaf)


def doubled_names(plan: Plan) -> frozenset[str]:
    """Model names that several rows share, where a column of sizes tells them apart."""
    names: list[str] = []
    last = ""
    for row in plan.block.data_rows:
        for column in plan.columns("model")[:1]:
            cell = plan.block.grid.at(row, column.index)
            last = (name_of(cell.raw) if cell is not None else "") or last
            names.append(last)
    return frozenset(n for n in names if names.count(n) > 1)


def with_size(plan: Plan, row: int, name: str) -> str:
    """ "Llama 2" in a row of size "7B" is "Llama 2 7B"."""
    for column in plan.columns("attribute"):
        cell = plan.block.grid.at(row, column.index) if column.content == "size" else None
        if cell is None or words.attribute_name(column.leaf) not in ("total-parameters", None):
            continue
        size = name_of(cell.raw)
        if read_cell(cell.raw).size and "/" not in size and size.lower() not in name.lower():
            return f"{name} {size}"
    return name


def _names_alone(leaf: str) -> bool:
    """Does a sub-header name a model by itself, and not only a size or a variant?"""
    return (
        words.looks_like_model(leaf)
        and any(c.isdigit() for c in leaf)
        and leaf[:1].isalpha()
        and len(leaf) > 4
    )
