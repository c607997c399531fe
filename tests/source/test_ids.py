"""What a user may type for a model on the Hub."""

from __future__ import annotations

import pytest

from pytest_modelcard.source.ids import HubTarget, is_repo_id, read_target


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("acme/model", HubTarget("acme/model")),
        ("gpt2", HubTarget("gpt2")),
        ("acme/Model-1.5_b", HubTarget("acme/Model-1.5_b")),
        ("acme/model@main", HubTarget("acme/model", "main")),
        ("acme/model@refs/pr/12", HubTarget("acme/model", "refs/pr/12")),
        ("acme/model/refs/pr/12", HubTarget("acme/model", "refs/pr/12")),
        ("acme/model@" + "a" * 40, HubTarget("acme/model", "a" * 40)),
        ("hf://acme/model@v1", HubTarget("acme/model", "v1")),
        ("hf://models/acme/model", HubTarget("acme/model")),
        ("https://huggingface.co/acme/model", HubTarget("acme/model")),
        ("https://huggingface.co/acme/model/", HubTarget("acme/model")),
        ("https://huggingface.co/gpt2", HubTarget("gpt2")),
        ("https://huggingface.co/gpt2/tree/main", HubTarget("gpt2")),
        ("https://hf.co/acme/model?library=transformers#usage", HubTarget("acme/model")),
        ("https://huggingface.co/acme/model/tree/v1.0/sub", HubTarget("acme/model", "v1.0")),
        ("https://huggingface.co/acme/model/tree/refs%2Fpr%2F3", HubTarget("acme/model", "refs/pr/3")),
        ("https://huggingface.co/acme/model/blob/refs/pr/3/README.md", HubTarget("acme/model", "refs/pr/3")),
        ("https://huggingface.co/acme/model/blob/main/README.md", HubTarget("acme/model")),
        (
            "https://huggingface.co/acme/model/blob/main/docs/CARD.md",
            HubTarget("acme/model", None, "docs/CARD.md"),
        ),
        ("https://huggingface.co/acme/model/commit/" + "b" * 40, HubTarget("acme/model", "b" * 40)),
        ("https://huggingface.co/acme/model/discussions/7", HubTarget("acme/model", "refs/pr/7")),
        ("https://huggingface.co/acme/model/discussions", HubTarget("acme/model")),
    ],
)
def test_models(typed, expected):
    assert read_target(typed) == expected


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "a/b/c",
        "acme/model@",
        "acme/model@../x",
        "acme/model@a b",
        "../model",
        "acme/mo del",
        "acme/-model",
        "acme/README.md",
        "README.md",
        "acme--model/x",
        "acme/model\n",
        "acme/modèle",
        "https://example.org/acme/model",
        "https://huggingface.co/datasets/acme/data",
        "https://huggingface.co/spaces/acme/demo",
        "https://huggingface.co",
        "https://huggingface.co/acme/model/tree/..%2F..%2Fx",
        "https://[::1/acme/model",
        "ftp://huggingface.co/acme/model",
        "x" * 97,
    ],
)
def test_anything_else(typed):
    assert read_target(typed) is None


def test_an_own_hub_is_an_address_too():
    assert read_target("http://127.0.0.1:81/acme/model") is None
    assert read_target("http://127.0.0.1:81/acme/model", "127.0.0.1:81") == HubTarget("acme/model")


@pytest.mark.parametrize("target", [HubTarget("a/b"), HubTarget("a/b", "v1"), HubTarget("gpt2", "refs/pr/1")])
def test_a_label_reads_back(target):
    assert read_target(target.label) == target


def test_hostile_lengths_are_quick():
    assert not is_repo_id("a" * 1_000_000)
    assert read_target("a-" * 500_000 + "!") is None
    assert read_target("https://huggingface.co/" + "a/" * 200_000) is None
