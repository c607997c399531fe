"""Settings of a mergekit configuration as version 0.1.5 resolves them: numbers, gradients over layers, filters by name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ..errors import CannotTell
from ..lineage.gradient import at

#: Slices and sources of one configuration.
MAX_PARTS = 2_000
_DEPTH = 4


def resolved(setting: Any, name: str, t: float, depth: int = 0) -> Any:
    """A parameter's value for a tensor, `t` of the way through the layers; None where no filter fits."""
    if isinstance(setting, (int, float, bool)):
        return setting
    if depth > _DEPTH:
        raise CannotTell("a parameter of the configuration is nested too deeply")
    if isinstance(setting, dict):
        setting = [setting]
    if isinstance(setting, list) and setting:
        if all(isinstance(one, (int, float)) for one in setting):
            return at(setting, t)
        for one in setting:
            if not isinstance(one, dict):
                break
            wanted = one.get("filter")
            if wanted in (None, "*") or str(wanted) in name:
                return resolved(one.get("value"), name, t, depth + 1)
        else:
            return None
    raise CannotTell("a parameter of the configuration is no number, list of numbers, or list of filters")


def model(said: Any) -> str:
    """A model's id, without the revision behind "@"."""
    if isinstance(said, dict):
        inner = said.get("model")
        said = inner.get("path") if isinstance(inner, dict) else inner
    if not isinstance(said, str) or not said or len(said) > 500:
        raise CannotTell("the configuration names a model in a way that is not read here")
    if "+" in said:
        raise CannotTell(f"the configuration applies an adapter ({said[:80]}), which is not replayed here")
    return said.partition("@")[0]


def table(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def tables(values: Any) -> Sequence[Mapping[str, Any]]:
    if (
        not isinstance(values, list)
        or not 0 < len(values) <= MAX_PARTS
        or not all(isinstance(v, dict) for v in values)
    ):
        raise CannotTell("the configuration's models or slices are no list of tables")
    return values
