from __future__ import annotations

from types import SimpleNamespace

import pytest

pytest.importorskip("numpy")

from pytest_modelcard.lineage.grown import rows_beyond


def _model(**shapes: tuple[int, ...]) -> SimpleNamespace:
    tensors = {n.replace("__", "."): s for n, s in shapes.items()}
    return SimpleNamespace(tensors={n: SimpleNamespace(name=n, shape=s) for n, s in tensors.items()})


def test_rows_that_no_other_model_has_are_told() -> None:
    candidate = _model(embed__weight=(1056, 8), head__weight=(1024, 8), norm__weight=(9,))
    others = [
        _model(embed__weight=(1000, 8)),
        _model(embed__weight=(1024, 8), head__weight=(1056, 8), norm__weight=(8,)),
    ]
    (left,) = rows_beyond(candidate, others)  # type: ignore[arg-type]
    assert left.name == "embed.weight" and "from 1,024 on" in left.reason


def test_another_width_or_name_is_another_matter() -> None:
    candidate = _model(embed__weight=(1056, 8), extra__weight=(4, 4))
    assert rows_beyond(candidate, [_model(embed__weight=(1024, 16))]) == ()  # type: ignore[list-item]
