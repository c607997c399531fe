"""Parents that nobody named, found among the models made from the same base."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from pytest_modelcard.lineage.record import Found
from tests.hub import Hub
from tests.lineage.repos import BASE, CHAT, CODE, SUMS, add, card, on_the_hub, weights_of
from tests.weights import made

MINE = "acme/mine"
MODEL = made.base(layers=2)
SHARED = made.changes(MODEL, 4e-4, 50)
TUNED = {id: made.fine_tune(MODEL, 4e-4, n) for n, id in enumerate((CHAT, CODE, SUMS), 1)}
DECOYS = {f"others/tuned-{n}": made.fine_tune(MODEL, 4e-4, 20 + n) for n in range(6)}


def found_in(
    hub: Hub, candidate: made.Model, *declared: str, more: dict[str, made.Model] | None = None
) -> Found:
    """The verdict where the hub lists the others as made from the base, most used first."""
    add(hub, BASE, MODEL)
    for n, (id, model) in enumerate({**DECOYS, **TUNED, **(more or {})}.items()):
        tags = [f"base_model:{BASE}", f"base_model:finetune:{BASE}"]
        add(hub, id, model, card(BASE), tags=tags, downloads=100 - n)
    add(hub, MINE, candidate, card(*(declared or (BASE,))))
    return on_the_hub(MINE, auto=True)


def test_one_hidden_parent_is_found(hub: Hub) -> None:
    found = found_in(hub, made.linear([TUNED[SUMS], MODEL], [0.6, 0.4]))
    assert (found.lineage.verdict, weights_of(found)) == ("exact-merge", {SUMS: 0.6, BASE: 0.4})
    assert found.lineage.declared_complete is False
    assert len(found.lineage.candidates) == 2  # the decoys were only looked at


def test_two_hidden_parents_are_found_together(hub: Hub) -> None:
    found = found_in(hub, made.linear([TUNED[CHAT], TUNED[CODE], MODEL], [0.45, 0.3, 0.25]))
    assert (found.lineage.verdict, weights_of(found)) == ("exact-merge", {CHAT: 0.45, CODE: 0.3, BASE: 0.25})


def test_two_hidden_parents_beside_a_declared_one(hub: Hub) -> None:
    candidate = made.linear([TUNED[CHAT], TUNED[CODE], TUNED[SUMS]], [0.5, 0.3, 0.2])
    found = found_in(hub, candidate, CHAT)
    assert found.lineage.verdict == "exact-merge" and found.lineage.declared_complete is False
    assert weights_of(found) == {CHAT: 0.5, CODE: 0.3, SUMS: 0.2}


@pytest.mark.parametrize("kind", ["own", "sibling", "checkpoint"])
def test_honest_models_among_their_siblings_are_not_accused(hub: Hub, kind: str) -> None:
    candidate, more = made.fine_tune(MODEL, 4e-4, 90), {}
    if kind == "sibling":
        more = {f"others/like-{n}": made.sibling(MODEL, SHARED, 0.8, 4e-4, 60 + n) for n in range(3)}
        candidate = made.sibling(MODEL, SHARED, 0.8, 4e-4, 70)
    if kind == "checkpoint":
        candidate, *later = made.run(MODEL, 4e-4, 3, 80)
        more = {f"others/later-{n}": model for n, model in enumerate(later)}
    found = found_in(hub, candidate, more=more)
    assert found.lineage.declared_complete is not False
    assert found.lineage.verdict in ("fine-tune", "cannot-tell")


def test_a_copy_of_a_sibling_is_told_by_its_files(hub: Hub) -> None:
    found = found_in(hub, TUNED[CODE])
    assert found.lineage.verdict == "copy" and [p.id for p in found.lineage.parents] == [CODE]
    assert found.lineage.declared_complete is None  # the dates are the same
    assert "1 file(s) with equal SHA-256" in found.lineage.sentence and CODE in found.lineage.candidates


def test_a_small_budget_ends_the_search_and_says_so(hub: Hub) -> None:
    add(hub, BASE, MODEL)
    for n, (id, model) in enumerate({**DECOYS, **TUNED}.items()):
        add(hub, id, model, tags=[f"base_model:{BASE}"], downloads=100 - n)
    add(hub, MINE, made.linear([TUNED[SUMS], MODEL], [0.6, 0.4]), card(BASE))
    found = on_the_hub(MINE, auto=True, budget=400_000)
    assert found.bytes_read <= 400_000 + 300_000
    assert any("half of the budget is spent" in note for note in found.notes)


@pytest.mark.parametrize("quantise", [made.int8, made.fp8])
def test_the_origin_of_a_quantised_copy_is_found(hub: Hub, quantise: Callable[..., made.Model]) -> None:
    found = found_in(hub, quantise(TUNED[SUMS], raw=False))
    assert SUMS in found.lineage.candidates
    assert (found.lineage.verdict, found.lineage.declared_complete) == ("quantised-copy", False)
