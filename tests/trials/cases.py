"""The command line on a trained case."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any


def run_on_case(trials: Path, truth: Mapping[str, Any], folder: Path, *options: str) -> None:
    """`pytest --modelcard` on a case's weights, in this folder, with all models mapped that its truth offers."""
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--modelcard-offline"]
    command += [f"--modelcard={trials / 'cases' / truth['case']}", "--modelcard-select=MC3", *options]
    for model in truth["offered"]:
        command.append(f"--modelcard-map={model}={trials / 'models' / model}")
        if model not in truth["declared"]:
            command.append(f"--modelcard-suspect={model}")
    subprocess.run(command, cwd=folder, capture_output=True, check=False)
