from __future__ import annotations

import pytest

from pytest_modelcard.card import vocabulary as v
from tests.support import parse


def parents(text: str, repo_id: str = "acme/Foo-7B") -> list[tuple[str | None, str | None]]:
    return [(c.model, c.text) for c in parse(text, repo_id).named("prose", v.PARENT)]


def mentions(text: str, repo_id: str = "acme/Foo-7B") -> list[str | None]:
    return [c.model for c in parse(text, repo_id).named("prose", v.MENTION)]


HUB = "https://huggingface.co/"

SAID = {
    f"This model is a fine-tuned version of [X]({HUB}mistralai/Mistral-7B-v0.1) on the a/b_200k dataset.": [
        ("mistralai/Mistral-7B-v0.1", "finetune")
    ],
    f"The model is built via a merge of {HUB}nex/N2-Pro and {HUB}Qwen/Qwen3.5-397B, proceeded by "
    f"distillation.": [
        ("nex/N2-Pro", "merge"),
        ("Qwen/Qwen3.5-397B", "merge"),
    ],
    "Foo-7B is based on Llama 3.1 8B and outperforms Qwen2.5-7B.": [("Llama 3.1 8B", "unknown")],
    "- **Base model:** Qwen/Qwen2.5-7B": [("Qwen/Qwen2.5-7B", "unknown")],
    "- **Finetuned from model [optional]:** meta-llama/Llama-3.1-8B": [
        ("meta-llama/Llama-3.1-8B", "finetune")
    ],
    "Post-trained from Qwen 3.5 397B, Foo-7B delivers more.": [("Qwen 3.5 397B", "finetune")],
    "- **Post-trained from Qwen 3.5 397B**": [("Qwen 3.5 397B", "finetune")],
    "LoRA adapter for meta-llama/Llama-3.1-8B-Instruct.": [("meta-llama/Llama-3.1-8B-Instruct", "adapter")],
    "Foo-7B is distilled from DeepSeek-R1.": [("DeepSeek-R1", "distilled")],
    "Quantized version of Qwen/Qwen2.5-7B-Instruct using llama.cpp.": [
        ("Qwen/Qwen2.5-7B-Instruct", "quantized")
    ],
    f"This repo contains GGUF format model files for [Bar 7B]({HUB}bar/Bar-7B).": [
        ("bar/Bar-7B", "quantized")
    ],
    "The model was initialized from the weights of Qwen2.5-Math-7B.": [("Qwen2.5-Math-7B", "finetune")],
    f"This is an abliterated version of [Q]({HUB}Qwen/Qwen3-8B).": [("Qwen/Qwen3-8B", "finetune")],
    "Foo continues pre-training from Llama 3 8B.": [],  # "Foo" alone is not known to be this model
    "The model continues pre-training from Llama 3 8B.": [("Llama 3 8B", "finetune")],
    "Foo-7B is a 7B chat model (base: Qwen/Qwen2.5-7B).": [("Qwen/Qwen2.5-7B", "unknown")],
    "A 7B chat model fine-tuned from Mistral-7B-v0.3.": [("Mistral-7B-v0.3", "finetune")],
    "Built with Meta Llama 3.": [("Meta Llama 3", "unknown")],
    "We fine-tuned Qwen2.5-7B on 10k samples.": [("Qwen2.5-7B", "finetune")],
    "Foo-7B is a SLERP merger between my previous RP model, Maid-7B, and an unreleased model.": [
        ("Maid-7B", "merge")
    ],
    "This model was merged using TIES using mistralai/Mistral-7B-v0.1 as a base.": [
        ("mistralai/Mistral-7B-v0.1", "merge")
    ],
    f"<p>This model is a merge of <a href='{HUB}a/x-7b'>X</a> and <a href='{HUB}b/y-7b'>Y</a>.</p>": [
        ("a/x-7b", "merge"),
        ("b/y-7b", "merge"),
    ],
    "Built upon a 235B language model (Qwen3) and a 6B encoder (InternViT), Foo-7B has been trained more.": [
        ("Qwen3", "unknown"),
        ("InternViT", "unknown"),
    ],
    # Portuguese, Spanish
    "Este modelo foi ajustado a partir do Qwen2.5-7B-Instruct.": [("Qwen2.5-7B-Instruct", "finetune")],
    "Modelo baseado em Llama 3.1 8B, treinado em português.": [("Llama 3.1 8B", "unknown")],
    "Foo-7B é uma mescla de a/Mistral-7B-v0.1 e b/zephyr-7b-beta.": [
        ("a/Mistral-7B-v0.1", "merge"),
        ("b/zephyr-7b-beta", "merge"),
    ],
    "Este modelo es una fusión de `acme/a-7b-v1` y `acme/b-7b-v2`.": [
        ("acme/a-7b-v1", "merge"),
        ("acme/b-7b-v2", "merge"),
    ],
    # Chinese
    "本模型基于 Qwen2.5-7B 进行指令微调。": [("Qwen2.5-7B", "finetune")],
    "我们以Llama-3-8B为基座，进行了继续预训练。": [("Llama-3-8B", "unknown")],
    "Foo-7B由Qwen2.5-72B蒸馏得到。": [("Qwen2.5-72B", "distilled")],
}


@pytest.mark.parametrize("text", SAID, ids=range(len(SAID)))
def test_a_stated_parent_is_read(text: str) -> None:
    assert parents(text) == SAID[text]


@pytest.mark.parametrize(
    "text",
    [
        "Qwen2.5-7B is based on Qwen2-7B.",
        "Foo-7B outperforms Qwen2.5-7B, which is based on Qwen2-7B.",
        "| Model | Note |\n|---|---|\n| Qwen2.5 | based on Qwen/Qwen2-7B |",
        "It is not based on Llama 2.",
        "Unlike models fine-tuned from Llama 3 8B, Foo-7B was trained from scratch.",
        "Foo-7B can be fine-tuned from Llama-3-8B weights, if you like.",
        "You can also try models fine-tuned from Llama-3-8B.",
        "Our code is based on Megatron-LM and nanoGPT-2.",
        "We thank the authors of Llama 3. This work is built upon LLaMA-Factory.",
        "Foo-7B is built upon the exceptional work of the Qwen Team and their Qwen 3.5 model family.",
        "Built on Qwen2.5-7B, Bar-7B is a strong competitor.",
        "We fine-tuned Qwen2.5-7B as a baseline; Foo-7B beats it.",
        "Foo-7B is compared with models fine-tuned from Mistral-7B.",
        "The evaluation uses a judge fine-tuned from Llama-3-70B.",
        "This model's answers were judged by a model based on GPT-4.",
        "Its training data was distilled from GPT-4.",
        "Foo-7B was fine-tuned on OpenHermes-2.5 data.",
        "Foo-7B features SwiReasoning, an inference framework based on Shi et al. (2025).",
        "Foo-7B can be used in many projects built upon Llama 2.",
        "It uses the tokenizer and an architecture based on Llama 2.",
        "Bar-7B以Baz-34B为基座。",
        "## Bar-7B\n\nFoo is above.\n\n## Llama-3-8B\n\n- Fine-tuned from Llama-2-7B",
        "We release the Int4 quantized version of Bar-7B-Chat.",
        "`This model is based on Llama-2-7b-hf`",
        "```\nThis model is based on Llama-2-7b-hf\n```",
        "<!-- This model is based on Llama-2-7b-hf -->",
    ],
)
def test_what_is_said_of_others_is_no_parent(text: str) -> None:
    if text.startswith("`This"):
        assert parents("# Foo-7B\n\n" + text) == [("Llama-2-7b-hf", "unknown")]  # a code span is still read
    else:
        assert parents("# Foo-7B\n\n" + text) == []


def test_a_list_of_merged_models() -> None:
    text = f"""# Foo-7B
The following models were included in the merge:
* [a/x-7b]({HUB}a/x-7b)
* D:/hub/models--b--y-7b/snapshots/1

### Configuration

* [c/z-7b]({HUB}c/z-7b)
"""
    assert parents(text) == [("a/x-7b", "merge"), ("b/y-7b", "merge")]


def test_a_merge_recipe_in_a_code_block() -> None:
    text = """```yaml
models:
  - model: a/x-7b
  - model: ./local/path
merge_method: ties
base_model: "b/y-7b"
```"""
    claims = parse(text).named("prose", v.PARENT)
    assert [(c.model, c.text, c.span.line) for c in claims] == [
        ("a/x-7b", "merge", 3),
        ("b/y-7b", "merge", 6),
    ]


def test_a_recipe_that_merges_this_model_into_another_is_not_its_own() -> None:
    assert (
        parents("```yaml\nmodels:\n  - model: acme/Foo-7B\n  - model: a/x-7b\nmerge_method: linear\n```")
        == []
    )


def test_the_place_is_the_names_place() -> None:
    text = "---\nlicense: mit\n---\nThis model is\na fine-tuned version\nof Qwen/Qwen2.5-7B."
    (claim,) = parse(text).named("prose", v.PARENT)
    assert (claim.span.line, claim.span.column) == (6, 4)
    assert claim.raw == "This model is a fine-tuned version of Qwen/Qwen2.5-7B."


def test_ids_are_unique_and_stable() -> None:
    text = "This model is a merge of a/x-7b and a/x.7b."
    ids = [c.id for c in parse(text).claims]
    assert ids == ["prose-parent-a-x-7b", "prose-parent-a-x.7b"]
    assert [c.id for c in parse("More above.\n\n" + text).claims] == ids


def test_other_models_by_id_or_link_are_mentions() -> None:
    text = f"See `Qwen/Qwen2.5-7B`, microsoft/phi-2, [it]({HUB}a/b-7b/tree/main) and {HUB}acme/Foo-7B."
    assert sorted(m for m in mentions(text) if m) == ["Qwen/Qwen2.5-7B", "a/b-7b", "microsoft/phi-2"]


def test_models_loaded_in_code_are_mentions() -> None:
    assert mentions(
        "```python\nm = AutoModel.from_pretrained('org/base-7b')\nn = load('org/other-7b')\n```"
    ) == ["org/base-7b"]


@pytest.mark.parametrize(
    "text",
    [
        f"{HUB}datasets/a/b-1 {HUB}spaces/a/c-1 [p]({HUB}papers/2306.1) {HUB}docs/transformers-4 "
        f"https://github.com/a/b-7b",
        "Supports and/or, text/image, FP8/BF16, 7B/67B, GPT-4/Claude-3, src/model-1.py, input/output, "
        "Base/Chat, 24/7",
        "Qwen2.5/Llama-3, TCP/IP, km/h, `train/test-1`, ./a/b-7b, OpenAI/Anthropic-compatible, n/a",
        "trained on the acme/data-10k dataset and samples of acme/data-20k",
        f"[acme/data-10k]({HUB}datasets/acme/data-10k)",
        "Run the docker image qwenllm/qwen-omni-2.",
    ],
)
def test_what_is_no_model_is_no_mention(text: str) -> None:
    assert mentions(text) == []
