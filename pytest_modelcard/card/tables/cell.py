"""What one cell says: numbers with their marks, a missing value, or text."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal

from .inline import Run, render

#: What is printed where there is no value.
_MISSING = re.compile(
    r"^(?:[-–—−‒―_.·/\\*~?？✗✘×xX‐]+|n\s*[./]?\s*a\.?|none|null|nan|tbd|tba|pending|unknown"
    r"|not (?:available|reported"
    r"|applicable|tested|supported)|未公布|未公开|无|暂无|未测试|não disponível|n\s*/?\s*d)$",
    re.I,
)
_NUMBER = re.compile(
    r"(?<![\w.])(?:\d{1,3}(?:,\d{3}){1,6}(?:\.\d{1,18})?|\d{1,18}(?:[.,]\d{1,18})?"
    r"|\.\d{1,18})(?:[eE][+-]?\d{1,2})?(?!\d)"
)
_SIGN = "+-−–＋－±"
#: Text around numbers that leaves them numbers.
_FILLER = re.compile(r"^[\s/|,;:→⇒~≈≃<>≤≥%％()（）\[\]†‡§¶*∗^↑↓▲▼⬆⬇+\-−–±&$'\"`#¹²³⁴⁵⁶⁷⁸⁹⁰=★☆⭐➜·•✓✔!?？]*$")
_UNIT = re.compile(
    r"^(?:%|％|pp|pts?\.?|points?|ms|s|sec(?:onds)?|m|mins?|minutes?|hours?|hrs?|h|days?|[kmgt]i?b"
    r"|[kmg]|gib|x|×|倍|分|个|次"
    r"|tok(?:ens)?(?:/s(?:ec)?)?|tokens?/s|t/s|it/s|s/it(?:er)?|s/iter|w|kwh|usd|\$|bits?|bpw|fps|hz|db)$",
    re.I,
)
#: Units of time, memory, speed and money: no scores.
_RESOURCE_UNIT = re.compile(
    r"^(?:ms|s|sec(?:onds)?|mins?|minutes?|hours?|hrs?|h|days?|[kmgt]i?b|[mg]|gib"
    r"|tok(?:ens)?(?:/s(?:ec)?)?|tokens?/s|t/s|it/s"
    r"|s/it(?:er)?|s/iter|w|kwh|usd|bits?|bpw|fps|hz)$",
    re.I,
)
_SIZE = re.compile(
    r"^[~≈<>≤≥]?\s*\d[\d,.]*\s*(?:[bmtk]|bn|billion|million|trillion|亿|万|千|兆)\+?"
    r"(?:\s*(?:(?:total |active |activated )?(?:params?|parameters|tokens?|参数))?\s*(?:[(（/~–→+-].*)?)$",
    re.I | re.S,
)
_REMARK = re.compile(
    r"^[^\d+\-−±]*[A-Za-z\u4e00-\u9fff][^()]*$|^\d+[- ]?shots?.*$|^(?:pass|maj|avg|cons|best|mean)@\d+.*$",
    re.I,
)
#: Numbers that are no scores: "5-shot", "3/0-shot", "2023-12-12", "23.08.03".
_NO_SCORE = re.compile(
    r"^(?:\(?\d+(?:\s*/\s*\d+)*[- ]?shots?\b.*|(?:19|20)\d\d(?:[-/年]\d{1,2}(?:[-/月]\d{1,2}日?)?"
    r"|\.\d{1,2}\.\d{1,2})|\d{1,2}\.\d{1,2}\.\d{1,2}|[a-z]+=.*)$",
    re.I | re.S,
)
_LATEX = re.compile(r"\\(?:mathbf|textbf|bf|boldsymbol|underline|mathrm|text|uline|rm)\b\s*")
_POWER = re.compile(r"\^\{?\(?[\d*†‡,a-z]{1,3}\)?\}?")
_PARENS = re.compile(r"[(（]([^()（）]*)[)）]")


@dataclass(frozen=True, slots=True)
class Reading:
    """A cell's meaning. `value` is its first number; the others are as in `model.Claim`."""

    kind: Literal["number", "missing", "blank", "text"]
    value: float | None = None
    values: tuple[float, ...] = ()
    alt: float | None = None
    error: float | None = None
    inline_delta: float | None = None  #: of "72.1 (+2.3)"
    unit: str | None = None
    decimals: int | None = None
    bold: bool = False
    bolds: tuple[bool, ...] = ()
    underline: bool = False
    signed: bool = False  #: printed with a sign or an arrow: a difference, perhaps
    resource: bool = False  #: its unit is of time, memory or money
    size: bool = False  #: text such as "7B", "128K"
    text: str = ""


def to_number(printed: str) -> tuple[float, int]:
    """A printed number and its decimals; "1,533" is 1533, "45,6" is 45.6 (decimal comma), "1.533" is 1.533"""
    text = printed
    if "," in text:
        whole, _, tail = text.partition(",")
        grouped = len(tail.split(".")[0].split(",")[0]) == 3 and whole not in ("", "0")
        text = text.replace(",", "") if grouped or text.count(",") > 1 else f"{whole}.{tail}"
    mantissa = re.split("[eE]", text)[0]
    decimals = len(mantissa.partition(".")[2])
    return float(text), decimals


@lru_cache(maxsize=16384)
def read_cell(raw: str) -> Reading:
    """Read a cell's source. Never raises."""
    rendered = render(raw)
    runs = [r for r in rendered.runs if not (r.raised and len(r.text.strip()) <= 4 and "±" not in r.text)]
    marks = Reading("text", bold=rendered.bold, underline=rendered.underline, text=rendered.text)
    if not rendered.text and not runs:
        return _with(marks, kind="blank")
    flat, bold_at = _flatten(runs or list(rendered.runs))
    stripped = flat.strip()
    if not stripped:
        return _with(marks, kind="blank")
    if _MISSING.match(stripped):
        return _with(marks, kind="missing")
    if _NO_SCORE.match(stripped):
        return marks
    if _SIZE.match(stripped):
        return _with(marks, size=True)
    return _numbers(flat, bold_at, marks)


def _flatten(runs: list[Run]) -> tuple[str, list[bool]]:
    """The text without TeX and powers, and for every character whether it is bold."""
    flat = ""
    tex = any("$" in run.text for run in runs)
    bold: list[bool] = []
    for run in runs:
        text = run.text
        heavy = run.bold
        if tex:
            heavy = heavy or "\\mathbf" in text or "\\textbf" in text or "\\bf" in text
            text = _LATEX.sub("", text).replace("\\pm", "±").replace("\\%", "%").replace("\\", " ")
            text = text.translate(str.maketrans("", "", "${}_"))
        if "^" in text:
            text = _POWER.sub("", text)
        text = text.replace("\n", " / ").replace("\xa0", " ").replace("+/-", "±").replace("+-", "±")
        flat += text
        bold += [heavy] * len(text)
    return flat, bold


def _numbers(flat: str, bold_at: list[bool], marks: Reading) -> Reading:
    head = flat
    inside = ""
    parens = _PARENS.search(flat)
    if parens:
        before = flat[: parens.start()].strip()
        if before:
            inside = parens[1].strip()
            head = _PARENS.sub(lambda m: " " * len(m[0]), flat)
    found = list(_NUMBER.finditer(head))
    if not found:
        return marks
    rest = head
    for match in reversed(found):
        rest = rest[: match.start()] + " " + rest[match.end() :]
    words = [w for w in rest.split() if not _FILLER.match(w)]
    unit_words = [w.strip("().,/|") for w in words]
    resource = any(_RESOURCE_UNIT.match(w) for w in unit_words)
    if not all(_UNIT.match(w) for w in unit_words if w):
        # a number with a short remark behind it ("81.4 CoT") is a number; a text that holds one is not
        lead = head[: found[0].start()].strip()
        if (
            not _FILLER.match(lead)
            or len("".join(words)) > 16
            or words[0] in "x×*"
            or not _plain_remark(head, found[0].end())
        ):
            return marks
        found = found[:1]
    parts = [_part(head, m) for m in found]
    error: float | None = None
    if len(parts) == 2 and "±" in head[found[0].end() : found[1].start()]:
        error = abs(parts[1][0])
        parts, found = parts[:1], found[:1]
    elif len(parts) > 1 and "±" in head:
        kept = [i for i, m in enumerate(found) if "±" not in head[found[i - 1].end() if i else 0 : m.start()]]
        if kept and kept[0] == 0:
            following = head[found[0].end() : found[1].start()]
            error = abs(parts[1][0]) if "±" in following else None
            parts, found = [parts[i] for i in kept], [found[i] for i in kept]
    alt, error, inline = _aside(inside, error)
    value, decimals, signed = parts[0]
    bolds = tuple(any(bold_at[m.start() : m.end()]) for m in found)
    after = flat[found[0].end() : found[0].end() + 2].strip()
    return Reading(
        "number",
        value,
        tuple(p[0] for p in parts) if len(parts) > 1 else (),
        alt,
        error,
        inline,
        "%" if after[:1] in ("%", "％") else None,
        decimals,
        marks.bold or any(bolds),
        bolds if len(parts) > 1 else (),
        marks.underline,
        signed,
        resource,
        False,
        marks.text,
    )


def _plain_remark(head: str, end: int) -> bool:
    """The text behind a number begins apart from it: "81.4 CoT", not "5-shot" or "7Bx2"."""
    following = head[end : end + 1]
    return following == "" or following.isspace() or following in "%％,;*†/|("


def _part(head: str, match: re.Match[str]) -> tuple[float, int, bool]:
    value, decimals = to_number(match[0])
    lead = head[: match.start()].rstrip("$ ")
    sign = lead[-1:]
    before = lead[:-1].rstrip()
    signed = False
    if sign and sign in "↑▲⬆":
        signed = not before[-1:].isdigit()
    elif sign and sign in "↓▼⬇":
        signed = not before[-1:].isdigit()
        value = -value if signed else value
    elif (
        sign
        and sign in _SIGN
        and not before[-1:].isalnum()
        and (sign in "+＋±" or before[-1:] not in ("%", ")"))
    ):
        signed = True
        if sign in "-−–－":
            value = -value
    return value, decimals, signed


def _aside(inside: str, error: float | None) -> tuple[float | None, float | None, float | None]:
    """What stands in parentheses behind a value: (another value, its error, a difference)."""
    if not inside or _REMARK.match(inside):
        return None, error, None
    found = list(_NUMBER.finditer(inside))
    if not found or len(found) > 1:
        return None, error, None
    rest = inside[: found[0].start()] + inside[found[0].end() :]
    if not _FILLER.match(rest):
        return None, error, None
    value, _, signed = _part(inside, found[0])
    if "±" in inside:
        return None, abs(value), None
    if signed:
        return None, error, value
    return value, error, None


def _with(reading: Reading, **changes: object) -> Reading:
    return replace(reading, **changes)  # type: ignore[arg-type]
