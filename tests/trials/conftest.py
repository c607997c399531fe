"""Where the trials' models and cases lie: made once, in the folder that PYTEST_MODELCARD_TRIALS names."""

from __future__ import annotations

import importlib.util
import json
import os
from pathlib import Path
from typing import Any

import pytest

VARIABLE = "PYTEST_MODELCARD_TRIALS"
NEEDED = ("torch", "transformers", "mergekit", "peft", "numpy")


@pytest.fixture(scope="session")
def trials() -> Path:
    """The folder of the cases, with truth.json; they are made where it has none yet."""
    folder = os.environ.get(VARIABLE)
    if not folder:
        pytest.skip(f"takes minutes: set {VARIABLE} to a folder for the cases")
    missing = [name for name in NEEDED if importlib.util.find_spec(name) is None]
    if missing:
        pytest.skip(f"needs {', '.join(missing)}")
    path = Path(folder).resolve()
    if not (path / "truth.json").exists():
        from benchmarks.lineage_cases.__main__ import main

        main([str(path)])
    return path


@pytest.fixture(scope="session")
def truths(trials: Path) -> list[dict[str, Any]]:
    """The truth of all cases."""
    read: list[dict[str, Any]] = json.loads((trials / "truth.json").read_text())
    return read
