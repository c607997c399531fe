"""A verdict from weights in a terminal: what fixes the weight, and what cannot."""

from __future__ import annotations

from pytest_modelcard.report.lineage import by_layer, lineage_lines


def family(name: str, low: float | None, high: float | None, voting: int = 100):
    interval = None if low is None else [low, high]
    return {
        "family": name,
        "tensors": 4,
        "voting": voting,
        "weight": None if low is None else (low + high) / 2,
        "interval": interval,
        "fixed": low is not None and high - low <= 0.0005,
        "slope": None,
        "cosine": None,
    }


def lines(*families, parents: int = 2, per_tensor=()) -> list[str]:
    lineage = {
        "parents": [{}] * parents,
        "sentence": "a is 0.565 b + 0.435 c",
        "per_tensor": list(per_tensor),
        "per_family": list(families),
        "notes": [],
        "tensors_compared": 8,
        "candidates": ["b", "c"],
        "bytes_read": 1_000_000,
        "requests": 10,
        "seconds": 1.0,
    }
    return list(lineage_lines(lineage))


def test_families_that_fix_the_weight_and_those_that_do_not() -> None:
    told = "\n".join(
        lines(
            family("layers.up", 0.56495, 0.56505),
            family("layers.down", 0.5648, 0.5652),
            family("layers.norm", 0.55, 0.58),
            family("visual.fc", None, None, voting=0),
        )
    )
    assert "weight by kind of tensor: 0.5650 to 0.5650 in 2 of 3, each to within 0.0002" in told
    assert "changed too little to fix it: layers.norm 0.55 to 0.58" in told
    assert "visual" not in told


def test_only_wide_ones() -> None:
    told = lines(*(family(f"norm{n}", 0.5, 0.7) for n in range(9)))
    assert not any("by kind" in line for line in told)
    assert any("norm5 0.5 to 0.7 and 3 more" in line for line in told)


def test_nothing_is_said_where_no_one_weight_holds() -> None:
    told = "\n".join(lines(family("layers.up", None, None), family("layers.down", None, None)))
    assert "by kind" not in told and "too little" not in told


def test_weights_are_drawn_for_blends_alone() -> None:
    rows = [{"layer": n, "weight": 0.4, "agreement": 0.9, "narrow": True} for n in range(3)]
    wide = family("norm", 0.5, 0.7)
    assert any("weight over layers 0 to 2" in line for line in lines(wide, per_tensor=rows))
    assert len(lines(wide, per_tensor=rows, parents=1)) == 2  # the sentence and the cost


def test_a_tensor_that_stands_apart_does_not_move_its_layer() -> None:
    rows = [
        {"layer": 3, "weight": w, "agreement": 0.9, "narrow": True} for w in (0.56, 0.57, 0.565, 0.566, 0.1)
    ]
    wide = {"layer": 3, "weight": 0.9, "agreement": 1.0, "narrow": False}
    assert by_layer([*rows, wide]) == [(3, 0.565, 0.9)]
