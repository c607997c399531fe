"""MC110 cyclic-base-model."""

from __future__ import annotations

from pytest_modelcard.checks.metadata.cyclic_base_model import CyclicBaseModel
from tests.support import findings

CARD = "---\nbase_model: acme/a\n---\n"


def based_on(*ids: str) -> dict[str, str]:
    return {"README.md": "---\nbase_model:\n" + "".join(f"- {id}\n" for id in ids) + "---\n"}


def test_a_straight_lineage_passes() -> None:
    others = {"acme/a": based_on("acme/b"), "acme/b": {"README.md": "# B\n"}}
    (found,) = findings(CyclicBaseModel, CARD, others=others)
    assert found.outcome == "pass" and "2 ancestors" in found.message


def test_a_lineage_that_leads_back_is_an_error() -> None:
    others = {"acme/a": based_on("x/y", "acme/b"), "acme/b": based_on("Acme/Model"), "x/y": {"README.md": ""}}
    (found,) = findings(CyclicBaseModel, CARD, others=others)
    assert found.outcome == "fail"
    assert "acme/model -> acme/a -> acme/b -> Acme/Model" in found.message


def test_a_cycle_among_ancestors_ends() -> None:
    others = {"acme/a": based_on("acme/b"), "acme/b": based_on("acme/a")}
    assert [f.outcome for f in findings(CyclicBaseModel, CARD, others=others)] == ["pass"]


def test_an_endless_lineage_is_followed_only_so_far() -> None:
    others = {f"acme/n{i}": based_on(*(f"acme/n{j}" for j in range(i + 1, i + 9))) for i in range(200)}
    (found,) = findings(CyclicBaseModel, "---\nbase_model: acme/n0\n---\n", others=others)
    assert found.outcome == "pass" and "24 ancestors" in found.message


def test_unreadable_ancestors_leave_it_open() -> None:
    others = {"acme/a": based_on("acme/gone")}
    assert [f.outcome for f in findings(CyclicBaseModel, CARD, others=others)] == ["skip"]
    assert [f.outcome for f in findings(CyclicBaseModel, CARD, offline=True)] == ["skip"]


def test_a_cycle_is_found_in_spite_of_an_unreadable_branch() -> None:
    others = {"acme/a": based_on("acme/gone", "acme/model")}
    assert [f.outcome for f in findings(CyclicBaseModel, CARD, others=others)] == ["fail"]


def test_silent_for_itself_for_no_id_and_without_base() -> None:
    assert findings(CyclicBaseModel, "---\nbase_model: [acme/model, a b]\n---\n") == []
    assert findings(CyclicBaseModel, CARD, repo_id=None) == []
    assert findings(CyclicBaseModel, "---\nlicense: mit\n---\n") == []
