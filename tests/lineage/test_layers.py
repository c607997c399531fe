"""Models whose layers lie under other numbers than their parents'."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

pytest.importorskip("numpy")

from pytest_modelcard.lineage.recipe import recipe_text
from pytest_modelcard.lineage.record import lineage_dict
from tests.lineage.repos import BASE, CHAT, CODE, judged, weights_of
from tests.weights import made

WORLD = {
    BASE: (base := made.base()),
    CHAT: made.fine_tune(base, 4e-4, 1),
    CODE: made.fine_tune(base, 4e-4, 2),
}


def stacked(*sources: tuple[str, int], rest: str = BASE) -> made.Model:
    return made.pick_layers([(WORLD[id], layer) for id, layer in sources], WORLD[rest])


def slices(id: str, *layers: int) -> list[tuple[str, int]]:
    return [(id, layer) for layer in layers]


@pytest.mark.parametrize("declared", [(BASE,), (CHAT, CODE)])
def test_a_deeper_stack_of_two_models_is_named_with_its_slices(declared: Sequence[str]) -> None:
    found = judged(stacked(*slices(CHAT, 0, 1, 2), *slices(CODE, 1, 2, 3)), WORLD, declared)
    lineage = found.lineage
    assert (lineage.verdict, lineage.method) == ("exact-merge", "layer-stack")
    assert weights_of(found) == {CHAT: 0.5, CODE: 0.5}
    assert lineage.declared_complete is (declared != (BASE,))
    assert lineage.recipe is not None
    assert lineage.recipe["layers"] == tuple(f"{CHAT}:{n}" for n in (0, 1, 2)) + tuple(
        f"{CODE}:{n}" for n in (1, 2, 3)
    )
    assert "passthrough" in recipe_text(lineage_dict(found))


def test_a_stack_of_the_same_depth_with_shifted_layers() -> None:
    found = judged(stacked((CHAT, 0), (CHAT, 1), (CODE, 1), (CODE, 2)), WORLD)
    assert (found.lineage.verdict, found.lineage.method) == ("exact-merge", "layer-stack")
    assert found.lineage.declared_complete is False


def test_a_model_stacked_on_itself_is_no_copy_and_no_accusation() -> None:
    found = judged(stacked(*slices(BASE, 0, 1, 2, 1, 2, 3)), {BASE: WORLD[BASE]})
    assert (found.lineage.verdict, found.lineage.method) == ("exact-merge", "layer-stack")
    assert found.lineage.declared_complete is True and weights_of(found) == {BASE: 1.0}


@pytest.mark.parametrize("kept", [(0, 1, 3), (0, 1, 2)])
def test_layers_left_out_are_pruned(kept: Sequence[int]) -> None:
    found = judged(stacked(*slices(BASE, *kept)), {BASE: WORLD[BASE]})
    assert found.lineage.verdict == "pruned" and found.lineage.declared_complete is True
    # a deeper undeclared model may as well have been made from this one
    found = judged(stacked(*slices(CHAT, *kept), rest=CHAT), {BASE: WORLD[BASE], CHAT: WORLD[CHAT]})
    assert found.lineage.declared_complete is not False


def test_a_stack_that_was_trained_on_is_compared_layer_by_layer() -> None:
    candidate = made.fine_tune(stacked(*slices(BASE, 0, 1, 2, 1, 2, 3)), 4e-4, 9)
    found = judged(candidate, WORLD)
    assert found.lineage.verdict == "fine-tune" and found.lineage.declared_complete is not False
    assert any("layers 0 to 2, 3 to 5 were compared with layers 0 to 2, 1 to 3" in n for n in found.notes)


def test_one_layer_of_its_own_is_no_stack() -> None:
    own = made.fine_tune(WORLD[CODE], 4e-4, 11)
    mixed = made.pick_layers([(WORLD[CHAT], 0), (WORLD[CHAT], 1), (WORLD[CODE], 1), (own, 2)], WORLD[BASE])
    assert judged(mixed, WORLD).lineage.method != "layer-stack"


def test_the_verdict_does_not_hang_on_the_sampled_places() -> None:
    candidate = stacked(*slices(CHAT, 0, 1, 2), *slices(CODE, 1, 2, 3))
    for seed in (1, 2):
        assert judged(candidate, WORLD, seed=seed).lineage.method == "layer-stack"
