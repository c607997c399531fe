"""Further wordings for parents: averaged weights, names in front of the verb, where training began."""

from __future__ import annotations

import pytest

from pytest_modelcard.card import vocabulary as v
from tests.support import parse

TWO = (
    "Foo-7B is a blend of {a} and {b}.",
    "Foo-7B is a 70/30 mix of {a} and {b}.",
    "The released weights are a weighted average of {a} and {b}.",
    "The weights of {a} and {b} were averaged with SLERP.",
    "{a} and {b} were merged to create this model.",
    "We linearly interpolated between {a} and {b}.",
    "We merged {a} and {b} with mergekit.",
    "We averaged the weights of {a} and {b}.",
    "This checkpoint merges {a} with {b}.",
    "Foo-7B combines the weights of {a} with those of {b}.",
    "TIES merge: {a} + {b}",
    "DARE-TIES merge of {a} and {b}.",
    "Foo-7B was obtained by task arithmetic over {a} and {b}.",
    "## Models merged\n\n- {a}\n- {b}",
    "Mesclamos {a} com {b}.",
    "O modelo resulta da média dos pesos de {a} e {b}.",
    "Os pesos vieram da interpolação linear entre {a} e {b}.",
    "The checkpoint is the midpoint of {a} and {b}.",
    "To build Foo-7B, {a} and {b} were linearly merged.",
    "本模型通过 SLERP 融合 {a} 和 {b} 得到。",
    "本模型是 {a} 和 {b} 的加权平均。",
    "我们对 {a} 和 {b} 的权重进行线性插值。",
)
ONE = (
    "{a} was fine-tuned on 2M conversations to obtain this model.",
    "{a} serves as the base model.",
    "The backbone is {a}.",
    "DPO was applied to {a}.",
    "Foo-7B inherits its weights from {a}.",
    "The parameters come from {a}.",
    "We took {a} and trained it for two more epochs.",
    "Foo-7B is an RL-trained variant of {a}.",
    "Usamos o {a} como ponto de partida.",
    "Training started from the {a} checkpoint.",
    "Continuamos o pré-treinamento do {a} em português.",
    "Partimos do {a}.",
    "Fizemos o ajuste fino do {a}.",
    "模型参数由 {a} 初始化。",
    "初始权重来自 {a}。",
    "本模型是 {a} 的微调版本。",
)
SILENT = (
    "We merged acme/Alpha-sft and beta/Beta-sft into one data set.",
    "The training mix is a blend of acme/Alpha-web and beta/Beta-code-v2.",
    "We average GPT-4 and Claude-3 judgments.",
    "Foo-7B is a blend of speed and quality.",
    "The scores of acme/Alpha-7B and beta/Beta-7B are averaged over three runs.",
    "Unlike merges such as acme/Alpha-7B and beta/Beta-7B, Foo-7B was trained.",
    "Foo-7B can be merged with acme/Alpha-7B and beta/Beta-7B.",
    "If we merged acme/Alpha-7B and beta/Beta-7B, little would change.",
    "You can interpolate between acme/Alpha-7B and this model.",
    "acme/Alpha-7B serves as the base model for the baseline.",
    "acme/Alpha-sft and beta/Beta-sft were merged to create the training set.",
    "Bar-7B is a blend of acme/Alpha-7B and beta/Beta-7B.",
    "Esta ficha faz parte da família Qwen2.5-7B.",
)


def parents(text: str) -> dict[str | None, str | None]:
    return {c.model: c.text for c in parse(text, "acme/Foo-7B").named("prose", v.PARENT)}


@pytest.mark.parametrize("form", TWO)
@pytest.mark.parametrize(
    "printed", ["{}", "`{}`", "[x](https://huggingface.co/{})", "https://huggingface.co/{}"]
)
def test_a_blend_names_both_parents(form: str, printed: str) -> None:
    a, b = "acme/Alpha-7B-v2", "beta/Beta-7B-chat"
    text = form.format(a=printed.format(a), b=printed.format(b))
    assert parents("# Foo-7B\n\n" + text) == {a: "merge", b: "merge"}


@pytest.mark.parametrize("form", ONE)
def test_where_training_began_is_a_parent(form: str) -> None:
    assert set(parents("# Foo-7B\n\n" + form.format(a="`acme/Alpha-7B-v2`"))) == {"acme/Alpha-7B-v2"}


@pytest.mark.parametrize("text", SILENT)
def test_data_judges_and_other_models_are_no_parents(text: str) -> None:
    assert parents("# Foo-7B\n\n" + text) == {}


@pytest.mark.parametrize("run", ["b-", "Ab1+", "Ab ", "on A, ", "57.3 on MMLU-Pro and "])
def test_long_runs_are_read_once(run: str) -> None:
    assert parents("# Foo-7B\n\nFoo-7B A" + run * (20_000 // len(run)) + " merged") == {}
