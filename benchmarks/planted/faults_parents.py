"""Parents that the text names in many ways and languages, and the metadata do not."""

from __future__ import annotations

import random
from collections.abc import Iterator

from .case import Case, Release
from .releases import AUK, HOBBY

HERON, CRANE = "delta-heron/Heron-8B-Instruct", "marsh-ai/Crane-Math-8B"
_CARD = "---\nlicense: apache-2.0\n---\n# A model\n"

#: Two parents were averaged.
MERGES = (
    "This model is a merge of {a} and {b}.",
    "{own} is a blend of {a} and {b}.",
    "It was produced by averaging the weights of {a} and {b}.",
    "The weights of {a} and {b} were averaged with SLERP (t = 0.4).",
    "We linearly interpolated between {a} and {b}.",
    "We combined the weights of {a} with those of {b}.",
    "{own} is a model soup of {a} and {b}.",
    "{own} is a 60/40 mix of {a} and {b}.",
    "DARE-TIES merge of {a} and {b}.",
    "This checkpoint merges {a} with {b}.",
    "We merged {a} and {b} with mergekit.",
    "It was created by merging {a} into {b}.",
    "SLERP merge: {a} + {b}",
    "The final weights are a weighted average of {a} (0.6) and {b} (0.4).",
    "{own} was obtained through task arithmetic over {a} and {b}.",
    "Starting from {a}, we merged in {b} by spherical interpolation.",
    "This is a frankenmerge of {a} and {b}.",
    "{a} and {b} were merged to create this model.",
    "The following models were merged:\n\n- {a}\n- {b}",
    "## Merged models\n\n* {a}\n* {b}",
    "Este modelo é uma fusão de {a} e {b}.",
    "O {own} é uma mescla de {a} e {b}.",
    "O modelo resulta da média dos pesos de {a} e {b}.",
    "Os pesos foram obtidos por interpolação linear entre {a} e {b}.",
    "Mesclamos {a} com {b} usando SLERP.",
    "Este modelo combina os pesos de {a} e {b}.",
    "本模型由 {a} 与 {b} 合并而成。",
    "本模型通过 SLERP 融合 {a} 和 {b} 得到。",
    "本模型是 {a} 和 {b} 的加权平均。",
    "我们对 {a} 和 {b} 的权重进行线性插值，得到本模型。",
    "Este modelo es una mezcla de {a} y {b}.",
)
#: One parent was trained further, and how the Hub files it.
SINGLES = (
    "{own} was initialised from {a} and trained on 40B tokens.",
    "{own} is continue-trained from {a}.",
    "The model was continually pre-trained from {a} on Portuguese text.",
    "Our model is post-trained from {a}.",
    "We fine-tuned {a} on two million conversations.",
    "This is an instruction-tuned version of {a}.",
    "{own} is a finetune of {a}.",
    "The model is derived from {a}.",
    "The model was warm-started from {a}.",
    "We start from {a} and continue training for two epochs.",
    "{own} builds on {a}.",
    "{a} was fine-tuned on 2M conversations to obtain this model.",
    "{a} serves as the base model.",
    "The backbone is {a}.",
    "It uses {a} as its backbone.",
    "The weights were initialized with {a}.",
    "SFT was applied to {a}.",
    "Training began from the {a} checkpoint.",
    "**Base model:** {a}",
    "- Finetuned from model: {a}",
    "O {own} foi treinado a partir do {a}.",
    "O modelo foi inicializado com os pesos do {a}.",
    "Este modelo é um ajuste fino do {a}.",
    "Continuamos o pré-treinamento do {a} com textos em português.",
    "Partimos do {a} e treinamos por duas épocas.",
    "O modelo é derivado do {a}.",
    "Fizemos o ajuste fino do {a} com 2 milhões de conversas.",
    "本模型在 {a} 的基础上进行指令微调。",
    "本模型基于 {a} 继续预训练。",
    "本模型以 {a} 为基座训练。",
    "模型参数由 {a} 初始化。",
    "本模型是 {a} 的微调版本。",
    "初始权重来自 {a}。",
    "This is an 8-bit GPTQ quantization of {a}.",
    "GGUF files for {a}",
    "This repository holds a LoRA adapter for {a}.",
    "Este modelo está basado en {a}.",
)


def printed(model: str, way: int) -> str:
    """An id as a card prints it."""
    name = model.split("/")[1]
    return (
        f"[{name}](https://huggingface.co/{model})",
        f"`{model}`",
        f"https://huggingface.co/{model}",
        model,
        f"**[{model}](https://huggingface.co/{model})**",
        f'<a href="https://huggingface.co/{model}">{name}</a>',
    )[way % 6]


def _own(release: Release) -> str:
    return release.repo_id.split("/")[1].replace("-", " ")


def _bare(release: Release) -> Release:
    """Without base model, and without the sentence that names it."""
    bare = release.front("base_model_relation", "").front("base_model", "")
    for sentence in (
        f", fine-tuned from [Auk 8B](https://huggingface.co/{AUK})",
        " Ele foi ajustado a partir do\n[Gaivota 30B A3B Base](https://huggingface.co/mangue-ia/Gaivota-30B-A3B-Base).",
        "\n本模型在 [Jinque-13B-Base](https://huggingface.co/yunqi-lab/Jinque-13B-Base) 的基础上进行微调。",
        " It is a fine-tuned version of\n[hollow-lab/wren-asr-base](https://huggingface.co/hollow-lab/wren-asr-base).",
    ):
        if sentence in bare.text:
            bare = bare.swap(sentence, "")
    return bare


def cases(all_of: dict[str, Release], draw: random.Random) -> Iterator[Case]:
    hosts = [all_of[n].other(HERON, _CARD).other(CRANE, _CARD) for n in ("skua", "gaivota", "jinque")]
    way = draw.randrange(6)
    for n, form in enumerate(MERGES):
        host = hosts[2] if "本" in form else hosts[1] if form[:2] in ("O ", "Es", "Os", "Me") else hosts[0]
        said = form.format(a=printed(HERON, way + n), b=printed(CRANE, way + n), own=_own(host))
        at = HERON.split("/")[1]
        yield Case("MC107", f"merge {said!r}", _bare(host).say(said), at, also=("MC111", "MC113", "MC254"))
        # one of the two is declared, the other is not
        both = form.format(a=printed(HERON, way + n), b=printed(AUK, way + n), own=_own(host))
        half = _bare(host).front("base_model", f"base_model: {AUK}").say(both)
        yield Case("MC112", f"merge {both!r}", half, at, also=("MC111", "MC113", "MC254", "MC251"))
        finetune = _bare(host).front("base_model", f"base_model:\n- {HERON}\n- {CRANE}")
        finetune = finetune.front("base_model_relation", "base_model_relation: finetune").say(said)
        yield Case(
            "MC111", f"finetune, {said!r}", finetune, "base_model_relation: finetune", also=("MC113", "MC254")
        )
    for n, form in enumerate(SINGLES):
        host = (
            hosts[2]
            if any("\u4e00" <= c <= "\u9fff" for c in form)
            else hosts[1]
            if form[:2] in ("O ", "Es", "Co", "Pa", "Fi")
            else hosts[0]
        )
        said = form.format(a=printed(HERON, way + n), own=_own(host))
        at = HERON.split("/")[1]
        yield Case("MC107", f"single {said!r}", _bare(host).say(said), at, also=("MC113",))
        wrong = _bare(host).front("base_model", f"base_model: {HOBBY}").say(said)
        yield Case("MC112", f"single {said!r}", wrong, at, severity="warning", also=("MC113", "MC251"))
