"""Where a run's index comes from: the option, or the key `index` of modelcard.toml."""

from __future__ import annotations

from pathlib import Path

import pytest

from pytest_modelcard.errors import PolicyError
from pytest_modelcard.policy import load_policy


def test_none_by_default(tmp_path: Path) -> None:
    assert load_policy(tmp_path, tmp_path, {}).evidence.index is None


def test_a_key_is_relative_to_its_file_and_the_option_goes_first(tmp_path: Path) -> None:
    (tmp_path / "modelcard.toml").write_text('index = "kept.jsonl"\n')
    (tmp_path / "kept.jsonl").touch()
    below = tmp_path / "below"
    below.mkdir()
    assert load_policy(below, tmp_path, {}).evidence.index == tmp_path / "kept.jsonl"
    other = tmp_path / "other.jsonl"
    other.touch()
    assert load_policy(below, tmp_path, {"index": str(other)}).evidence.index == other


@pytest.mark.parametrize("text", ['index = "none.jsonl"', "index = 3", 'index = ["a"]'])
def test_what_names_no_file_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "modelcard.toml").write_text(text)
    with pytest.raises(PolicyError, match="index"):
        load_policy(tmp_path, tmp_path, {})


def test_an_option_that_names_no_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PolicyError, match="--modelcard-index"):
        load_policy(tmp_path, tmp_path, {"index": str(tmp_path / "none")})
