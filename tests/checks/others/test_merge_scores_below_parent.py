from __future__ import annotations

import pytest

from pytest_modelcard.checks.others.merge_scores_below_parent import MergeScoresBelowParent
from tests.support import findings, outcomes

from .cards import card, own, table

MERGE = "base_model:\n- acme/a-7b\n- acme/b-7b\nbase_model_relation: merge"
ROWS = ("GSM8K, 71.0, 77.1, 60.0", "MMLU, 70.1, 68.0, 66.0", "HumanEval, 75.0, 70.1, 60.4")


def run(rows=ROWS, header=MERGE, columns="Child 7B, a-7b, b-7b", others=None, text=""):
    return findings(
        MergeScoresBelowParent,
        card(table(columns, *rows), header, text=text),
        others=others or {},
        repo_id="acme/child-7b",
    )


def test_a_row_where_a_parent_is_better_is_a_note():
    found = {f.key: f for f in run()}
    assert outcomes(list(found.values())) == {"a-7b": "warn", "b-7b": "pass"}
    assert found["a-7b"].severity == "note" and found["a-7b"].span.line == 14
    assert "on 1 of 3 benchmarks: GSM8K 71.0 against 77.1" in found["a-7b"].message


def test_below_a_parent_on_most_benchmarks_is_a_warning():
    found = run(("GSM8K, 71.0, 77.1, 60.0", "MMLU, 65.0, 68.0, 66.0", "HumanEval, 75.0, 70.1, 60.4"))
    assert {f.key: f.severity for f in found if f.outcome == "warn"} == {"a-7b": "warning", "b-7b": "note"}


def test_the_parents_own_card_is_read_where_the_table_leaves_it_out():
    others = {"acme/a-7b": own("GSM8K, 77.1", "MMLU, 60.0", name="a-7b")}
    found = {f.key: f for f in run(("GSM8K, 71.0", "MMLU, 70.1"), columns="Child 7B", others=others)}
    assert outcomes(list(found.values())) == {"a-7b": "warn", "b-7b": "skip"}
    assert found["a-7b"].related[0].span.path == "acme/a-7b/README.md"
    assert "acme/b-7b cannot be read" in found["b-7b"].message


def test_lower_may_be_better():
    found = run(("WER ↓, 7.0, 9.0, 9.5",))
    assert set(outcomes(found).values()) == {"pass"}


def test_rounding_is_not_below():
    assert set(outcomes(run(("GSM8K, 77, 77.1, 60.0",))).values()) == {"pass"}


@pytest.mark.parametrize(
    "header",
    ["base_model: acme/a-7b", "base_model: acme/a-7b\nbase_model_relation: finetune", "tags: [merge]"],
)
def test_what_is_no_merge_is_silent(header):
    assert not run(header=header)


def test_two_parents_and_the_tag_make_a_merge():
    header = "base_model: [acme/a-7b, acme/b-7b]\ntags: [merge, mergekit]"
    assert outcomes(run(header=header)) == {"a-7b": "warn", "b-7b": "pass"}


def test_a_merge_that_only_the_prose_tells():
    text = "This model is a merge of [acme/a-7b](https://huggingface.co/acme/a-7b) and acme/b-7b."
    found = run(header="tags: [x]", text=text)
    assert outcomes(found)["a-7b"] == "warn"


def test_a_merge_without_numbers_is_silent():
    assert not findings(MergeScoresBelowParent, card("Nothing.", MERGE))
