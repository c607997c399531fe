from __future__ import annotations

from pytest_modelcard.checks.tables.mixed_scales import MixedScales
from tests.checks.tables.test_score_out_of_range import table
from tests.support import findings


def test_a_share_beside_percentages_fails() -> None:
    (bad,) = findings(MixedScales, table("MMLU | 71.2 | 69.8", "GSM8K | 0.853 | 82.1"))
    assert bad.outcome == "fail" and bad.key == "gsm8k" and bad.span.line == 6
    assert "0.853" in bad.message and "82.1" in bad.message and "85.3" in bad.message
    assert bad.related


def test_one_scale_throughout_has_no_subject() -> None:
    assert findings(MixedScales, table("GSM8K | 85.3 | 82.1", "MMLU | 0.712 | 0.698")) == []


def test_truly_small_percentages_pass() -> None:
    card = table("AIME 2024 | 0.8 | 79.2", "HLE | 0.4 | 21.5", "MATH | 0.92 | 5.12")
    assert {f.outcome for f in findings(MixedScales, card)} == {"pass"}


def test_a_printed_percent_sign_settles_it() -> None:
    assert findings(MixedScales, table("GSM8K | 0.85% | 82.1%")) == []


def test_an_unknown_benchmark_is_not_accused() -> None:
    (found,) = findings(MixedScales, table("HouseBench | 0.853 | 82.1"))
    assert found.outcome == "skip"


def test_other_units_pass() -> None:
    assert {f.outcome for f in findings(MixedScales, table("WER | 0.853 | 1.7"))} == {"pass"}
