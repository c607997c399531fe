"""Identical files and equal configurations."""

from __future__ import annotations

from pytest_modelcard.source.base import FileEntry
from pytest_modelcard.weights.equal import different_keys, equal_files


def entry(path: str, sha: str | None) -> FileEntry:
    return FileEntry(path, 10, sha)


def test_files_are_equal_by_contents_not_by_name() -> None:
    found = equal_files(
        [entry("a", "1" * 64), entry("b", "2" * 64)], [entry("x", "2" * 64), entry("y", "1" * 64)]
    )
    assert found.pairs == (("a", "y"), ("b", "x"))
    assert found.all_equal is True
    other = equal_files(
        [entry("a", "1" * 64), entry("b", "2" * 64)], [entry("a", "1" * 64), entry("c", "3" * 64)]
    )
    assert (other.pairs, other.only_here, other.only_there) == ((("a", "a"),), ("b",), ("c",))
    assert other.all_equal is False


def test_without_checksums_it_cannot_be_told() -> None:
    found = equal_files([entry("a", "1" * 64)], [entry("a", "1" * 64), entry("b", None)])
    assert found.all_equal is None and found.unknown == ("b",)
    assert equal_files([], []).all_equal is None


def test_keys_that_differ() -> None:
    here = {"hidden_size": 8, "text_config": {"layers": 2, "rope": {"theta": 1.0}}, "torch_dtype": "float32"}
    there = {"hidden_size": 8, "text_config": {"layers": 3, "rope": {"theta": 1.0}}, "vocab_size": 9}
    assert different_keys(here, there) == ("text_config.layers", "vocab_size")
    assert different_keys(here, here) == ()
