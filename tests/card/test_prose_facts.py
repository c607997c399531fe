"""Licence, data type and build as sentences and labelled lines state them."""

from __future__ import annotations

import pytest

from pytest_modelcard.card import vocabulary as v
from tests.support import parse

NAMES = (v.LICENSE, v.DTYPE, v.LAYERS, v.EXPERTS, v.ACTIVE_EXPERTS, v.ARCHITECTURE)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("- **License:** MIT", (v.LICENSE, "MIT")),
        ("This model is released under the Apache 2.0 license.", (v.LICENSE, "Apache 2.0 license.")),
        ("O modelo é distribuído sob a licença MIT.", (v.LICENSE, "MIT.")),
        ("本模型采用 MIT 许可证发布。", (v.LICENSE, "MIT")),
        ("- Tensor type: BF16", (v.DTYPE, "BF16")),
        ("Weights are stored in BF16.", (v.DTYPE, "BF16")),
        ("- **Number of Layers**: 64", (v.LAYERS, 64)),
        ("The model has 48 transformer layers.", (v.LAYERS, 48)),
        ("O modelo tem 128 especialistas, dos quais 8 são ativados.", (v.EXPERTS, 128)),
        ("Foo-7B is a mixture-of-experts model.", (v.ARCHITECTURE, "mixture-of-experts")),
    ],
)
def test_a_fact_is_read(text: str, expected: tuple[str, str | float]) -> None:
    found = parse("# Foo-7B\n\n" + text, "acme/Foo-7B")
    assert [(c.name, c.text or c.value) for c in found.named("prose", *NAMES)] == [expected]


@pytest.mark.parametrize(
    "text",
    [
        "The code is released under the MIT License.",
        "Any contributions to this repository are licensed under the MIT License.",
        "Bar-13B is released under the MIT License.",
        "- Base model license: MIT",
        "Bar-13B has 48 layers.",
        "The vision encoder has 24 layers.",
        "The model uses 8 experts per token.",
        "Foo-7B is a distillation of an MoE model.",
        "Foo-7B is not a mixture-of-experts model.",
        "Foo-7B was trained in BF16.",
    ],
)
def test_what_is_said_of_other_things_is_left_alone(text: str) -> None:
    assert parse("# Foo-7B\n\n" + text, "acme/Foo-7B").named("prose", *NAMES) == ()


def test_portuguese_digits_before_tokens() -> None:
    found = parse("# Foo-7B\n\nO modelo suporta uma janela de contexto de 262.144 tokens.", "acme/Foo-7B")
    assert [c.value for c in found.named("prose", v.CONTEXT_LENGTH)] == [262144]


def test_portuguese_active_parameters_are_no_total() -> None:
    found = parse("# Foo-30B\n\nO modelo usa 3B de parâmetros ativos por token.", "acme/Foo-30B")
    assert [c.value for c in found.named("prose", v.ACTIVE_PARAMETERS)] == [3e9]
    assert found.named("prose", v.TOTAL_PARAMETERS) == ()
