"""The policy file: `modelcard.toml` or `[tool.modelcard]` in `pyproject.toml`, with the command line's options over it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ..errors import PolicyError
from ..full.options import full_options
from . import tables
from .evidence import evidence_options
from .records import Policy
from .values import listed, rule_ids, size

PROFILES = ("default", "release", "eu-gpai")
_KEYS = {
    *("profile", "select", "ignore", "map", "offline", "severity", "waivers", "benchmarks"),
    *("weights", "suspect", "suspects", "budget", "index"),
    *("full", "full-download", "engine"),  # of full coverage, read by full/options.py
    # of sampled runs, read by evals/options.py
    *("run", "endpoint", "served-model", "model", "calls", "seconds", "concurrency", "alpha", "tolerance"),
    *("store", "margin", "noise", "seed", "tasks", "endpoints", "eval-logs"),
    "identity",
}
MAX_POLICY_BYTES = 1024 * 1024


def load_policy(folder: Path, root: Path, options: Mapping[str, Any]) -> Policy:
    """The policy of the nearest `modelcard.toml` or `[tool.modelcard]`, with command-line options over it.

    Looked for in `folder` (where pytest was started) and its parents up to `root` (pytest's rootdir), never in a
    card's folder as such: a model repository must not waive its own findings. Raises PolicyError naming file and key.
    """
    folders = [folder, *folder.parents] if folder.is_relative_to(root) else [root]
    data, where, root = _nearest(folders[: folders.index(root) + 1])
    unknown = sorted(set(data) - _KEYS)
    if unknown:
        raise PolicyError(f"{where}: unknown key {unknown[0]!r}; known are {', '.join(sorted(_KEYS))}")
    profile = options.get("profile") or data.get("profile", "default")
    if profile not in PROFILES:
        raise PolicyError(f"unknown profile {profile!r}; known are {', '.join(PROFILES)}")
    select = rule_ids(options.get("select"), "--modelcard-select") or rule_ids(
        data.get("select"), f"{where}: select"
    )
    ignore = rule_ids(options.get("ignore"), "--modelcard-ignore") + rule_ids(
        data.get("ignore"), f"{where}: ignore"
    )
    offline = options.get("offline")
    offline = bool(data.get("offline", False)) if offline is None else bool(offline)
    return Policy(
        profile=profile,
        select=select,
        ignore=ignore,
        severities=tables.severities(data.get("severity", {}), where),
        waivers=tuple(tables.waiver(w, where) for w in listed(data.get("waivers", []), where, "waivers")),
        maps=tables.maps(data.get("map", {}), root, where) | tables.map_options(options.get("map") or []),
        offline=offline,
        benchmarks=tables.benchmarks(data.get("benchmarks", []), where),
        evidence=evidence_options(data, options, root, where, select, offline=offline),
        full=full_options(data, options, where, size),
    )


def _nearest(folders: Sequence[Path]) -> tuple[dict[str, Any], str, Path]:
    for folder in folders:
        data, where = _read(folder)
        if data is not None:
            return data, where, folder
    return {}, "modelcard.toml", folders[-1]


def _read(root: Path) -> tuple[dict[str, Any] | None, str]:
    import tomllib

    for name, keys in (("modelcard.toml", ()), ("pyproject.toml", ("tool", "modelcard"))):
        path = root / name
        if not path.is_file():
            continue
        if path.stat().st_size > MAX_POLICY_BYTES:
            raise PolicyError(f"{name} is larger than {MAX_POLICY_BYTES} bytes")
        try:
            data: Any = tomllib.loads(path.read_text("utf-8"))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise PolicyError(f"{name}: {error}") from error
        for key in keys:
            data = data.get(key) if isinstance(data, dict) else None
        if data is not None:
            if not isinstance(data, dict):
                raise PolicyError(f"{name}: [tool.modelcard] must be a table")
            return data, name
    return None, ""
