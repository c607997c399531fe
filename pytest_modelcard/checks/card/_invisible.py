"""Characters that show nothing, or change the order of what is shown, and when a text has reason for them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

SUSPECT = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b"
    "-\u180f\u200b-\u200f\u202a-\u202e"
    "\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff9-\ufffb\U000e0000-\U000e007f\U000e0100-\U000e01ef]"
)
_RTL = re.compile(r"[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")
#: Scripts whose letters are joined or kept apart by zero width characters, or written without spaces.
_JOINING = (
    *(
        "ARABIC",
        "SYRIAC",
        "MONGOLIAN",
        "NKO",
        "MANDAIC",
        "DEVANAGARI",
        "BENGALI",
        "GURMUKHI",
        "GUJARATI",
        "ORIYA",
        "TAMIL",
    ),
    *(
        "TELUGU",
        "KANNADA",
        "MALAYALAM",
        "SINHALA",
        "KHMER",
        "MYANMAR",
        "THAI",
        "LAO",
        "TIBETAN",
        "BALINESE",
        "JAVANESE",
    ),
)
_KINDS = {
    **dict.fromkeys("\u202d\u202e", "bidi-override"),
    **dict.fromkeys("\u202a\u202b\u202c\u2066\u2067\u2068\u2069", "bidi-embedding"),
    **dict.fromkeys("\u200e\u200f\u061c", "direction-mark"),
    "\u200b": "zero-width-space",
    **dict.fromkeys("\u200c\u200d", "zero-width-joiner"),
    "\u2060": "word-joiner",
    "\ufeff": "byte-order-mark-within",
    "\xad": "soft-hyphen",
    **dict.fromkeys("\u115f\u1160\u3164\uffa0", "hangul-filler"),
}


@dataclass(frozen=True, slots=True)
class Invisible:
    """One run of suspect characters of one kind on one line."""

    kind: str
    line: int  #: 1-based
    column: int
    text: str  #: the characters themselves
    inside_word: bool  #: between two ASCII letters or digits: search and copying go wrong


def kind_of(char: str) -> str:
    """The name of the kind a suspect character belongs to."""
    code = ord(char)
    if 0xE0000 <= code <= 0xE007F:
        return "tag-characters"
    if 0xFE00 <= code <= 0xFE0F or 0xE0100 <= code <= 0xE01EF:
        return "variation-selectors"
    if code < 0x20 or 0x7F <= code <= 0x9F:
        return "control-character"
    return _KINDS.get(char, "other-invisible")


@lru_cache(maxsize=4096)
def _is_emoji(char: str) -> bool:
    code = ord(char)
    return (
        0x1F000 <= code <= 0x1FAFF
        or 0x2190 <= code <= 0x21FF
        or 0x2300 <= code <= 0x27BF
        or 0x2900 <= code <= 0x2BFF
        or char in "\u00a9\u00ae\u203c\u2049\u2122\u2139\u3030\u303d\u3297\u3299\u20e3#*0123456789"
    )


@lru_cache(maxsize=4096)
def _joins(char: str) -> bool:
    return char != "" and unicodedata.name(char, "").startswith(_JOINING)


def invisible_runs(lines: tuple[str, ...]) -> Iterator[Invisible]:
    """Every run of suspect characters for which its surroundings give no reason."""
    for number, line in enumerate(lines, 1):
        if line.isascii() and line.isprintable():
            continue
        at = 0
        while (m := SUSPECT.search(line, at)) is not None:
            start = end = m.start()
            kind = kind_of(line[start])
            while end < len(line) and SUSPECT.match(line[end]) and kind_of(line[end]) == kind:
                end += 1
            at = end
            run = line[start:end]
            before, after = line[start - 1 : start], line[end : end + 1]
            if not _has_reason(kind, run, before, after, line, start):
                inside = before.isascii() and after.isascii() and before.isalnum() and after.isalnum()
                yield Invisible(kind, number, start + 1, run, inside)


def _has_reason(kind: str, run: str, before: str, after: str, line: str, start: int) -> bool:
    if kind == "variation-selectors":
        return len(run) == 1 and before != ""
    if kind == "tag-characters":
        # the flags of England, Scotland, Wales: a black flag, letters, and an end
        return before == "\U0001f3f4" and run.endswith("\U000e007f") and len(run) <= 8
    if kind == "zero-width-joiner":
        if len(run) > 1:
            return False
        if _joins(before) or _joins(after):
            return True
        previous = (
            line[start - 2 : start - 1]
            if before in "\ufe0f" or "\U0001f3fb" <= before <= "\U0001f3ff"
            else before
        )
        return bool(previous and after) and _is_emoji(previous) and _is_emoji(after)
    if kind == "zero-width-space":
        return len(run) == 1 and (_joins(before) or _joins(after))
    if kind in ("direction-mark", "bidi-embedding"):
        return bool(_RTL.search(line)) and len(run) <= 2
    if kind == "hangul-filler":
        return bool(re.search(r"[\u1100-\u11ff\u3130-\u318f\uac00-\ud7af]", line)) and len(run) == 1
    if kind == "control-character":
        return run == "\x1b" and after in ("[", "]")  # colours in a terminal's output
    return kind == "other-invisible" and _joins(before)


def code_points(text: str) -> str:
    """ "U+200B U+200D", shortened."""
    shown = " ".join(f"U+{ord(c):04X}" for c in dict.fromkeys(text[:200]))
    return shown if len(shown) <= 60 else shown[:60].rsplit(" ", 1)[0] + " …"


def hidden_message(run: str) -> str:
    """The ASCII text that tag characters or variation selectors spell, "" if they spell none."""
    out = []
    for c in run:
        code = ord(c)
        if 0xE0020 <= code <= 0xE007E:
            out.append(chr(code - 0xE0000))
        elif 0xE0100 <= code <= 0xE01EF:
            out.append(chr(code - 0xE0100 + 16))
    text = "".join(out)
    return text if len(text) >= 4 and text.isprintable() else ""
