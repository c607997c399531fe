from __future__ import annotations

import json

import pytest

from pytest_modelcard.checks.release.missing_release_file import MissingReleaseFile
from tests.support import findings

CARD = "---\nlicense: mit\npipeline_tag: text-generation\n---\n# Acme 7B Instruct\n"
INDEX = json.dumps(
    {"weight_map": {"a": "model-00001-of-00002.safetensors", "b": "model-00002-of-00002.safetensors"}}
)
WHOLE = {
    "LICENSE": "MIT",
    "config.json": "{}",
    "generation_config.json": "{}",
    "tokenizer.json": "{}",
    "tokenizer_config.json": '{"chat_template": "{{ messages }}"}',
    "model-00001-of-00002.safetensors": "",
    "model-00002-of-00002.safetensors": "",
    "model.safetensors.index.json": INDEX,
}


def found(files: dict[str, str], card: str = CARD) -> dict[str, tuple[str, str]]:
    listed = findings(MissingReleaseFile, card, files=files, repo_id="acme/acme-7b-instruct")
    return {f.key: (f.outcome, f.severity) for f in listed if f.outcome != "pass"}


def without(*names: str) -> dict[str, str]:
    return {k: v for k, v in WHOLE.items() if k not in names}


def test_a_whole_release_passes() -> None:
    assert found(WHOLE) == {}


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (("LICENSE",), {"license-file": ("warn", "warning")}),
        (("config.json",), {"config": ("fail", "error")}),
        (
            ("tokenizer.json", "tokenizer_config.json"),
            {"tokenizer": ("fail", "error"), "chat-template": ("fail", "error")},
        ),
        (("generation_config.json",), {"generation-config": ("warn", "note")}),
        (("model-00002-of-00002.safetensors",), {"weight-shards": ("fail", "error")}),
        (
            ("model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors"),
            {"weights": ("fail", "error"), "weight-shards": ("fail", "error")},
        ),
    ],
)
def test_what_is_missing_is_open(names: tuple[str, ...], expected: dict[str, tuple[str, str]]) -> None:
    assert found(without(*names)) == expected


def test_shards_are_missed_without_an_index_too() -> None:
    assert "weight-shards" in found(
        without("model.safetensors.index.json", "model-00001-of-00002.safetensors")
    )


def test_pickled_weights_alone_are_no_safe_format() -> None:
    files = {**without(*(n for n in WHOLE if n.startswith("model"))), "pytorch_model.bin": ""}
    assert found(files) == {"weights": ("fail", "error")}


def test_a_licence_link_is_enough() -> None:
    card = CARD.replace("license: mit", "license: other\nlicense_link: https://example.org/LICENSE")
    assert found(without("LICENSE"), card) == {}


def test_adapters_ggufs_and_other_tasks_need_less() -> None:
    adapter = {"LICENSE": "", "adapter_config.json": "{}", "adapter_model.safetensors": ""}
    assert found(adapter) == {}
    assert found({"LICENSE": "", "acme-Q4_K_M.gguf": ""}, "---\nlicense: mit\n---\n# Acme") == {}
    image = {"LICENSE": "", "config.json": "{}", "model.safetensors": ""}
    assert found(image, "---\npipeline_tag: image-classification\n---\n# Acme Net") == {
        "tokenizer": ("skip", "error")
    }


def test_a_chat_template_may_be_a_file_and_is_asked_of_chat_models_only() -> None:
    bare = {**WHOLE, "tokenizer_config.json": "{}"}
    assert found(bare) == {"chat-template": ("fail", "error")}
    assert found({**bare, "chat_template.jinja": "x"}) == {}
    listed = findings(
        MissingReleaseFile,
        "---\npipeline_tag: text-generation\n---\n# Acme Base",
        files=bare,
        repo_id="acme/base",
    )
    assert {f.key: f.outcome for f in listed}["chat-template"] == "pass"


def test_without_files_nothing_is_said() -> None:
    listed = findings(MissingReleaseFile, CARD, knows_files=False)
    assert {f.outcome for f in listed} == {"skip"}


def test_an_unreadable_index_is_unknown() -> None:
    assert found({**WHOLE, "model.safetensors.index.json": "{"}) == {"weight-shards": ("skip", "error")}
    assert found({**WHOLE, "model.safetensors.index.json": "[]"}) == {"weight-shards": ("skip", "error")}
