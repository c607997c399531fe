"""MC402: a claimed gain over the base, tested on the same items."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.evals.runs import GAIN, Bench, card, gain_report, only
from tests.evals.server import model, serving


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


def test_a_gain_is_tested_in_pairs(bench: Bench) -> None:
    report, _ = gain_report(bench, 0.55, 0.525)
    run = next(r for r in report.runs if r["kind"] == "difference")
    assert only(report, "MC402[harbour-qa]").outcome == "fail"
    assert run["verdict"] == "refuted" and run["used"] < 300
    assert run["claimed"] == pytest.approx([0.181, 0.183]) and run["interval"][1] < 0.182
    assert "over acme/base-7b" in only(report, "MC402[harbour-qa]").message


@pytest.mark.slow
def test_an_honest_gain_is_not_refuted(bench: Bench) -> None:
    report, asked = gain_report(bench, 0.707, 0.525)
    assert only(report, "MC402[harbour-qa]").outcome in ("pass", "skip") and asked > 50
    assert not any(f.outcome == "fail" for f in report.findings)


def test_a_gain_without_an_endpoint_for_the_base_says_so(bench: Bench) -> None:
    with serving(model(0.707)) as fake:
        report = bench.report(card([GAIN]), fake)
    found = only(report, "MC402[harbour-qa]")
    assert found.outcome == "skip" and "[endpoints]" in found.message
