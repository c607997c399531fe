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
    rows = ROWS + "| Fifth 7B | 50.0 | 52.0 | 51.0 | 5 |\n"
    rows = rows.replace("75.0 | 2", "75.0 | 1").replace("77.0 | 1", "77.0 | 2")
    found = [f for f in findings(RankMiscomputed, HEAD + rows) if f.outcome == "fail"]
    assert [f.key for f in found] == ["rank-other-7b", "rank-model"]
    own = found[1]
    assert own.span.line == 6 and "its place is 2" in own.message and "Other 7B" in own.related[0].message


def test_a_rank_given_twice_is_warned_of() -> None:
    found = findings(RankMiscomputed, HEAD + ROWS.replace("75.0 | 2", "75.0 | 1"))
    assert [(f.span.line, f.outcome) for f in found if f.outcome != "pass"] == [(6, "warn")]


def test_the_rank_may_stand_in_the_first_column() -> None:
    head = "# model\n\n| Rank | Model | MMLU |\n|---|---|---|\n"
    rows = (
        "| 1 | Other 7B | 71.0 |\n| 2 | model | 70.0 |\n| 3 | Third 7B | 66.0 |\n| 4 | Fourth 7B | 60.0 |\n"
    )
    assert {f.outcome for f in findings(RankMiscomputed, head + rows)} == {"pass"}
    bad = findings(RankMiscomputed, head + rows.replace("| 2 | model", "| 1 | model"))
    assert [f.span.line for f in bad if f.outcome == "warn"] == [6]


def test_ranks_of_ratings_go_by_intervals() -> None:
    card = (
        "# model\n\n| Rank | Model | Arena Elo | 95% CI |\n|---|---|---|---|\n"
        "| 1 | Other 7B | 1287 | +3/-3 |\n| 2 | model | 1251 | +4/-4 |\n| 2 | Third 7B | 1248 | +2/-2 |\n"
        "| 4 | Fourth 7B | 1200 | +3/-2 |\n"
    )
    assert not {"fail", "warn"} & set(outcomes(findings(RankMiscomputed, card)).values())


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


def test_two_places_exchanged_among_four_models_fail_where_one_score_can_explain_the_ranks() -> None:
    card = (
        "# model\n\n| Rank | Model | Score |\n|---|---|---|\n| 1 | model | 54.0 |\n| 2 | Other 7B | 56.5 |\n"
        "| 3 | Third 7B | 47.2 |\n| 4 | Fourth 7B | 46.6 |\n"
    )
    bad = [f for f in findings(RankMiscomputed, card) if f.outcome == "fail"]
    assert [f.span.line for f in bad] == [5, 6]
    # with a second score, the ranks may go by something else
    more = card.replace("Score |\n|---|", "Score | MMLU |\n|---|---|").replace("54.0 |", "54.0 | 60.0 |")
    more = more.replace("56.5 |", "56.5 | 58.0 |").replace("47.2 |", "47.2 | 61.0 |")
    more = more.replace("46.6 |", "46.6 | 57.0 |")
    assert "fail" not in outcomes(findings(RankMiscomputed, more)).values()
