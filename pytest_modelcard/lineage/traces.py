"""What was read: every range of every file, so that anyone can repeat it, and where ranges are kept between runs."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ..source.base import Source
    from ..weights.opened import Weights

#: Ranges of one verdict that are listed one by one; where there are more, their checksum and the rule tell them.
MAX_LISTED = 2_000
#: A folder for ranges, or "off"; else the Hub client's folder for what other libraries keep.
VARIABLE = "PYTEST_MODELCARD_CACHE"


def cache_folder(source: Source, chosen: Path | None) -> Path | None:
    """Where ranges of this source are kept between runs; None for local folders, which need no copy."""
    if getattr(source, "root", None) is not None or not source.revision:
        return None
    if chosen is not None:
        return chosen
    told = os.environ.get(VARIABLE)
    if told is not None:
        return None if told in ("", "off", "0") else Path(told)
    from huggingface_hub import constants

    return Path(constants.HF_ASSETS_CACHE) / "pytest-modelcard" / "ranges"


def reads(models: Iterable[Weights], most: int = MAX_LISTED) -> tuple[dict[str, Any], ...]:
    """What was read of each model, headers included: {id, revision, bytes, ranges, sha256, files}.

    sha256: of the lines "file start end", sorted by file and number, each with a line feed. files: path -> list of
    [start, end), or None where all models together have more than `most` ranges.
    """
    spans: dict[str, set[tuple[str, int, int]]] = {}
    revisions: dict[str, str | None] = {}
    for model in models:
        spans.setdefault(model.id, set()).update(model.meter.ranges)
        revisions[model.id] = model.revision
    listed = sum(map(len, spans.values())) <= most
    return tuple(_one(id, revisions[id], sorted(found), listed) for id, found in spans.items())


def _one(id: str, revision: str | None, found: list[tuple[str, int, int]], listed: bool) -> dict[str, Any]:
    digest = hashlib.sha256()
    files: dict[str, list[list[int]]] = {}
    for file, start, end in found:
        digest.update(f"{file} {start} {end}\n".encode("utf-8", "backslashreplace"))
        files.setdefault(file, []).append([start, end])
    return {
        "id": id,
        "revision": revision,
        "bytes": sum(end - start for _, start, end in found),
        "ranges": len(found),
        "sha256": digest.hexdigest(),
        "files": files if listed else None,
    }
