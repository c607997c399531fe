"""Tables in shapes that real cards have: which columns are scores, and what each cell is about."""

from __future__ import annotations

from pytest_modelcard.card.benchmarks import Registry
from pytest_modelcard.card.document import read_document
from pytest_modelcard.card.frontmatter import read_front_matter
from pytest_modelcard.card.names import KnownNames
from pytest_modelcard.card.tables import read_tables
from pytest_modelcard.model import CardIdentity, Claim

REGISTRY = Registry.default()


def claims(text: str) -> tuple[Claim, ...]:
    lines = text.strip("\n").split("\n")
    front = read_front_matter(lines, "README.md")
    document = read_document(lines, "README.md", first_line=front.last_line + 1)
    identity = CardIdentity("README.md", None, None, "README.md", "")
    names = KnownNames.of(identity, front, document.headings)
    return tuple(c for c in read_tables(document, names, REGISTRY)[1] if c.kind == "score")


def cells(text: str) -> set[tuple[str | None, str | None, float | None]]:
    return {(c.benchmark, c.model, c.value) for c in claims(text)}


def test_first_and_second_turn_are_scores_and_no_seconds() -> None:
    table = """
# Lynx

## MT-Bench

| Model | First Turn | Second Turn | Average |
|---|---|---|---|
| Lynx-7B | 7.20 | 6.40 | 6.80 |
| GPT-4 | 8.96 | 9.03 | 8.99 |
"""
    assert ("Second Turn", "Lynx-7B", 6.4) in cells(table)
    assert len(cells(table)) == 6


def test_models_may_be_named_by_their_size_alone() -> None:
    table = """
## Results

| Benchmark | Metric | 2B Params | 9B Params |
|---|---|---|---|
| MMLU | 5-shot | 41.0 | 63.5 |
| PIQA | 0-shot | 76.1 | 80.9 |
"""
    assert ("MMLU", "9B Params", 63.5) in cells(table)


def test_dates_of_models_are_no_scores_but_a_category_date_is() -> None:
    table = """
## Performance

| Model | HumanEval(pass@1) | Date |
|---|---|---|
| Lynx-Coder-7B | 70.1% | 2024.3 |
| GPT-4 | 67.0% | 2023.9 |
"""
    assert {b for b, _, _ in cells(table)} == {"HumanEval(pass@1)"}
    table = """
## Accuracy by category

| Model | date | join | ratio |
|---|---|---|---|
| Lynx-SQL-7B | 80.0 | 71.4 | 62.9 |
| gpt-4 | 72.0 | 82.9 | 80.0 |
"""
    assert ("date", "Lynx-SQL-7B", 80.0) in cells(table)


def test_columns_that_say_how_it_was_run_are_no_scores() -> None:
    table = """
## Results

| Model | Input | #frame | Version | MMMU | MVBench |
|---|---|---|---|---|---|
| Lynx-VL-7B | 0.5 fps | 16 | 1.1 | 50.4 | 61.2 |
| GPT-4o | 1 fps | 32 | 1.2 | 64.6 | 63.0 |
"""
    assert {b for b, _, _ in cells(table)} == {"MMMU", "MVBench"}


def test_prices_parameters_and_token_counts_are_no_scores() -> None:
    for header, value in (("定价", "0.002"), ("#(Activated) Parameters", "2.7"), ("Input Tokens", "8000")):
        table = f"""
| Model | {header} |
|---|---|
| Lynx-7B | {value} |
| Qwen1.5-7B | {value} |
"""
        assert not claims(table), header


def test_a_dimension_with_decimals_is_judged_and_indonesian_is_no_index() -> None:
    table = """
## Evaluation

| Method | Relevance | Depth | id | ja | Avg. |
|---|---|---|---|---|---|
| Lynx-7B | 3.25 | 3.35 | 4.10 | 3.71 | 3.60 |
| GPT-4 | 3.95 | 4.05 | 4.32 | 4.11 | 4.11 |
"""
    assert {("Depth", "Lynx-7B", 3.35), ("id", "GPT-4", 4.32)} <= cells(table)


def test_a_dataset_column_names_the_benchmark_where_a_task_column_groups_it() -> None:
    table = """
<table><thead><tr><th rowspan="2">Task</th><th rowspan="2">Dataset</th><th rowspan="2">Model</th>
<th colspan="2">Performance</th></tr><tr><th>Metrics</th><th>Results</th></tr></thead><tbody>
<tr><td rowspan="2">ASR</td><td rowspan="2"><b>Librispeech</b></td><td>Lynx-Audio</td><td rowspan="2">WER</td>
<td>1.9 | 4.1</td></tr><tr><td>Whisper-large-v3</td><td><b>1.8</b> | 3.6</td></tr></tbody></table>
"""
    found = claims(table)
    assert [(c.benchmark, c.model, c.values) for c in found] == [
        ("Librispeech", "Lynx-Audio", (1.9, 4.1)),
        ("Librispeech", "Whisper-large-v3", (1.8, 3.6)),
    ]
    assert found[0].section == "ASR" and found[1].bold


def test_names_lose_what_is_left_of_links_and_cut_tags() -> None:
    table = """
<table><tr><th>Model</th><th>MMLU<sup>[1]</sup></th><th>MATH</th</tr>
<tr><td>Lynx-7B (<a href="https://example.org">🤗</a> <a href="https://example.org">🤖</a>)</td><td>61.0</td>
<td>30.5</td></tr></table>
"""
    assert cells(table) == {("MMLU", "Lynx-7B", 61.0), ("MATH", "Lynx-7B", 30.5)}
    table = """
| Model | KoBench[1] | HumanEval |
|---|---|---|
| Lynx-7B [2] | 7.1 | 60.0 |
"""
    assert {(b, m) for b, m, _ in cells(table)} == {("KoBench", "Lynx-7B"), ("HumanEval", "Lynx-7B")}


def test_one_row_of_scores_without_any_label() -> None:
    table = """
## Performance

| MMLU 0-shot | GSM CoT | BBH Direct | Codex-Eval Pass@1 |
|---|---|---|---|
| 58.1 | 52.5 | 48.0 | 23.9 |
"""
    assert ("GSM CoT", "", 52.5) in cells(table) and len(cells(table)) == 4


def test_scores_of_own_test_sets_under_a_results_heading() -> None:
    table = """
## Evaluation results

| | Our Prompts | Vendor Mod | Hate Corner |
|---|---|---|---|
| Llama-Shield | **0.931** | 0.840 | 0.611 |
| Vendor API | 0.760 | **0.851** | 0.580 |
"""
    assert ("Our Prompts", "Llama-Shield", 0.931) in cells(table) and len(cells(table)) == 6


def test_settings_of_training_under_benchmark_columns_are_no_scores() -> None:
    table = """
## Fine-tuning

| config | COCO | Flickr30K |
|---|---|---|
| learning rate | 1e-6 | 2e-6 |
| batch size | 1024 | 1024 |
| epochs | 5 | 10 |
| crop | 364 | 364 |
"""
    assert not claims(table)


def test_a_list_of_models_with_a_stray_number_holds_no_scores() -> None:
    table = """
## Model List

| Model | Base model | layerwise | feature |
|---|---|---|---|
| acme/lynx-reranker-base | xlm-roberta-base | - | light and fast |
| acme/lynx-reranker-mini | MiniCPM-2B | 8-40 | picks its layers |
"""
    assert not claims(table)


def test_subtasks_of_a_harness_with_a_metric_column() -> None:
    table = """
## 5-Shot

| Tasks |Version|Filter|Metric|Value | |Stderr|
|---|---|---|---|---|---|---|
| - formal_logic |Yaml |none |acc |0.4365|± |0.0444|
| - international_law |Yaml |none |acc |0.7025|± |0.0400|
| - jurisprudence |Yaml |none |acc |0.7521|± |0.0417|
"""
    assert ("formal_logic", "", 0.4365) in cells(table)


def test_a_row_of_base_models_starts_no_new_table() -> None:
    table = """
## Results

| Item | Lynx-v1 | Lynx-v2 |
|---|---|---|
| Base Model | Meta-Llama-3-8B | Meta-Llama-3-8B-Instruct |
| C-Eval | 49.3 | 51.6 |
| MMLU | 60.1 | 62.6 |
"""
    assert ("MMLU", "Lynx-v2", 62.6) in cells(table)


def test_header_rows_that_say_what_they_name() -> None:
    table = """
<table><thead>
<tr><th>Task</th><th>Size</th><th colspan="2">ASR (zh)</th><th>Emotion</th></tr>
<tr><th>Metric</th><th></th><th colspan="2">CER↓</th><th>ACC↑</th></tr>
<tr><th>Dataset</th><th></th><th>AISHELL-1</th><th>Rainy Days zh</th><th>Moods</th></tr></thead>
<tbody><tr><td>Quill-TTS</td><td>8B</td><td>1.6</td><td>4.4</td><td>52.4</td></tr>
<tr><td>Lynx-o</td><td>8B</td><td><b>1.5</b></td><td>-</td><td>57.0</td></tr></tbody></table>
"""
    found = claims(table)
    assert cells(table) >= {("Rainy Days zh", "Quill-TTS", 4.4), ("Moods", "Lynx-o", 57.0)}
    assert (found[0].section, found[0].settings) == ("ASR (zh)", (("Metric", "CER↓"),))


def test_lower_header_cells_are_the_benchmarks_where_they_name_them() -> None:
    table = """
<table><thead><tr><th rowspan="2">Model</th><th colspan="2">General VQA</th><th colspan="2">RefCOCO</th></tr>
<tr><th>VQAv2</th><th>Attic-VQA</th><th>val</th><th>test-A</th></tr></thead>
<tbody><tr><td>Lynx-VL-7B</td><td>78.1</td><td>58.6</td><td>88.0</td><td>91.2</td></tr>
<tr><td>GPT-4V</td><td>77.2</td><td>56.0</td><td>-</td><td>-</td></tr></tbody></table>
"""
    assert [b for b, m, _ in ((c.benchmark, c.model, c.value) for c in claims(table)) if m == "GPT-4V"] == [
        "VQAv2",
        "Attic-VQA",
        "RefCOCO val",
        "RefCOCO test-A",
    ]


def test_a_label_over_the_middle_of_its_group() -> None:
    table = """
## Evaluation

| Language | | Fraud | | | Violence | |
|---|---|---|---|---|---|---|
| | GPT-4 | Mistral-8x22B | Lynx-72B | GPT-4 | Mistral-8x22B | Lynx-72B |
| zh | 0% | 13% | 1% | 2% | 17% | 0% |
| en | 3% | 21% | 4% | 5% | 11% | 6% |
"""
    found = claims(table)
    assert [(c.section, c.model) for c in found[:6]] == [
        ("Fraud", "GPT-4"),
        ("Fraud", "Mistral-8x22B"),
        ("Fraud", "Lynx-72B"),
        ("Violence", "GPT-4"),
        ("Violence", "Mistral-8x22B"),
        ("Violence", "Lynx-72B"),
    ]


def test_input_lengths_in_a_second_header_row_and_as_row_labels() -> None:
    table = """
## Retrieval by length

| Model Name | Input length | Input length | Input length |
|---|---|---|---|
| | 3800 | 7500 | 12600 |
| Mistral-7B-Instruct-v0.1 | **98%** | 42% | 30% |
| Lynx-7B | **98%** | **88%** | **60%** |
"""
    assert ("Input length 7500", "Lynx-7B", 88.0) in cells(table) and len(cells(table)) == 6
    table = """
## Perplexity

| Context (tokens) | acme/lynx-13b | meta/llama-2-13b |
|---|---|---|
| 512 | 7.64 | 7.67 |
| 1024 | 6.15 | 6.17 |
"""
    assert ("1024", "acme/lynx-13b", 6.15) in cells(table) and len(cells(table)) == 4


def test_a_second_header_row_may_speak_of_few_columns() -> None:
    table = """
## Benchmarks

| Model | Size | Context | Free | AlpacaEval (win rate %) | MT-bench (win rate %) | MT-bench (score) |
|---|---|---|---|---|---|---|
| | | | | v.s. davinci | v.s. ChatGPT | |
| GPT-4 | | 8K | ❌ | 95.3 | 82.5 | 8.99 |
| Lynx-13B | 13B | 4K | ✅ | 89.5 | 57.5 | 7.19 |
"""
    assert ("AlpacaEval (win rate %) v.s. davinci", "GPT-4", 95.3) in cells(table)
    assert ("MT-bench (score)", "Lynx-13B", 7.19) in cells(table)


def test_a_dataset_names_the_benchmark_beside_a_column_of_results() -> None:
    table = """
| Datasets | Model | Performance (WER↓) |
|---|---|---|
| LibriSpeech | Lynx-Audio-7B | 1.3 |
| Rainy Days zh | Whisper-large-v3 | **1.7** |
"""
    assert cells(table) == {
        ("LibriSpeech", "Lynx-Audio-7B", 1.3),
        ("Rainy Days zh", "Whisper-large-v3", 1.7),
    }


def test_a_model_name_comes_before_its_backbone() -> None:
    table = """
| Arch | Backbone | Model Name | English-STS-B |
|---|---|---|---|
| BERT | bert-base-uncased | BERT-base-cls | 20.29 |
| CoSENT | bert-base-uncased | Lynx-base-nli | 79.68 |
"""
    assert cells(table) == {
        ("English-STS-B", "BERT-base-cls", 20.29),
        ("English-STS-B", "Lynx-base-nli", 79.68),
    }


def test_rows_may_be_headed_by_a_word_that_says_nothing() -> None:
    table = """
## Performance

| description | LongLynx-3B | OpenLLaMA-3B |
|---|---|---|
| anli_r1/acc | 0.32 | 0.33 |
| boolq/acc | 0.68 | 0.67 |
"""
    assert ("boolq/acc", "LongLynx-3B", 0.68) in cells(table)


def test_learning_rates_passes_and_counts_are_no_scores() -> None:
    table = """
## Baselines

| Model | BERT | ERNIE |
|---|---|---|
| CMRC 2018 | 3e-5 | 8e-5 |
| XNLI | 2e-5 | 5e-5 |
"""
    assert not claims(table)
    table = """
## MiniF2F

| Method | Pass | miniF2F-test | GFLOPs/token | Bytes per vector |
|---|---|---|---|---|
| Lynx-Prover-7B | 64 | 25.4% | 7.4 | 768 |
| GPT-4-turbo | 1 | 23.0% | 16.0 | 384 |
"""
    assert {b for b, _, _ in cells(table)} == {"miniF2F-test"}
    table = """
| Dataset | Languages | Domain | License |
|---|---|---|---|
| Multilingual LibriSpeech | 6 | Audiobooks | CC-BY-4.0 |
| Common Voice 16 | 120 | Crowd | CC0-1.0 |
"""
    assert not claims(table)


def test_a_group_over_all_columns_is_no_part_of_their_names() -> None:
    table = """
<table><thead><tr><th rowspan="2">Model</th><th colspan="3">Ability</th></tr>
<tr><th>Speed Control</th><th>Empathy</th><th>Avg</th></tr></thead>
<tbody><tr><td>GPT-4o</td><td>4.21</td><td><strong>3.87</strong></td><td>4.06</td></tr></tbody></table>
"""
    assert cells(table) == {
        ("Speed Control", "GPT-4o", 4.21),
        ("Empathy", "GPT-4o", 3.87),
        ("Avg", "GPT-4o", 4.06),
    }


def test_blank_header_cells_of_html_belong_to_the_group_on_their_left() -> None:
    table = """
## Results

<table><tr><th></th><th>RefCOCO</th><th></th><th>Visual7W</th></tr>
<tr><td></td><td>val</td><td>testA</td><td>test</td></tr>
<tr><td>Lynx-VL-7B</td><td>92.5</td><td>93.9</td><td>91.0</td></tr>
<tr><td>Qwen-VL-7B</td><td>89.4</td><td>92.3</td><td>88.0</td></tr></table>
"""
    assert ("RefCOCO testA", "Lynx-VL-7B", 93.9) in cells(table)
    assert ("Visual7W test", "Lynx-VL-7B", 91.0) in cells(table)


def test_recall_at_k_under_setups_and_a_metric_row() -> None:
    table = """
## Results

<table><tr><th>Setup</th><th colspan="2">Zero-shot</th><th colspan="2">Finetune</th></tr>
<tr><th>Metric</th><th>R@1</th><th>MR</th><th>R@1</th><th>MR</th></tr>
<tr><td>Wukong</td><td>42.7</td><td>63.2</td><td>52.7</td><td>72.1</td></tr>
<tr><td>Lynx-CLIP</td><td><b>63.0</b></td><td>79.2</td><td>68.9</td><td>83.2</td></tr></table>
"""
    assert ("Finetune MR", "Lynx-CLIP", 83.2) in cells(table) and len(cells(table)) == 8


def test_models_of_the_best_scores_are_no_header() -> None:
    table = """
## Compared with the best

| | MVBench | MLVU | DocVQA |
|---|---|---|---|
| | VideoChat2 | InternVL1.5 | InternVL1.5 |
| | 60.4 | 50.4 | 90.9 |
| GPT-4V | 43.5 | 49.2 | 88.4 |
| Lynx-VL-7B | 69.1 | 58.8 | 90.9 |
"""
    assert ("MLVU", "Lynx-VL-7B", 58.8) in cells(table)
    assert {b for b, _, _ in cells(table)} == {"MVBench", "MLVU", "DocVQA"}


def test_a_row_of_item_counts_among_models_is_no_model() -> None:
    table = """
| Model | HumanEval | MBPP |
|---|---|---|
| # Samples | 164 | 500 |
| Lynx-Coder-6B | 35.9 | 42.4 |
| StarCoder-15B | 33.2 | 43.3 |
"""
    assert {m for _, m, _ in cells(table)} == {"Lynx-Coder-6B", "StarCoder-15B"}


def test_a_benchmark_may_be_called_lr_and_sub_headers_stand_over_a_section() -> None:
    table = """
## Results

| Method | Params | LR | video-mme | | Ego |
|---|---|---|---|---|---|
| | | | w/o subs | w subs | |
| **Open** | | | | | |
| Lynx-VL | 7B | 1.61 | 60.2 | 63.0 | 60.9 |
| Qwen2-VL | 7B | 1.32 | 61.0 | 63.4 | 55.1 |
"""
    assert {
        ("LR", "Lynx-VL", 1.61),
        ("video-mme w/o subs", "Lynx-VL", 60.2),
        ("video-mme w subs", "Qwen2-VL", 63.4),
    } <= cells(table)


def test_four_header_rows_without_spans() -> None:
    table = """
## Vision

<table><tr><th>Task</th><th>Image classification</th><th>Video Action</th></tr>
<tr><th>Dataset</th><th>Imagenet-1K</th><th>Kinetics 400</th></tr>
<tr><th>Split</th><th>val</th><th>val</th></tr>
<tr><th>Metric</th><th>Acc.</th><th>Top-1 Acc.</th></tr>
<tr><td>Lynx-ONE</td><td>89.8</td><td>88.1</td></tr></table>
"""
    assert cells(table) == {("Imagenet-1K", "Lynx-ONE", 89.8), ("Kinetics 400", "Lynx-ONE", 88.1)}
