"""All results that a repository or a folder of logs holds."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from ...card.benchmarks import Registry
from ...errors import CannotTell, CardError
from ...source.base import MAX_JSON_BYTES
from .eval_results import FILE, read_eval_results
from .inspect_log import MAX_LOG, read_inspect_log
from .lm_eval_log import read_lm_eval_results
from .model_index import read_model_index
from .records import PriorResult

if TYPE_CHECKING:
    from ...evidence import Evidence

MAX_FILES, MAX_LOGS = 100, 50
_RESULTS = re.compile(r"(?:^|/)results_[^/]{0,80}\.json$")
_INSPECT_JSON = re.compile(r"(?:^|/)\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d[^/]{1,200}\.json$")
_SAMPLES = re.compile(r"(?:^|/)samples_(.{1,200}?)_(\d{4}-\d\d-\d\dT[\d.:-]{5,30})\.jsonl$")


def prior_results(evidence: Evidence) -> tuple[tuple[PriorResult, ...], tuple[str, ...]]:
    """What the model's own repository holds, and which files could not be read, with the reason. Of its logs the newest
    are read, MAX_JSON_BYTES in all: they may have to come over the network."""
    found: list[PriorResult] = []
    unread: list[str] = []
    card = evidence.card
    if card.front_matter.readable:
        found += read_model_index(card.front_matter.data, card.identity.path, evidence.registry)
    try:
        sizes = {f.path: f.size for f in evidence.files()}
    except CannotTell:
        return tuple(found), ()
    paths, left = list(sizes), MAX_JSON_BYTES
    for path in [p for p in paths if FILE.fullmatch(p)][:MAX_FILES]:
        try:
            found += read_eval_results(evidence.text(path) or "", path, evidence.registry)
        except CannotTell as error:
            unread.append(str(error))

    def read(path: str) -> bytes:
        nonlocal left
        left -= sizes[path] or 0
        if left < 0:
            raise CannotTell(
                f"{path}: the logs of the repository are larger than {MAX_JSON_BYTES:,} bytes in all"
            )
        try:
            return evidence.source.read(path, limit=MAX_JSON_BYTES)
        except CardError as error:
            raise CannotTell(str(error)) from error

    _logs(paths, read, evidence.registry, found, unread)
    return tuple(found), tuple(unread)


def is_log(path: str) -> bool:
    """Whether a file's name is that of a log of inspect-ai or of lm-eval's results."""
    return path.endswith(".eval") or bool(_RESULTS.search(path) or _INSPECT_JSON.search(path))


def logs_in(place: Path, registry: Registry) -> tuple[tuple[PriorResult, ...], tuple[str, ...]]:
    """What a folder of logs holds, with its subfolders, or one log and its samples beside it; links are not followed.

    Beside it what could not be read, one sentence a file.
    """
    found: list[PriorResult] = []
    unread: list[str] = []
    paths = []
    folder = place if place.is_dir() else place.parent
    for root, folders, files in os.walk(folder):
        if folder is not place:
            folders.clear()
        folders.sort()
        paths += [(Path(root) / name).relative_to(folder).as_posix() for name in sorted(files)]
        if len(paths) > 100_000:
            break

    def read(path: str) -> bytes:
        file = folder / path
        if file.is_symlink() or not file.is_file() or file.stat().st_size > MAX_LOG:
            raise CannotTell(f"{path} is a link, no plain file, or larger than {MAX_LOG:,} bytes")
        return file.read_bytes()

    _logs(paths, read, registry, found, unread, only=None if folder is place else place.name)
    return tuple(found), tuple(unread)


def _logs(
    paths: list[str],
    read: Callable[[str], bytes],
    registry: Registry,
    found: list[PriorResult],
    unread: list[str],
    only: str | None = None,
) -> None:
    """Adds the results of all logs among these paths, the newest names first. only: the one log that is read."""
    logs = [p for p in paths if is_log(p) and only in (None, p)]
    logs.sort(key=lambda p: p.rpartition("/")[2], reverse=True)
    if only is not None and not logs:
        unread.append(f"{only} is named like no log of inspect-ai (.eval) or of lm-eval (results_*.json)")
    for path in logs[:MAX_LOGS]:
        try:
            raw = read(path)
            if _RESULTS.search(path):
                some = read_lm_eval_results(raw, path, registry, _samples(path, paths, read))
            else:
                some = read_inspect_log(raw, path, registry)
            found += some
            if not some:
                unread.append(f"{path} holds no score that is a share of items answered right")
        except OSError as error:
            unread.append(f"{path} cannot be read: {error.strerror or error}")
        except CannotTell as error:
            unread.append(str(error))
    if len(logs) > MAX_LOGS:
        unread.append(
            f"... ({len(logs) - MAX_LOGS} older logs) were not read: only the newest {MAX_LOGS} are"
        )


def _samples(path: str, paths: list[str], read: Callable[[str], bytes]) -> dict[str, bytes]:
    """The samples beside a file of results: same folder, same time in the name."""
    folder, _, name = path.rpartition("/")
    time = name.removeprefix("results_").removesuffix(".json")
    found: dict[str, bytes] = {}
    for other in paths:
        match = _SAMPLES.search(other)
        if match and other.rpartition("/")[0] == folder and match[2] == time and len(found) < MAX_LOGS:
            found[match[1]] = read(other)
    return found
