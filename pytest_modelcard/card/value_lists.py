"""The Hub's value lists, vendored as dated JSON (written by `scripts/make_value_lists.py`)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Literal

ListName = Literal["licenses", "languages", "pipeline_tags", "subtasks", "libraries", "metrics"]


@dataclass(frozen=True, slots=True)
class ValueList:
    """One list: `values` maps each value to its name (for `licenses`, to name, SPDX id and kind)."""

    date: str  #: when it was taken, ISO 8601
    source: str
    values: Mapping[str, Any]

    def __contains__(self, value: object) -> bool:
        return value in self.values

    def near(self, value: str) -> str | None:
        """The listed value that was probably meant: the same but for letter case, or nearly the "
        "same; else None."""
        from difflib import get_close_matches

        folded = {known.casefold(): known for known in self.values}
        lower = value.casefold()
        if lower in folded:
            return folded[lower]
        if len(value) < 4 or len(value) > 60:
            return None
        close = get_close_matches(lower, folded, n=1, cutoff=0.8)
        return folded[close[0]] if close else None


@cache
def value_list(name: ListName) -> ValueList:
    """The list of that name, read once."""
    text = files("pytest_modelcard").joinpath("data", f"{name}.json").read_text(encoding="utf-8")
    content = json.loads(text)
    return ValueList(content["date"], content["source"], content["values"])


def license_kind(id: str) -> str:
    """What a licence asks of those who build on it ("permissive", "noncommercial", ...); "unknown" "
    "if not listed."""
    entry = value_list("licenses").values.get(id.lower())
    return str(entry["kind"]) if entry else "unknown"
