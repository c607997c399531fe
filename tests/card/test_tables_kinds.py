"""Tables that are no benchmarks, what specifications state, differences and gains."""

import pytest

from tests.support import parse

NO_BENCHMARKS = {
    "hyper-parameters": "| Hyperparameter | Value |\n"
    "|---|---|\n"
    "| n_layers | 64 |\n"
    "| beta1 | 0.9 |\n"
    "| lr | 2e-4 |\n",
    "specs": "| Spec name | Value |\n"
    "|---|---|\n"
    "| Beta1 | 0.9 |\n"
    "| Warmup steps | 2000 |\n"
    "| Z loss | 1e-4 |\n",
    "training": "| Training Loss | Epoch | Step | Validation Loss | Accuracy |\n"
    "|---|---|---|---|---|\n"
    "| 1.02 | 0.2 | 236 | 0.94 | 0.8 |\n",
    "downloads": "| Model | Download |\n|---|---|\n| Sky-8B | [link](https://example.org/x) |\n",
    "speed": "| Model | Speed (tokens/s) | GPU memory |\n"
    "|---|---|---|\n"
    "| Sky-8B | 54.1 | 4.23GB |\n"
    "| Kite-7B | 51.0 | 5.1GB |\n",
    "batches": "| Model | batch=1 | batch=4 |\n|---|---|---|\n| Sky-8B | 20.2 | 75.5 |\n",
    "memory": "## Memory\n\n"
    "| Precision | Sky-7B | Sky-13B |\n"
    "|---|---|---|\n"
    "| bf16 | 15.3 | 27.5 |\n"
    "| 8bits | 8.0 | 16.1 |\n",
    "carbon": "| | Time (GPU hours) | Power Consumption (W) | Carbon Emitted(tCO2eq) |\n"
    "|---|---|---|---|\n"
    "| Sky 7B | 184320 | 400 | 31.22 |\n",
    "recipe": "| Model | Contribution |\n|---|---|\n| Sky-7B | 26% |\n| Kite-7B | 74% |\n",
    "data": "| Data type | Words | Sampling Weight |\n"
    "|---|---|---|\n"
    "| Debates | 135M | 35% |\n"
    "| Plays | 16M | 18% |\n",
    "optimizer": "| Dataset | Batch Size | Learning Rate | Warm-up |\n"
    "|---|---|---|---|\n"
    "| Orca packed | 256 | 3e-5 | 100 |\n",
    "features": "| Backend | HTTP | HTTPS |\n|---|---|---|\n| torch | ✅ | ❌ |\n",
    "arguments": "| Parameter | Description |\n|---|---|\n| `top_k` | keep 50 tokens |\n",
    "quantised branches": "| Branch | Bits | GS | Damp % | GPTQ Dataset | Seq Len | Size |\n"
    "|---|---|---|---|---|---|---|\n| [main](https://a.org) | 4 | 128 | 0.1 | wikitext | 4096 | 4.16 GB |\n",
    "files": "| Filename | Quant type | File Size |\n|---|---|---|\n| foo-Q8_0.gguf | Q8_0 | 7.7GB |\n",
    "data sets": "| Dataset | Examples |\n|---|---|\n| SQuAD | 87599 |\n| MNLI | 392702 |\n",
    "dates": "| Model | Release Date | Languages |\n|---|---|---|\n| Sky-8B | 2024-01-05 | en, pt |\n",
}


@pytest.mark.parametrize("name", NO_BENCHMARKS)
def test_no_scores_in(name: str) -> None:
    card = parse(NO_BENCHMARKS[name])
    assert len(card.tables) == 1
    assert card.tables[0].kind != "benchmark"
    assert not [c for c in card.claims if c.kind in ("score", "delta")]


def attributes(text: str, **kw: str) -> list[tuple[str | None, str | None, float | str | None]]:
    card = parse(text, **kw)
    found = [c for c in card.claims if c.kind == "attribute"]
    return [(c.name, c.model, c.text if c.value is None else c.value) for c in found]


def test_specification_of_one_model() -> None:
    found = attributes(
        "| | |\n"
        "|---|---|\n"
        "| **Base Model** | Sky 3 90B |\n"
        "| **Architecture** | MoE Transformer |\n"
        "| **Total Parameters** | ~397B |\n"
        "| **Active Parameters** | ~17B |\n"
        "| **Context Length** | 1,010,000 tokens (1M) |\n"
        "| **License** | MIT |\n"
        "| **Languages** | Multilingual (en, pt, zh) |\n"
        "| Number of Layers | 61 |\n"
        "| Vocabulary Size | 160K |\n"
        "| Number of Experts | 384 |\n"
    )
    assert found == [
        ("base-model", "Sky 3 90B", "Sky 3 90B"),
        ("architecture", "", "MoE Transformer"),
        ("total-parameters", "", 397e9),
        ("active-parameters", "", 17e9),
        ("context-length", "", 1010000),
        ("license", "", "MIT"),
        ("languages", "", "en,pt,zh"),
        ("layers", "", 61),
        ("vocabulary", "", 160000),
        ("experts", "", 384),
    ]


def test_base_model_of_a_specification_has_the_role_base() -> None:
    card = parse("| Field | Value |\n|---|---|\n| Base model | Sky-7B |\n| License | MIT |\n")
    assert [c.role for c in card.claims if c.kind == "attribute"] == ["base", "this"]
    assert card.tables[0].kind == "attributes"


def test_specification_of_several_models() -> None:
    found = attributes(
        "| Model | #Total Params | Context Length | Download |\n"
        "|---|---|---|---|\n"
        "| Sky-V3 | 671B | 128K | [x](y) |\n"
    )
    assert found == [("total-parameters", "Sky-V3", 671e9), ("context-length", "Sky-V3", 128000)]


def test_file_sizes_and_two_lengths_are_no_claims() -> None:
    assert attributes("| Model | Size | Context |\n|---|---|---|\n| Sky-V3 | 24.7 GB | 32K -> 128K |\n") == []


def test_attribute_rows_in_a_benchmark_table() -> None:
    text = (
        "| Benchmark | Sky-V3 | Kite |\n|---|---|---|\n| Architecture | MoE | - |\n"
        "| # Total Params | 671B | 7B |\n| MMLU | 88.5 | 60 |\n"
    )
    assert attributes(text) == [
        ("architecture", "Sky-V3", "MoE"),
        ("total-parameters", "Sky-V3", 671e9),
        ("total-parameters", "Kite", 7e9),
    ]
    assert [c.benchmark for c in parse(text).claims if c.kind == "score"] == ["MMLU", "MMLU"]


def test_a_row_called_language_with_scores_is_a_benchmark() -> None:
    card = parse(
        "## Evaluation\n\n"
        "| Capability | Sky-7B | Kite-7B |\n"
        "|---|---|---|\n"
        "| Language | 42.5 | 47 |\n"
        "| Knowledge | 58.2 | 58.3 |\n"
    )
    assert [c.benchmark for c in card.claims if c.kind == "score"] == ["Language"] * 2 + ["Knowledge"] * 2


GAINS = (
    "---\n"
    "base_model: origin/Sky-90B\n"
    "---\n"
    "# Kite 90B\n\n"
    "| Benchmark | Base Model | Kite 90B | Δ |\n"
    "|---|---|---|---|\n"
    "| GPQA | 50.0 | 52.5 | **+2.5** |\n| HLE | 28.7 | 28.0 | -0.7 |\n"
)


def test_gains() -> None:
    card = parse(GAINS, repo_id="acme/Kite-90B")
    assert card.tables[0].is_gains
    deltas = [c for c in card.claims if c.kind == "delta"]
    assert [(c.benchmark, c.value, c.bold) for c in deltas] == [("GPQA", 2.5, True), ("HLE", -0.7, False)]
    assert [c.role for c in card.claims if c.kind == "score"] == ["base", "this"] * 2


def test_difference_column_without_a_word() -> None:
    card = parse(
        "| Benchmark | Sky-8B | Kite-7B | Kite over Sky |\n"
        "|---|---|---|---|\n"
        "| MMLU | 1.5 | 2.5 | +1.0 |\n"
        "| GPQA | 4 | 3 | -1.0 |\n"
    )
    assert [c.value for c in card.claims if c.kind == "delta"] == [1.0, -1.0]
    assert not card.tables[0].is_gains


def test_difference_row_and_difference_in_a_cell() -> None:
    card = parse(
        "| Model | MMLU | GPQA |\n"
        "|---|---|---|\n"
        "| Sky-8B | 1.5 | 2.5 |\n"
        "| Kite-7B | 2.5 (+1.0) | 2.5 |\n"
        "| Improvement | +1.0 | 0.0 |\n"
    )
    deltas = [(c.benchmark, c.value) for c in card.claims if c.kind == "delta"]
    assert deltas == [("MMLU", 1.0), ("MMLU", 1.0), ("GPQA", 0.0)]
    assert [c.value for c in card.claims if c.kind == "score"] == [1.5, 2.5, 2.5, 2.5]


def test_drop_is_a_benchmark() -> None:
    card = parse("| Benchmark | Sky-8B |\n|---|---|\n| DROP | 61.5 |\n| DROP (F1) | 62.5 |\n")
    assert [c.kind for c in card.claims if c.table == 0] == ["score", "score"]


def test_html_gains_with_an_undeclared_base() -> None:
    card = parse(
        "# Kite 90B\n\n<table><tr><th>Benchmark<th>Sky 90B (base)<th>Kite 90B<th>Gain</tr>\n"
        "<tr><td>GPQA<td>50.0<td>52.5<td>+2.5</table>\n",
        repo_id="acme/Kite-90B",
    )
    assert card.tables[0].is_gains
    assert [c.role for c in card.claims if c.kind == "score"] == ["base", "this"]


def test_own_model_named_without_its_size() -> None:
    card = parse(
        "# Kite\n\n| Benchmark | Kite | Sky-8B |\n|---|---|---|\n| MMLU | 1 | 2 |\n", repo_id="acme/Kite-90B"
    )
    assert [c.role for c in card.claims if c.kind == "score"] == ["this", "other"]


def test_languages_beside_scores_are_no_claim_and_rows_of_one_cell_have_their_own_ids() -> None:
    card = parse(
        "# Model\n\n<table><tr><td>Language</td><td>Method</td><td>R@1</td><td>R@5</td></tr>"
        "<tr><td rowspan=2>English</td><td>CLIP</td><td>65.0</td><td>87.1</td></tr>"
        "<tr><td>Model</td><td>66.3</td><td>87.8</td></tr></table>\n"
    )
    assert [c for c in card.named("attribute") if c.name == "languages"] == []
    assert len({c.id for c in card.claims}) == len(card.claims)
