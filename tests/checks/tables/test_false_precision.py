from __future__ import annotations

from pytest_modelcard.checks.tables.false_precision import FalsePrecision
from tests.checks.tables.test_score_out_of_range import table
from tests.support import findings


def test_one_decimal_passes() -> None:
    (found,) = findings(FalsePrecision, table("GPQA Diamond | 90.9 | 88.4", "HumanEval | 0.9091 | 0.8841"))
    assert found.outcome == "pass"


def test_thousandths_of_a_point_are_noted_once_a_table() -> None:
    (found,) = findings(FalsePrecision, table("GPQA Diamond | 90.909 | 88.384", "HumanEval | 71.2 | 70.1"))
    assert (found.outcome, found.severity) == ("warn", "note")
    assert "2 of 4 scores" in found.message and "198 questions" in found.message and "2." in found.message


def test_a_table_with_standard_errors_is_left_alone() -> None:
    assert findings(FalsePrecision, table("GPQA Diamond | 90.909 ± 2.05 | 88.384 ± 2.1")) == []


def test_benchmarks_of_unknown_size_are_no_subjects() -> None:
    assert findings(FalsePrecision, table("GPQA | 90.909 | 88.384")) == []
