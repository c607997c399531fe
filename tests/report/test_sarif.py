"""SARIF holds to its schema, points at the card's lines, and nothing of a card is alive in it."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from pytest_modelcard import verify
from pytest_modelcard.report.json import report_dict
from pytest_modelcard.report.read import read_report
from pytest_modelcard.report.sarif import sarif_dict

from .attacks import ATTACKS
from .reports import finding, report

# The schema that OASIS published as 2.1.0-rtm.5, as it comes with Microsoft's jest-sarif 1.0.0-beta.0 (MIT) on npm.
SCHEMA = json.loads((Path(__file__).parent / "sarif-2.1.0-rtm.5.json").read_text("utf-8"))
VALIDATOR = jsonschema.Draft4Validator(SCHEMA, format_checker=jsonschema.Draft4Validator.FORMAT_CHECKER)
EXAMPLES = Path(__file__).parents[2] / "examples"


def test_an_example_validates_and_points_at_its_lines() -> None:
    found = verify(EXAMPLES / "dishonest", offline=True)
    log = sarif_dict([(found, "models/mare/")])
    VALIDATOR.validate(log)
    lines = (EXAMPLES / "dishonest" / "README.md").read_text("utf-8").split("\n")
    [run] = log["runs"]
    assert [r["level"] for r in run["results"]].count("error") == sum(
        f.outcome == "fail" for f in found.findings
    )
    [result] = [r for r in run["results"] if r["ruleId"] == "MC204"]
    place = result["locations"][0]["physicalLocation"]
    assert place["artifactLocation"] == {"uri": "models/mare/README.md", "uriBaseId": "%SRCROOT%"}
    region = place["region"]
    assert lines[region["startLine"] - 1][region["startColumn"] - 1 : region["endColumn"] - 1] == "**+9.6**"
    rule = run["tool"]["driver"]["rules"][result["ruleIndex"]]
    assert rule["id"] == "MC204" and rule["name"] == "DifferenceMiscomputed"
    assert "What it does" in rule["help"]["text"] and "## What it does" in rule["help"]["markdown"]


def _results(*findings: dict[str, Any]) -> list[dict[str, Any]]:
    log = sarif_dict([(read_report(report(list(findings))), "")])
    VALIDATOR.validate(log)
    results: list[dict[str, Any]] = log["runs"][0]["results"]
    return results


def test_passes_and_skips_are_no_results_and_waivers_are_suppressed() -> None:
    results = _results(
        finding("a", "pass"),
        finding("b", "skip"),
        finding("c", "skip", waived="until 2999-01-01: known"),
        finding("d", "warn", severity="note"),
    )
    waiver = {"kind": "external", "status": "accepted", "justification": "until 2999-01-01: known"}
    assert [(r["level"], r.get("suppressions")) for r in results] == [("warning", [waiver]), ("note", None)]


def test_a_fingerprint_follows_the_finding_not_its_line() -> None:
    moved = {"path": "README.md", "line": 99, "column": 1}
    [a], [b], [c] = _results(finding("a")), _results(finding("a", location=moved)), _results(finding("b"))
    assert a["partialFingerprints"] == b["partialFingerprints"] != c["partialFingerprints"]


@pytest.mark.parametrize(
    "path", ["../../x", "/etc/passwd", "a/../../x", "https://evil.example/x", "a\\b", "\ud800", ""]
)
def test_no_path_leads_out_of_the_repository(path: str) -> None:
    [result] = _results(finding("a", location={"path": path, "line": 1, "column": 1}))
    uri = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    assert uri == "README.md"


def test_a_path_is_percent_encoded() -> None:
    [result] = _results(finding("a", location={"path": "a b/ü#?.md", "line": 1, "column": 1}))
    uri = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    assert uri == "a%20b/%C3%BC%23%3F.md"


_ALIVE = re.compile(
    r"(?<!\w)@\w|#\d|://|www\.|\]\(|<!--|\{\d+\}|[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u202a-\u202e\u2066-\u2069]",
    re.I,
)


def _texts(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [t for key, inner in value.items() if key not in ("snippet", "uri") for t in _texts(inner)]
    if isinstance(value, list):
        return [t for inner in value for t in _texts(inner)]
    return [value] if isinstance(value, str) else []


def test_no_attack_is_alive_in_it() -> None:
    log = sarif_dict([(read_report(report([finding("a", text=attack) for attack in ATTACKS])), "")])
    VALIDATOR.validate(log)
    assert len(log["runs"][0]["results"]) == len(ATTACKS)
    assert [t for t in _texts(log["runs"][0]["results"]) if _ALIVE.search(t)] == []
    json.dumps(log, ensure_ascii=False).encode("utf-8")


def test_a_forged_rule_has_no_documentation() -> None:
    log = sarif_dict([(read_report(report([finding("a", rule="MC999")])), "")])
    VALIDATOR.validate(log)
    assert log["runs"][0]["tool"]["driver"]["rules"] == [{"id": "MC999"}]


def test_the_report_as_json_gives_the_same_log() -> None:
    found = verify(EXAMPLES / "honest", offline=True)
    assert sarif_dict([(read_report(report_dict(found)), "x/")]) == sarif_dict([(found, "x/")])
