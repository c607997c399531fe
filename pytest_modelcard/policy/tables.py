"""Tables of a policy file: severities, waivers, folders of models, benchmarks of one's own."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import PolicyError
from ..model import Severity
from .records import Waiver
from .values import listed, rule_ids

if TYPE_CHECKING:
    from ..card.benchmarks import Benchmark

SEVERITIES: tuple[Severity, ...] = ("error", "warning", "note")


def severities(value: Any, where: str) -> dict[str, Severity]:
    """`[severity]`: rule id or family = severity."""
    if not isinstance(value, dict):
        raise PolicyError(f"{where}: severity must be a table of rule id = severity")
    for rule, severity in value.items():
        rule_ids(rule, f"{where}: severity")
        if severity not in SEVERITIES:
            raise PolicyError(f"{where}: severity.{rule} is {severity!r}; use {', '.join(SEVERITIES)}")
    return dict(value)


def waiver(value: Any, where: str) -> Waiver:
    """One of `[[waivers]]`: finding, reason and date are needed."""
    if not isinstance(value, dict):
        raise PolicyError(f"{where}: each waiver must be a table")
    unknown = sorted(set(value) - {"finding", "reason", "expires", "card"})
    if unknown:
        raise PolicyError(f"{where}: unknown key {unknown[0]!r} in a waiver")
    for key in ("finding", "reason"):
        if not isinstance(value.get(key), str) or not value[key].strip():
            raise PolicyError(f"{where}: a waiver needs {key} (text)")
    rule_ids(value["finding"].split("[")[0].rstrip("*?"), f"{where}: waivers.finding")
    expires = value.get("expires")
    if isinstance(expires, str):
        try:
            expires = datetime.date.fromisoformat(expires)
        except ValueError:
            expires = None
    if isinstance(expires, datetime.datetime):
        expires = expires.date()
    if not isinstance(expires, datetime.date):
        raise PolicyError(f"{where}: the waiver of {value['finding']} needs expires = YYYY-MM-DD")
    card = value.get("card", "*")
    if not isinstance(card, str):
        raise PolicyError(f"{where}: the waiver of {value['finding']}: card must be text")
    return Waiver(value["finding"], value["reason"].strip(), expires, card)


def maps(value: Any, root: Path, where: str) -> dict[str, Path]:
    """`[map]`: "org/name" = "folder", counted from the file's folder."""
    if not isinstance(value, dict) or not all(isinstance(v, str) for v in value.values()):
        raise PolicyError(f'{where}: map must be a table of "org/name" = "path"')
    return {k: _folder(root / v, f"{where}: map.{k}") for k, v in value.items()}


def map_options(values: Sequence[str]) -> dict[str, Path]:
    """The same from `--modelcard-map`."""
    maps = {}
    for value in values:
        repo_id, sign, path = value.partition("=")
        if not sign or not repo_id or not path:
            raise PolicyError(f"--modelcard-map {value!r} is not of the form org/name=PATH")
        maps[repo_id] = _folder(Path(path), "--modelcard-map")
    return maps


def _folder(path: Path, where: str) -> Path:
    if not path.is_dir():
        raise PolicyError(f"{where}: {path} is no folder")
    return path


def benchmarks(value: Any, where: str) -> tuple[Benchmark, ...]:
    """`[[benchmarks]]`, as `schemas/benchmarks-v1.json` describes them."""
    from ..card.benchmarks import benchmarks_from_dicts

    return benchmarks_from_dicts(listed(value, where, "benchmarks"), where) if value else ()
