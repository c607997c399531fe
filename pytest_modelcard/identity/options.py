"""The user's settings of the probe: those of sampled runs, where only the questions asked differ."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from ..evals.options import RunOptions, options_from


def identity_options(
    data: Mapping[str, Any], given: Mapping[str, Any], root: Path, where: str, *, offline: bool
) -> RunOptions:
    """Raises PolicyError naming the key. A probe without an endpoint is no error here: its tests say so."""
    asked = {**given, "run": True, "collect": True}
    made = options_from(data, asked, root, where, offline=offline)
    assert made is not None
    return replace(made, asks=not given.get("collect"))
