"""Model sizes as people write them in names ("7B", "397B-A17B", "8x7B", "2b4"), and numbers for messages."""

from __future__ import annotations

import re
from dataclasses import dataclass

_SCALE = {"k": 1e3, "m": 1e6, "b": 1e9, "t": 1e12}
# A letter or digit before the number makes it something else: "E2B" (effective), "tokens300B", "v2b".
_SIZE = re.compile(
    r"(?<![A-Za-z0-9.])(?P<times>\d{1,3}x)?(?P<active>[aA])?(?P<n>\d{1,4}(?:[._]\d{1,3})?)"
    r"[ -]?(?P<unit>[BbMmTt])(?P<rest>\d{1,2})?(?![A-Za-z0-9])"
)
#: A number of this much data, not of parameters: "babylm-100M", "300B-tokens", "laion2B-39B-b160k".
_DATA_BEFORE = re.compile(r"(?:laion\w{0,8}|datacomp\w{0,8}|babylm|tokens?|data)[-_ ]?$", re.IGNORECASE)
_DATA_AFTER = re.compile(
    r"[-_ ]?(?:tokens?|toks?|data|samples|pairs|images|words|seen|steps?|b\d{1,4}k)(?![a-z])", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Size:
    """One size in a name. `step` is the worth of its last digit: how far rounding can have moved it."""

    text: str
    value: float
    step: float
    copies: int = 1  #: n of "nx7B"
    active: bool = False  #: written as "A17B": parameters used per token


def sizes_in_name(name: str) -> tuple[Size, ...]:
    """All sizes in a model's name, in order.

    Context lengths ("128k", "1M") and long token counts ("15T") are left out; "4bit" and "E2B" are none.
    """
    found = []
    for match in _SIZE.finditer(name[:300]):
        number, unit, rest = match["n"].replace("_", "."), match["unit"].lower(), match["rest"]
        if rest is not None:
            if unit != "b" or "." in number:
                continue
            number = f"{number}.{rest}"
        value = float(number)
        if (unit == "m" and value < 10) or (unit == "t" and value > 9) or value == 0:
            continue
        if _DATA_BEFORE.search(name, 0, match.start()) or _DATA_AFTER.match(name, match.end()):
            continue
        decimals = len(number.partition(".")[2])
        copies = int(match["times"][:-1]) if match["times"] else 1
        if copies == 0:
            continue
        scale = _SCALE[unit]
        found.append(Size(match[0], value * scale, scale / 10**decimals, copies, bool(match["active"])))
    return tuple(found)


def printed_step(raw: str, value: float) -> float:
    """The worth of the last digit of the number in `raw` that stands for `value`; 0 where none does."""
    for match in re.finditer(r"(\d{1,12}(?:[.,]\d{1,6})*)\s{0,2}([kKmMbBtT])?", raw[:2000]):
        number = match[1]
        decimals = 0
        if re.fullmatch(r"\d{1,3}(?:,\d{3})+", number):
            number = number.replace(",", "")
        elif re.fullmatch(r"\d+[.,]\d+", number):
            number = number.replace(",", ".")
            decimals = len(number.partition(".")[2])
        elif not number.isdigit():
            continue
        for scale in (_SCALE[match[2].lower()],) if match[2] else (1.0, 1e6, 1e9, 1e12, 1e8, 1e4):
            if abs(float(number) * scale - value) <= 1e-6 * value:
                return float(scale / 10**decimals)
    return 0.0


def show_parameters(n: float) -> str:
    """For messages: "403.4B", "6.74B", "134.5M"."""
    for scale, unit in ((1e12, "T"), (1e9, "B"), (1e6, "M"), (1e3, "k")):
        if n >= scale:
            return f"{n / scale:.4g}{unit}"
    return f"{n:.0f}"
