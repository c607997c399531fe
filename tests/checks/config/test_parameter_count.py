"""MC601: stated sizes against the tensors' shapes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pytest_modelcard.architecture.sizes import printed_step, sizes_in_name
from pytest_modelcard.checks.config.parameter_count import TOLERANCE, ParameterCount, name_range, range_of
from tests.support import findings, outcomes
from tests.weights.build import safetensors

from .models import dense, mixture, repository, sharded


def check(card: str, repo_id: str = "acme/Acme-8B", **kwargs: object) -> dict[str, str]:
    return outcomes(findings(ParameterCount, card, repo_id=repo_id, **kwargs))  # type: ignore[arg-type]


def test_a_right_size_passes_in_name_and_text() -> None:
    card = "# Acme-8B\n\nAcme-8B is a language model with 8.0B parameters.\n"
    assert check(card, files=repository()) == {"name": "pass", "8b": "pass"}


def test_a_wrong_size_fails_with_the_numbers() -> None:
    card = "# Acme-70B\n\nAcme-70B is a language model with 70 billion parameters.\n"
    found = findings(ParameterCount, card, files=repository(), repo_id="acme/Acme-70B")
    assert outcomes(found) == {"name": "fail", "70b": "fail"}
    assert "8.047B" in found[1].message and "70B" in found[1].message
    assert found[1].span.line == 3


def test_a_slightly_wrong_name_is_only_a_warning() -> None:
    found = findings(ParameterCount, "# Acme 12B\n", files=repository(), repo_id="acme/Acme-12B")
    assert outcomes(found) == {"name": "warn"}


def test_shards_are_added_up_in_one_read_each() -> None:
    files = sharded(dense(), 5)
    assert check("# Acme-8B\n", files=files) == {"name": "pass"}
    assert all(len(f.reads) == 1 for f in files.values() if not isinstance(f, (str, bytes)))  # type: ignore[attr-defined]


def test_a_missing_shard_gives_no_verdict() -> None:
    files = sharded(dense(), 3)
    del files["model-00002-of-00003.safetensors"]
    assert check("# Acme-8B\n", files=files) == {"name": "skip"}


@pytest.mark.parametrize(
    "files",
    [
        {},
        {"config.json": "{}"},
        {
            "adapter_config.json": "{}",
            "adapter_model.safetensors": safetensors({"a.lora_A.weight": ("F32", (8, 8))}),
        },
        {"model_index.json": "{}", "unet/diffusion_pytorch_model.safetensors": safetensors(dense(1))},
        {"a.safetensors": safetensors(dense(1)), "b.safetensors": safetensors(dense(1))},
    ],
)
def test_no_verdict_where_the_weights_are_not_surely_known(files: dict[str, object]) -> None:
    assert check("# Acme-70B\n", repo_id="acme/Acme-70B", files=files) == {"name": "skip"}


def test_a_lone_card_gives_no_verdict() -> None:
    assert check("# Acme-70B\n", knows_files=False) == {"name": "skip"}


def test_a_mixture_may_be_named_after_its_active_part() -> None:
    files = repository(mixture(), num_local_experts=16, num_experts_per_tok=2, num_hidden_layers=4)
    assert check("# Acme\n", repo_id="acme/Acme-150M", files=files) == {"name": "skip"}
    assert check("# Acme\n", repo_id="acme/Acme-16x54M", files=files) == {"name": "pass"}


def test_draft_heads_and_toys_carry_another_models_size() -> None:
    files = repository(dense(1))
    for name in ("Acme-70B-EAGLE3", "tiny-random-Acme-70B", "Acme-70B-lora"):
        assert check("# Acme\n", repo_id=f"acme/{name}", files=files) == {}


def test_a_family_in_one_sentence_is_not_held_against_one_member() -> None:
    card = "# Acme\n\nThe Acme series has 70B parameters in its larger version.\n"
    assert "fail" not in check(card, repo_id="acme/Acme", files=repository()).values()


def test_gptq_weights_are_unpacked() -> None:
    shapes = {
        "model.layers.0.mlp.up_proj.qweight": ("I32", (512, 16384)),
        "model.layers.0.mlp.up_proj.qzeros": ("I32", (32, 2048)),
        "model.layers.0.mlp.up_proj.scales": ("F16", (32, 16384)),
        "model.layers.0.mlp.up_proj.g_idx": ("I32", (4096,)),
    }
    quantization = {"quant_method": "gptq", "bits": 4}
    files = repository(shapes, quantization_config=quantization)
    assert check("# Acme\n", repo_id="acme/Acme-67M-GPTQ", files=files) == {"name": "pass"}
    unsure = repository(shapes, quantization_config={"quant_method": "other"})
    assert check("# Acme\n", repo_id="acme/Acme-67M-GPTQ", files=unsure) == {"name": "skip"}


#: name, all stored parameters, those of the language model without embeddings: real models, honest names.
HONEST = [
    ("gemma-2b", 2.506e9, 1.98e9),
    ("gemma-7b", 8.54e9, 7.75e9),
    ("gemma-2-2b", 2.61e9, 2.02e9),
    ("granite-3.0-2b-base", 2.63e9, 2.53e9),
    ("MiniCPM-2B-sft", 3.01e9, 2.44e9),
    ("OLMo-2-0425-1B", 1.48e9, 1.07e9),
    ("Llama-3.2-1B", 1.24e9, 0.97e9),
    ("Llama-2-7b-hf", 6.74e9, 6.48e9),
    ("llama-30b", 32.5e9, 32.1e9),
    ("Qwen2.5-7B-Instruct-1M", 7.62e9, 6.53e9),
    ("Qwen2.5-VL-7B", 8.29e9, 6.53e9),
    ("Qwen2.5-Omni-7B", 10.7e9, 6.5e9),
    ("Qwen3-0.6B", 0.752e9, 0.44e9),
    ("DeepSeek-R1-Distill-Qwen-1.5B", 1.78e9, 1.31e9),
    ("DeepSeek-V3-671B", 684.5e9, 669e9),
    ("gpt-oss-120b", 116.8e9, 115.6e9),
    ("Mixtral-8x7B-v0.1", 46.7e9, 46.4e9),
    ("Mixtral-8x22B", 140.6e9, 140.2e9),
    ("phixtral-4x2_8b", 7.81e9, 7.5e9),
    ("glm-4v-9b", 13.9e9, 8.2e9),
    ("SOLAR-10.7B", 10.73e9, 10.5e9),
    ("Tucano-2b4-Instruct", 2.44e9, 2.3e9),
    ("bloom-1b7", 1.72e9, 1.2e9),
    ("mms-1b-all", 0.965e9, 0.965e9),
    ("xls-r-300m", 0.315e9, 0.315e9),
    ("pythia-70m", 0.0704e9, 0.0189e9),
]
DISHONEST = [
    ("Acme-13B", 6.74e9, 6.48e9),
    ("Acme-7B", 1.1e9, 1.0e9),
    ("Acme-2B", 3.2e9, 3.0e9),
    ("Acme-8x7B", 13.0e9, 12.7e9),
    ("Acme-0.5B", 1.2e9, 1.0e9),
    ("Acme-397B", 235e9, 233e9),
]


@pytest.mark.parametrize(("name", "total", "smallest"), HONEST)
def test_honest_names_of_real_models_fit(name: str, total: float, smallest: float) -> None:
    ranges = [name_range(s) for s in sizes_in_name(name) if not s.active]
    assert any(low <= total and smallest <= high for low, high in ranges)


@pytest.mark.parametrize(("name", "total", "smallest"), DISHONEST)
def test_dishonest_names_do_not(name: str, total: float, smallest: float) -> None:
    ranges = [name_range(s) for s in sizes_in_name(name) if not s.active]
    assert ranges and not any(low <= total and smallest <= high for low, high in ranges)


def test_the_real_397b_layout_fits_its_name() -> None:
    layout = Path(__file__).resolve().parents[4] / "shared" / "facts" / "qwen3.5-397b-a17b.layout.json"
    if not layout.is_file():
        pytest.skip("the shared material lies not beside this checkout")
    from pytest_modelcard.weights.count import count_parameters
    from pytest_modelcard.weights.header import Tensor

    tensors = [Tensor(n, d, tuple(s), 0, 0) for n, d, s in json.loads(layout.read_text())]
    found = count_parameters(tensors, None, 60)
    assert found.total == 403_397_928_944
    assert (found.routed, found.experts) == (386_547_056_640, 512)
    low, high = range_of(397e9, 1e9, TOLERANCE)
    assert low <= found.smallest <= found.total <= high
    least, most = found.active(10)
    assert least <= 16_331_922_176 <= most


@pytest.mark.parametrize(
    ("raw", "value", "step"),
    [
        ("397B total", 397e9, 1e9),
        ("6.74B", 6.74e9, 1e7),
        ("7 billion", 7e9, 1e9),
        ("1,234,567", 1234567, 1),
        ("", 7e9, 0),
    ],
)
def test_the_last_printed_digit(raw: str, value: float, step: float) -> None:
    assert printed_step(raw, value) == pytest.approx(step)


@pytest.mark.parametrize("name", ["CLIP-laion2B-39B-b160k", "babylm-100M", "run-300B-tokens", "x-10m-data"])
def test_amounts_of_data_are_no_sizes(name: str) -> None:
    assert sizes_in_name(name) == ()


def test_a_teachers_size_is_not_this_models() -> None:
    card = "# Acme\n\nThe teacher has 70B parameters.\n"
    assert findings(ParameterCount, card, files=repository(), repo_id="acme/acme") == []
