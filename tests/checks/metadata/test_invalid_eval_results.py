"""MC116 invalid-eval-results."""

from __future__ import annotations

import pytest

from pytest_modelcard.checks.metadata.invalid_eval_results import InvalidEvalResults
from tests.support import findings

CARD = "---\nlicense: mit\n---\n# M\n"
GOOD = """- dataset:
    id: Idavidrein/gpqa
    task_id: gpqa_diamond
    revision: abc
  value: 0.412
  verifyToken: eyJh
  date: "2025-01-15"
  source:
    url: https://example.org
    org: acme
  notes: no tools
"""


def test_good_files_pass() -> None:
    files = {".eval_results/a.yaml": GOOD, ".eval_results/b.yml": GOOD}
    (found,) = findings(InvalidEvalResults, CARD, files=files)
    assert found.outcome == "pass" and "2 files" in found.message


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        ("- dataset:\n    id: a/b\n    task_id: c\n  value: high\n", 4, "not a number"),
        ("- dataset:\n    id: a/b\n  value: 1\n", 2, "lacks `task_id`"),
        ("- dataset: {id: a b, task_id: c}\n  value: 1\n", 1, "a b"),
        ("dataset: {id: a/b}\n", 1, "not a list"),
        ("- dataset: {id: a/b, task_id: c}\n  value: 1\n  source: {name: x}\n", 3, "lacks `url`"),
        ("- a: [\n", 1, "cannot be read"),
        ("- value: 1\n  value: 2\n  dataset: {id: a/b, task_id: c}\n", 2, "twice"),
    ],
)
def test_each_fault_stands_at_its_line_of_the_file(text: str, line: int, says: str) -> None:
    (found,) = findings(InvalidEvalResults, CARD, files={".eval_results/x.yaml": text})
    assert found.outcome == "fail"
    assert (found.span.path, found.span.line) == (".eval_results/x.yaml", line)
    assert says in found.message


def test_a_date_of_another_form_is_a_warning_and_errors_come_first() -> None:
    text = "- dataset: {id: a/b, task_id: c}\n  value: 1\n  date: yesterday\n"
    (found,) = findings(InvalidEvalResults, CARD, files={".eval_results/x.yaml": text})
    assert found.outcome == "warn"
    (found,) = findings(
        InvalidEvalResults, CARD, files={".eval_results/x.yaml": text, ".eval_results/y.yaml": "- value: 1\n"}
    )
    assert found.outcome == "fail" and len(found.related) == 1


def test_other_files_are_not_read() -> None:
    files = {"eval_results/x.yaml": "[", ".eval_results/deep/x.yaml": "[", ".eval_results/x.json": "["}
    assert [f.outcome for f in findings(InvalidEvalResults, CARD, files=files)] == ["pass"]


def test_a_file_that_is_no_text_and_a_lone_card_leave_it_open() -> None:
    files = {".eval_results/x.yaml": b"\xff\xfe\x00"}
    assert [f.outcome for f in findings(InvalidEvalResults, CARD, files=files)] == ["skip"]
    assert [f.outcome for f in findings(InvalidEvalResults, CARD, knows_files=False)] == ["skip"]
