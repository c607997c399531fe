"""What an answer says, and whether it is right. No code of an answer is ever run.

Reading and judging are two steps: an answer nothing can be read from is not a wrong answer, but one that says
nothing, and is counted apart.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from decimal import Decimal, InvalidOperation

from .items import LETTERS, Item
from .spec import Task

#: Only the end of a long answer is read: there the result stands, and no text keeps a pattern busy.
MAX_READ = 20_000
#: Patterns written by a user may backtrack: they see less.
MAX_PATTERN_READ = 4_000

_OPENED = re.compile(r"<(?:think|thinking|reasoning|thought)>", re.IGNORECASE)
_CLOSED = re.compile(r"</(?:think|thinking|reasoning|thought)>", re.IGNORECASE)
_STATED = (
    r"(?:answer|(?:correct|right|best)\s+(?:choice|option)|resposta|respuesta|antwort|réponse|答案)"
    r"\s*(?:is|é|es|ist|est|(?:would|should|must)\s+be|是|为)?"
)
#: "A or B" states no answer, and "the answer is a matter of" no letter.
_NO_OTHER = r"(?!\s*(?:or|and|/|,)\s*\(?[A-Za-z]\b)"
_LETTER_STATED = re.compile(
    rf"(?i:{_STATED})\s*[:：]?\s*(?:\*\*|__)?\s*(?:\\boxed\{{|\\text\{{|\$)*"
    rf"(?:\(?([A-Z])(?![A-Za-z'’])\)?|\(([a-z])\)|([a-z])(?=[\s.*_]*$)){_NO_OTHER}",
    re.MULTILINE,
)
_LETTER_BOXED = re.compile(r"\\boxed\{\s*(?:\\text\{)?\s*\(?([A-Za-z])\)?\s*\}")
_LETTER_ALONE = re.compile(r"[\s*_`(\[]*([A-Za-z])[\s*_`)\].:]*")
_LETTER_FIRST = re.compile(r"^[\s*_`(\[]*([A-Z])(?:[)\].:](?:\s|\*|$)|[\s*_]*$)", re.MULTILINE)
_NUMBER = r"[-−+]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?(?:[eE][-+]?\d{1,3})?|[-−+]?\.\d+"
_NUMBER_STATED = re.compile(
    rf"(?:(?i:{_STATED})\s*[:：=]?|####|\\boxed\{{)[\s*_$]*(?:[€£¥]\s*)?({_NUMBER})(?!\s*/\s*\d)"
)
_NUMBERS = re.compile(rf"(?<![\w.])(?:{_NUMBER})(?![\w])")
_RESULT = re.compile(rf"(?:=|(?<![a-z])(?:is|are|é|es))[\s*_$€£¥]*({_NUMBER})(?![\w/])")
_ANSWER_LINE = re.compile(rf"^[\s*_]*(?i:{_STATED})\s*[:：]\s*(.+?)[\s*_]*$", re.MULTILINE)


def final(text: str) -> str | None:
    """The answer without its thinking; None where the thinking never ends."""
    # some templates open the thinking themselves, so that the answer only closes it: what counts comes after
    text = _CLOSED.split(text)[-1]
    return None if _OPENED.search(text) else text.strip()


def read(task: Task, item: Item, answer: str, *, cut_off: bool = False) -> str | None:
    """What the answer says, in the key's form; None where that cannot be read.

    cut_off: the answer ended because no more tokens were allowed. Then only a result stated as such counts: a
    letter or number of a broken-off argument is none.
    """
    text = final(answer)
    if not text:
        return None
    return _READERS[task.scorer](task, item, text[-MAX_READ:], cut_off)


def right(task: Task, item: Item, found: str) -> bool:
    """Whether what was read is the key."""
    if task.scorer == "numeric":
        ours, key = number(found), number(item.key)
        return ours is not None and ours == key
    return _folded(found) == _folded(item.key)


def _choice(task: Task, item: Item, text: str, cut_off: bool) -> str | None:
    letters = LETTERS[: len(item.choices)]
    whole = _LETTER_ALONE.fullmatch(text)
    if whole and whole[1].upper() in letters:
        return whole[1].upper()
    stated = _stated_letter(text, letters)
    if stated or cut_off:
        return stated
    first = _LETTER_FIRST.match(text)
    # who goes through the choices one by one begins with A and means another
    if first and first[1] in letters and len(set(_LETTER_FIRST.findall(text))) == 1:
        return first[1]
    named = [letters[n] for n, choice in enumerate(item.choices) if _folded(choice) == _folded(text)]
    return named[0] if len(named) == 1 else None


def _stated_letter(text: str, letters: str) -> str | None:
    """The letter of the last statement: who corrects himself means the latter."""
    found = [
        (m.start(), letter.upper())
        for pattern in (_LETTER_STATED, _LETTER_BOXED)
        for m in pattern.finditer(text)
        for letter in m.groups()
        if letter and letter.upper() in letters
    ]
    return max(found)[1] if found else None


def _numeric(task: Task, item: Item, text: str, cut_off: bool) -> str | None:
    stated = [m[1] for m in _NUMBER_STATED.finditer(text)]
    if stated:
        return stated[-1]
    if cut_off:
        return None
    return _last_number(text)


def _last_number(text: str) -> str | None:
    """The result of the last line that holds a number: its only one, or the one that it comes to."""
    for line in reversed(text.splitlines()):
        numbers = _NUMBERS.findall(line)
        if numbers:
            results = _RESULT.findall(line)
            return results[-1] if results else numbers[0] if len(numbers) == 1 else None
    return None


def _exact(task: Task, item: Item, text: str, cut_off: bool) -> str | None:
    stated = _ANSWER_LINE.findall(text)
    if stated:
        return str(stated[-1])
    return None if cut_off else text


def _regex(task: Task, item: Item, text: str, cut_off: bool) -> str | None:
    found = [m[1] for m in re.finditer(task.pattern or "", text[-MAX_PATTERN_READ:]) if m[1] is not None]
    return found[-1].strip() if found else None


_READERS: dict[str, Callable[[Task, Item, str, bool], str | None]] = {
    "choice": _choice,
    "numeric": _numeric,
    "exact": _exact,
    "regex": _regex,
}


def number(text: str) -> Decimal | None:
    """A printed number: "1,234.50", "$3", "40 %"; None where it is none or not finite."""
    plain = text.replace("−", "-").replace(",", "").strip(" $€£¥%").rstrip(".")
    try:
        value = Decimal(plain)
    except InvalidOperation:
        return None
    return value if value.is_finite() else None


def _folded(text: str) -> str:
    """Case, spaces, Unicode form and marks around do not count."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split()).strip(" .*_`\"'“”‘’$")
