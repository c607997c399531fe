"""Scores side by side: what one table says of several models on one benchmark."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar, Literal

from ...card.benchmarks import Benchmark, Registry
from ...card.names import key as name_key
from ...card.names import split_mode
from ...card.records import Card
from ...card.vocabulary import SCORE
from ...model import Claim

Direction = Literal["higher", "lower"]

_LOWER_WORDS = re.compile(
    r"(?<![a-z])(?:wer|cer|ppl|perplexity|bpb|bits[- ]per[- ]byte|error rate|edit[- ]?dist(?:ance)?|loss"
    r"|latency|ttft|fid|mae|mse|rmse|lower is better|错误率|困惑度|字错率)(?![a-z])",
    re.IGNORECASE,
)
#: Words that may mean either way.
EITHER_WAY = re.compile(
    r"(?<![a-z])(?:errors?|edit|hallucinations?|toxi\w+|stereotypes?|refus\w+|violations?|asr|attack|bias|memory"
    r"|cost|price|time|rank|safety|harm\w*|length|tokens)(?![a-z])",
    re.IGNORECASE,
)
_MAX_ARROWS = 500
_UP, _DOWN = re.compile("[↑⬆▲]"), re.compile("[↓⬇▼]")


@dataclass(frozen=True, slots=True)
class Row:
    """One benchmark in one setting, and the models' scores that one table prints for it, in printed order."""

    table: int
    line: int  #: the grid row it stands in, or the grid column of a table that has a model a row
    by_row: bool
    benchmark: str
    benchmark_id: str | None
    setting: str | None
    claims: tuple[Claim, ...]  #: those with a value; helpers and averages are left out

    def only(self, role: str) -> Claim | None:
        """The one score of a model of this role, None where there is none or more than one."""
        found = [c for c in self.claims if c.role == role]
        return found[0] if len(found) == 1 else None

    @property
    def label(self) -> str:
        """The benchmark as printed, with its setting."""
        return f"{self.benchmark} ({self.setting})" if self.setting else self.benchmark


class _Memory:
    """The rows of the card seen last: every rule asks for the same ones."""

    card: Card | None = None
    rows: tuple[Row, ...] = ()
    arrows: ClassVar[dict[int, tuple[tuple[tuple[int, int, int, int], Direction], ...]]] = {}


def rows(card: Card) -> tuple[Row, ...]:
    """All rows of a card's benchmark tables, averages and ranks left out."""
    _remember(card)
    return _Memory.rows


def scores(card: Card) -> tuple[Claim, ...]:
    """All scores of a card: of tables, of `model-index`, and those that sentences give."""
    return (*card.named("score"), *card.named("prose", SCORE))


def _remember(card: Card) -> None:
    if _Memory.card is not card:
        found = tuple(_rows(card))
        _Memory.rows = tuple(r for r in found if not r.claims[0].is_aggregate)
        _Memory.arrows.clear()
        _Memory.card = card


def _rows(card: Card) -> Iterator[Row]:
    by_table: dict[int, list[Claim]] = {}
    for claim in card.named("score"):
        if claim.table is not None and not claim.is_auxiliary and claim.row is not None:
            by_table.setdefault(claim.table, []).append(claim)
    for table, claims in by_table.items():
        by_row = reads_by_row(claims)
        groups: dict[tuple[int, str, str | None, bool], list[Claim]] = {}
        for claim in claims:
            if claim.value is None:
                continue
            line = (claim.row if by_row else claim.col) or 0
            group_key = (line, claim.benchmark or "", claim.setting, claim.is_aggregate)
            groups.setdefault(group_key, []).append(claim)
        for (line, benchmark, setting, _), group in groups.items():
            yield Row(table, line, by_row, benchmark, group[0].benchmark_id, setting, tuple(group))


def reads_by_row(claims: list[Claim]) -> bool:
    """Whether a table has a benchmark a row (else: a model a row)."""
    benchmarks: tuple[dict[int | None, set[str]], ...] = ({}, {})
    models: tuple[dict[int | None, set[str]], ...] = ({}, {})
    for claim in claims:
        for axis, line in enumerate((claim.row, claim.col)):
            benchmarks[axis].setdefault(line, set()).add(claim.benchmark or "")
            models[axis].setdefault(line, set()).add(claim.model or "")
    mixed = [sum(len(names) > 1 for names in lines.values()) for lines in benchmarks]
    if mixed[0] != mixed[1]:
        return mixed[0] < mixed[1]
    # one benchmark, or one model: the line that holds several models compares them
    several = [max((len(names) for names in lines.values()), default=0) for lines in models]
    return several[0] >= several[1]


def direction(row: Row, card: Card, registry: Registry) -> Direction | None:
    """Which way is better on this row, None where it cannot be told.

    A printed arrow decides, then words such as WER or perplexity, then the registry.
    """
    printed = arrows(card, row)
    if printed is not None:
        return printed
    if _LOWER_WORDS.search(f"{row.benchmark} {row.setting or ''}"):
        return "lower"
    known = registry.get(row.benchmark_id)
    if known is None or EITHER_WAY.search(row.benchmark):
        return None
    return known.direction


def arrows(card: Card, row: Row) -> Direction | None:
    """What arrows in the row's own header say, None where there are none or they disagree."""
    marked = _arrow_cells(card, row.table)
    if not marked:
        return None
    taken = {(c.row, c.col) for c in row.claims}
    own, across = set(), set()
    across_lines = {c.col if row.by_row else c.row for c in row.claims}
    for cell, way in marked:
        if (cell[0], cell[1]) in taken:
            continue
        lines = range(cell[0], cell[0] + cell[2]) if row.by_row else range(cell[1], cell[1] + cell[3])
        others = range(cell[1], cell[1] + cell[3]) if row.by_row else range(cell[0], cell[0] + cell[2])
        if row.line in lines:
            own.add(way)
        elif any(line in across_lines for line in others):
            across.add(way)
    found = own or across
    return found.pop() if len(found) == 1 else None


def _arrow_cells(card: Card, table: int) -> tuple[tuple[tuple[int, int, int, int], Direction], ...]:
    """Header cells (no numbers) with an arrow: place and extent, and which way it points."""
    _remember(card)
    if table not in _Memory.arrows:
        found: list[tuple[tuple[int, int, int, int], Direction]] = []
        for cell in card.tables[table].cells if table < len(card.tables) else ():
            up, down = _UP.search(cell.text), _DOWN.search(cell.text)
            if bool(up) == bool(down) or not any(c.isalpha() for c in cell.text):
                continue
            found.append(((cell.row, cell.col, cell.rowspan, cell.colspan), "higher" if up else "lower"))
        _Memory.arrows[table] = tuple(found[:_MAX_ARROWS])
    return _Memory.arrows[table]


def better(a: float, b: float, way: Direction) -> bool:
    """Whether `a` is strictly better than `b`."""
    return a > b if way == "higher" else a < b


def model_identity(claim: Claim, card: Card) -> str:
    """Equal for claims that surely speak of one model in one mode of running."""
    plain, remarks = split_mode(claim.model or "")
    modes = "|".join(sorted(r for r in remarks if r not in _NO_MODE))
    if claim.role == "this":
        return f"this|{modes}"
    if claim.role == "base" and _single_base(card):
        return f"base|{modes}"
    return f"{name_key(plain)}|{modes}"


_NO_MODE = frozenset(("base", "ours", "our", "our model", "this model", "base model", "new", "ours!"))


def _single_base(card: Card) -> bool:
    declared = card.front_matter.data.get("base_model")
    return not isinstance(declared, list) or len(declared) <= 1


def describe(claim: Claim) -> str:
    """ "Qwen 3.5 397B 76.2 (line 80)"."""
    who = claim.model or "this model"
    return f"{who} {number(claim)} (line {claim.span.line})"


def number(claim: Claim) -> str:
    """The claim's value as printed: with its own decimals and "%"."""
    return figure(claim.value, claim.decimals) + (claim.unit or "")


def figure(value: float | None, decimals: int | None) -> str:
    if value is None:
        return "nothing"
    return f"{value:.{decimals}f}" if decimals is not None else f"{value:g}"


def share_scale(claim: Claim, row: Row | None, benchmark: Benchmark) -> int | None:
    """What a printed value is a part of: 100 for percent, 1 for shares; None where it cannot be told."""
    if claim.value is None or benchmark.high != 100.0:
        return None
    if claim.unit == "%":
        return 100
    others = [c for c in (row.claims if row else ()) if c is not claim and c.value is not None]
    if claim.value > 1.0:
        return 100
    if any((c.value or 0.0) > 1.0 for c in others):
        # beside percentages: a tiny one, or a share that should not stand there
        return None if all((claim.decimals or 0) > (c.decimals or 0) for c in others) else 100
    # values of 1 and below: shares where they carry the digits of one, else tiny percentages
    return 1 if claim.decimals is not None and claim.decimals >= 2 else None
