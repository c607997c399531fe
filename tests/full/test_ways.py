"""Full coverage of a model that lies on the Hub, and called as a function."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

pytest.importorskip("torch", reason="full coverage needs torch, which no other extra brings")

from pytest_modelcard import verify
from pytest_modelcard.errors import CardError
from pytest_modelcard.evidence import EvidenceOptions
from pytest_modelcard.full.options import FullOptions
from pytest_modelcard.policy import Policy
from tests.hub.repos import Hub

from . import hub as made


@pytest.fixture
def online(hub: Hub, tmp_path: Path) -> Hub:
    """The merge and both parents on the loopback Hub, and nowhere else."""
    folder = made.hub(tmp_path / "made")
    for id in (made.ONE, made.TWO, made.MERGED):
        hub.add(id, {p.name: p.read_bytes() for p in (folder / id).iterdir()})
    return hub


def policy(file: Path, **full: int) -> Policy:
    return Policy(select=("MC3",), evidence=EvidenceOptions(auto=False), full=FullOptions(file=file, **full))


def test_weights_are_downloaded_and_certified(online: Hub, tmp_path: Path) -> None:
    file = tmp_path / "certificate.json"
    report = verify(made.MERGED, policy=policy(file, download=10**9))
    assert report.lineage is not None and report.lineage["certificate"]["file"] == str(file)
    certificate = json.loads(file.read_text())
    assert certificate["totals"]["elsewhere"] == 0 and certificate["totals"]["equal"] > 20_000
    assert certificate["candidate"]["revision"] == online.repos[made.MERGED].refs["main"]
    fetched = len(online.requests())
    again = verify(made.MERGED, policy=policy(file))  # all of it is in the client's cache now
    assert again.lineage is not None and "missing" not in again.lineage["certificate"]
    assert not [
        r
        for r in online.requests()[fetched:]
        if r.startswith("GET") and "/resolve/" in r and ".safetensors" in r
    ]


def test_nothing_is_downloaded_that_was_not_allowed(online: Hub, tmp_path: Path) -> None:
    file = tmp_path / "certificate.json"
    for allowed, said in ({}, "--modelcard-full-download"), ({"download": 1_000}, "more than"):
        report = verify(made.MERGED, policy=policy(file, **allowed))
        assert report.lineage is not None and said in report.lineage["certificate"]["missing"]
        assert not file.exists()


def test_without_evidence_from_weights_a_function_call_fails_clearly(tmp_path: Path) -> None:
    card = tmp_path / "README.md"
    card.write_text("---\nlicense: mit\n---\n\n# A model\n")
    with pytest.raises(CardError, match="no full coverage: "):
        verify(card, policy=policy(tmp_path / "certificate.json"))
