"""A run with an index: near models become suspects, and nothing in the index can take another model's place."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("numpy")

from pytest_modelcard.card.benchmarks import Registry
from pytest_modelcard.evidence import Evidence, EvidenceOptions
from pytest_modelcard.lineage.find import find_lineage
from pytest_modelcard.lineage.index import Entry, Near, entry_of, write_index
from pytest_modelcard.lineage.indexed import MOST, chosen_of
from pytest_modelcard.lineage.record import Found
from pytest_modelcard.source.catalog import Catalog
from pytest_modelcard.weights.opened import open_weights
from pytest_modelcard.weights.sketch import sketch
from tests.hub import Hub
from tests.lineage import repos
from tests.weights import made
from tests.weights.models import Model

BASE = made.base(seed=21)
CHAT = made.fine_tune(BASE, rms=3e-4, seed=22)
OTHER = made.fine_tune(BASE, rms=3e-4, seed=23)
MERGE = made.linear([CHAT, BASE], [0.6, 0.4])


def indexed(path: Path, **models: made.Model) -> Path:
    """An index of models under their ids, where `_` stands for a slash."""
    entries = []
    for id, model in models.items():
        opened = open_weights(Model({"model.safetensors": repos.stored(model)}))
        entries.append(entry_of(id.replace("_", "/"), None, sketch(opened)))
    write_index(path, entries)
    return path


def folder(path: Path, model: made.Model, text: str) -> Path:
    path.mkdir(parents=True)
    for name, content in repos.files(model).items():
        (path / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    (path / "README.md").write_text(text)
    return path


def judged(target: Path, index: Path, **maps: Path) -> Found:
    catalog = Catalog({id.replace("_", "/"): place for id, place in maps.items()}, offline=True)
    (source,) = catalog.open(str(target))
    options = EvidenceOptions(auto=False, index=index)
    return find_lineage(Evidence(source, catalog, Registry.default(), options=options))


def ids(found: Found) -> set[str]:
    return {p.id for p in found.lineage.parents}


def test_a_folder_of_the_index_is_found_as_parent(tmp_path: Path) -> None:
    base = folder(tmp_path / "base", BASE, "# A\n")
    folder(tmp_path / "models" / "chat", CHAT, "# A\n")
    folder(tmp_path / "models" / "other", OTHER, "# A\n")
    index = tmp_path / "models" / "index.jsonl"
    write_index(index, [_entry("./chat", CHAT), _entry("./other", OTHER)])
    found = judged(folder(tmp_path / "mine", MERGE, repos.card("lab/base")), index, lab_base=base)
    assert found.lineage.verdict == "exact-merge"
    assert ids(found) == {"./chat", "lab/base"}
    assert found.lineage.declared_complete is False


def test_without_the_index_the_same_card_is_not_found_out(tmp_path: Path) -> None:
    base = folder(tmp_path / "base", BASE, "# A\n")
    mine = folder(tmp_path / "mine", MERGE, repos.card("lab/base"))
    catalog = Catalog({"lab/base": base}, offline=True)
    (source,) = catalog.open(str(mine))
    found = find_lineage(Evidence(source, catalog, Registry.default(), options=EvidenceOptions(auto=False)))
    assert found.lineage.declared_complete is not False


def test_the_candidate_itself_is_no_suspect(tmp_path: Path) -> None:
    base = folder(tmp_path / "base", BASE, "# A\n")
    mine = folder(tmp_path / "mine", CHAT, repos.card("lab/base"))
    index = tmp_path / "index.jsonl"
    write_index(index, [_entry("./mine", CHAT), _entry("./x/../mine", CHAT)])
    (tmp_path / "x").mkdir()
    found = judged(mine, index, lab_base=base)
    assert found.lineage.verdict == "fine-tune"
    assert found.lineage.candidates == ("lab/base",)


@pytest.mark.slow
def test_an_honest_card_stays_honest_with_relatives_in_the_index(tmp_path: Path) -> None:
    base = folder(tmp_path / "base", BASE, "# A\n")
    index = tmp_path / "index.jsonl"
    folder(tmp_path / "merge", MERGE, "# A\n")  # made from the candidate, not the other way round
    folder(tmp_path / "other", OTHER, "# A\n")
    write_index(index, [_entry("./merge", MERGE), _entry("./other", OTHER)])
    found = judged(folder(tmp_path / "mine", CHAT, repos.card("lab/base")), index, lab_base=base)
    assert found.lineage.declared_complete is not False


def test_models_that_cannot_be_opened_are_notes(tmp_path: Path) -> None:
    base = folder(tmp_path / "base", BASE, "# A\n")
    index = indexed(tmp_path / "index.jsonl", lab_chat=CHAT)
    found = judged(folder(tmp_path / "mine", MERGE, repos.card("lab/base")), index, lab_base=base)
    assert any("lab/chat was not compared" in note for note in found.notes)
    assert found.lineage.declared_complete is not False


def test_an_index_of_other_architectures_costs_no_bytes(tmp_path: Path) -> None:
    base = folder(tmp_path / "base", BASE, "# A\n")
    mine = folder(tmp_path / "mine", CHAT, repos.card("lab/base"))
    index = tmp_path / "index.jsonl"
    write_index(index, [_entry("lab/deeper", made.base(seed=21, layers=5))])
    write_index(tmp_path / "empty.jsonl", [])
    found, without = judged(mine, index, lab_base=base), judged(mine, tmp_path / "empty.jsonl", lab_base=base)
    assert any("none of the 1 models" in note for note in found.notes)
    assert found.bytes_read == without.bytes_read


def test_an_index_that_is_broken_is_a_note(tmp_path: Path) -> None:
    base = folder(tmp_path / "base", BASE, "# A\n")
    index = tmp_path / "index.jsonl"
    index.write_text("{}\n")
    found = judged(folder(tmp_path / "mine", CHAT, repos.card("lab/base")), index, lab_base=base)
    assert any("the index was not searched" in note for note in found.notes)
    assert found.lineage.verdict == "fine-tune"


def test_an_index_cannot_stand_in_for_a_declared_base(tmp_path: Path) -> None:
    """A folder's id is no repository's, and a repository's id is asked of maps and Hub alone."""
    base = folder(tmp_path / "base", BASE, "# A\n")
    folder(tmp_path / "lab" / "base", OTHER, "# A\n")
    index = indexed(tmp_path / "index.jsonl", lab_base=OTHER)
    found = judged(folder(tmp_path / "mine", CHAT, repos.card("lab/base")), index, lab_base=base)
    assert ids(found) == {"lab/base"}
    assert found.lineage.verdict == "fine-tune"


def test_a_model_of_the_hub_is_found_by_its_sketch(hub: Hub, tmp_path: Path) -> None:
    for id, model, text in (
        (repos.BASE, BASE, "# A\n"),
        (repos.CHAT, CHAT, "# A\n"),
        ("acme/mine", MERGE, repos.card(repos.BASE)),
    ):
        repos.add(hub, id, model, text)
    index = indexed(tmp_path / "index.jsonl", lab_chat=CHAT, lab_gone=OTHER)
    found = repos.on_the_hub("acme/mine", index=index)
    assert found.lineage.verdict == "exact-merge"
    assert ids(found) == {repos.CHAT, repos.BASE}


def test_only_the_nearest_are_taken() -> None:
    def near(number: int, similarity: float, change: float | None) -> Near:
        return Near(Entry(f"lab/m{number}", None, "a" * 64, b""), similarity, 0.0, change)

    strangers = [near(n, 0.1, 0.05) for n in range(100, 110)]
    alike = [near(n, 0.99 - n / 1000, 0.0) for n in range(10)]
    changed = near(50, 0.9, -0.8)
    chosen = [n.entry.id for n in chosen_of([*alike, changed, *strangers])]
    assert chosen == [*(f"lab/m{n}" for n in range(MOST)), "lab/m50"]
    assert chosen_of(strangers) == []


def _entry(id: str, model: made.Model) -> Any:
    opened = open_weights(Model({"model.safetensors": repos.stored(model)}))
    return entry_of(id, None, sketch(opened))
