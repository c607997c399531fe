from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from pytest_modelcard.checks.tables.average_miscomputed import AverageMiscomputed
from tests.support import findings, outcomes

HEAD = "# model\n\n| Model | ARC-C | MMLU | GSM8K | Average |\n|---|---|---|---|---|\n"


def models(*rows: str) -> str:
    return HEAD + "\n".join(f"| {r} |" for r in rows) + "\n"


GOOD = ("Other 7B | 61.0 | 63.0 | 70.0 | 64.7", "Third 7B | 58.0 | 60.0 | 65.0 | 61.0")


def test_averages_that_compute_pass() -> None:
    found = findings(AverageMiscomputed, models("model | 60.0 | 62.0 | 66.1 | 62.7", *GOOD))
    assert len(found) == 3 and {f.outcome for f in found} == {"pass"}


def test_weighted_averages_are_left_alone_where_the_card_says_so() -> None:
    rows = models("Other 7B | 50.1 | 60.3 | 70.2 | 61.8", "model | 52.0 | 60.0 | 68.0 | 60.0")
    assert "warn" in outcomes(findings(AverageMiscomputed, rows)).values()
    told = rows.replace("# model\n", "# model\n\nAverages are weighted by the number of questions.\n")
    assert "warn" not in outcomes(findings(AverageMiscomputed, told)).values()


def test_one_average_that_does_not_compute_fails() -> None:
    found = findings(AverageMiscomputed, models("model | 60.0 | 62.0 | 66.1 | 65.7", *GOOD))
    (bad,) = [f for f in found if f.outcome == "fail"]
    assert bad.key == "average" and bad.span.line == 5
    assert "65.7" in bad.message and "62.70" in bad.message and "2 of the 2" in bad.message


def test_with_one_other_model_it_is_a_warning() -> None:
    assert outcomes(findings(AverageMiscomputed, models("model | 60.0 | 62.0 | 66.1 | 65.7", GOOD[0]))) == {
        "average": "warn",
        "average-other-7b": "pass",
    }


def test_averages_over_other_sets_are_skipped() -> None:
    rows = (
        "model | 60.0 | 62.0 | 66.1 | 55.1",
        "Other 7B | 61.0 | 63.0 | 70.0 | 54.2",
        "Third 7B | 58 | 60 | 65 | 50.3",
    )
    assert {f.outcome for f in findings(AverageMiscomputed, models(*rows))} == {"skip"}


def test_a_model_with_a_blank_part_is_skipped() -> None:
    found = outcomes(findings(AverageMiscomputed, models("model | 60.0 | - | 66.1 | 65.7", *GOOD)))
    assert found["average"] == "skip"


def test_the_only_average_is_noted_and_warned_of_beyond_its_parts() -> None:
    (noted,) = findings(AverageMiscomputed, models("model | 60.0 | 62.0 | 66.1 | 63.9"))
    assert (noted.outcome, noted.severity) == ("warn", "note")
    (beyond,) = findings(AverageMiscomputed, models("model | 60.0 | 62.0 | 66.1 | 71.0"))
    assert beyond.severity == "warning" and "66.1" in beyond.message
    (right,) = findings(AverageMiscomputed, models("model | 60.0 | 62.0 | 66.1 | 62.7"))
    assert right.outcome == "pass"


def test_average_rows_and_sections() -> None:
    card = (
        "# model\n\n| Benchmark | model | Other 7B | Third 7B |\n|---|---|---|---|\n"
        "| ARC-C | 60.0 | 61.0 | 58.0 |\n| MMLU | 62.0 | 63.0 | 60.0 |\n| Average | 61.0 | 62.0 | 59.0 |\n"
        "| GSM8K | 40.0 | 30.0 | 20.0 |\n| MATH | 20.0 | 10.0 | 10.0 |\n| Average | 38.0 | 20.0 | 15.0 |\n"
    )
    found = findings(AverageMiscomputed, card)
    assert [(f.span.line, f.outcome) for f in found if f.outcome != "pass"] == [(10, "fail")]


def test_weighted_and_geometric_means_are_no_subjects() -> None:
    card = models("model | 60.0 | 62.0 | 66.1 | 65.7", *GOOD).replace("Average", "Weighted average")
    assert findings(AverageMiscomputed, card) == []


@given(
    st.lists(st.lists(st.integers(0, 10_000), min_size=3, max_size=3), min_size=1, max_size=4),
    st.integers(1, 2),
)
def test_means_of_unrounded_scores_are_never_accused(scores: list[list[int]], decimals: int) -> None:
    rows = []
    for n, parts in enumerate(scores):
        shown = [f"{p / 100:.{decimals}f}" for p in parts]
        rows.append(f"Model {n}-7B | {' | '.join(shown)} | {sum(parts) / 300:.{decimals}f}")
    assert {f.outcome for f in findings(AverageMiscomputed, models(*rows))} == {"pass"}
