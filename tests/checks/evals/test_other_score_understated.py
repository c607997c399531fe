"""MC403: a base's or competitor's score that the card gives too low."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.evals.runs import Bench, gain_report


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


def test_an_understated_base_is_warned_of(bench: Bench) -> None:
    report, _ = gain_report(bench, 0.707, 0.85)
    found = next(f for f in report.findings if f.rule == "MC403")
    run = next(r for r in report.runs if r["kind"] == "other")
    assert found.outcome == "warn" and run["verdict"] == "refuted" and run["interval"][0] > 0.525
    assert "would score higher than the card says" in found.message


@pytest.mark.slow
def test_a_stated_base_that_is_honest_is_confirmed(bench: Bench) -> None:
    report, _ = gain_report(bench, 0.707, 0.525)
    assert next(f for f in report.findings if f.rule == "MC403").outcome == "pass"
