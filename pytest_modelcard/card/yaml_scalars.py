"""Unquoted scalars in the YAML 1.2 core schema, as the Hub reads them."""

from __future__ import annotations

import re
from typing import Any

MAX_NUMBER_LENGTH = 300

_INT = re.compile(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+|0b[01]+")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_SPECIAL = {
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
    **dict.fromkeys((s + w for s in ("", "+") for w in (".inf", ".Inf", ".INF")), float("inf")),
    **dict.fromkeys(("-.inf", "-.Inf", "-.INF"), float("-inf")),
    **dict.fromkeys((".nan", ".NaN", ".NAN"), float("nan")),
}


def core_scalar(text: str) -> str | int | float | bool | None:
    """The value of an unquoted scalar in the YAML 1.2 core schema."""
    if text in _SPECIAL:
        return _SPECIAL[text]
    if not text or text[0] not in "+-.0123456789" or len(text) > MAX_NUMBER_LENGTH:
        return text
    if _INT.fullmatch(text):
        digits = text.lstrip("+-")
        return int(text, 0) if digits[:2] in ("0o", "0x", "0b") else int(text)
    if _FLOAT.fullmatch(text):
        return float(text)
    return text


def kind_of(value: Any) -> str:
    """What a value other than text is, in a word."""
    if value is None:
        return "null"
    return "boolean" if isinstance(value, bool) else "number"
