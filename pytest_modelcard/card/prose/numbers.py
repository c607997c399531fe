"""Amounts as people print them: "397B", "1,010,000", "128K", "70亿", "7 bilhões"."""

from __future__ import annotations

import re

_FACTORS = {
    "k": 1e3,
    "m": 1e6,
    "mm": 1e6,
    "b": 1e9,
    "bn": 1e9,
    "t": 1e12,
    "thousand": 1e3,
    "million": 1e6,
    "billion": 1e9,
    "trillion": 1e12,
    "mil": 1e3,
    "milhões": 1e6,
    "milhão": 1e6,
    "bilhões": 1e9,
    "bilhão": 1e9,
    "trilhões": 1e12,
    "trilhão": 1e12,
    "mil millones": 1e9,
    "mil milhões": 1e9,
    "millones": 1e6,
    "billones": 1e12,
    "万": 1e4,
    "百万": 1e6,
    "千万": 1e7,
    "亿": 1e8,
    "十亿": 1e9,
    "百亿": 1e10,
    "千亿": 1e11,
    "万亿": 1e12,
}
_UNITS = "|".join(sorted((re.escape(u) for u in _FACTORS), key=len, reverse=True))
#: A number with a unit: groups `number` and `unit`.
AMOUNT = re.compile(
    rf"(?<![\w.,/-])(?P<number>\d{{1,3}}(?:,\d{{3}})+"
    rf"|\d{{1,6}}(?:[.,]\d{{1,3}})?)[\s-]?(?P<unit>{_UNITS})(?![a-zà-ÿ\d])",
    re.I,
)
#: A number of tokens, with or without a unit and the word itself.
TOKENS = re.compile(
    r"(?<![\w.,-])(?P<number>\d{1,3}(?:[,_]\d{3})+|\d{1,3}(?:\.\d{3})+(?=\s?tokens\b)"
    r"|\d{1,9}(?:\.\d{1,3})?)\s?(?P<unit>[KkMm](?![A-Za-z])"
    r"|mil\b|万|million\b)?"
    r"(?P<word>[\s-]{0,2}(?:tokens?|词元)\b)?",
    re.ASCII,
)


def amount(number: str, unit: str) -> float:
    """The value of `number` `unit`; a comma before three digits groups, else it is the decimal mark."""
    if re.fullmatch(r"\d{1,3}(?:,\d{3})+", number):
        number = number.replace(",", "")
    value = float(number.replace(",", "."))
    return value * _FACTORS.get(unit.lower(), 1.0)


def ungrouped(number: str) -> str:
    """The digits of a grouped number: "262,144", "262_144" and, as in Portuguese, "262.144"."""
    if re.fullmatch(r"\d{1,3}(?:\.\d{3})+", number):
        return number.replace(".", "")
    return number.replace(",", "").replace("_", "")


def token_count(number: str, unit: str | None) -> int:
    """Tokens meant by "128K": 131,072 where the number is one used for powers of two, else 1,000 each."""
    value = float(ungrouped(number) if not unit else number.replace(",", "").replace("_", ""))
    if not unit:
        return round(value)
    unit = unit.lower()
    if unit == "k":
        binary = value == int(value) and (value in (1, 2, 4, 8, 16, 40) or int(value) % 32 == 0)
        return round(value * (1024 if binary else 1000))
    return round(value * {"m": 1e6, "million": 1e6, "mil": 1e3, "万": 1e4}[unit])
