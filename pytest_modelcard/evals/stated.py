"""The settings that a score was measured with, as far as the card states them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ..card.records import Card
    from ..model import Claim

_SHOTS = re.compile(r"(?<![\w.])(\d{1,2})[-\s]?shots?(?![a-z])", re.IGNORECASE)
_ZERO_SHOT = re.compile(r"(?<![a-z])zero[-\s]shot(?![a-z])", re.IGNORECASE)
_FEW_SHOT = re.compile(r"(?<![a-z])few[-\s]shot(?![a-z])", re.IGNORECASE)
_SHOTS_COLUMN = re.compile(
    r"^(?:#\s?|n[-_ ]?|num(?:ber)?[-_ ](?:of[-_ ])?)?(?:few[-_ ]?)?shots?$", re.IGNORECASE
)
_AT_K = re.compile(
    r"(?<![a-z])(pass|avg|mean|average|maj|cons|best)\s?(@|\^)\s?(\d{1,4})(?!\d)", re.IGNORECASE
)
_TEMPERATURE = re.compile(
    r"(?<![a-z])(?:temperature|temp\.?|temperatura|温度)[`*\s]{0,6}(?:=|:|of|is|at|de|为|设为|to)?[`*\s]{0,6}(\d(?:\.\d{1,3})?)(?![\d.]*\d)",
    re.IGNORECASE,
)
_TOP_P = re.compile(
    r"(?<![a-z])top[-_ ]?p[`*\s]{0,6}(?:=|:|of|is|为)?[`*\s]{0,6}([01]?\.\d{1,3}|1(?:\.0)?)(?!\d)",
    re.IGNORECASE,
)
_GREEDY = re.compile(r"(?<![a-z])greedy(?![a-z])", re.IGNORECASE)
_NOT_THINKING = re.compile(
    r"(?<![a-z])(?:non[-\s]?|no[-\s_]?|without\s|w/o\s|disabled?\s)(?:think(?:ing)?|reasoning)(?![a-z])|非思考",
    re.IGNORECASE,
)
_THINKING = re.compile(
    r"(?<![a-z])(?:thinking(?:\s(?:mode|on|enabled))?|reasoning\smode|with\s(?:thinking|reasoning))(?![a-z])|思考模式",
    re.IGNORECASE,
)
_NO_TOOLS = re.compile(
    r"(?<![a-z])(?:no|without|w/o)\s(?:any\s)?(?:tools?|search|python|code)(?![a-z])", re.IGNORECASE
)
_TOOLS = re.compile(
    r"(?<![a-z])(?:(?:with|w/)\s?(?:tools?|search|python|code(?:\sinterpreter)?|browsing)|tool[-\s]use|browsing)(?![a-z])",
    re.IGNORECASE,
)
#: A sentence with one of these speaks of how scores were measured.
_EVALUATED = re.compile(
    r"evaluat|benchmark|(?<![a-z])scor(?:es?|ing)(?![a-z])|results?(?![a-z])|measured|reported|avalia|评测|评估",
    re.IGNORECASE,
)
_SENTENCE = re.compile(r"(?<=[.!?。！？\n])\s+")
MAX_TEXT = 200_000


@dataclass(frozen=True, slots=True)
class Stated:
    """What the card says of a measurement. None: it does not say."""

    shots: int | None = None
    temperature: float | None = None
    top_p: float | None = None
    thinking: bool | None = None
    draws: int | None = None  #: answers an item that the score is a mean of (avg@16)
    best_of: int | None = None  #: right where one of so many answers is (pass@k, k > 1)
    obstacle: str = ""  #: what the card states and an endpoint alone cannot do
    few_shot: bool = False  #: examples without a number


def stated(card: Card, claim: Claim, wide: Sequence[str] | None = None) -> Stated:
    """From the cell's own row, column, setting and heading first, then from sentences on how scores were measured:
    `wide`, where they were gathered before."""
    table = card.tables[claim.table] if claim.table is not None and claim.table < len(card.tables) else None
    heading = table.heading if table else ""
    # the base's name in a heading, or this model's, is no setting: only the words that are looked for count
    near = [claim.benchmark, claim.setting, claim.section, *claim.header_path, _remark(claim.model), heading]
    if claim.kind == "prose":
        near.append(claim.raw)
    text = " | ".join(t for t in near if t)[:4000]
    wide = sentences(card) if wide is None else wide
    shots = _shots(text, claim)
    draws, best_of, votes = _at_k(text)
    tools = _TOOLS.search(_NO_TOOLS.sub(" ", text))
    obstacle = (
        f"the card's score takes the majority of {votes} answers, which is not run"
        if votes
        else f"the card's score was measured with tools ({tools[0].strip()!r}), which an endpoint alone has not"
        if tools
        else ""
    )
    return Stated(
        shots=shots if shots is not None else _one(_SHOTS, wide, int),
        temperature=_temperature(text, wide),
        top_p=_number(_TOP_P, text) if _TOP_P.search(text) else _one(_TOP_P, wide, float),
        thinking=_thinking(text),
        draws=draws,
        best_of=best_of,
        obstacle=obstacle,
        few_shot=shots is None and bool(_FEW_SHOT.search(text)),
    )


def sentences(card: Card) -> list[str]:
    """The card's sentences on how scores were measured; bounded."""
    found, size = [], 0
    for paragraph in card.paragraphs:
        size += len(paragraph.text)
        if size > MAX_TEXT:
            break
        if re.search(r"\d|greedy", paragraph.text):
            found += [s for s in _SENTENCE.split(paragraph.text[:20_000]) if _EVALUATED.search(s)]
    return found


def _one(pattern: re.Pattern[str], texts: Iterable[str], kind: type[float] | type[int]) -> Any:
    """The one number that these texts give, None where they give none or several."""
    found = {kind(m) for t in texts for m in pattern.findall(t)}
    return found.pop() if len(found) == 1 else None


def _number(pattern: re.Pattern[str], text: str) -> float | None:
    found = {float(m) for m in pattern.findall(text)}
    return found.pop() if len(found) == 1 else None


def _shots(text: str, claim: Claim) -> int | None:
    for name, value in claim.settings:
        if _SHOTS_COLUMN.match(name.strip()) and value.strip().isdigit():
            return min(int(value), 1000)
    found = {int(n) for n in _SHOTS.findall(text)}
    if len(found) == 1:
        return found.pop()
    return 0 if not found and _ZERO_SHOT.search(text) else None


def _at_k(text: str) -> tuple[int | None, int | None, int | None]:
    """(mean of k, best of k, majority of k) answers, each None where the text does not say so."""
    mean = best = votes = None
    for kind, sign, count in _AT_K.findall(text):
        k = int(count)
        if kind.lower() in ("avg", "mean", "average"):
            mean = k
        elif k > 1 and kind.lower() in ("maj", "cons"):
            votes = k
        elif k > 1:
            best = k if sign == "@" and kind.lower() == "pass" else None
            votes = votes if best else k
    return (mean if mean and mean > 1 else None), best, votes


def _temperature(text: str, wide: Sequence[str]) -> float | None:
    near = _number(_TEMPERATURE, text)
    if near is not None:
        return near
    if _GREEDY.search(text):
        return 0.0
    said = _one(_TEMPERATURE, wide, float)
    if (
        said is None
        and any(_GREEDY.search(s) for s in wide)
        and not any(_TEMPERATURE.search(s) for s in wide)
    ):
        return 0.0
    return float(said) if said is not None else None


def _thinking(text: str) -> bool | None:
    without = bool(_NOT_THINKING.search(text))
    on = bool(_THINKING.search(_NOT_THINKING.sub(" ", text)))
    return None if without == on else on


def _remark(model: str | None) -> str:
    """What stands in brackets behind a model's name: "Acme 7B (thinking)"."""
    found = re.search(r"[(\[]([^()\[\]]{1,60})[)\]]\s*$", model or "")
    return found[1] if found else ""
