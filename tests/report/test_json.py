"""The JSON report keeps its public contract."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from pytest_modelcard import verify
from pytest_modelcard.report.json import report_dict, write_json
from pytest_modelcard.report.records import finding_from_dict

SCHEMA = json.loads((Path(__file__).parents[2] / "schemas" / "report-v1.json").read_text("utf-8"))
EXAMPLES = Path(__file__).parents[2] / "examples"


@pytest.fixture(scope="module", params=["dishonest", "honest"])
def report(request: pytest.FixtureRequest) -> Any:
    return verify(EXAMPLES / request.param, offline=True)


def test_a_report_validates(report: Any) -> None:
    jsonschema.validate(report_dict(report), SCHEMA)


def test_claims_are_unique_and_findings_speak_of_them(report: Any) -> None:
    data = report_dict(report)
    ids = [c["id"] for c in data["claims"]]
    assert len(ids) == len(set(ids))
    named = {i for f in data["findings"] for i in f["claims"]}
    assert named <= set(ids)
    assert data["claims"] and data["findings"]


def test_node_ids_are_unique(report: Any) -> None:
    ids = [f.id for f in report.findings]
    assert len(ids) == len(set(ids))


def test_several_cards_make_a_collection(tmp_path: Path, report: Any) -> None:
    write_json(tmp_path / "deep" / "all.json", [report, report])
    data = json.loads((tmp_path / "deep" / "all.json").read_text("utf-8"))
    jsonschema.validate(data, SCHEMA)
    assert len(data["reports"]) == 2
    assert [p.name for p in (tmp_path / "deep").iterdir()] == ["all.json"]


def test_findings_survive_the_way_through_plain_dicts(report: Any) -> None:
    from dataclasses import asdict

    for finding in report.findings:
        assert finding_from_dict(json.loads(json.dumps(asdict(finding)))) == finding
