"""Options of full coverage: policy file, command line, what is not installed."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

from pytest_modelcard.errors import PolicyError
from pytest_modelcard.full.options import FullOptions
from pytest_modelcard.policy import load_policy


def test_nothing_unless_asked_for(tmp_path: Path) -> None:
    assert load_policy(tmp_path, tmp_path, {}).full is None


def test_the_policy_file_and_the_command_line(tmp_path: Path) -> None:
    (tmp_path / "modelcard.toml").write_text('full = true\nfull-download = "2GiB"\nengine = "ray"\n')
    policy = load_policy(tmp_path, tmp_path, {})
    assert policy.full == FullOptions(Path("modelcard-certificate.json"), 2 * 2**30, "ray")
    over = load_policy(tmp_path, tmp_path, {"full": "x.json", "full-download": "5GB", "engine": "local"}).full
    assert over is not None and (over.file, over.engine) == (Path("x.json"), "local")
    assert over.download == 5 * 10**9


@pytest.mark.parametrize(
    "line", ["full = 3", 'full = true\nengine = "dask"', 'full = true\nfull-download = "much"']
)
def test_what_is_no_option_is_told(tmp_path: Path, line: str) -> None:
    (tmp_path / "modelcard.toml").write_text(line + "\n")
    with pytest.raises(PolicyError, match=r"modelcard\.toml"):
        load_policy(tmp_path, tmp_path, {})


def test_what_is_not_installed_is_named_with_its_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    there = {"numpy": True, "torch": False, "ray": True}
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: there.get(name) or None)
    assert FullOptions().missing() == "full coverage needs torch: pip install 'pytest-modelcard[full]'"
    there |= {"torch": True, "ray": False}
    assert FullOptions().missing() == ""
    assert "pytest-modelcard[ray]" in FullOptions(engine="ray").missing()


def test_each_card_of_several_has_a_file_of_its_own() -> None:
    options = FullOptions(Path("out/c.json"))
    assert options.for_card("lab/a", several=False) == Path("out/c.json")
    assert options.for_card("../lab/a b", several=True) == Path("out/c-lab-a-b.json")


def test_a_run_without_torch_stops_at_once_and_says_what_to_install(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name, *more: None if name == "torch" else found(name, *more)
    )
    pytester.makefile(".md", README="# Card\n")
    result = pytester.runpytest_inprocess("--modelcard=README.md", "--modelcard-full")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(
        ["*--modelcard-full: full coverage needs torch: pip install 'pytest-modelcard?full?'*"]
    )
