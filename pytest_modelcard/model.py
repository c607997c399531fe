"""The records that travel through the house: where, what is claimed, what was found, the report.

All are frozen and plain, so that they can be pickled to xdist workers and written as JSON. They import
nothing of this package.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Severity = Literal["error", "warning", "note"]
Outcome = Literal["pass", "fail", "warn", "skip"]
ClaimKind = Literal["score", "delta", "aggregate", "attribute", "prose", "metadata"]
#: Whose number it is: the card's own model, a declared base (parent) of it, or another model.
Role = Literal["this", "base", "other"]


@dataclass(frozen=True, slots=True)
class Span:
    """A place in a file of the model repository. Lines and columns count from 1, columns in characters."""

    path: str
    line: int
    column: int = 1
    end_line: int | None = None
    end_column: int | None = None


@dataclass(frozen=True, slots=True)
class Claim:
    """One thing the card says. Which fields are filled depends on `kind`.

    - `score`: one cell of a benchmark table (also a blank one: `value` is None), or a `model-index` or
      `.eval_results` value (then `table` is None).
    - `delta`: a printed difference between two scores ("+18.3").
    - `aggregate`: a mean or rank stated outside a benchmark table's own cells. Cells of an "Average" row or
      column are `score` claims with `is_aggregate` set.
    - `attribute`: what a specification table says: `name` and `value` or `text`.
    - `prose`: what a sentence says: `name`, `value` or `text`, and `model` where another model is named.
    - `metadata`: one entry of the front matter; `name` is its dotted key path ("base_model[0]").
    """

    id: str  #: stable within a card, safe in a pytest node id: lower case letters, digits, ".", "-", "_"
    kind: ClaimKind
    span: Span
    raw: str  #: the source text of the claim, trimmed
    value: float | None = None
    values: tuple[float, ...] = ()  #: all numbers, where a cell holds several ("72.1 / 90.0")
    alt: float | None = None  #: b of "a (b)"
    error: float | None = None  #: b of "a ± b"
    unit: str | None = None  #: "%" only where printed in the cell
    decimals: int | None = None  #: digits printed after the decimal point of `value`
    bold: bool = False
    bolds: tuple[bool, ...] = ()  #: per number, where a cell holds several
    underline: bool = False
    benchmark: str | None = None  #: as printed, without markup, links, emoji and footnote marks
    benchmark_id: str | None = None  #: key in the benchmark registry, None when not known there
    model: str | None = None  #: as printed, without markup; "" where the table names no model
    role: Role | None = None
    setting: str | None = None  #: values of separate shots/metric/language columns, joined with "; "
    settings: tuple[tuple[str, str], ...] = ()
    section: str | None = None  #: group row, or group column
    header_path: tuple[str, ...] = ()  #: multi-row headers, outermost first
    table: int | None = None  #: index into `Card.tables`
    row: int | None = None  #: grid row in that table, 0 = first line of it
    col: int | None = None
    is_aggregate: bool = False  #: an average, total or rank over other cells of the table
    is_auxiliary: bool = False  #: a helper number (count, standard error), no score
    name: str | None = None  #: for attribute, prose and metadata: see `card/vocabulary.py`
    text: str | None = None  #: the value where it is no number


@dataclass(frozen=True, slots=True)
class Related:
    """A second place that belongs to a finding."""

    span: Span
    message: str
    quote: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """The verdict of one rule on one subject."""

    rule: str  #: "MC201"
    name: str  #: "score-out-of-range"
    key: str  #: the subject's key; `MC201[key]` is unique within a card
    outcome: Outcome
    severity: Severity
    message: str  #: what was found and how sure; for a pass, what was compared
    help: str  #: what to do; "" where nothing is to be done
    span: Span
    quote: str = ""  #: the card's own words, as they stand at `span`
    related: tuple[Related, ...] = ()
    claims: tuple[str, ...] = ()  #: ids of the claims this verdict speaks of
    waived: str | None = None  #: the reason, where the policy waives this finding

    @property
    def id(self) -> str:
        return f"{self.rule}[{self.key}]"


@dataclass(frozen=True, slots=True)
class CardIdentity:
    """Which bytes a report speaks of."""

    source: str  #: what the user typed
    repo_id: str | None
    revision: str | None  #: pinned commit, None for local files
    path: str  #: of the card within its repository
    sha256: str


@dataclass(frozen=True, slots=True)
class Cost:
    """What a run has cost."""

    seconds: float = 0.0
    requests: int = 0
    bytes_read: int = 0
    model_calls: int = 0


@dataclass(frozen=True, slots=True)
class Report:
    """Everything known about one card after a run: the public contract of `schemas/report-v1.json`."""

    card: CardIdentity
    claims: tuple[Claim, ...]
    findings: tuple[Finding, ...]
    profile: str = "default"
    cost: Cost = field(default_factory=Cost)
    lineage: Mapping[str, Any] | None = None
    runs: tuple[Mapping[str, Any], ...] = ()
    recorded: tuple[Mapping[str, Any], ...] = ()  #: results that others measured, beside the claims
    identity: Mapping[str, Any] | None = None

    @property
    def failed(self) -> bool:
        return any(f.outcome == "fail" for f in self.findings)
