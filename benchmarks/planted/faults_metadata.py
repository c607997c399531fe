"""Faults of the front matter, and of what the text says against it."""

from __future__ import annotations

import random
from collections.abc import Iterator

from .case import Case, Release
from .releases import AUK

BOMB = "a: &a [x, x, x, x, x, x, x, x, x, x]\n" + "\n".join(
    f"{c}: &{c} [" + ", ".join([f"*{p}"] * 10) + "]" for p, c in zip("abcdefgh", "bcdefghi", strict=True)
)


def cases(all_of: dict[str, Release], draw: random.Random) -> Iterator[Case]:
    yield from _yaml(all_of)
    yield from _values(all_of)
    yield from _bases(all_of)
    yield from _licences(all_of)
    yield from _languages(all_of)
    yield from _entries(all_of)


def _yaml(all_of: dict[str, Release]) -> Iterator[Case]:
    skua, zh, wren = all_of["skua"], all_of["jinque"], all_of["wren"]
    gone = ("MC119", "MC102", "MC107", "MC002", "MC113", "MC104")
    yield Case(
        "MC101",
        "duplicate key",
        skua.swap("pipeline_tag:", "license: mit\npipeline_tag:"),
        "license: mit",
        also=gone,
    )
    yield Case(
        "MC101",
        "duplicate key at a distance",
        zh.swap("pipeline_tag: text-generation", "pipeline_tag: text-generation\nlanguage: en"),
        "language: en",
        also=gone,
    )
    yield Case(
        "MC101",
        "duplicate key in a block",
        all_of["merlin"].swap("      name: accuracy\n", "      name: accuracy\n      name: acc\n"),
        "name: acc",
        also=gone,
    )
    yield Case("MC101", "tab", skua.swap("- en\n", "\t- en\n"), "\t- en", also=gone)
    yield Case(
        "MC101",
        "tab in a mapping",
        all_of["merlin"].swap("    dataset:\n      name: MATH-500", "    dataset:\n\tname: MATH-500"),
        "\tname",
        also=gone,
    )
    yield Case(
        "MC101", "unclosed quote", wren.swap("license: mit", 'license: "mit'), 'license: "mit', also=gone
    )
    yield Case("MC101", "unclosed header", skua.swap("\n---\n\n#", "\n\n#"), 1, also=gone)
    yield Case(
        "MC101",
        "alias bomb",
        wren.swap("license: mit", f"license: mit\n{BOMB}"),
        ("&b", "&c", "&d", "&e", "&f"),
        also=gone,
    )
    yield Case(
        "MC101",
        "unknown tag",
        skua.swap("license: apache", "license: !!python/name:os.system apache"),
        "!!python",
        also=gone,
    )
    yield Case(
        "MC101",
        "colon in a value",
        skua.swap("library_name: transformers", "library_name: transformers\ntitle: Skua: the model"),
        "title: Skua",
        also=gone,
    )
    yield Case(
        "MC101",
        "unclosed list",
        wren.swap("language: [en, zh]", "language: [en, zh"),
        "language: [en",
        also=gone,
    )
    yield Case(
        "MC101",
        "norwegian",
        wren.swap("language: [en, zh]", "language: no"),
        "language: no",
        "warning",
        also=("MC115",),
    )
    yield Case("MC101", "norwegian in a list", skua.swap("- en\n", "- en\n- no\n"), "- no", "warning")
    yield Case("MC101", "not at the top", skua.swap("---\n", "Some words.\n\n---\n"), "---", also=gone)
    yield Case("MC101", "wrong indentation", skua.swap("- en\n- pt", "  - en\n- pt"), "- pt", also=gone)


def _values(all_of: dict[str, Release]) -> Iterator[Case]:
    skua, pt, zh, merlin, wren = all_of.values()
    for value in ("Apache 2.0", "MIT", "apache2", "llama-3.1", "cc-by-4", "GPL-3.0", "proprietary"):
        yield Case(
            "MC103",
            value,
            skua.front("license", f"license: {value}"),
            f"license: {value}",
            also=("MC113", "MC119", "MC114"),
        )
    for value in ("jp", "cn", "dk", "cz", "xx", "zz"):
        yield Case(
            "MC104", value, zh.front("language", f"language:\n- zh\n- en\n- {value}"), f"- {value}", also=()
        )
    yield Case("MC104", "flow list", wren.front("language", "language: [en, zh, cz]"), "cz")
    for value in ("text generation", "chat", "TextGeneration", "llm", "causal-lm"):
        yield Case(
            "MC105",
            value,
            pt.front("pipeline_tag", f"pipeline_tag: {value}"),
            f"pipeline_tag: {value}",
            "warning",
        )
    for value in (
        "Transformers",
        "transformer",
        "Diffusers",
        "sentence_transformers",
        "transfomers",
        "sentence-transformer",
    ):
        yield Case(
            "MC106",
            value,
            skua.front("library_name", f"library_name: {value}"),
            f"library_name: {value}",
            "warning",
        )
    forms = (
        (skua.front("language", "language: pt-BR"), "language: pt-BR", "language tag"),
        (skua.front("license", "license:"), "license:", "empty licence"),
        (
            skua.front("datasets", "datasets:\n- librispeech 960h"),
            "- librispeech 960h",
            "data set with a space",
        ),
        (merlin.front("model-index", "model-index: none"), "model-index: none", "model-index is a word"),
        (merlin.swap("      value: 62.0\n", ""), "type: accuracy", "metric without a value"),
        (skua.front("license", "license: 2.0"), "license: 2.0", "licence is a number"),
        (skua.front("base_model", "base_model:"), "base_model:", "empty base model"),
        (skua.front("tags", "tags: conversational"), "tags: conversational", "tags is a word"),
        (skua.front("language", "language: english"), "language: english", "a language's name"),
        (
            merlin.swap("- name: Merlin-8B-SLERP\n  results:", "- results:"),
            "- results:",
            "model without a name",
        ),
    )
    for release, at, form in forms:
        yield Case(
            "MC102", form, release, at, also=("MC103", "MC107", "MC113", "MC115", "MC111", "MC119", "MC104")
        )


def _bases(all_of: dict[str, Release]) -> Iterator[Case]:
    skua, pt, zh, merlin, wren = all_of.values()
    also = ("MC111", "MC112", "MC113", "MC102", "MC251")
    for value in (
        "https://huggingface.co/borealis-ai/Auk-8B", "./checkpoints/auk", "/data/models/auk-8b", "Auk 8B", "borealis-ai/Auk-8B-v9",
        "borealis-ai/auk/8b", "C:\\models\\auk", "../auk-8b",
    ):  # fmt: skip
        yield Case(
            "MC108",
            value,
            skua.front("base_model", f"base_model: {value}"),
            f"base_model: {value}",
            also=also,
        )
    yield Case(
        "MC108",
        "one of a list",
        merlin.swap(f"- {AUK}\n", "- borealis-ai/Auk-80B\n"),
        "- borealis-ai/Auk-80B",
        also=also,
    )
    for release in (skua, pt, zh, wren):
        yield Case(
            "MC109",
            "itself",
            release.other(release.repo_id, release.text).front(
                "base_model", f"base_model: {release.repo_id}"
            ),
            f"base_model: {release.repo_id}",
            also=also,
        )
    merlin_known = merlin.other(merlin.repo_id, merlin.text)
    yield Case(
        "MC109",
        "itself in a list",
        merlin_known.swap(f"- {AUK}\n", f"- {merlin.repo_id}\n"),
        f"- {merlin.repo_id}",
        also=also,
    )
    yield Case(
        "MC109",
        "other case",
        skua.other("Lumen-Labs/skua-8b-instruct", skua.text).front(
            "base_model", "base_model: Lumen-Labs/skua-8b-instruct"
        ),
        "Lumen-Labs/skua",
        also=also,
    )
    for n, release in enumerate((skua, pt, zh, merlin, wren)):
        one, two = "loop-lab/One-8B", "loop-lab/Two-8B"
        back = release.repo_id if n % 2 == 0 else two
        looped = release.front("base_model", f"base_model: {one}" if n < 4 else f"base_model: [{one}]").other(
            one, f"---\nlicense: {'mit' if n == 4 else 'apache-2.0'}\nbase_model: {back}\n---\n# One\n"
        )
        looped = looped.other(
            two, f"---\nlicense: apache-2.0\nbase_model:\n- {release.repo_id}\n---\n# Two\n"
        )
        yield Case("MC110", f"through {back}", looped, one, also=also)
    for value in ("fine-tune", "finetuned", "distillation", "sft", "Merge"):
        yield Case(
            "MC111",
            value,
            skua.front("base_model_relation", f"base_model_relation: {value}"),
            f"base_model_relation: {value}",
        )
    yield Case(
        "MC111",
        "adapter, and trained",
        skua.front("base_model_relation", "base_model_relation: adapter"),
        "base_model_relation: adapter",
        "warning",
    )
    yield Case(
        "MC111",
        "quantized, and trained",
        pt.front("base_model_relation", "base_model_relation: quantized"),
        "base_model_relation: quantized",
        "warning",
    )
    yield Case(
        "MC111",
        "merge, and trained",
        zh.front("base_model_relation", "base_model_relation: merge"),
        "base_model_relation: merge",
        "warning",
        also=("MC254",),
    )
    yield Case(
        "MC111",
        "finetune of a merge",
        merlin.front("base_model_relation", "base_model_relation: finetune"),
        "base_model_relation: finetune",
    )
    for value, form in (
        (skua.repo_id, "itself"),
        ("lumen-labs/Skua-9B", "missing"),
        ("https://huggingface.co/borealis-ai/Auk-8B", "a URL"),
        ("Skua 9", "a title"),
        ("Lumen-Labs/Skua-8B-instruct", "itself in other case"),
    ):
        yield Case(
            "MC117",
            form,
            skua.swap("license: apache-2.0", f"license: apache-2.0\nnew_version: {value}"),
            f"new_version: {value}",
            also=("MC102",),
        )


def _licences(all_of: dict[str, Release]) -> Iterator[Case]:
    skua, pt, zh, merlin, wren = all_of.values()
    other = ("MC119", "MC251")
    error = ("cc-by-nc-4.0", "cc-by-nc-sa-4.0", "cc-by-nd-4.0", "cc-by-nc-nd-4.0")
    mild = ("llama3.1", "gemma", "openrail", "gpl-3.0", "agpl-3.0", "cc-by-sa-4.0", "other")
    for n, theirs in enumerate(error + mild):
        release = (skua, pt, zh)[n % 3]
        base = release.text.partition("base_model: ")[2].partition("\n")[0]
        planted = release.other(base, f"---\nlicense: {theirs}\n---\n# Base\n")
        yield Case(
            "MC113",
            f"{theirs} parent under apache-2.0",
            planted,
            "license: apache-2.0",
            "error" if theirs in error else "warning",
            also=other,
        )
    yield Case(
        "MC113",
        "MIT over Apache-2.0 without notice",
        skua.front("license", "license: mit")
        .file("LICENSE", None)
        .swap("[the licence](LICENSE)", "the licence")
        .swap("| License | Apache 2.0 |\n", ""),
        "license: mit",
        "warning",
        also=other,
    )
    yield Case(
        "MC113",
        "one of two parents is non-commercial",
        merlin.other(AUK, "---\nlicense: cc-by-nc-4.0\n---\n# Auk\n"),
        "license: apache-2.0",
        also=other,
    )
    undeclared = wren.say(
        "This model is a merge of [hollow-lab/wren-asr-base](https://huggingface.co/hollow-lab/wren-asr-base) and [fen/marsh-asr](https://huggingface.co/fen/marsh-asr)."
    )
    yield Case(
        "MC113",
        "a parent named only in the text",
        undeclared.other("fen/marsh-asr", "---\nlicense: cc-by-nc-4.0\n---\n# Marsh\n"),
        "license: mit",
        also=("MC112", "MC111"),
    )
    bare = (
        skua.file("LICENSE", None)
        .swap("[the licence](LICENSE)", "the licence")
        .swap("| License | Apache 2.0 |\n", "")
    )
    for form in (
        "license: other",
        "license: other\nlicense_name: skua-license",
        "license: other\nlicense_name: skua-license\nlicense_link: LICENSE.md",
        "license: other\nlicense_link: LICENSE-SKUA",
        "license: apache-2.0\nlicense_link: LICENSE.txt",
        "license: other\nlicense_name: x\nlicense_link: https://huggingface.co/lumen-labs/Skua-8B-Instruct/blob/main/LICENSE",
    ):
        yield Case(
            "MC114",
            form,
            bare.front("license", form),
            form.split("\n")[-1 if "link" in form else 0],
            also=("MC113", "MC119"),
        )
    forms = (
        (skua.swap("| License | Apache 2.0 |", "| License | MIT |"), "| License |", "error"),
        (
            wren.swap("MIT License.", "This model is released under the Apache 2.0 license."),
            "Apache 2.0 license",
            "warning",
        ),
        (pt.say("O modelo é distribuído sob a licença MIT."), "sob a licença MIT", "warning"),
        (zh.say("本模型采用 MIT 许可证发布。"), "MIT 许可证", "warning"),
        (skua.say("**License:** CC BY-NC 4.0"), "**License:**", "warning"),
        (wren.swap("MIT License.", "Licence: CC BY-NC-SA 4.0"), "Licence: CC", "warning"),
        (skua.say("- License: MIT"), "- License: MIT", "warning"),
        (
            pt.say(
                "<table><tr><th>Licença</th><td>GPL-3.0</td></tr><tr><th>Camadas</th><td>12</td></tr></table>"
            ),
            "<table><tr><th>Licença",
            "error",
        ),
        (
            skua.say(
                "The model weights are licensed under the [MIT License](https://opensource.org/license/mit)."
            ),
            "are licensed under",
            "warning",
        ),
    )
    for release, at, severity in forms:
        yield Case("MC119", at, release, at, severity, also=("MC113",))


def _languages(all_of: dict[str, Release]) -> Iterator[Case]:
    skua, pt, zh, _, wren = all_of.values()
    forms = (
        (
            skua.swap("It supports English and Portuguese.", "It supports English, Portuguese and French."),
            "French",
        ),
        (
            skua.say("| | |\n|---|---|\n| Languages | English, Portuguese, German |\n| Developer | Lumen |"),
            "German",
        ),
        (pt.say("O modelo suporta português, inglês e espanhol."), "espanhol"),
        (zh.swap("支持中文和英文", "支持中文、英文和日语"), "日语"),
        (wren.swap("English and Chinese speech", "English, Chinese and Korean speech"), "Korean speech"),
        (skua.say("- **Language(s):** English, Portuguese, Spanish"), "Language(s)"),
        (skua.say("Supported languages: English, Portuguese, Italian, Dutch."), "Supported languages"),
        (pt.say("**Idiomas:** português e inglês"), "Idiomas"),
        (zh.say("支持的语言：中文、英文、法语"), "支持的语言"),
    )
    for release, at in forms:
        yield Case("MC115", at, release, at, "warning")


def _entries(all_of: dict[str, Release]) -> Iterator[Case]:
    skua, pt, *_ = all_of.values()
    path = ".eval_results/gpqa.yaml"  # which line a missing entry has is a matter of taste
    good = "- dataset:\n    id: Idavidrein/gpqa\n    task_id: gpqa_diamond\n  value: 41.4\n"
    for form, old, new, at in (
        ("no task", "    task_id: gpqa_diamond\n", "", "id: Idavidrein"),
        ("value is text", "value: 41.4", 'value: "41.4 %"', "41.4 %"),
        ("no value", "  value: 41.4\n", "", "- dataset"),
        ("no data set id", "    id: Idavidrein/gpqa\n", "", "task_id"),
        ("not YAML", "value: 41.4", "value: [41.4", "value: [41.4"),
        ("source is no URL", "value: 41.4", "value: 41.4\n  source:\n    url: our tests", "our tests"),
        ("a mapping", good, "dataset: gpqa\nvalue: 41.4\n", "dataset: gpqa"),
    ):
        broken = skua.file(path, good.replace(old, new))
        where = ("dataset", "id:") if form.startswith("no ") else at
        yield Case("MC116", form, broken, where, path=path)
    for n, value in enumerate(("generator", "json", "imagefolder", "parquet", "csv")):
        release = (skua, pt)[n % 2]
        yield Case(
            "MC118", value, release.front("datasets", f"datasets:\n- {value}"), f"- {value}", "warning"
        )
    for value in ("accuracy 93.2%", "We measured accuracy on our own test set", "73.2"):
        yield Case(
            "MC118",
            value,
            pt.front("metrics", f"metrics:\n- {value}"),
            f"- {value}",
            "warning",
            also=("MC102",),
        )
