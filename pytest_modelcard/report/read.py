"""A JSON report back to records. The JSON is untrusted: it may come from a fork's own run.

Whatever is missing, of a wrong type or out of bounds gets a harmless value; nothing here raises on bad content.
Callers that need to know whether a report keeps its contract validate it against `schemas/report-v1.json`.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from typing import Any, cast

from ..model import CardIdentity, Cost, Finding, Outcome, Related, Report, Severity, Span

#: Bounds of what is kept of a report.
MAX_FINDINGS = 20_000
MAX_RELATED = 100
MAX_RUNS = 4_000
MAX_TEXT = 8_000
_RULE = re.compile(r"MC[0-9]{3}")


def read_report(data: Mapping[str, Any]) -> Report:
    """One report as records, without its claims."""
    cost = mapping(data.get("cost"))
    found = (read_finding(f) for f in listed(data.get("findings"), MAX_FINDINGS))
    return Report(
        card=read_card(data),
        claims=(),
        findings=tuple(f for f in found if f is not None),
        profile=text(data.get("profile")) or "default",
        cost=Cost(
            number(cost.get("seconds")) or 0.0,
            *(int(number(cost.get(k)) or 0) for k in ("requests", "bytes_read", "model_calls")),
        ),
        lineage=mapping(data.get("lineage")) or None,
        runs=tuple(mapping(run) for run in listed(data.get("runs"), MAX_RUNS)),
    )


def read_card(data: Mapping[str, Any]) -> CardIdentity:
    """Which card a report speaks of."""
    card = mapping(data.get("card"))
    return CardIdentity(
        source=text(card.get("source")),
        repo_id=text(card.get("repo_id")) or None,
        revision=text(card.get("revision")) or None,
        path=text(card.get("path")),
        sha256=text(card.get("sha256")),
    )


def read_finding(data: object) -> Finding | None:
    """One finding, or None where it has no rule's id or no known outcome."""
    found = mapping(data)
    rule, outcome, severity = (text(found.get(k)) for k in ("rule", "outcome", "severity"))
    if not _RULE.fullmatch(rule) or outcome not in ("pass", "fail", "warn", "skip"):
        return None
    related = [mapping(r) for r in listed(found.get("related"), MAX_RELATED)]
    return Finding(
        rule=rule,
        name=text(found.get("name")),
        key=text(found.get("key")),
        outcome=cast(Outcome, outcome),
        severity=cast(Severity, severity) if severity in ("error", "warning", "note") else "error",
        message=text(found.get("message")),
        help=text(found.get("help")),
        span=_span(found.get("location")),
        quote=text(found.get("quote")),
        related=tuple(
            Related(_span(r.get("location")), text(r.get("message")), text(r.get("quote"))) for r in related
        ),
        waived=text(found.get("waived")) or None,
    )


def _span(data: object) -> Span:
    place = mapping(data)
    line, column, end_line, end_column = (
        _counted(place.get(k)) for k in ("line", "column", "end_line", "end_column")
    )
    return Span(text(place.get("path")), line or 1, column or 1, end_line, end_column)


def _counted(value: object) -> int | None:
    """A line or column: a whole number from 1 to what fits 32 bits."""
    found = number(value)
    return int(found) if found is not None and 1 <= found < 2**31 else None


def mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def listed(value: object, most: int) -> Sequence[Any]:
    return value[:most] if isinstance(value, list | tuple) else []


def text(value: object) -> str:
    return value[:MAX_TEXT] if isinstance(value, str) else ""


def number(value: object) -> float | None:
    """A finite number; None for anything else, true and false included."""
    if isinstance(value, bool) or not isinstance(value, int | float) or abs(value) > 1e15:
        return None
    return float(value) if math.isfinite(value) else None
