"""The source of one cell as rendered text, with what is bold and underlined; Markdown and HTML may mix."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from html import unescape

#: A longer cell is cut: it is prose, and no name or number is to be read from its tail.
MAX_CELL = 2000

_LINK = re.compile(r"!?\[((?:[^\[\]\\]|\\.)*)\]\([^()\n]*(?:\([^()\n]*\)[^()\n]*)*\)")
_REFERENCE = re.compile(r"\[([^\[\]]+)\]\[[^\[\]]*\]")
_MARK = re.compile(
    r"""
    (?P<comment><!--.*?(?:-->|$))
  | (?P<tag></?[a-zA-Z][a-zA-Z0-9]*(?:[\s/][^<>]*)?>)
  | (?P<code>`+[^`]*`+)
  | (?P<footnote>\[\^[^\[\]]*\])
  | (?P<escape>\\[!-/:-@\[-^_`{-~])
  | (?P<star>\*+)
  | (?P<bar>_+)
  | (?P<strike>~~)
  | (?P<autolink><[a-z]+:[^<>\s]*>)
    """,
    re.X | re.S,
)
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)")
_WORD = re.compile(r"\w")
_WORDS = re.compile(r"[^\W\d_][^<]")
#: A superscript that is only a mark: "1", "1,2", "*", "a", "[2]", "†".
_ONLY_MARK = re.compile(
    r"^[\s*†‡§¶#∗⋆★☆◇+]*(?:[\[(]?[0-9a-z]{1,2}[\])]?(?:,\s*[0-9a-z]{1,2})*)?[\s*†‡§¶#∗⋆★+]*$"
)
_EMOJI = re.compile(
    "[\U0001f000-\U0001faff\u2600-\u27bf\u2b05-\u2bff\u2300-\u23ff\ufe0f\u200d\u20e3\u200b\ufeff]"
)
_TRAILING_MARKS = re.compile(r"(?:\s*(?:[*†‡§¶∗⋆]+|\^\(?\d{0,2}\)?(?!\w)))+$")
_SUPERSCRIPTS = re.compile(r"(?<=[\w)%.])[¹²³⁴⁵⁶⁷⁸⁹⁰]+$")
_SPACES = re.compile(r"\s+")
#: A tag that its writer did not close: "MATH</th".
_CUT_TAG = re.compile(r"</?[a-zA-Z]{1,10}\s*$")
#: What links and emoji leave behind: "X ( )", "X (".
_EMPTY_BRACKETS = re.compile(r"\s*[(\[（]\s*(?:[)\]）]|$)")
_REFERENCE_MARK = re.compile(r"(?<=\S)\s*\[\d{1,2}\]$")


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of rendered text with one style."""

    text: str
    bold: bool = False
    underline: bool = False
    raised: bool = False  #: in <sup> or <sub>


@dataclass(frozen=True, slots=True)
class Rendered:
    runs: tuple[Run, ...]

    @property
    def text(self) -> str:
        """All text; <br> is a line break, superscripts that are only marks are left out."""
        return "".join(r.text for i, r in enumerate(self.runs) if not self._is_mark(i)).strip()

    @property
    def bold(self) -> bool:
        return any(r.bold and r.text.strip() for r in self.runs)

    @property
    def underline(self) -> bool:
        return any(r.underline and r.text.strip() for r in self.runs)

    def _is_mark(self, i: int) -> bool:
        run = self.runs[i]
        if not run.raised or not _ONLY_MARK.match(run.text):
            return False
        following = next((r.text for r in self.runs[i + 1 :] if r.text), "")
        return not following[:1].isalnum() and not following.startswith("-")


@lru_cache(maxsize=4096)
def render(raw: str) -> Rendered:
    """Rendered runs of a cell's source. Never raises; linear in the (cut) length."""
    source = _CUT_TAG.sub("", raw[:MAX_CELL])
    for _ in range(2):  # an image within a link
        source = _LINK.sub(lambda m: "" if m[0].startswith("!") else m[1], source)
    source = _REFERENCE.sub(r"\1", source)
    runs: list[Run] = []
    bold_tags = underline_tags = raised_tags = 0
    bold_stars = bold_bars = False
    hidden = 0

    def emit(text: str) -> None:
        if text and not hidden:
            style = (bold_tags > 0 or bold_stars or bold_bars, underline_tags > 0, raised_tags > 0)
            if runs and (runs[-1].bold, runs[-1].underline, runs[-1].raised) == style:
                text = runs.pop().text + text
            runs.append(Run(text, *style))

    at = 0
    for match in _MARK.finditer(source):
        emit(unescape(_fold(source[at : match.start()])))
        at = match.end()
        kind, text = match.lastgroup, match[0]
        before = source[match.start() - 1 : match.start()]
        after = source[at : at + 1]
        inside_word = bool(_WORD.match(before) and _WORD.match(after))
        if kind == "tag":
            closing, name = _TAG.match(text).groups()  # type: ignore[union-attr]
            step = -1 if closing else 1
            name = name.lower()
            if name == "br":
                emit("\n")
            elif name in ("p", "div", "li"):
                emit("\n" if runs and not runs[-1].text.endswith("\n") else "")
            elif name in ("b", "strong"):
                bold_tags = max(0, bold_tags + step)
            elif name in ("u", "ins"):
                underline_tags = max(0, underline_tags + step)
            elif name in ("sup", "sub"):
                raised_tags = max(0, raised_tags + step)
                if step > 0 and before not in " \n\t(-_/" and _WORDS.match(source[at : at + 3]):
                    emit(" ")
            elif name in ("style", "script"):
                hidden = max(0, hidden + step)
        elif kind == "code":
            emit(text.strip("`").strip().replace("\\|", "|"))
        elif kind == "escape":
            emit(text[1])
        elif kind == "star":
            if len(text) >= 2 and (bold_stars or after.strip()):
                bold_stars = not bold_stars
                emit("*" * (len(text) % 2) if len(text) > 3 else "")
            elif inside_word:
                emit(text)
            elif not after.strip() and before.strip():
                emit(text if not _opened(source, match.start(), "*") else "")
        elif kind == "bar":
            if inside_word or before == "\\" or "$" in source:
                emit(text)
            elif len(text) == 2 and (bold_bars or after.strip()):
                bold_bars = not bold_bars
        elif kind == "autolink":
            emit(text[1:-1])
    emit(unescape(_fold(source[at:])))
    return Rendered(tuple(runs))


def _fold(text: str) -> str:
    """Line ends of the source are spaces."""
    return text.replace("\n", " ").replace("\t", " ")


def _opened(source: str, position: int, mark: str) -> bool:
    """Does an earlier single `mark` open an emphasis that the one at `position` closes?"""
    earlier = source[:position].replace(mark * 2, "")
    return earlier.count(mark) % 2 == 1


@lru_cache(maxsize=8192)
def name_of(raw: str) -> str:
    """A printed name without markup, links, emoji and trailing footnote marks, on one line."""
    text = _EMOJI.sub("", render(raw).text)
    text = text.replace("\n-", "-")  # a name broken before its hyphen
    text = _EMPTY_BRACKETS.sub("", _SPACES.sub(" ", text)).strip()
    text = _REFERENCE_MARK.sub("", text)
    text = _TRAILING_MARKS.sub("", text)
    if len(text) > 3:
        text = _SUPERSCRIPTS.sub("", text)
    return text.strip()
