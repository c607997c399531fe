from __future__ import annotations

import pytest

from pytest_modelcard.card import vocabulary as v
from pytest_modelcard.card.prose.languages import language_codes
from tests.support import parse

FRONT = "---\nbase_model: Qwen/Qwen3.5-397B-A17B\n---\n# Foo-7B\n\n"


def texts(name: str, text: str) -> list[str | None]:
    return [c.text for c in parse(FRONT + text, "acme/Foo-7B").named("prose", name)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Foo-7B delivers more — surpassing its base model by significant margins.", ["significant"]),
        ("It outperforms the base model on most tasks.", [""]),
        ("Foo-7B outperforms Qwen3.5-397B-A17B on MMLU.", [""]),
        ("O modelo supera o modelo base por ampla margem.", ["significant"]),
        ("本模型大幅超越其基座模型。", ["significant"]),
        ("本模型在多项任务上优于基座模型。", [""]),
        ("Foo-7B outperforms Llama2 70B Base.", []),
        ("It outperforms other base models of its size.", []),
        ("Bar-9B outperforms its base model by a wide margin.", []),
        ("It does not outperform its base model.", []),
        ("Foo-7B outperforms the Llama-3 base model.", []),
    ],
)
def test_surpasses_base(text: str, expected: list[str]) -> None:
    assert texts(v.SURPASSES_BASE, text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Foo-7B delivers state-of-the-art open-model performance across tasks, and more.",
         ["open-model performance across tasks"]),
        ("It achieves SOTA on GPQA.", ["on GPQA"]),
        ("O modelo alcança o estado da arte em português.", ["em português"]),
        ("We compare Foo-7B with SOTA models.", []),
        ("SGLang delivers state-of-the-art throughput.", []),
        ("Foo-7B is competitive with state-of-the-art models.", []),
        ("Qwen3-8B achieves state-of-the-art results.", []),
    ],
)  # fmt: skip
def test_state_of_the_art(text: str, expected: list[str]) -> None:
    assert texts(v.STATE_OF_THE_ART, text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Post-trained from Qwen 3.5 397B, Foo-7B is good.", ["post-trained"]),
        ("This model was explicitly trained to be efficient.", ["trained"]),
        ("The model is built via a merge of A and B, proceeded by On-Policy Distillation from a stronger "
         "model.",
         ["distilled"]),
        ("It was fine-tuned on data.", ["fine-tuned"]),
        ("We pretrained Foo-7B on 8T tokens.", ["pretrained"]),
        ("You can fine-tune it, and it can be distilled.", []),
        ("Fine-tuning: see the script.", []),
        ("Qwen3-8B was post-trained by Alibaba.", []),
        ("It features a training-free inference framework.", []),
        ("This is a merge of pre-trained models.", []),
    ],
)  # fmt: skip
def test_training(text: str, expected: list[str]) -> None:
    assert texts(v.TRAINING, text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Foo-7B features **SwiReasoning**, a training-free inference framework based on a "
         "paper.", ["SwiReasoning"]),
        ("Foo-7B integrates [SwiReasoning](https://x.org) (Shi et al., 2025), a training-free inference "
         "framework.",
         ["SwiReasoning"]),
        ("- **SwiReasoning integration** — dynamic switching", ["SwiReasoning"]),
        ("O modelo integra o SwiReasoning, um framework de inferência.", []),
        ("vLLM is an inference engine.", []),
        ("Use it with SGLang, a fast inference engine.", []),
    ],
)  # fmt: skip
def test_inference_framework(text: str, expected: list[str]) -> None:
    assert texts(v.INFERENCE_FRAMEWORK, text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("- **Multilingual** — strong performance in Portuguese, English, Chinese, and others", ["pt,en,zh"]),
        ("Supported languages: English, German and Thai.", ["en,de,th"]),
        ("- **Language(s) (NLP):** Portuguese", ["pt"]),
        ("O modelo suporta os idiomas português e inglês.", ["pt,en"]),
        ("Foo-7B 支持中文、英文。", ["zh,en"]),
        ("The evaluation dataset covers English and German.", []),
        ("Documentation is available in English and Chinese.", []),
        ("We love French cuisine.", []),
    ],
)
def test_languages(text: str, expected: list[str]) -> None:
    assert texts(v.LANGUAGES, text) == expected


def test_language_codes_know_short_chinese_lists() -> None:
    assert language_codes("中英双语") == ["zh", "en"]
    assert language_codes("Polish this text in a Danish way") == ["pl", "da"]


def test_identity() -> None:
    assert texts(v.IDENTITY, "The model identifies itself as Rio and answers.") == ["Rio"]
    assert texts(v.IDENTITY, "It is called Rio.") == []


def test_scores_in_sentences() -> None:
    text = (
        FRONT
        + "Foo-7B achieves 72.3% on GPQA Diamond.\n\nQwen3-8B achieves 70.1 on GPQA Diamond.\n\nIt scores 3 "
        "on Foo."
    )
    (claim,) = parse(text, "acme/Foo-7B").named("prose", v.SCORE)
    assert (claim.value, claim.decimals, claim.unit, claim.benchmark, claim.role) == (
        72.3,
        1,
        "%",
        "GPQA Diamond",
        "this",
    )
    assert (claim.span.line, claim.span.column) == (6, 17)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("With a score of 76.0 on MATH-500, Foo-7B is strong.", [("MATH-500", 76.0)]),
        ("On HumanEval, the model reaches 83.1%.", [("HumanEval", 83.1)]),
        ("Foo-7B reaches 57.3 points on MMLU-Pro and 84.9 on GSM8K.", [("MMLU-Pro", 57.3), ("GSM8K", 84.9)]),
        ("Foo-7B (57.3 on MMLU-Pro) is small.", [("MMLU-Pro", 57.3)]),
        ("The model's MMLU-Pro score is 57.3.", [("MMLU-Pro", 57.3)]),
        ("MMLU-Pro rises from 50.1 to 58.3.", [("MMLU-Pro", 58.3)]),
        ("- GPQA Diamond: 46.5", [("GPQA Diamond", 46.5)]),
        ("O modelo alcança 65,2% no MMLU-Pro.", [("MMLU-Pro", 65.2)]),
        ("No HumanEval, o modelo alcança 89,0%.", [("HumanEval", 89.0)]),
        ("本模型在 GSM8K 上达到 91.2%。", [("GSM8K", 91.2)]),
        ("在 C-Eval 上，本模型得分为 83.0。", [("C-Eval", 83.0)]),
        ("本模型的 MMLU 成绩为 75.9。", [("MMLU", 75.9)]),
        # others, settings, parts, bounds
        ("Bar-13B achieves 57.3 on MMLU-Pro.", []),
        ("Foo-7B beats Llama-3-8B, which achieves 57.3 on MMLU-Pro.", []),
        ("With tools, the model achieves 57.3 on MMLU-Pro.", []),
        ("The model achieves 57.3 on MMLU-Pro with maj@16.", []),
        ("The model achieves 57.3 on MMLU (Portuguese part).", []),
        ("The model achieves 57.3 on MMLU Spanish.", []),
        ("The model achieves over 57 on MMLU-Pro.", []),
        ("In GSM8K, 74.4 questions were removed.", []),
    ],
)
def test_scores_in_sentences_of_all_forms(text: str, expected: list[tuple[str, float]]) -> None:
    found = parse("# Foo-7B\n\n" + text, "acme/Foo-7B").named("prose", v.SCORE)
    assert [(c.benchmark, c.value) for c in found] == expected


@pytest.mark.parametrize(
    ("text", "surpasses", "leads"),
    [
        ("The base model is outperformed on all benchmarks.", 1, 0),
        ("Compared with its base, Foo-7B is better on every task.", 1, 0),
        ("O modelo é superior ao modelo base.", 1, 0),
        ("Foo-7B supera o Qwen3.5-397B-A17B em todos os testes.", 1, 0),
        ("Foo-7B 在各项评测中均超过 Qwen3.5-397B-A17B。", 1, 0),
        ("与基座模型相比，本模型在所有测试中都有提升。", 1, 0),
        ("Foo-7B outperforms all other models on every benchmark.", 0, 1),
        ("It ranks first on all benchmarks.", 0, 1),
        # no such claim
        ("Compared with its base, Foo-7B is better at code and worse at prose.", 0, 0),
        ("Bar-13B outperforms all other models on every benchmark.", 0, 0),
        ("Foo-7B does not outperform all other models on every benchmark.", 0, 0),
        ("Foo-7B supera o Llama-3-8B em todos os testes.", 0, 0),
        ("Foo-7B ranks first on MMLU-Pro.", 0, 0),
    ],
)
def test_comparisons_of_all_forms(text: str, surpasses: int, leads: int) -> None:
    found = parse(FRONT + text, "acme/Foo-7B")
    assert len(found.named("prose", v.SURPASSES_BASE)) == surpasses
    assert len(found.named("prose", v.STATE_OF_THE_ART)) == leads


def test_a_framework_built_in_in_chinese() -> None:
    assert texts(v.INFERENCE_FRAMEWORK, "本模型集成了 FlowThink 动态推理框架。") == ["FlowThink"]
    assert texts(v.INFERENCE_FRAMEWORK, "可使用 vLLM 推理框架部署。") == []
