"""MC612: configuration and weight files that cannot be read."""

from __future__ import annotations

import json
from typing import Any

import pytest

from pytest_modelcard.checks.config.config_unreadable import ConfigUnreadable
from pytest_modelcard.model import Finding
from tests.support import findings
from tests.weights.build import entries, safetensors, with_header

from .models import config, dense, repository, sharded


def check(files: Any) -> dict[str, Finding]:
    return {f.key: f for f in findings(ConfigUnreadable, "# Acme\n", files=files)}


def test_a_sound_repository_passes() -> None:
    for files in (repository(), sharded(dense(), 4)):
        assert {k: f.outcome for k, f in check(files).items()} == {"configuration": "pass", "weights": "pass"}


@pytest.mark.parametrize(
    ("path", "text", "line", "says"),
    [
        ("config.json", '{\n "a": 1,\n}', 3, "not valid JSON"),
        ("config.json", "", 1, "not valid JSON"),
        ("generation_config.json", "[]", 1, "no JSON object"),
        ("tokenizer_config.json", '{\n "a": 1,\n "a": 2\n}', 3, "occurs twice"),
        ("config.json", '{\n "hidden_size": "4096"\n}', 2, "no whole number"),
        ("config.json", '{\n "hidden_size": 4096.5\n}', 2, "no whole number"),
        ("config.json", '{\n "vocab_size": -1\n}', 2, "below zero"),
        ("config.json", '{\n "architectures": "Llama"\n}', 2, "no list of names"),
        ("config.json", '{\n "model_type": 1\n}', 2, "no string"),
        ("config.json", b'{\n "a": "\xff"\n}', 2, "not UTF-8"),
        ("config.json", "[" * 100_000, 1, "not valid JSON"),
        ("config.json", '{"a": ' + "9" * 10_000 + "}", 1, "not valid JSON"),
    ],
)
def test_broken_configuration_fails_with_file_and_line(
    path: str, text: str | bytes, line: int, says: str
) -> None:
    found = check({path: text})["configuration"]
    assert (found.outcome, found.span.path, found.span.line) == ("fail", path, line)
    assert says in found.message


@pytest.mark.parametrize(
    "text",
    [
        '{"time_step_limit": [0.0, Infinity], "num_key_value_heads": [8, 4]}',
        '{"vocab_size": null, "hidden_size": 4096.0}',
        "\ufeff{}",
    ],
)
def test_what_loaders_accept_passes(text: str) -> None:
    assert check({"config.json": text})["configuration"].outcome == "pass"


def test_a_missing_shard_fails() -> None:
    files = sharded(dense(), 3)
    del files["model-00002-of-00003.safetensors"]
    found = check(files)["weights"]
    assert (found.outcome, found.span.path) == ("fail", "model.safetensors.index.json")
    assert "model-00002-of-00003.safetensors" in found.message


def test_an_index_that_leaves_the_repository_fails() -> None:
    index = json.dumps({"weight_map": {"a": "../../etc/passwd"}})
    found = check({"config.json": config(), "model.safetensors.index.json": index})["weights"]
    assert found.outcome == "fail" and "leaves the repository" in found.message


def test_an_index_that_the_headers_contradict_fails() -> None:
    files = sharded(dense(2), 2)
    index = json.loads(str(files["model.safetensors.index.json"]))
    index["weight_map"]["model.ghost.weight"] = "model-00001-of-00002.safetensors"
    files["model.safetensors.index.json"] = json.dumps(index)
    found = check(files)["weights"]
    assert found.outcome == "fail" and "model.ghost.weight" in found.message


def test_a_lying_header_fails_and_names_the_file() -> None:
    found = check({"model.safetensors": with_header(entries({"a": ("F32", (4,))}), 12)})["weights"]
    assert (found.outcome, found.span.path) == ("fail", "model.safetensors")
    assert "the file has" in found.message


def test_no_verdict_where_nothing_can_be_read() -> None:
    lone = findings(ConfigUnreadable, "# Acme\n", knows_files=False)
    assert {f.outcome for f in lone} == {"skip"}
    assert check({})["weights"].outcome == "skip"
    two = {"a.safetensors": safetensors(dense(1)), "b.safetensors": safetensors(dense(1))}
    assert check(two)["weights"].outcome == "skip"
