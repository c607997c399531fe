"""What a change introduces, fixes and leaves."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from pytest_modelcard import verify
from pytest_modelcard.report.changes import Changes, compare, paired
from pytest_modelcard.report.json import report_dict

from .reports import finding, report

RIO = Path(__file__).resolve().parents[3] / "shared" / "cards"


def _keys(changes: Changes) -> dict[str, list[str]]:
    return {
        kind: [f.key for f in getattr(changes, kind)] for kind in ("introduced", "fixed", "left", "untold")
    }


def test_kinds() -> None:
    base = report(
        [
            finding("fixed"),
            finding("gone"),
            finding("left"),
            finding("hidden"),
            finding("waived"),
            finding("ok", "pass"),
        ]
    )
    head = report(
        [finding("fixed", "pass"), finding("left"), finding("hidden", "skip"), finding("waived", "skip", waived="x"), finding("ok")],
    )  # fmt: skip
    base["findings"] = [f | {"quote": f["key"]} for f in base["findings"]]
    head["findings"] = [f | {"quote": f["key"]} for f in head["findings"]]
    assert _keys(compare(base, head)) == {
        "introduced": ["ok"],
        "fixed": ["fixed", "gone"],
        "left": ["left"],
        "untold": ["hidden", "waived"],
    }


def test_moved_lines_are_no_change() -> None:
    base = report([finding("a"), finding("b", location={"path": "README.md", "line": 3, "column": 1})])
    head = report([finding("b", location={"path": "README.md", "line": 300, "column": 9}), finding("a")])
    assert _keys(compare(base, head)) == {"introduced": [], "fixed": [], "left": ["b", "a"], "untold": []}


def test_another_key_for_the_same_line_is_the_same_finding() -> None:
    base = report([finding("mmlu", quote="| MMLU |  1.0 |"), finding("x", quote="| X | 2 |")])
    head = report([finding("mmlu-2", quote="| MMLU | 1.0 |"), finding("y", quote="| Y | 2 |")])
    assert _keys(compare(base, head)) == {
        "introduced": ["y"],
        "fixed": ["x"],
        "left": ["mmlu-2"],
        "untold": [],
    }


def test_one_old_line_stands_for_one_new_finding_alone() -> None:
    base = report([finding("a", quote="same")])
    head = report([finding("b", quote="same"), finding("c", quote="same")])
    assert _keys(compare(base, head)) == {"introduced": ["c"], "fixed": [], "left": ["b"], "untold": []}


def test_a_warning_that_became_a_failure_is_introduced_and_not_fixed() -> None:
    changes = compare(report([finding("a", "warn")]), report([finding("a", "fail")]))
    assert _keys(changes) == {"introduced": ["a"], "fixed": [], "left": [], "untold": []}
    changes = compare(report([finding("a", "fail")]), report([finding("a", "warn")]))
    assert _keys(changes) == {"introduced": [], "fixed": [], "left": ["a"], "untold": []}


def test_a_card_that_cannot_be_opened_any_more_fixes_nothing() -> None:
    changes = compare(report([finding("a")]), report([finding("card", rule="MC001", quote="")]))
    assert _keys(changes) == {"introduced": ["card"], "fixed": [], "left": [], "untold": ["a"]}


def test_what_blocks() -> None:
    base = report([finding("old")])
    head = report(
        [
            finding("old"),
            finding("new", quote="1"),
            finding("w", "warn", quote="2"),
            finding("n", "warn", quote="3", severity="note"),
        ]
    )
    changes = compare(base, head)
    assert [f.key for f in changes.blocking()] == ["new"]
    assert [f.key for f in changes.blocking("warning")] == ["new", "w"]
    assert [f.key for f in changes.blocking("error", "all")] == ["new", "old"]
    assert changes.blocking("never", "all") == ()
    assert [f.key for f in compare(None, head).blocking()] == ["old", "new"]


def _card(source: str, repo_id: str | None = None) -> dict[str, Any]:
    made = report([])
    made["card"] |= {"source": source, "repo_id": repo_id}
    return made


def test_cards_find_their_earlier_selves() -> None:
    heads = [_card("models/a"), _card("models/b"), _card("c", "org/c"), _card("models/new")]
    bases = [_card("/elsewhere/models/b"), _card("d", "org/c"), _card("/elsewhere/models/a")]
    assert [b and b["card"]["source"] for _, b in paired(heads, bases)] == ["/elsewhere/models/a", "/elsewhere/models/b", "d", None]  # fmt: skip
    assert paired([_card("x")], [_card("y")])[0][1] is not None
    assert paired([_card("x"), _card("y")], [_card("z")])[0][1] is None


@pytest.mark.parametrize(
    "bad", [{}, {"findings": 3}, {"findings": [3, {}, {"rule": "MC1"}], "card": []}, {"lineage": [1]}]
)
def test_nonsense_is_no_error(bad: dict[str, Any]) -> None:
    assert compare(bad, bad) == Changes()


def test_a_real_edit_that_names_a_parent_in_prose_alone() -> None:
    """Rio's card before and after the edit that tells of Nex in a sentence and not in `base_model`."""
    cards = RIO / "rio-3.5-open-397b.2026-06-13.md", RIO / "rio-3.5-open-397b.md"
    if not all(c.is_file() for c in cards):
        pytest.skip("Rio's two cards are not here")
    before, after = (report_dict(verify(c, offline=True)) for c in cards)
    changes = compare(before, after)
    assert "MC112" in {f.rule for f in changes.blocking()}
    assert "MC112" not in {f.rule for f in changes.left}
    assert changes.left and not changes.untold
