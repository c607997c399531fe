"""Whose name is a printed name: this model's, its base's, another's."""

import pytest

from pytest_modelcard.card.names import KnownNames, key, title_name, tokens
from pytest_modelcard.card.records import FrontMatter, Heading
from pytest_modelcard.model import CardIdentity, Span

KITE = KnownNames(("acme/Kite-2.5-Open-90B", "Kite 2.5 Open 90B"), ("Origin/Sky3-90B-A7B",))


@pytest.mark.parametrize(
    ("printed", "role"),
    [
        ("Kite 2.5 Open 90B", "this"),
        ("**kite-2.5-open-90b**", "this"),
        ("acme/Kite-2.5-Open-90B", "this"),
        ("Kite-2.5-Open-90B (ours)", "this"),
        ("Kite 2.5 Open 90B (thinking)", "this"),
        ("Ours", "this"),
        ("", "this"),
        ("Kite 2.5 Open 9B", "other"),
        ("Kite 2.5 Open 900B", "other"),
        ("Kite 25 Open 90B", "other"),
        ("Kite 2.5 Open", "other"),
        ("Kite 2.5 Open 90B Mini", "other"),
        ("Kite 2.5 Open 90B (AWQ)", "other"),
        ("Sky3-90B-A7B", "base"),
        ("Sky 3 90B", "base"),
        ("Sky3 90B (base)", "base"),
        ("Base Model", "base"),
        ("base", "base"),
        ("Sky3-9B", "other"),
        ("Cloud 4 (base)", "other"),
        ("Cloud 4 Base", "other"),
        ("Sky4 90B", "other"),
        ("Origin/Sky3-90B-A7B", "base"),
        ("else/Sky3-90B-A7B", "base"),
        ("GPT-4", "other"),
    ],
)
def test_role(printed: str, role: str) -> None:
    assert KITE.role(printed) == role


def test_a_mark_for_base_means_nothing_where_no_base_is_declared() -> None:
    assert KnownNames(("acme/Kite-7B",), ()).role("Sky 7B (base)") == "other"
    assert KnownNames(("acme/Kite-7B",), ()).marked_base("Sky 7B (base)")


def test_the_own_repository_wins_over_a_base_of_the_same_name() -> None:
    names = KnownNames(("quants/Sky-7B",), ("origin/Sky-7B",))
    assert names.role("Sky-7B") == "this"
    assert names.role("origin/Sky-7B") == "base"


def test_sizes_are_words_of_their_own() -> None:
    assert tokens("Sky3-8B") == ("sky", "3", "8b")
    assert key("Sky3-8B") != key("Sky 38B")
    assert key("Sky-3.5") != key("Sky-35")
    assert tokens("Sky3-90B-A7B") == ("sky", "3", "90b", "a7b")


def test_size_may_only_be_left_out_loosely() -> None:
    assert KITE.loosely_own("Kite 2.5 Open")
    assert not KITE.loosely_own("Kite 2.5 Open 9B")
    assert not KITE.loosely_own("Kite 2.5 Open (base)")


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Model Card for Kite 7B", "Kite 7B"),
        ("🚀 Kite 7B: an open model", "Kite 7B"),
        ("Introduction", ""),
        ("Model Details", ""),
        ("模型介绍", ""),
        ("", ""),
    ],
)
def test_title_name(title: str, name: str) -> None:
    assert title_name(title) == name


def test_names_of_a_card() -> None:
    front = FrontMatter(
        present=True,
        readable=True,
        data={"base_model": ["a/X-1B", 5], "model-index": [{"name": "Kite"}, "?"]},
    )
    identity = CardIdentity("x", "acme/Kite-1B", None, "README.md", "")
    names = KnownNames.of(
        identity, front, (Heading(2, "News", Span("README.md", 3)), Heading(1, "# Kite", Span("R", 5)))
    )
    assert names.bases == ("a/X-1B",)
    assert names.own[0] == "acme/Kite-1B"
    assert "Kite" in names.own


@pytest.mark.parametrize("name", ["", "(", "((((", "/", "*" * 5000, "\x00", "８Ｂ", "a" * 100_000])
def test_odd_names_do_no_harm(name: str) -> None:
    assert KITE.role(name) in ("this", "base", "other")
    assert isinstance(key(name), str)
