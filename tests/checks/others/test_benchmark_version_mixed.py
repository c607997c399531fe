from __future__ import annotations

import pytest

from pytest_modelcard.checks.others.benchmark_version_mixed import BenchmarkVersionMixed
from tests.support import findings

from .cards import BASE_ID, card, own, table


def run(row: str, *theirs: str, columns: str = "Child 7B, base-7b"):
    others = {BASE_ID: own(*theirs)} if theirs else {}
    return findings(BenchmarkVersionMixed, card(table(columns, row)), others=others, repo_id="acme/child-7b")


@pytest.mark.parametrize(
    ("here", "there"),
    [
        ("Terminal-Bench 2.1", "Terminal-Bench 2.0"),
        ("AIME 2025", "AIME 2024"),
        ("LiveCodeBench v6", "LiveCodeBench v5"),
    ],
)
def test_the_number_of_another_version(here, there):
    (found,) = run(f"{here}, 70.8, 52.5", f"{there}, 52.5")
    assert (found.outcome, found.severity, found.span.line) == ("warn", "warning", 11)
    assert f"gives 52.5 for {there} (line 10), another version, and none for {here}" in found.message
    assert found.related[0].span.path == "acme/base-7b/README.md"


def test_the_version_is_on_their_card_with_another_number():
    (found,) = run("AIME 2025, 70.8, 52.5", "AIME 2024, 52.5", "AIME 2025, 41.0")
    assert found.outcome == "warn" and "another number for AIME 2025" in found.message


def test_the_right_version_passes():
    (found,) = run("AIME 2025, 70.8, 52.5", "AIME 2024, 52.5", "AIME 2025, 52.5")
    assert found.outcome == "pass"


def test_other_numbers_for_other_versions_pass():
    (found,) = run("AIME 2025, 70.8, 52.5", "AIME 2024, 60.1")
    assert found.outcome == "pass"


@pytest.mark.parametrize("number", ["50", "0.0", "100.0"])
def test_round_numbers_are_no_evidence(number):
    (found,) = run(f"AIME 2025, 70.8, {number}", f"AIME 2024, {number}")
    assert found.outcome == "pass"


def test_a_name_without_version_is_no_other_version():
    assert run("GPQA Diamond, 70.8, 52.5", "GPQA, 52.5")[0].outcome == "skip"
    assert not run("MMLU-Pro, 70.8, 52.5", "MMLU-Pro, 52.5")


def test_no_card_no_version_no_verdict():
    assert run("AIME 2025, 70.8, 52.5")[0].outcome == "skip"
    assert run("AIME 2025, 70.8, 52.5", "GSM8K, 52.5")[0].outcome == "skip"
