"""Single values of a policy file, or of the command line: lists, rule ids, sizes. All raise PolicyError naming file and key."""

from __future__ import annotations

import re
from typing import Any

from ..errors import PolicyError

_SIZE = re.compile(r"(\d{1,12})\s*(|k|m|g|ki|mi|gi)b?", re.IGNORECASE)
_UNITS = {"": 1, "k": 10**3, "m": 10**6, "g": 10**9, "ki": 2**10, "mi": 2**20, "gi": 2**30}


def listed(value: Any, where: str, key: str) -> list[Any]:
    """The value, if it is a list."""
    if not isinstance(value, list):
        raise PolicyError(f"{where}: {key} must be a list")
    return value


def rule_ids(value: Any, where: str) -> tuple[str, ...]:
    """Ids or families of rules ("MC203,MC1", or a list of such), each of which exists."""
    from ..checks import ALL_RULES

    if value is None:
        return ()
    parts = value if isinstance(value, (list, tuple)) else [value]
    ids = [p.strip() for part in parts for p in str(part).split(",") if p.strip()]
    for id in ids:
        if not any(rule.id.startswith(id) for rule in ALL_RULES):
            raise PolicyError(f"{where}: no rule or family {id!r}; see python -m pytest_modelcard explain")
    return tuple(ids)


def size(value: Any, where: str) -> int:
    """A number of bytes, as an integer or "64MiB"."""
    match = _SIZE.fullmatch(str(value).strip())
    if match is None or isinstance(value, (bool, float)):
        raise PolicyError(f"{where}: budget {value!r} is no size such as 64MiB")
    return int(match[1]) * _UNITS[match[2].lower()]
