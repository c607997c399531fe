"""Shapes of pipe tables: which cells become claims, and what they are called."""

from pytest_modelcard.card.records import Card
from pytest_modelcard.model import Claim
from tests.support import parse


def scores(card: Card) -> list[Claim]:
    return [c for c in card.claims if c.kind == "score"]


def cells(card: Card) -> list[tuple[str | None, str | None, float | None]]:
    return [(c.benchmark, c.model, c.value) for c in scores(card)]


def test_benchmarks_as_rows() -> None:
    card = parse(
        "# Kite\n\n"
        "| Benchmark | Kite-7B | **Sky-8B** |\n"
        "|:--|:-:|--:|\n"
        "| MMLU | 61.5 | **70.0** |\n"
        "| GPQA | – | |\n"
    )
    assert cells(card) == [
        ("MMLU", "Kite-7B", 61.5),
        ("MMLU", "Sky-8B", 70.0),
        ("GPQA", "Kite-7B", None),
        ("GPQA", "Sky-8B", None),
    ]
    assert [c.bold for c in scores(card)] == [False, True, False, False]
    assert card.tables[0].kind == "benchmark"
    assert card.tables[0].span.line == 3
    first = scores(card)[0]
    assert (first.span.line, first.span.column, first.raw, first.decimals) == (5, 10, "61.5", 1)
    assert (first.table, first.row, first.col) == (0, 1, 1)
    assert first.benchmark_id == "mmlu"


def test_models_as_rows() -> None:
    card = parse(
        "| Model | MMLU | Average |\n|---|---|---|\n| acme/model | 1.5 | 2.5 |\n| Sky-8B | 3.5 | 4.5 |\n"
    )
    assert cells(card)[1] == ("Average", "acme/model", 2.5)
    assert [c.role for c in scores(card)] == ["this", "this", "other", "other"]
    assert [c.is_aggregate for c in scores(card)] == [False, True, False, True]


def test_rows_named_by_nothing_are_told_by_content() -> None:
    card = parse("| | Sky-8B | Kite-7B |\n|---|---|---|\n| HumanEval | 1 | 2 |\n")
    assert cells(card) == [("HumanEval", "Sky-8B", 1), ("HumanEval", "Kite-7B", 2)]
    card = parse("| | HumanEval | GSM8K |\n|---|---|---|\n| Sky-8B | 1 | 2 |\n")
    assert cells(card) == [("HumanEval", "Sky-8B", 1), ("GSM8K", "Sky-8B", 2)]


def test_unknown_benchmarks_are_read_too() -> None:
    card = parse("## Results\n\n| Model | Frobnicate-X | Zorb |\n|---|---|---|\n| Sky-8B | 51.0 | 62.0 |\n")
    assert [c.benchmark for c in scores(card)] == ["Frobnicate-X", "Zorb"]
    assert [c.benchmark_id for c in scores(card)] == [None, None]


def test_no_outer_pipes_escaped_pipes_ragged_rows() -> None:
    card = parse(
        "Benchmark | Sky-8B | Kite-7B\n"
        "--- | --- | ---\n"
        "MMLU \\| hard | 1 | 2\n"
        "GPQA | 3\n"
        "`a\\|b` GSM8K | 4 | 5 | 6\n"
    )
    assert cells(card) == [
        ("MMLU \\| hard".replace("\\", ""), "Sky-8B", 1),
        ("MMLU | hard", "Kite-7B", 2),
        ("GPQA", "Sky-8B", 3),
        ("a|b GSM8K", "Sky-8B", 4),
        ("a|b GSM8K", "Kite-7B", 5),
    ]


def test_table_in_a_quote_and_in_a_list() -> None:
    card = parse(
        "> | Benchmark | Sky-8B |\n"
        "> |---|---|\n"
        "> | MMLU | 1.5 |\n\n"
        "- item\n\n"
        "  | Benchmark | Sky-8B |\n"
        "  |---|---|\n"
        "  | MMLU | 2.5 |\n"
    )
    assert [(c.value, c.span.line) for c in scores(card)] == [(1.5, 3), (2.5, 9)]


def test_section_rows_and_separators() -> None:
    card = parse(
        "| Benchmark | Sky-8B | Kite-7B |\n"
        "|---|---|---|\n"
        "| **Math** | | |\n"
        "| GSM8K | 1 | 2 |\n"
        "| --- | --- | --- |\n"
        "| | | |\n"
        "| ***Code*** | | |\n| MBPP | 3 | 4 |\n"
    )
    assert [(c.section, c.benchmark, c.value) for c in scores(card)] == [
        ("Math", "GSM8K", 1),
        ("Math", "GSM8K", 2),
        ("Code", "MBPP", 3),
        ("Code", "MBPP", 4),
    ]


def test_group_column_with_blanks() -> None:
    card = parse(
        "| | Benchmark (Metric) | # Shots | Sky-8B |\n"
        "|---|---|---|---|\n"
        "| English | MMLU (EM) | 5-shot | 1 |\n"
        "| | BBH (EM) | 3-shot | 2 |\n"
    )
    assert [(c.section, c.benchmark, c.setting) for c in scores(card)] == [
        ("English", "MMLU (EM)", "5-shot"),
        ("English", "BBH (EM)", "3-shot"),
    ]
    assert scores(card)[0].settings == (("# Shots", "5-shot"),)


def test_capability_before_benchmark() -> None:
    card = parse(
        "| Capability | Benchmark | Metric | Sky-8B |\n"
        "|---|---|---|---|\n"
        "| Math | GSM8K | em | 1 |\n"
        "| | MATH | em | 2 |\n"
    )
    assert [(c.section, c.benchmark, c.setting, c.value) for c in scores(card)] == [
        ("Math", "GSM8K", "em", 1),
        ("Math", "MATH", "em", 2),
    ]


def test_numeric_shots_are_settings_and_not_scores() -> None:
    card = parse("| Benchmark | #shots | Sky-8B |\n|---|---|---|\n| MMLU | 5 | 61.2 |\n")
    assert [(c.value, c.setting) for c in scores(card)] == [(61.2, "5")]


def test_a_column_called_few_shot_may_hold_scores() -> None:
    card = parse(
        "| Model | Summary | Few-shot |\n|---|---|---|\n| Sky-8B | 24.8 | 51.3 |\n| Kite-7B | 26.6 | 61.2 |\n"
    )
    assert [c.benchmark for c in scores(card)] == ["Summary", "Few-shot"] * 2


def test_second_header_row_of_settings() -> None:
    card = parse("| Model | MMLU | GSM8K |\n|---|---|---|\n| | 5-shot | 8-shot |\n| Sky-8B | 46.8 | 16.7 |\n")
    assert [(c.benchmark, c.setting, c.header_path) for c in scores(card)] == [
        ("MMLU", "5-shot", ("MMLU", "5-shot")),
        ("GSM8K", "8-shot", ("GSM8K", "8-shot")),
    ]


def test_metric_and_value_without_a_model() -> None:
    card = parse(
        "# Kite\n\n| Metric |Value|\n|---|--:|\n|Avg. |52.95|\n|MMLU (5-Shot) |47.94|\n",
        repo_id="acme/Kite-7B",
    )
    assert cells(card) == [("Avg.", "", 52.95), ("MMLU (5-Shot)", "", 47.94)]
    assert card.tables[0].implicit_model == "acme/Kite-7B"
    assert {c.role for c in scores(card)} == {"this"}


def test_harness_table() -> None:
    card = parse(
        "|    Tasks    |Version|Filter|n-shot|  Metric  |   |Value |   |Stderr|\n"
        "|---|---|---|---|---|---|---|---|---|\n"
        "|arc_challenge|      1|none  |    25|acc       |↑  |0.5580|±  |0.0145|\n"
        "|             |       |none  |    25|acc_norm  |↑  |0.5819|±  |0.0144|\n"
    )
    assert [(c.benchmark, c.model, c.value, c.is_auxiliary) for c in scores(card)] == [
        ("arc_challenge", "", 0.558, False),
        ("arc_challenge", "", 0.0145, True),
        ("arc_challenge", "", 0.5819, False),
        ("arc_challenge", "", 0.0144, True),
    ]
    assert [c.error for c in scores(card)] == [0.0145, None, 0.0144, None]
    assert scores(card)[2].setting == "none; 25; acc_norm"


def test_long_format() -> None:
    card = parse(
        "| Dataset | Model | Performance |\n"
        "|---|---|---|\n"
        "| MMLU | Sky-8B | 1.5 |\n"
        "| | Kite-7B | 2.5 |\n"
        "| GPQA | Sky-8B | 3.5 |\n"
    )
    assert cells(card) == [("MMLU", "Sky-8B", 1.5), ("MMLU", "Kite-7B", 2.5), ("GPQA", "Sky-8B", 3.5)]


def test_two_tables_side_by_side() -> None:
    card = parse(
        "| Base Models | Test | Chat Models | Test |\n"
        "|---|---|---|---|\n"
        "| Sky-8B | 1.5 | Sky-8B-Chat | 2.5 |\n"
        "| Sky-9B | 3.5 | Sky-9B-Chat | 4.5 |\n"
    )
    assert cells(card)[:2] == [("Test", "Sky-8B", 1.5), ("Test", "Sky-8B-Chat", 2.5)]


def test_names_shared_by_sizes() -> None:
    card = parse(
        "| Model | Size | MMLU |\n"
        "|---|---|---|\n"
        "| Sky 2 | 7B | 1.5 |\n"
        "| Sky 2 | 13B | 2.5 |\n"
        "| Kite | 7B | 3.5 |\n"
    )
    assert [c.model for c in scores(card)] == ["Sky 2 7B", "Sky 2 13B", "Kite"]


def test_helper_columns() -> None:
    card = parse(
        "| | Avg. Length | Wins | Win Rate (%) | Std. Error |\n"
        "|---|---|---|---|---|\n"
        "| Sky-8B | 1609 | 257 | 21.06 | 0.075 |\n"
    )
    assert [(c.benchmark, c.is_auxiliary) for c in scores(card)] == [
        ("Avg. Length", True),
        ("Wins", True),
        ("Win Rate (%)", False),
        ("Std. Error", True),
    ]


def test_chinese_and_portuguese_headers() -> None:
    card = parse(
        "## 评测结果\n\n"
        "| 模型 | 参数量 | 平均 | C-Eval |\n"
        "|---|---|---|---|\n"
        "| 天空-7B | 7B | 41.5 | 24.8 |\n"
    )
    assert [(c.benchmark, c.value, c.is_aggregate) for c in scores(card)] == [
        ("平均", 41.5, True),
        ("C-Eval", 24.8, False),
    ]
    card = parse(
        "| Avaliação | Pipa-7B | Céu-8B |\n|---|---|---|\n| ENEM | 61,5 | 70,25 |\n| Média | 1,5 | 2 |\n"
    )
    assert cells(card)[0] == ("ENEM", "Pipa-7B", 61.5)
    assert scores(card)[2].is_aggregate
    card = parse("| Modelo | OAB |\n|---|---|\n| Pipa-7B | 50,1 |\n")
    assert cells(card) == [("OAB", "Pipa-7B", 50.1)]


def test_parts_of_a_benchmark_as_columns() -> None:
    card = parse(
        "| Benchmark | STEM | Humanities | Average |\n"
        "|---|---|---|---|\n"
        "| C-Eval | 51.2 | 67.8 | 60.6 |\n"
        "| MMLU | 1 | 2 | 3 |\n"
    )
    assert [(c.benchmark, c.model, c.setting) for c in scores(card)][:2] == [
        ("C-Eval", "", "STEM"),
        ("C-Eval", "", "Humanities"),
    ]


def test_perplexity_by_bits() -> None:
    card = parse(
        "## Quantization results\n\n"
        "| Precision | Size | PPL | MMLU |\n"
        "|---|---|---|---|\n"
        "| FP16 | 12.9 GB | 9.37 | 28.2 |\n"
        "| 4-bit | 3.9 GB | 9.95 | 25.5 |\n"
    )
    assert cells(card) == [
        ("PPL", "FP16", 9.37),
        ("MMLU", "FP16", 28.2),
        ("PPL", "4-bit", 9.95),
        ("MMLU", "4-bit", 25.5),
    ]


def test_header_within_the_body() -> None:
    card = parse(
        "| Benchmark | Sky-8B | Kite-7B |\n"
        "|---|---|---|\n"
        "| MMLU | 1 | 2 |\n"
        "| **Benchmark** | **Sky-9B** | **Kite-9B** |\n"
        "| MMLU | 3 | 4 |\n"
    )
    assert cells(card)[2:] == [("MMLU", "Sky-9B", 3), ("MMLU", "Kite-9B", 4)]


def test_claim_ids_are_unique() -> None:
    table = "| Benchmark | Sky-8B |\n|---|---|\n| MMLU | 1 (+2) |\n\n"
    card = parse(table * 3)
    ids = [c.id for c in card.claims]
    assert len(ids) == len(set(ids)) == 6


def test_groups_over_sizes_in_a_pipe_header() -> None:
    card = parse(
        "| Benchmarks | | Dense | | MoE | |\n|---|---|---|---|---|---|\n| | Metric | 2B | 8B | 1B | 3B |\n"
        "| MMLU | 5-shot | 55.0 | 65.5 | 30.1 | 45.2 |\n"
    )
    assert [(c.model, c.value, c.setting) for c in scores(card)] == [
        ("Dense 2B", 55.0, "5-shot"),
        ("Dense 8B", 65.5, "5-shot"),
        ("MoE 1B", 30.1, "5-shot"),
        ("MoE 3B", 45.2, "5-shot"),
    ]


def test_recovery_is_a_helper_column() -> None:
    card = parse(
        "| Benchmark | FP16 | W4A16 | Recovery |\n|---|---|---|---|\n| MMLU | 68.3 | 67.9 | 99.4% |\n"
    )
    assert [(c.model, c.is_auxiliary) for c in scores(card)] == [
        ("FP16", False),
        ("W4A16", False),
        ("", True),
    ]


def test_bits_tell_how_the_model_was_run() -> None:
    card = parse(
        "# Foo-7B-GGUF\n\n| Bits | Perplexity | Model Size |\n|---|---|---|\n| 8.0 | 5.21 | 7.2GB |\n"
        "| 4.0 | 5.55 | 3.9GB |\n"
    )
    assert [(c.benchmark, c.model, c.setting) for c in scores(card)] == [
        ("Perplexity", "", "8.0"),
        ("Perplexity", "", "4.0"),
    ]


def test_task_and_dataset() -> None:
    card = parse("| Task | Dataset | Metric | Value |\n|---|---|---|---|\n| NER | CoNLL-2003 | F1 | 91.2 |\n")
    assert [(c.section, c.benchmark, c.setting, c.value) for c in scores(card)] == [
        ("NER", "CoNLL-2003", "F1", 91.2)
    ]
