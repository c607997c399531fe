"""A GitHub job's own files: its summary and the step's outputs."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from pathlib import Path

from .speech import without_secrets

#: Bytes GitHub takes for one step's summary.
MAX_SUMMARY = 1024 * 1024


def add_summary(text: str, environment: Mapping[str, str] = os.environ) -> bool:
    """Append to the job's summary; False outside of a job or where it is full."""
    path = environment.get("GITHUB_STEP_SUMMARY")
    raw = without_secrets(text, environment).encode("utf-8", "replace") + b"\n"
    if not path:
        return False
    try:
        size = Path(path).stat().st_size if Path(path).exists() else 0
        if size + len(raw) > MAX_SUMMARY:
            return False
        with Path(path).open("ab") as file:
            file.write(raw)
    except OSError:
        return False
    return True


def set_outputs(values: Mapping[str, object], environment: Mapping[str, str] = os.environ) -> None:
    """Outputs of this step. Each value stands between random lines, so that it cannot name another output."""
    path = environment.get("GITHUB_OUTPUT")
    if not path:
        return
    with Path(path).open("a", encoding="utf-8") as file:
        for name, value in values.items():
            fence = f"end-{secrets.token_hex(16)}"
            file.write(f"{name}<<{fence}\n{without_secrets(str(value), environment)}\n{fence}\n")
