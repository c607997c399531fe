"""One verdict for several processes: the first that asks finds it, the others wait and are told.

A SQLite file a card is both lock and message: the lock of a process that dies is freed by the system, and what is
handed over is JSON.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import asdict
from pathlib import Path
from typing import Any

from ..errors import CannotTell, CardError
from ..weights.records import (
    Agreement,
    LeftOut,
    Lineage,
    Moments,
    Parent,
    TensorEvidence,
    Votes,
)
from .record import Found
from .structure import Beside

#: Seconds between two looks at a lock that another process holds, and until a process stops waiting and finds itself.
PAUSE, PATIENCE = 0.1, 1_800.0


def once(folder: Path, card: str, find: Callable[[], Found]) -> Found:
    """What `find` gives, or what it gave another process of this run; a CannotTell or CardError is handed over, too."""
    return _decoded(once_text(folder, card, lambda: _ask(find)))


def once_text(folder: Path, name: str, make: Callable[[], str]) -> str:
    """The text that `make` gives, or that it gave another process under this name."""
    path = folder / f"{hashlib.sha256(name.encode('utf-8', 'backslashreplace')).hexdigest()[:32]}.sqlite"
    try:
        database = sqlite3.connect(path, timeout=0.0, isolation_level=None)
    except sqlite3.Error:
        return make()
    with closing(database):
        if not _locked(database):
            return make()
        told = _told(database)
        if told is None:
            told = make()
            try:
                database.execute("INSERT INTO found VALUES (?)", (told,))
                database.execute("COMMIT")
            except sqlite3.Error:
                pass  # the others find it themselves
    return told


def _locked(database: sqlite3.Connection) -> bool:
    """Take the lock, waiting for whoever has it; False where that does not work."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        try:
            database.execute("BEGIN EXCLUSIVE")
            database.execute("CREATE TABLE IF NOT EXISTS found (told TEXT)")
            return True
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) and "busy" not in str(error):
                return False
        except sqlite3.Error:
            return False
        time.sleep(PAUSE)  # in Python, so that Ctrl-C ends the waiting
    return False


def _told(database: sqlite3.Connection) -> str | None:
    try:
        row = database.execute("SELECT told FROM found").fetchone()
    except sqlite3.Error:
        return None
    return row[0] if row and isinstance(row[0], str) else None


def _ask(find: Callable[[], Found]) -> str:
    try:
        return json.dumps({"found": asdict(find())}, default=lambda value: value.item())
    except CannotTell as reason:
        return json.dumps({"cannot": str(reason)})
    except CardError as error:
        return json.dumps({"error": str(error), "reason": error.reason})


def _decoded(told: str) -> Found:
    data: dict[str, Any] = json.loads(told)
    if "cannot" in data:
        raise CannotTell(data["cannot"])
    if "error" in data:
        raise CardError(data["error"], data["reason"])
    found = data["found"]
    return Found(
        **{
            **found,
            "lineage": _lineage(found["lineage"]),
            "notes": tuple(found["notes"]),
            "reads": tuple(found["reads"]),
            "beside": tuple(Beside(**_tuples(b, "config")) for b in found["beside"]),
        }
    )


def _lineage(data: dict[str, Any]) -> Lineage:
    agreement = data["agreement"]
    return Lineage(
        **{
            **_tuples(data, "candidates", "notes"),
            "parents": tuple(Parent(**_tuples(p, "interval")) for p in data["parents"]),
            "agreement": Agreement(**agreement) if agreement else None,
            "per_tensor": tuple(map(_tensor, data["per_tensor"])),
            "spectrum": tuple((w, s) for w, s in data["spectrum"]),
            "left_out": tuple(LeftOut(**one) for one in data["left_out"]),
        }
    )


def _tensor(data: dict[str, Any]) -> TensorEvidence:
    votes, moments, agreement = data["votes"], data["moments"], data["agreement"]
    return TensorEvidence(
        **{
            **data,
            "votes": Votes(**_tuples(votes, "plausible")) if votes else None,
            "moments": Moments(**moments) if moments else None,
            "agreement": Agreement(**agreement) if agreement else None,
        }
    )


def _tuples(data: dict[str, Any], *keys: str) -> dict[str, Any]:
    """The fields with these lists as tuples, as the records hold them."""
    return {**data, **{k: tuple(data[k]) for k in keys if data[k] is not None}}
