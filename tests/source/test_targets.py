"""From what was typed to sources: folders, files, maps."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from pytest_modelcard.errors import CardError, UnknownCard
from pytest_modelcard.source.catalog import Catalog

CONFIG = "{}"


def make(root: Path, *files: str) -> None:
    for name in files:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("# Card\n" if name.endswith((".md", ".markdown")) else CONFIG)


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def opened(target: str, **settings):
    return Catalog(offline=True, **settings).open(target)


def test_a_folder_with_a_card_is_one_repository(here):
    make(here, "m/README.md", "m/docs/README.md", "m/NOTES.md")
    (source,) = opened("m")
    assert (source.label, source.card_path, source.knows_files, source.repo_id) == (
        "m",
        "README.md",
        True,
        None,
    )
    assert opened("m/")[0].label == "m"


def test_a_folder_of_cards(here):
    make(here, "c/b.md", "c/a.markdown", "c/x/one/README.md", "c/x/one/sub/README.md", "c/y/README.md")
    make(here, "c/y/config.json", "c/.hidden/README.md", "c/notes.txt")
    sources = opened("c")
    assert [(s.label, s.card_path, s.knows_files) for s in sources] == [
        ("c/a.markdown", "a.markdown", False),
        ("c/b.md", "b.md", False),
        ("c/x/one", "README.md", False),
        ("c/y", "README.md", True),
    ]
    assert {s.read(s.card_path) for s in sources} == {b"# Card\n"}


def test_labels_are_printable_and_unique(here):
    make(here, "c/a\nb.md", "c/a\tb.md", "c/a b.md")
    labels = [s.label for s in opened("c")]
    assert len(set(labels)) == 3 and all(label.isprintable() for label in labels)


def test_a_folder_of_cards_is_bounded(here, monkeypatch):
    monkeypatch.setattr("pytest_modelcard.source.folders.MAX_CARDS", 2)
    make(here, *(f"c/{i}/README.md" for i in range(3)))
    with pytest.raises(CardError, match="more than 2 cards") as caught:
        opened("c")
    assert caught.value.reason == "too-large"


def test_a_model_whose_card_has_another_name(here):
    make(here, "m/readme.md", "m/config.json")
    (source,) = opened("m")
    assert source.card_path == "README.md"
    if not (here / "m" / "README.md").exists():
        with pytest.raises(CardError, match=r"there is readme\.md"):
            source.read(source.card_path)


def test_an_empty_folder_names_no_card(here):
    (here / "e").mkdir()
    with pytest.raises(UnknownCard, match=r"no README\.md"):
        opened("e")


def test_a_file_alone_says_nothing_of_other_files(here):
    make(here, "card.md", "m/README.md", "m/config.json", "m/CHANGES.md")
    assert not opened("card.md")[0].knows_files
    assert opened("m/README.md")[0].knows_files
    assert not opened("m/CHANGES.md")[0].knows_files


def test_a_link_named_by_the_user_is_followed(here):
    make(here, "real/card.md")
    (here / "link.md").symlink_to("real/card.md")
    (source,) = opened("link.md")
    assert source.label == "link.md" and source.read(source.card_path) == b"# Card\n"


def test_a_path_wins_over_an_id(here):
    make(here, "acme/model/README.md")
    assert opened("acme/model")[0].revision is None


@pytest.mark.parametrize(
    ("target", "message"),
    [
        ("./gone", "no such file or folder"),
        ("gone/README.md", "no such file or folder"),
        ("a/b/c", "no such file or folder"),
        ("not an id", "neither a file, a folder, nor a Hub id; accepted are"),
        ("https://huggingface.co/datasets/acme/data", "neither"),
        ("a\0b", "cannot be a path|neither"),
        ("x" * 5000, "cannot be a path|neither"),
        ("weights.bin", "no Markdown file"),
        ("pipe", "no regular file"),
    ],
)
def test_targets_that_name_no_card(here, target, message):
    (here / "weights.bin").write_bytes(b"x")
    os.mkfifo(here / "pipe")
    with pytest.raises(UnknownCard, match=message):
        opened(target)


def test_maps_give_local_files_for_ids(here):
    make(here, "m/README.md", "lone.md")
    library = Catalog({"acme/model": here / "m", "acme/lone": here / "lone.md"}, offline=True)
    (target,) = library.open("acme/model")
    assert (target.label, target.repo_id, target.knows_files) == ("acme/model", "acme/model", True)
    assert library.model("acme/model").read("README.md") == b"# Card\n"
    assert library.model("Acme/Model").repo_id == "acme/model"
    assert not library.model("acme/lone").knows_files
    wrong = Catalog({"acme/model": here / "gone"}, offline=True)
    with pytest.raises(CardError, match="is mapped to"):
        wrong.model("acme/model")


@pytest.mark.parametrize(
    "url",
    [
        "https://huggingface.co/acme/model",
        "https://huggingface.co/acme/model.git",
        "https://user:hf_secret00000000@huggingface.co/acme/model",
        "git@hf.co:acme/model",
    ],
)
def test_a_clone_tells_whose_it_is(here, url):
    make(here, "m/README.md", "m/.git/x")
    other = '[remote "other"]\n\turl = https://huggingface.co/x/y\n'
    (here / "m/.git/config").write_text(f'[core]\n\tbare = false\n{other}[remote "origin"]\n\turl = {url}\n')
    assert opened("m")[0].repo_id == "acme/model"
    assert opened("m/README.md")[0].repo_id == "acme/model"


@pytest.mark.parametrize(
    "config", ["", "\xff\x00", '[remote "origin"]\nurl = https://example.org/acme/model\n']
)
def test_a_clone_from_elsewhere_has_no_id(here, config):
    make(here, "m/README.md", "m/.git/x")
    (here / "m/.git/config").write_text(config)
    assert opened("m")[0].repo_id is None


def test_a_snapshot_in_the_clients_cache(here):
    root = f"models--acme--model/snapshots/{'a' * 40}"
    make(here, f"{root}/README.md")
    (source,) = opened(root)
    assert (source.repo_id, source.revision, source.knows_files) == ("acme/model", "a" * 40, False)
    make(here, f"{root}/config.json")
    assert opened(root)[0].knows_files
