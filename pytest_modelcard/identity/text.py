"""An answer made ready to be read: thoughts and echoes taken out, signs made alike, cut into sentences and clauses.

Answers are hostile: they are cut before anything is looked for, and every pattern runs in one pass over a short text.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

#: Characters of an answer that are read: whoever says a name says it early.
MAX_READ = 4_000
#: Characters that are looked through for the end of the model's thoughts.
_MAX_RAW = 2_000_000
_THOUGHT_ENDS = (
    "</think>",
    "</thinking>",
    "</thought>",
    "<channel|>",
    "<|channel|>final<|message|>",
    "[/THINK]",
)
_THOUGHT_BEGINS = re.compile(r"\s*(?:<think(?:ing)?>|<thought>|<\|channel\|?>(?:analysis|thought)|\[THINK\])")
_MARKS = re.compile(r"[*`#~]+")
_LINK = re.compile(r"\[([^\]\n]{1,200})\]\([^)\s]{1,500}\)")
_QUOTED = re.compile(
    r"\"([^\"\n]{1,300})\"|\u201c([^\u201d\n]{1,300})\u201d|\u300c([^\u300d\n]{1,300})\u300d|\u00ab([^\u00bb\n]{1,300})\u00bb"
)
#: Within quotation marks: words to or by somebody else.
_OTHERS_WORDS = re.compile(r"\?|\b(?:you|your|você|seu|sua)\b|[你您]", re.IGNORECASE)
_SAID = re.compile(
    r"(?:\b(?:say|says|said|saying|ask|asks|asked|claim|claims|repeat|write|wrote|typed|prompt|diga|dizer|disse|pergunt\w+"
    r"|repetir|escrev\w+)|说|问|问题|声称|重复)\W{0,12}$",
    re.IGNORECASE,
)
_SENTENCE = re.compile(r"(?<=[!?\u3002;\n])|(?<=\.)(?=\s|$|[\u3400-\u9fff])")
_CLAUSE = re.compile(
    r":(?=\s*(?:I\W|I'm|my\W|eu\W|sou\W|meu\W|我))|[,()\[\]\u3001\u2014\u2013]|\s-\s|(?<!\w)(?:but|however|instead|mas|porém|senão|e sim)(?!\w)|但是?|而是|不过|实际上",
    re.IGNORECASE,
)


def thought_ended(raw: str) -> bool:
    """Whether a mark in the answer ends the model's thoughts."""
    return any(mark in raw[:_MAX_RAW] or mark in raw[-MAX_READ:] for mark in _THOUGHT_ENDS)


def visible(raw: str) -> str:
    """What an answer says when its thoughts are done; "" where it holds thoughts alone, which are no answer."""
    text = raw[:_MAX_RAW] if len(raw) <= _MAX_RAW else raw[:_MAX_RAW] + raw[-MAX_READ:]
    end, mark = max(((text.rfind(m), m) for m in _THOUGHT_ENDS), key=lambda found: found[0])
    if end >= 0:
        text = text[end + len(mark) :]
    elif _THOUGHT_BEGINS.match(text):
        return ""
    return text.strip()[:MAX_READ]


def plain(answer: str, question: str = "") -> str:
    """The answer without formatting, invisible characters, the question's own words, and what others are quoted with."""
    text = _one_kind(answer[:MAX_READ])
    asked = _one_kind(question).strip()
    if len(asked) > 8:
        text = text.replace(asked, " ")
    text = _LINK.sub(r"\1", text)
    text = _MARKS.sub("", text)
    return _unquoted(text.strip())


def _one_kind(text: str) -> str:
    text = unicodedata.normalize("NFKC", text)[: 2 * MAX_READ]
    text = "".join(
        c for c in text if c == "\n" or unicodedata.category(c) not in ("Cf", "Cc", "Cs", "Co", "Cn")
    )
    return text.replace("\u2019", "'").replace("\u2018", "'")


def _unquoted(text: str) -> str:
    whole = _QUOTED.fullmatch(text)
    if whole:
        return " ".join(g for g in whole.groups() if g)

    def one(match: re.Match[str]) -> str:
        inner = next(g for g in match.groups() if g)
        before = text[max(0, match.start() - 40) : match.start()]
        return " " if _OTHERS_WORDS.search(inner) or _SAID.search(before) else inner

    return _QUOTED.sub(one, text)


def sentences(text: str) -> Iterator[str]:
    """Questions are left out: nobody says who he is with one."""
    for part in _SENTENCE.split(text):
        sentence = part.strip()
        if sentence and not sentence.endswith("?"):
            yield sentence


def clauses(sentence: str) -> Iterator[tuple[str, str]]:
    """Clauses with what joins each to the one before ("," or "but"; "" for the first)."""
    at, joint = 0, ""
    for cut in _CLAUSE.finditer(sentence):
        yield sentence[at : cut.start()].strip(), joint
        at, joint = cut.end(), cut[0].strip().lower()
    yield sentence[at:].strip(), joint
