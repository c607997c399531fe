"""A report as JSON: the public contract of `schemas/report-v1.json`."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from .. import __version__
from ..model import Claim, Finding, Report, Span
from ..whole import write_whole

SCHEMA_VERSION = 1


def report_dict(report: Report) -> dict[str, Any]:
    """One card's report as plain data that validates against the schema."""
    return {
        "version": SCHEMA_VERSION,
        "tool": {"name": "pytest-modelcard", "version": __version__},
        "card": {
            "source": report.card.source,
            "repo_id": report.card.repo_id,
            "revision": report.card.revision,
            "path": report.card.path,
            "sha256": report.card.sha256,
        },
        "profile": report.profile,
        "claims": [_claim(c) for c in report.claims],
        "findings": [_finding(f) for f in report.findings],
        "summary": summary_dict(report.findings),
        "cost": {
            "seconds": round(report.cost.seconds, 3),
            "requests": report.cost.requests,
            "bytes_read": report.cost.bytes_read,
            "model_calls": report.cost.model_calls,
        },
        "lineage": report.lineage,
        "runs": [dict(r) for r in report.runs],
        "recorded": [dict(r) for r in report.recorded],
        "identity": report.identity,
    }


def summary_dict(findings: Sequence[Finding]) -> dict[str, int]:
    """How many findings of each outcome, and how many of them are waived."""
    counts = {o: sum(f.outcome == o for f in findings) for o in ("pass", "fail", "warn", "skip")}
    return {**counts, "waived": sum(f.waived is not None for f in findings), "total": len(findings)}


def write_json(path: Path, reports: Sequence[Report]) -> None:
    """Write one report, or `{"reports": [...]}` for several cards; the file appears whole or not at all."""
    data: Mapping[str, Any]
    if len(reports) == 1:
        data = report_dict(reports[0])
    else:
        data = {"version": SCHEMA_VERSION, "reports": [report_dict(r) for r in reports]}
    write_whole(path, json.dumps(data, ensure_ascii=False, indent=1, allow_nan=False) + "\n")


def _claim(claim: Claim) -> dict[str, Any]:
    data: dict[str, Any] = {
        "id": claim.id,
        "kind": claim.kind,
        "benchmark": claim.benchmark,
        "model": claim.model,
        "value": claim.value,
        "raw": claim.raw,
        "bold": claim.bold,
        "unit": claim.unit,
        "setting": claim.setting,
        "line": claim.span.line,
        "column": claim.span.column,
        "table": claim.table,
    }
    more = {
        "path": claim.span.path,
        "name": claim.name,
        "text": claim.text,
        "benchmark_id": claim.benchmark_id,
        "role": claim.role,
        "values": list(claim.values) if len(claim.values) > 1 else None,
        "bolds": list(claim.bolds) if len(claim.bolds) > 1 else None,
        "alt": claim.alt,
        "error": claim.error,
        "section": claim.section,
        "settings": dict(claim.settings) or None,
        "header_path": list(claim.header_path) or None,
        "underline": claim.underline or None,
        "aggregate": claim.is_aggregate or None,
        "auxiliary": claim.is_auxiliary or None,
    }
    return data | {k: v for k, v in more.items() if v is not None}


def _location(span: Span) -> dict[str, Any]:
    place: dict[str, Any] = {"path": span.path, "line": span.line, "column": span.column}
    if span.end_line is not None:
        place["end_line"] = span.end_line
    if span.end_column is not None:
        place["end_column"] = span.end_column
    return place


def _finding(finding: Finding) -> dict[str, Any]:
    data: dict[str, Any] = {
        "rule": finding.rule,
        "name": finding.name,
        "key": finding.key,
        "outcome": finding.outcome,
        "severity": finding.severity,
        "message": finding.message,
        "help": finding.help,
        "location": _location(finding.span),
        "quote": finding.quote,
        "related": [
            {"location": _location(r.span), "message": r.message, "quote": r.quote} for r in finding.related
        ],
        "claims": list(finding.claims),
    }
    if finding.waived is not None:
        data["waived"] = finding.waived
    return data
