"""The hook as pre-commit runs it, on a scratch repository."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
[HOOK] = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text("utf-8"))


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A Git repository with the two example models, a README.md of its own, and the hook installed from here."""
    for name in ("honest", "dishonest"):
        shutil.copytree(ROOT / "examples" / name, tmp_path / "models" / name)
    (tmp_path / "README.md").write_text("# Our models\n\nGPQA: {{ todo }}\n")
    (tmp_path / "conftest.py").write_text("raise SystemExit('executed')\n")
    # the hook's own text, run by this interpreter: pre-commit would install the package over the network
    hook = HOOK | {"language": "system", "entry": HOOK["entry"].replace("python", sys.executable, 1)}
    config: dict[str, Any] = {"repos": [{"repo": "local", "hooks": [hook]}]}
    (tmp_path / ".pre-commit-config.yaml").write_text(yaml.safe_dump(config))
    _git(tmp_path, "init", "-q")
    _git(tmp_path, "add", ".")
    return tmp_path


def _git(folder: Path, *words: str) -> None:
    subprocess.run(["git", *words], cwd=folder, check=True, capture_output=True)


def _hook(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "pre_commit", "run", "modelcard", "--color=never", *words]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=300)


def test_the_manifest_is_valid() -> None:
    command = [sys.executable, "-m", "pre_commit", "validate-manifest", str(ROOT / ".pre-commit-hooks.yaml")]
    subprocess.run(command, check=True, timeout=300)


def test_a_fault_stops_the_commit(repository: Path) -> None:
    done = _hook(repository, "--files", "models/dishonest/README.md")
    assert done.returncode == 1
    assert "MC204 difference-miscomputed" in done.stdout
    assert "models/dishonest/README.md:43" in done.stdout
    assert "executed" not in done.stdout + done.stderr


def test_an_honest_card_and_a_plain_readme_pass(repository: Path) -> None:
    done = _hook(repository, "--files", "models/honest/README.md", "README.md")
    assert (done.returncode, "Passed" in done.stdout) == (0, True), done.stdout
    assert _hook(repository, "--files", "README.md", "conftest.py").returncode == 0


@pytest.mark.slow
def test_a_configuration_stands_for_its_card(repository: Path) -> None:
    done = _hook(repository, "--files", "models/dishonest/config.json")
    assert done.returncode == 1
    assert "MC603 context-length" in done.stdout


@pytest.mark.slow
def test_options_choose_the_checks(repository: Path) -> None:
    path = repository / ".pre-commit-config.yaml"
    config = yaml.safe_load(path.read_text())
    config["repos"][0]["hooks"][0]["args"] = ["--modelcard-select=MC208"]
    path.write_text(yaml.safe_dump(config))
    _git(repository, "add", ".")
    assert _hook(repository, "--files", "models/dishonest/README.md").returncode == 0
