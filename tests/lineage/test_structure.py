"""What is told before a weight is read: identical files, adapters, configuration and tokenizer."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from pytest_modelcard.errors import CannotTell
from pytest_modelcard.evidence import EvidenceOptions
from pytest_modelcard.lineage.find import find_lineage
from pytest_modelcard.lineage.record import Found
from pytest_modelcard.source.catalog import Catalog
from tests.hub import Hub
from tests.lineage.repos import BASE, CHAT, NEW, OLD, add, card, evidence, files, on_the_hub
from tests.support import evidence_for
from tests.weights import made
from tests.weights.models import bf16, file_bytes

MODEL = made.base()
TUNED = made.fine_tune(MODEL, 4e-4, 1)


@pytest.mark.parametrize(("changed", "complete"), [(OLD, False), (NEW, None)])
def test_equal_files_are_a_copy_without_a_byte_of_weights(
    hub: Hub, changed: str, complete: bool | None
) -> None:
    add(hub, BASE, MODEL)
    add(hub, CHAT, TUNED, changed=changed)
    add(hub, "acme/mine", TUNED, card(BASE), created="2025-01-01T00:00:00.000Z", changed=NEW)
    found = on_the_hub("acme/mine", CHAT)
    assert (found.lineage.verdict, found.bytes_read, found.requests) == ("copy", 0, 0)
    assert [p.id for p in found.lineage.parents] == [CHAT]
    # only a model that was not touched since before the candidate was made is surely the older one
    assert found.lineage.declared_complete is complete
    assert not hub.requests("safetensors")
    assert ("which was first" in found.lineage.sentence) is (complete is None)


def test_a_possible_mirror_of_a_base_that_cannot_be_read_is_no_accusation(hub: Hub) -> None:
    add(hub, CHAT, TUNED)
    add(hub, "acme/mine", TUNED, card(BASE), created=NEW, changed=NEW)
    found = on_the_hub("acme/mine", CHAT)
    assert (found.lineage.verdict, found.lineage.declared_complete) == ("copy", None)


def test_a_copy_of_the_declared_base_is_complete(hub: Hub) -> None:
    add(hub, BASE, MODEL)
    add(hub, "acme/mine", MODEL, card(BASE))
    found = on_the_hub("acme/mine")
    assert (found.lineage.verdict, found.lineage.declared_complete) == ("copy", True)


def test_a_copy_under_other_file_names_has_its_direction_from_dates(hub: Hub) -> None:
    add(hub, BASE, MODEL)
    add(hub, CHAT, TUNED)
    add(hub, "acme/mine", TUNED, card(BASE), created=NEW, changed=NEW)
    reordered = made.Model(dict(reversed(TUNED.tensors.items())))
    hub.repos["acme/mine"].commit({**files(reordered), "README.md": card(BASE)})
    found = on_the_hub("acme/mine", CHAT)
    assert (found.lineage.verdict, found.lineage.declared_complete) == ("copy", False)
    assert found.bytes_read > 0 and any("was last changed on 2024-01-01" in note for note in found.notes)


# --- configuration and tokenizer


def test_what_differs_in_configuration_is_told() -> None:
    other = files(MODEL) | {
        "config.json": json.dumps({"hidden_size": 64, "vocab_size": 200, "rope_theta": 1.0})
    }
    found = find_lineage(evidence(card(BASE), files(TUNED), {BASE: other}))
    (seen,) = found.beside
    assert seen.config == ("num_hidden_layers", "rope_theta", "vocab_size")
    assert any("config.json differs from lab/base's in num_hidden_layers" in note for note in found.notes)
    assert found.lineage.verdict == "fine-tune"


def test_tokenizers_are_compared_by_their_tokens(tmp_path: Any) -> None:
    def tokenizer(**vocab: int) -> str:
        return json.dumps({"model": {"vocab": vocab}, "added_tokens": [{"id": 9, "content": "<end>"}]})

    told = {}
    for name, there in (("same", tokenizer(a=0, b=1)), ("other", tokenizer(a=1, b=0, c=2))):
        catalog = Catalog({BASE: tmp_path / name / "base"}, offline=True)
        for place, text, model in (("base", there, MODEL), ("mine", tokenizer(a=0, b=1), TUNED)):
            folder = tmp_path / name / place
            folder.mkdir(parents=True)
            for path, content in files(model, **{"tokenizer.json": text, "README.md": card(BASE)}).items():
                (folder / path).write_bytes(content if isinstance(content, bytes) else content.encode())
        mine = evidence_for("")
        mine.source, mine.catalog = catalog.open(str(tmp_path / name / "mine"))[0], catalog
        mine.options = EvidenceOptions(auto=False)
        told[name] = find_lineage(mine)
    assert [f.beside[0].tokenizer for f in told.values()] == ["same", "other"]
    assert any("0 tokens more, 1 fewer, 2 under another number" in note for note in told["other"].notes)


# --- adapters alone


def adapter(
    rank: int = 4, wide: int = made.HIDDEN, named: str | None = BASE, module: str = "self_attn.q_proj"
) -> dict[str, str | bytes]:
    tensors = {}
    for layer in range(made.LAYERS):
        path = f"base_model.model.model.layers.{layer}.{module}"
        tensors[f"{path}.lora_A.weight"] = bf16(np.ones((rank, wide)))
        tensors[f"{path}.lora_B.weight"] = bf16(np.ones((wide, rank)))
    config = {"peft_type": "LORA", "r": rank, "base_model_name_or_path": named}
    return {"adapter_config.json": json.dumps(config), "adapter_model.safetensors": file_bytes(tensors)}


def alone(contents: dict[str, str | bytes]) -> Found:
    return find_lineage(evidence(card(BASE), contents, {BASE: files(MODEL)}))


@pytest.mark.parametrize(
    ("named", "complete"), [(BASE, True), ("/home/me/base", True), (None, True), ("other/base-4bit", None)]
)
def test_an_adapter_that_fits_the_declared_base_is_one(named: str | None, complete: bool | None) -> None:
    found = alone(adapter(named=named))
    assert (found.lineage.verdict, found.lineage.declared_complete) == ("adapter", complete)
    assert [p.id for p in found.lineage.parents] == [BASE]
    assert "rank 4) for 4 matrices" in found.lineage.sentence


@pytest.mark.parametrize(
    ("contents", "missing"),
    [
        (adapter(wide=48), "4 of its matrices do not fit lab/base"),
        (adapter(module="mixer.in_proj"), "4 of its modules have no matrix in lab/base"),
    ],
)
def test_an_adapter_that_does_not_fit_accuses_nobody(contents: dict[str, str | bytes], missing: str) -> None:
    found = alone(contents)
    assert found.lineage.verdict == "cannot-tell" and missing in found.lineage.missing
    assert found.lineage.declared_complete is None


@pytest.mark.parametrize("broken", ["adapter_model.safetensors", "lora"])
def test_an_adapter_that_cannot_be_compared_is_told(broken: str) -> None:
    contents = adapter()
    if broken == "lora":
        contents["adapter_model.safetensors"] = file_bytes({"prompt_embeddings": bf16(np.ones((8, 8)))})
    else:
        del contents[broken]
    with pytest.raises(CannotTell, match="an adapter"):
        alone(contents)
