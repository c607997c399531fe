"""Reports as SARIF 2.1.0, for code scanning and editors.

Faults only: a viewer shows every result as an alert. Waived ones are there with their suppression.
Source: OASIS Static Analysis Results Interchange Format 2.1.0; what GitHub reads of it, "SARIF support for code scanning".
"""

from __future__ import annotations

import hashlib
import inspect
import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from .. import __version__
from ..checks import ALL_RULES
from ..checks.base import Rule
from ..model import Finding, Report, Span
from ..whole import write_whole
from .safe import inert, relative_uri, visible

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
#: GitHub shows that many results of a run.
MAX_RESULTS = 5_000
_RELATED = 10
_PROBLEM = {"error": "error", "warning": "warning", "note": "recommendation"}


def sarif_dict(cards: Sequence[tuple[Report, str]]) -> dict[str, Any]:
    """One run with all faults of these reports. Each comes with what stands before its paths: "" or "models/small/"."""
    found = [
        (finding, report, folder)
        for report, folder in cards
        for finding in report.findings
        if finding.outcome in ("fail", "warn") or finding.waived
    ]
    found.sort(key=lambda f: ("error", "warning", "note").index(f[0].severity))
    found = found[:MAX_RESULTS]
    used = sorted({f.rule for f, _, _ in found})
    rules = {rule.id: rule for rule in ALL_RULES}
    return {
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {
                        "name": "pytest-modelcard",
                        "version": __version__,
                        "semanticVersion": __version__,
                        "rules": [_rule(id, rules.get(id)) for id in used],
                    }
                },
                "automationDetails": {"id": "pytest-modelcard/"},
                "columnKind": "unicodeCodePoints",
                "results": [_result(f, report, folder, used.index(f.rule)) for f, report, folder in found],
            }
        ],
    }


def write_sarif(path: Path, cards: Sequence[tuple[Report, str]]) -> None:
    """Write `sarif_dict` of the cards."""
    write_whole(path, json.dumps(sarif_dict(cards), ensure_ascii=False, indent=1) + "\n")


def _rule(id: str, rule: type[Rule] | None) -> dict[str, Any]:
    """A rule with its documentation; one this version does not know has an id alone."""
    if rule is None:
        return {"id": id}
    page = inspect.cleandoc(rule.__doc__ or "")
    first, rest = (*page.split("\n\n", 1), "")[:2]
    plain = re.sub(r"^## (.*)$", r"\1:", rest, flags=re.MULTILINE)
    return {
        "id": id,
        "name": "".join(word.capitalize() for word in rule.name.split("-")),
        "shortDescription": {"text": " ".join(first.split())},
        "fullDescription": {"text": " ".join(first.split())},
        "help": {"text": plain or first, "markdown": rest or first},
        "defaultConfiguration": {"level": rule.severity},
        "properties": {"tags": ["model-card", rule.name], "problem.severity": _PROBLEM[rule.severity]},
    }


def _result(finding: Finding, report: Report, folder: str, index: int) -> dict[str, Any]:
    help = f"\nWhat to do: {inert(finding.help, 600)}" if finding.help.strip() else ""
    related = [
        {
            "id": n,
            **_location(r.span, report, folder, r.quote),
            "message": {"text": inert(r.message, 300) or "see"},
        }
        for n, r in enumerate(finding.related[:_RELATED], 1)
    ]
    data: dict[str, Any] = {
        "ruleId": finding.rule,
        "ruleIndex": index,
        "level": finding.severity,
        "message": {"text": f"{inert(finding.message, 2000) or finding.rule}{help}"},
        "locations": [_location(finding.span, report, folder, finding.quote)],
        "partialFingerprints": _fingerprints(finding, report, folder),
    }
    if related:
        data["relatedLocations"] = related
    if finding.waived:
        data["suppressions"] = [
            {"kind": "external", "status": "accepted", "justification": inert(finding.waived, 400)}
        ]
    return data


def _location(span: Span, report: Report, folder: str, quote: str) -> dict[str, Any]:
    """File and region. A path that leads out of the repository (a forger's) gives way to the card's."""
    uri = relative_uri(folder + span.path) or relative_uri(folder + "README.md") or "README.md"
    region: dict[str, Any] = {"startLine": span.line, "startColumn": span.column}
    if span.end_line is not None and span.end_line >= span.line:
        region["endLine"] = span.end_line
    if span.end_column is not None and (
        region.get("endLine", 0) > span.line or span.end_column > span.column
    ):
        region["endColumn"] = span.end_column
    if quote.strip():
        region["snippet"] = {"text": visible(quote, 400)}
    return {
        "physicalLocation": {"artifactLocation": {"uri": uri, "uriBaseId": "%SRCROOT%"}, "region": region}
    }


def _fingerprints(finding: Finding, report: Report, folder: str) -> Mapping[str, str]:
    """The same for the same finding of the same card, wherever its line has moved; GitHub reads the first."""
    place = folder if folder else report.card.repo_id or ""
    digest = hashlib.sha256(f"{place}\0{finding.rule}\0{finding.key}".encode("utf-8", "replace")).hexdigest()
    return {"primaryLocationLineHash": f"{digest[:16]}:1", "modelcardFinding/v1": digest}
