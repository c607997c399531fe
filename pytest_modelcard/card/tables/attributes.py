"""What specification tables, and specification rows of benchmark tables, state about models."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ...model import Claim
from .. import vocabulary as v
from ..names import KnownNames
from . import words
from .cell import read_cell, to_number
from .classify import Plan
from .inline import name_of
from .read import with_size

_QUANTITY = re.compile(
    r"(?<![\w.])[~≈]?\s*(\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)\s*(trillion|billion|million"
    r"|thousand|bn|[tbmk]|万亿|亿|万|千)?(?![a-z0-9])",
    re.I,
)
_SCALE = {
    "t": 1e12,
    "trillion": 1e12,
    "万亿": 1e12,
    "b": 1e9,
    "bn": 1e9,
    "billion": 1e9,
    "亿": 1e8,
    "m": 1e6,
    "million": 1e6,
    "万": 1e4,
    "k": 1e3,
    "thousand": 1e3,
    "千": 1e3,
}
_COUNTS = frozenset((v.LAYERS, v.EXPERTS, v.ACTIVE_EXPERTS, v.HIDDEN_SIZE))
_PARAMETERS = frozenset((v.TOTAL_PARAMETERS, v.ACTIVE_PARAMETERS))
_FILE_SIZE = re.compile(r"\d\s*(?:[kmgt]i?b|bytes)\b", re.I)
#: "32K -> 128K", "8K / 32K": more than one length.
_RANGE = re.compile(r"->|→|/")
_HEADER_UNIT = re.compile(
    r"[(（\[]\s*(?:in )?(trillions?|billions?|millions?|thousands?|bn|[tbmk]|亿|万|千)\b", re.I
)
#: Words of languages in tables, as far as they can be told without guessing.
_LANGUAGES = {
    "english": "en",
    "chinese": "zh",
    "portuguese": "pt",
    "spanish": "es",
    "french": "fr",
    "german": "de",
    "italian": "it",
    "japanese": "ja",
    "korean": "ko",
    "arabic": "ar",
    "russian": "ru",
    "hindi": "hi",
    "thai": "th",
    "vietnamese": "vi",
    "indonesian": "id",
    "turkish": "tr",
    "polish": "pl",
    "dutch": "nl",
    "inglês": "en",
    "português": "pt",
    "espanhol": "es",
    "英文": "en",
    "英语": "en",
    "中文": "zh",
    "日语": "ja",
    "韩语": "ko",
}
_CODE = re.compile(
    r"(?<![\w-])(?:en|pt|zh|ja|ko|fr|de|es|ar|it|ru|hi|th|vi|id|tr|pl|nl|sv|cs|uk|fa|he|ro|hu|el|fi"
    r"|da)(?![\w-])"
)


def quantity(text: str, unit: str | None = None) -> float | None:
    """The first quantity of a text: "~397B" -> 397e9, "1,010,000 tokens (1M)" -> 1010000, "128K" -> 128000"""
    match = _QUANTITY.search(text)
    if match is None:
        return None
    number, _ = to_number(match[1])
    scale = (match[2] or unit or "").lower().rstrip("s") if (match[2] or unit) else ""
    scaled = number * _SCALE.get(scale, 1.0)
    return float(round(scaled)) if scaled >= 1000 else scaled


def attribute_claims(plan: Plan, names: KnownNames, table: int) -> Iterator[Claim]:
    """Attribute claims of a block: label-value rows, rows under model columns, columns beside models."""
    block = plan.block
    if plan.is_benchmark:
        yield from _rows_under_models(plan, names, table)
        yield from _columns_beside_models(plan, names, table)
        return
    if _is_pair_list(plan):
        yield from _pairs(plan, names, table)
        return
    models = [c for c in block.columns if c.index and c.leaf]
    rows = [r for r in block.data_rows if words.attribute_name(_label(plan, r)) is not None]
    if rows and models and 2 * len(rows) >= len(block.data_rows):
        for row in rows:
            label = _label(plan, row)
            for column in models:
                yield from _claim(plan, names, table, row, column.index, label, column.header)
        return
    yield from _columns_beside_models(plan, names, table)


def _label(plan: Plan, row: int) -> str:
    """The row's label: of its benchmark column, else its first text."""
    for column in plan.columns("benchmark"):
        cell = plan.block.grid.at(row, column.index)
        text = name_of(cell.raw) if cell is not None else ""
        if text:
            return text
    texts = [name_of(c.raw) for c in list(plan.block.grid.row(row))[:2]]
    return next((t for t in texts if t), "")


def _is_pair_list(plan: Plan) -> bool:
    if plan.block.grid.n_cols != 2:
        return False
    return any(words.attribute_name(_label(plan, r)) is not None for r in plan.block.data_rows)


def _pairs(plan: Plan, names: KnownNames, table: int) -> Iterator[Claim]:
    header = plan.block.columns[1].header if len(plan.block.columns) > 1 else ""
    model = (
        header
        if header
        and words.looks_like_model(header)
        and words.attribute_name(plan.block.columns[0].leaf) is None
        else ""
    )
    if names.role(header or "") == "this" and header:
        model = header
    for row in [*plan.block.header_rows, *plan.block.data_rows]:
        yield from _claim(plan, names, table, row, 1, _label(plan, row), model)


def _rows_under_models(plan: Plan, names: KnownNames, table: int) -> Iterator[Claim]:
    for row in plan.block.data_rows:
        if row in plan.attribute_rows and plan.rows_are == "benchmark":
            label = _label(plan, row)
            for column in plan.columns("value"):
                yield from _claim(plan, names, table, row, column.index, label, column.header)


def _columns_beside_models(plan: Plan, names: KnownNames, table: int) -> Iterator[Claim]:
    model_columns = plan.columns("model") or [
        c for c in plan.block.columns[:1] if words.header_kind(c.leaf) == "model"
    ]
    if (
        not model_columns
        and plan.block.columns
        and not plan.block.columns[0].leaf
        and plan.uses.get(0) != "attribute"
    ):
        model_columns = list(plan.block.columns[:1])
    if not model_columns or words.is_specification(model_columns[0].leaf):
        return
    if plan.is_benchmark and plan.rows_are == "benchmark":
        return
    first = model_columns[0].index
    models = {
        r: name_of(c.raw) for r in plan.block.data_rows if (c := plan.block.grid.at(r, first)) is not None
    }
    if 2 * sum(words.names_a_model(m) or names.role(m) != "other" for m in models.values()) < len(models):
        return
    doubled = [m for m in models.values() if list(models.values()).count(m) > 1]
    for row, model in models.items():
        if not model:
            continue
        if model in doubled:
            model = with_size(plan, row, model)
        for column in plan.block.columns:
            if column.index != first and plan.uses[column.index] in ("attribute", "setting", "ignored"):
                yield from _claim(plan, names, table, row, column.index, column.leaf, model)


def _claim(
    plan: Plan, names: KnownNames, table: int, row: int, col: int, label: str, model: str
) -> Iterator[Claim]:
    name = words.attribute_name(label)
    cell = plan.block.grid.at(row, col)
    if not name or cell is None or cell.col != col:
        return
    reading = read_cell(cell.raw)
    text = " ".join(cell.text.split())
    if reading.kind in ("blank", "missing") or not text:
        return
    value = _value(name, text, label)
    if name in _PARAMETERS | _COUNTS | {v.CONTEXT_LENGTH, v.VOCABULARY} and value is None:
        return
    shown: str | None = text if value is None else None
    if name == v.CONTEXT_LENGTH:
        low = f"{label} {text}".lower()
        shown = "native" if "native" in low else "extended" if "extend" in low or "yarn" in low else None
    if name == v.LANGUAGES:
        # beside scores, a language is what was measured, not what the model is said to speak
        shown = "" if plan.is_benchmark and model else _languages(text)
        if not shown:
            return
    yield Claim(
        id=f"t{table}.r{row}.c{cell.col}",
        kind="attribute",
        span=cell.span,
        raw=cell.raw,
        value=value,
        decimals=None,
        bold=cell.bold,
        model=text if name == v.BASE_MODEL else model,
        role="base" if name == v.BASE_MODEL else names.role(model),
        table=table,
        row=cell.row,
        col=cell.col,
        name=name,
        text=shown,
    )


def _value(name: str, text: str, label: str) -> float | None:
    if name in _PARAMETERS:
        if _FILE_SIZE.search(text) or _FILE_SIZE.search(label) or "/" in text:
            return None
        unit = _HEADER_UNIT.search(label)
        number = quantity(text, unit[1].lower() if unit else None)
        # a bare small number is no parameter count
        return number if number is not None and number >= 1e5 else None
    if name in (v.CONTEXT_LENGTH, v.VOCABULARY):
        if _FILE_SIZE.search(text) or _RANGE.search(text):
            return None
        number = quantity(text)
        return number if number is not None and number >= 64 else None
    if name in _COUNTS:
        return quantity(text)
    return None


def _languages(text: str) -> str:
    found = [code for word, code in _LANGUAGES.items() if word in text.lower()]
    found += [m[0] for m in _CODE.finditer(text)]
    return ",".join(dict.fromkeys(found))
