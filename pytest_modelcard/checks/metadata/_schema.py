"""What a schema says about YAML data, as breaches with a key path, in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from ...card.metadata import dotted
from ...card.records import KeyPath
from ...model import Severity
from ...schemas import schema
from ._entries import shown

MAX_BREACHES = 50
#: Lists are checked up to this length: a schema check of the longest `model-index` would take seconds.
MAX_ITEMS = 500

_KINDS = {
    dict: "a mapping",
    list: "a list",
    str: "text",
    bool: "true or false",
    int: "a number",
    float: "a number",
}


@dataclass(frozen=True, slots=True)
class Breach:
    """One place where data does not follow its schema."""

    path: KeyPath
    message: str
    help: str
    severity: Severity
    missing: bool = False  #: nothing stands where something is expected
    value: Any = None  #: what stands there


@cache
def _validator(name: str) -> Any:
    from jsonschema import Draft202012Validator

    return Draft202012Validator(schema(name))


def breaches(name: str, data: Any) -> list[Breach]:
    """The breaches of schema `name` in the order of the data, at most 50."""
    found: list[Breach] = []
    for error in _bounded(_validator(name).iter_errors(_cut(data))):
        rules = error.schema if isinstance(error.schema, Mapping) else {}
        path: KeyPath = tuple(error.absolute_path)
        what = f"`{dotted(path)}`" if path else "the whole"
        if error.validator == "pattern" and any(b.path == path for b in found):
            continue  # a narrower form of what is said already
        expects = rules.get("x-expects", "something else")
        severity: Severity = "warning" if rules.get("x-severity") == "warning" else "error"
        empty = error.validator == "type" and error.instance is None
        if empty and severity == "warning" and len(path) == 1:
            severity = "note"  # as good as absent
        if error.validator == "required":
            lost = [key for key in error.validator_value if key not in error.instance]
            # one error stands for each missing key; its own message names which
            key = next((k for k in lost if error.message.startswith(f"'{k}'")), lost[0])
            message = f"{what} lacks `{key}`"
        elif empty:
            message = f"{what} has no value"
        elif error.validator == "pattern":
            message = f'{what} is "{shown(str(error.instance))}", which is not {expects}'
        else:
            message = f"{what} is {_KINDS.get(type(error.instance), 'something else')}, not {expects}"
        found.append(Breach(path, message, f"write {expects}", severity, empty, error.instance))
    return found


def _bounded(errors: Iterator[Any]) -> Iterator[Any]:
    for _, error in zip(range(MAX_BREACHES), errors, strict=False):
        yield error


def _cut(data: Any) -> Any:
    """The data with long lists cut."""
    if isinstance(data, list):
        return [_cut(item) for item in data[:MAX_ITEMS]]
    if isinstance(data, Mapping):
        return {key: _cut(value) for key, value in data.items()}
    return data
