from __future__ import annotations

import pytest

from pytest_modelcard.checks.others.differs_from_base_card import DiffersFromBaseCard
from tests.support import findings, outcomes

from .cards import BASE_ID, card, own, table

ROWS = ("GSM8K, 83.0, 81.4", "MMLU, 70.1, 68.0", "GPQA Diamond, 40.9, 38.4", "HumanEval, 71.3, 70.1")
OWN = ("GSM8K, 81.4", "MMLU, 68.0", "GPQA Diamond, 38.4", "HumanEval, 70.1")


def run(rows=ROWS, theirs=OWN, *, columns="Child 7B, base-7b", offline=False, **settings):
    others = {} if theirs is None else {BASE_ID: own(*theirs, **settings)}
    return findings(
        DiffersFromBaseCard,
        card(table(columns, *rows)),
        others=others,
        repo_id="acme/child-7b",
        offline=offline,
    )


def test_equal_numbers_pass():
    assert set(outcomes(run()).values()) == {"pass"} and len(run()) == 4


def test_one_wrong_number_is_a_warning_with_both_lines():
    found = {f.key: f for f in run(("GSM8K, 83.0, 77.1", *ROWS[1:]))}
    wrong = found["gsm8k-base-7b"]
    assert (wrong.outcome, wrong.severity, wrong.span.line) == ("warn", "warning", 11)
    assert "77.1 here, 81.4 in line 10 of the card of acme/base-7b" in wrong.message
    assert "3 other numbers of that model agree" in wrong.message and "settings may differ" in wrong.message
    assert (wrong.related[0].span.path, wrong.related[0].span.line) == ("acme/base-7b/README.md", 10)
    assert wrong.related[0].quote == "| GSM8K | 81.4 |"
    assert [f.outcome for f in found.values()].count("pass") == 3


def test_a_base_measured_anew_throughout_is_a_note():
    found = run(
        ("GSM8K, 83.0, 77.1", "MMLU, 70.1, 66.2", "GPQA Diamond, 40.9, 35.0", "HumanEval, 71.3, 70.1")
    )
    assert {f.key: f.severity for f in found if f.outcome == "warn"} == {
        "gsm8k-base-7b": "note",
        "mmlu-base-7b": "note",
        "gpqa-diamond-base-7b": "note",
    }
    assert "may have measured that model itself" in found[0].message


@pytest.mark.parametrize("printed", ["81", "81.4", "81.42", "0.814", "81.4%", "81.4 ± 0.5"])
def test_rounding_shares_and_marks_are_no_difference(printed):
    assert outcomes(run((f"GSM8K, 83.0, {printed}", *ROWS[1:])))["gsm8k-base-7b"] == "pass"


def test_a_benchmark_that_is_not_on_the_other_card_is_unknown():
    found = run(("IFEval, 83.0, 77.1",))
    assert [f.outcome for f in found] == ["skip"] and "gives no IFEval" in found[0].message


@pytest.mark.parametrize(
    "theirs",
    [
        ("GSM8K (8-shot), 81.4",),
        ("GSM8K (maj@8), 81.4",),
        ("GSM8K w/ tools, 81.4",),
        ("GSM8K (thinking), 81.4",),
    ],
)
def test_another_setting_is_unknown(theirs):
    assert [f.outcome for f in run(("GSM8K, 83.0, 77.1",), theirs)] == ["skip"]


def test_another_form_of_the_model_is_unknown():
    found = run(("GSM8K, 83.0, 77.1",), OWN, heading="## Quantized INT4 results")
    assert [f.outcome for f in found] == ["skip"]


def test_one_of_several_settings_may_be_meant():
    theirs = ("HLE w/ tools, 48.3", "HLE, 28.7")
    assert [f.outcome for f in run(("HLE, 36.5, 28.7",), theirs)] == ["pass"]
    assert [f.outcome for f in run(("HLE, 36.5, 21.0",), theirs)] == ["warn"]


def test_the_less_exact_name_counts_where_the_number_is_the_same():
    assert [f.outcome for f in run(("GPQA Diamond, 40.9, 38.4",), ("GPQA, 38.4",))] == ["pass"]
    assert [f.outcome for f in run(("GPQA Diamond, 40.9, 35.0",), ("GPQA, 38.4",))] == ["skip"]


def test_a_card_that_cannot_be_read_is_unknown():
    missing, offline = run(theirs=None), run(theirs=None, offline=True)
    assert {f.outcome for f in missing + offline} == {"skip"}
    assert "does not exist" in missing[0].message and "offline" in offline[0].message


def test_a_base_of_several_is_told_by_its_name():
    header = "base_model:\n- acme/base-7b\n- acme/other-7b"
    text = card(table("Child 7B, base-7b, other-7b", "GSM8K, 83.0, 77.1, 60.0"), header)
    others = {BASE_ID: own("GSM8K, 81.4"), "acme/other-7b": own("GSM8K, 60.0", name="other-7b")}
    found = findings(DiffersFromBaseCard, text, others=others, repo_id="acme/child-7b")
    assert outcomes(found) == {"gsm8k-base-7b": "warn", "gsm8k-other-7b": "pass"}


def test_no_base_and_no_table_is_silent():
    assert not findings(DiffersFromBaseCard, card(table("Child 7B, base-7b", *ROWS), "tags: [x]"))
    assert not findings(DiffersFromBaseCard, card("Nothing."))


def test_a_base_that_is_the_model_itself_is_unknown():
    found = findings(DiffersFromBaseCard, card(table("Child 7B, base-7b", *ROWS)), repo_id=BASE_ID)
    assert {f.outcome for f in found} <= {"skip"}
