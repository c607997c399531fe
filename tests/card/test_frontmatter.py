"""Front matter: what the Hub reads in it, every entry's line, and every fault with its line."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytest_modelcard.card.decode import decode
from pytest_modelcard.card.frontmatter import read_front_matter
from pytest_modelcard.card.records import FrontMatter
from pytest_modelcard.card.yaml_scalars import core_scalar

CORPUS = Path(__file__).resolve().parents[2] / ".." / "shared" / "corpus" / "cards"


def read(text: str) -> FrontMatter:
    return read_front_matter(text.split("\n"), "README.md")


def block(yaml: str) -> FrontMatter:
    return read(f"---\n{yaml}\n---\n# Title\n")


def codes(front_matter: FrontMatter) -> list[tuple[str, int]]:
    return [(p.code, p.span.line) for p in front_matter.problems]


def test_a_good_block_has_values_places_and_no_problem() -> None:
    found = block("license: mit\nbase_model:\n- acme/a\n- acme/b # why\ntags: [x, 'y: z']")
    assert found.present and found.readable and found.problems == ()
    assert found.data == {"license": "mit", "base_model": ["acme/a", "acme/b"], "tags": ["x", "y: z"]}
    assert (found.first_line, found.last_line) == (1, 7)
    place = found.spans["base_model", 1]
    assert (place.line, place.column, place.end_column) == (5, 3, 9)
    assert found.key_spans["license",].line == 2
    assert found.spans["tags", 1].column == 11
    assert found.span("tags", 7, "nothing") == found.spans["tags",]


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("no", "no"),
        ("Yes", "Yes"),
        ("on", "on"),
        ("true", True),
        ("FALSE", False),
        ("~", None),
        ("Null", None),
        ("012", 12),
        ("0o14", 12),
        ("0x1F", 31),
        ("-1.50", -1.5),
        ("1e3", 1000.0),
        (".5", 0.5),
        ("1_000", "1_000"),
        ("1:30", "1:30"),
        ("2024-01-01", "2024-01-01"),
        ("1.2.3", "1.2.3"),
        ("9" * 5000, "9" * 5000),
    ],
)
def test_scalars_are_those_of_yaml_1_2(written: str, value: object) -> None:
    found = block(f"key: {written}")
    assert found.data["key"] == value
    assert type(found.data["key"]) is type(value)
    assert core_scalar(written) == value


def test_quotes_and_tags_decide_the_type() -> None:
    assert block("a: '12'\nb: !!str 12\nc: !!int '12'\nd: \"null\"").data == {
        "a": "12",
        "b": "12",
        "c": 12,
        "d": "null",
    }


def test_block_scalars_keep_their_lines() -> None:
    found = block("a: |\n  one\n  two\nb: >-\n  one\n  two\nc: 1")
    assert found.data == {"a": "one\ntwo\n", "b": "one two", "c": 1}
    assert found.spans["c",].line == 8


@pytest.mark.parametrize(
    ("yaml", "code", "line"),
    [
        ("a: 1\nb:\n\t- x", "tab-indentation", 4),
        ("a: 1\nb: c: d", "bad-yaml", 3),
        ("a: 1\nb: [x, y\nc: 2", "bad-yaml", 3),
        ("a: 1\nb: 'x\nc: 2", "bad-yaml", 3),
        ("a: @x", "bad-yaml", 2),
        ("a: 1\n  b: 2", "bad-yaml", 3),
        ("some text\nlicense: mit", "bad-yaml", 3),
        ("a: *b", "undefined-alias", 2),
        ("a: &x [*x]", "recursive-alias", 2),
        ("a: {{ name }}", "key-not-text", 2),
        ("? [a, b]\n: c", "key-not-text", 2),
        ("- a\n- b", "not-a-mapping", 2),
        ("just words", "not-a-mapping", 2),
        ("a: 1\n...\n--- b", "several-documents", 4),
        ("a: " + "[" * 60 + "]" * 60, "too-deep", 2),
        ("a: " + "x" * 1_000_001, "too-large", 2),
    ],
)
def test_what_cannot_be_read_is_one_problem_with_its_line(yaml: str, code: str, line: int) -> None:
    found = block(yaml)
    assert found.present and not found.readable and found.data == {}
    assert codes(found) == [(code, line)]
    assert found.problems[0].severity == "error" and found.problems[0].help


@pytest.mark.parametrize(
    ("yaml", "code", "line", "severity"),
    [
        ("a: 1\nb: 2\na: 3", "duplicate-key", 4, "error"),
        ("m:\n  a: 1\n  a: 2", "duplicate-key", 4, "error"),
        ("a: 1\nlanguage:", "empty-value", 3, "warning"),
        ("language: no", "norwegian", 2, "warning"),
        ("language:\n- en\n- NO", "norwegian", 4, "warning"),
        ("a:\tb", "tab-after-key", 2, "warning"),
        ("a: !!python/object/apply:os.system ['true']", "unknown-tag", 2, "error"),
        ("a: !custom x", "unknown-tag", 2, "error"),
        ("1: x", "key-not-text", 2, "warning"),
        ("a: b\x07c", "control-character", 2, "error"),
    ],
)
def test_what_can_be_read_in_spite_of_a_fault(yaml: str, code: str, line: int, severity: str) -> None:
    found = block(yaml)
    assert found.readable and found.data
    assert codes(found) == [(code, line)]
    assert found.problems[0].severity == severity


def test_a_duplicate_key_names_both_lines_and_forgets_the_first_places() -> None:
    found = block("a:\n- 1\n- 2\na: 3")
    assert "line 2" in found.problems[0].message and "line 5" in found.problems[0].message
    assert found.data == {"a": 3}
    assert ("a", 0) not in found.spans


@pytest.mark.parametrize("yaml", ["language: 'no'", 'language: ["no", en]', "tags: [no, yes]", "x: no"])
def test_no_in_quotes_or_elsewhere_is_no_norwegian_trap(yaml: str) -> None:
    assert block(yaml).problems == ()


def test_aliases_and_merge_keys_are_followed_within_bounds() -> None:
    found = block("a: &x {p: 1, q: 2}\nb:\n  <<: *x\n  q: 3\nc: *x")
    assert found.data == {"a": {"p": 1, "q": 2}, "b": {"q": 3, "p": 1}, "c": {"p": 1, "q": 2}}
    assert found.problems == ()
    assert found.span("c", "p") == found.spans["c",]


def test_an_alias_bomb_is_refused() -> None:
    steps = "".join(
        f"{name}: &{name} [{','.join(['*' + before] * 9)}]\n"
        for before, name in zip("abcdefgh", "bcdefghi", strict=True)
    )
    found = block("a: &a [1, 2, 3, 4, 5, 6, 7, 8, 9]\n" + steps.rstrip())
    assert [c for c, _ in codes(found)] == ["alias-bomb"]
    assert not found.readable


@pytest.mark.parametrize(
    ("text", "present", "problems"),
    [
        ("# Title\n\ntext\n", False, []),
        ("", False, []),
        ("---\n\n# A rule above a title\n\n---\n", True, [("empty-front-matter", 1)]),
        ("---\nlicense: mit\n# Title\n", False, [("unclosed-front-matter", 1)]),
        ("----\nlicense: mit\n----\n", False, [("front-matter-not-first", 1)]),
        ("\n\n---\nlicense: mit\n---\n", True, [("front-matter-not-first", 3)]),
        ("--- \nlicense: mit\n---\n", True, [("front-matter-not-first", 1)]),
        ("<!-- c -->\n---\nlicense: mit\n---\n", False, [("front-matter-not-first", 2)]),
        ("# Title\n\n---\n\nSome text: more\n\n---\n", False, []),
        ("# Title\n\n```yaml\n---\nlicense: mit\n---\n```\n", False, []),
        ("---\n---\n# Title\n", True, [("empty-front-matter", 1)]),
        ("---\nlicense: mit\n--- \t\n# T\n", True, []),
        ("---\nlicense: mit\n---", True, []),
    ],
)
def test_the_block_is_found_as_the_hub_finds_it(
    text: str, present: bool, problems: list[tuple[str, int]]
) -> None:
    found = read(text)
    assert found.present is present
    assert codes(found) == problems


def test_windows_line_ends_and_odd_line_separators_keep_the_lines() -> None:
    text, _ = decode("\ufeff---\r\na: x\u2028y\r\nb: 2\r\n---\r\n".encode(), "README.md")
    found = read(text)
    assert found.problems == ()
    assert found.spans["b",].line == 3


def test_thousands_of_entries_are_read_with_bounded_problems() -> None:
    found = block("".join(f"k{n}: 1\nk{n}: 2\n" for n in range(5000)).rstrip())
    assert found.readable and len(found.data) == 5000
    assert len(found.problems) == 50


@settings(max_examples=150, deadline=None)
@given(st.text(alphabet="-:#&*!|>'\"%@`{}[],? \t\nab1~<é\u2028\x00", max_size=120))
def test_any_text_gives_a_front_matter_and_never_an_error(text: str) -> None:
    found = read(f"---\n{text}\n---\n")
    lines = text.count("\n") + 3
    assert all(1 <= s.line <= lines and s.column >= 1 for s in found.spans.values())
    assert found.readable or found.problems or not found.present


def test_the_corpus_has_no_front_matter_at_fault() -> None:
    if not CORPUS.is_dir():
        pytest.skip("the corpus is not beside the repository")
    for path in sorted(CORPUS.iterdir()):
        text, _ = decode(path.read_bytes(), path.name)
        assert read(text).problems == (), path.name
