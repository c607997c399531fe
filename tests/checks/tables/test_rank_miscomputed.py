from __future__ import annotations

from pytest_modelcard.checks.tables.rank_miscomputed import RankMiscomputed
from tests.support import findings, outcomes

HEAD = "# model\n\n| Model | MMLU | GSM8K | Average | Rank |\n|---|---|---|---|---|\n"
ROWS = (
    "| Other 7B | 71.0 | 83.0 | 77.0 | 1 |\n"
    "| model | 70.0 | 80.0 | 75.0 | 2 |\n"
    "| Third 7B | 66.0 | 60.0 | 63.0 | 3 |\n"
    "| Fourth 7B | 60.0 | 56.0 | 58.0 | 4 |\n"
)


def test_ranks_by_the_average_pass() -> None:
    found = findings(RankMiscomputed, HEAD + ROWS)
    assert len(found) == 4 and {f.outcome for f in found} == {"pass"}


def test_a_rank_that_the_scores_do_not_give_fails() -> None:
    found = findings(
        RankMiscomputed, HEAD + ROWS.replace("58.0 | 4", "58.0 | 3").replace("63.0 | 3", "63.0 | 3")
    )
    (bad,) = [f for f in found if f.outcome == "fail"]
    assert bad.key == "rank-fourth-7b" and "its place is 4" in bad.message


def test_shared_places_pass() -> None:
    rows = ROWS.replace("63.0 | 3", "75.0 | 2").replace("66.0 | 60.0", "90.0 | 60.0")
    assert {f.outcome for f in findings(RankMiscomputed, HEAD + rows)} == {"pass"}


def test_ranks_by_something_else_are_skipped() -> None:
    rows = (
        ROWS.replace("77.0 | 1", "77.0 | 4").replace("58.0 | 4", "58.0 | 1").replace("75.0 | 2", "75.0 | 3")
    )
    rows = rows.replace("63.0 | 3", "63.0 | 2")
    assert "fail" not in outcomes(findings(RankMiscomputed, HEAD + rows)).values()


def test_a_table_without_ranks_has_no_subject() -> None:
    assert findings(RankMiscomputed, "# model\n\n| Benchmark | model |\n|---|---|\n| MMLU | 71.2 |\n") == []
