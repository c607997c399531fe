"""Finished groups beside the certificate, so that a run that was broken off goes on where it was.

One line of JSON a group, added when it is done. The first line says what was to be done: the recipe, and every file with
size and time of its last change; where that is different now, nothing is taken over.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .statistics import from_dict

if TYPE_CHECKING:
    from .plan import Plan
    from .settings import Result

VERSION = 1


def fingerprint(plan: Plan, recipe: Mapping[str, Any]) -> str:
    """Of what is to be done, in hexadecimal."""
    files = []
    for model, found in sorted(plan.files.items()):
        for path in sorted(found):
            status = (plan.folders[model] / path).stat()
            files.append([model, path, status.st_size, status.st_mtime_ns])
    groups = [[g.name, [t.name for t in g.tasks], [list(d) for d in g.digests]] for g in plan.groups]
    text = json.dumps([VERSION, recipe, files, groups], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


class State:
    """The file of finished groups."""

    def __init__(self, path: Path, wanted: str) -> None:
        self._path = path
        self._wanted = wanted

    def finished(self) -> dict[str, Result]:
        """Results by group's name; empty, and the file begun anew, where they are of something else."""
        try:
            lines = self._path.read_text("utf-8").splitlines()
        except (OSError, UnicodeDecodeError):
            lines = []
        if not lines or _parsed(lines[0]) != {"version": VERSION, "work": self._wanted}:
            self._write({"version": VERSION, "work": self._wanted}, "w")
            return {}
        out = {}
        for line in lines[1:]:
            data = _parsed(line)
            try:
                out[str(data["group"])] = _result(data)
            except (KeyError, TypeError, ValueError):
                continue  # the line that was being written when the run ended
        return out

    def add(self, group: str, result: Result) -> None:
        """Remember a group; the line is on disk when this returns."""
        data = {
            "group": group,
            "tensors": {name: one.as_dict() for name, one in result.tensors.items()},
            "digests": [[*key, value] for key, value in sorted(result.digests.items())],
            "bytes_read": result.bytes_read,
            "reread": result.reread,
            "seconds": result.seconds,
            "device": result.device,
            "notes": list(result.notes),
        }
        self._write(data, "a")

    def remove(self) -> None:
        self._path.unlink(missing_ok=True)

    def _write(self, data: Mapping[str, Any], mode: str) -> None:
        with self._path.open(mode, encoding="utf-8") as file:
            if mode == "a" and file.tell() and not _ends_a_line(self._path):
                file.write("\n")
            file.write(json.dumps(data) + "\n")
            file.flush()
            os.fsync(file.fileno())


def _ends_a_line(path: Path) -> bool:
    with path.open("rb") as file:
        file.seek(-1, os.SEEK_END)
        return file.read(1) == b"\n"


def _parsed(line: str) -> Any:
    try:
        return json.loads(line)
    except ValueError:
        return None


def _result(data: Mapping[str, Any]) -> Result:
    from .settings import Result

    return Result(
        {name: from_dict(one) for name, one in data["tensors"].items()},
        {(model, path): value for model, path, value in data["digests"]},
        int(data["bytes_read"]),
        int(data["reread"]),
        float(data["seconds"]),
        str(data["device"]),
        tuple(data["notes"]),
    )
