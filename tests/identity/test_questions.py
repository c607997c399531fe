"""The questions and the table of families: what the probe stands on."""

from __future__ import annotations

import pytest

from pytest_modelcard.identity.families import Family, families, pattern_of
from pytest_modelcard.identity.questions import questions


def test_there_are_enough_of_each_kind_and_language() -> None:
    found = questions()
    assert len(found.all) >= 120
    assert min(found.languages().values()) >= 40
    assert set(found.languages()) == {"en", "pt", "zh"}
    for language in found.languages():
        kinds = {q.kind for q in found.all if q.language == language}
        assert kinds >= {"name", "maker", "base", "version", "indirect", "role", "ignore", "completion"}
    assert len({q.text for q in found.all}) == len({q.id for q in found.all}) == len(found.all)


def test_no_question_names_a_model_or_its_maker() -> None:
    for family in families():
        pattern = pattern_of((*family.names, *family.makers), (*family.cased, *family.makers_cased))
        assert [q.text for q in questions().all if pattern.search(q.text)] == []


def test_the_order_is_seeded_and_mixes_languages() -> None:
    found = questions()
    assert found.order("a") == found.order("a") != found.order("b")
    assert sorted(found.order("a")) == list(range(len(found.all)))
    first = {found.all[i].language for i in found.order("a")[:15]}
    assert first == {"en", "pt", "zh"}


def test_families_are_apart() -> None:
    ids = [f.id for f in families()]
    assert len(set(ids)) == len(ids)
    types = [t for f in families() for t in f.model_types]
    assert len(set(types)) == len(types), "a kind of network that two families use tells neither"
    assert {b for f in families() for b in f.made_from} <= set(ids)


@pytest.mark.parametrize("family", families(), ids=lambda f: f.id)
def test_a_family_knows_its_own_name_and_no_other_familys(family: Family) -> None:
    everything = pattern_of((*family.names, *family.makers), (*family.cased, *family.makers_cased))
    for name in (*family.names, *family.cased, *family.makers, *family.makers_cased):
        assert everything.search(f"I am {name}, hello"), name
        others = [
            f.id
            for f in families()
            if f is not family
            and pattern_of((*f.names, *f.makers), (*f.cased, *f.makers_cased)).search(f"I am {name}, hello")
        ]
        assert others == [], name


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Qwen2.5-7B", True),
        ("qwen", True),
        ("Qwens", False),
        ("MyQwen", False),
        ("由Qwen开发", True),
        ("通义千问。", True),
    ],
)
def test_names_are_whole_words(text: str, found: bool) -> None:
    qwen = next(f for f in families() if f.id == "qwen")
    assert qwen.named_in(text) is found
