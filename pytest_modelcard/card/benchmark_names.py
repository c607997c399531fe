"""Printed benchmark names brought to one form: case, hyphens, arrows, footnote marks and neutral qualifiers.

A qualifier is neutral when it leaves the set of items as it is: shots, pass@1, a metric's name, an agent
harness, with or without tools. Whatever is not known to be neutral stays part of the name, so that
"MMLU (humanities)" or "HLE (text only)" is never taken for the whole set.
"""

from __future__ import annotations

import re
import unicodedata

#: Longer texts are no benchmark names.
MAX_NAME = 120

#: Nothing to fold: most names are like this. No space at an end, no double space.
_PLAIN = re.compile(r"(?:[A-Za-z0-9][ _\-]?){1,120}(?<! )")
_TAU = re.compile(r"(?:τ|\\tau|\btau)\s*\^?\s*\{?\s*([²³23])(?![\d.])\s*\}?", re.IGNORECASE)
_SUPERSCRIPTS = re.compile(r"[⁰¹²³⁴-⁹]+")
_LATEX = re.compile(r"\\(?:text|textbf|mathrm|mathbf)\b|[\\${}^]")
_ARROWS = re.compile(r"[↑↓⬆⬇▲▼]\ufe0f?")
_FIGURE_AFTER_BRACKET = re.compile(r"(?<=[)\]])\s*\d{1,2}$")
_GROUP = re.compile(r"[(\[]([^()\[\]]*)[)\]]")
_NOT_ALNUM = re.compile(r"[\W_]+")
_SPLIT_QUALIFIERS = re.compile(r"\s*(?:,|;|/(?=\s)|(?<=\s)/|\||&|\+(?=\s)|\band\b)\s*")

_NEUTRAL = re.compile(
    r"""(?:
      [0-9]{1,3}\s*(?:/\s*[0-9]{1,3}\s*)?[-\ ]?shots? | (?:few|zero|one|multi)[-\ ]?shots?
    | 0\s?/\s?few[-\ ]?shots? | [0-9]{1,2}[-\ ]?samples?\ cot
    | (?:w/o?\ |with\ |without\ |no\ )?(?:cot|chain[- ]of[- ]thought)
    | (?:pass|avg|mean|maj|cons|average|acc|best)\s?(?:@|\^)\s?k?[0-9]{0,4} | greedy | vote
    | (?:(?:avg|mean|average)\.?\ (?:of|over)\ )?(?:single|one|[0-9]{1,3})[-\ ](?:runs?|seeds?|trials?)
    | acc(?:uracy|\.)?(?:[_\ ]norm)? | acc[_\ ]char | em | f1 | exact[_\ ]?match | exact[_\ ]str[_\ ]match
    | strict[-\ ]match | flexible[- ]extract | macro[_\ ]avg/acc(?:[_\ ]char)? | logprobs
    | correct(?:\ answers?)? | resolved(?:\ rate)? | success\ rate | pass\ rate | scores? | win[-\ ]?rate
    | % | percent | ppl | wer | cer | anls | llm[-\ ]judge
    | overall | avg\.? | average | mean | estimated | normali[sz]ed | reported | self[- ]reported | ours
    | thinking | non[-\ ]?thinking | no[-\ ]?think(?:ing)? | thinking\ mode | reasoning | non[-\ ]reasoning
    | (?:w/o?|with|without|no)\ ?(?:\ (?:python|code|simulated|external))?\ ?(?:tools?|python|code|search)
    | tools? | w/ | w/o | single[- ]turn | agentic(?:\ coding|\ search|\ tool\ use)?
    | agentless(?:\ coding)? | coding | openhands | droid | mini[- ]?swe[- ]?agent | swe[- ]?agent
    | terminus(?:[- ]?[12])? | claude\ code | codex | (?:w/\ |with\ )?context\ manage(?:ment)?
    | prompt | instruct | chat | base
    )""",
    re.VERBOSE | re.IGNORECASE,
)
_NEUTRAL_TAIL = re.compile(rf"(?:^|[\s,;:_\-–]+)(?:{_NEUTRAL.pattern})$", re.VERBOSE | re.IGNORECASE)
_GLUED_TAIL = re.compile(r"(?:pass|avg|mean)@[0-9]{1,4}$", re.IGNORECASE)
_SHOTS_HEAD = re.compile(r"^[0-9]{1,2}[- ]?shots?\s+", re.IGNORECASE)
_RUNS = re.compile(
    r"(?:avg|mean|average)\s?@\s?([0-9]{1,3})(?![0-9])|(?<![\w.])([0-9]{1,3})[- ](?:runs|seeds"
    r"|trials)(?![a-z])",
    re.IGNORECASE,
)
_ONE_RUN = re.compile(
    r"(?<![a-z])(?:greedy|(?:single|one|1)[- ]run|temperature\s*(?:=|of|:)?\s*0(?![.\d]))(?![a-z])",
    re.IGNORECASE,
)
_BEST_OF = re.compile(r"(?:pass|maj|cons|best)\s?[@^]\s?([0-9]{1,4})", re.IGNORECASE)
_OTHER_METRIC = re.compile(
    r"(?<![a-z])(?:f1|ppl|perplexity|bpb|wer|cer|bleu|rouge|elo|win[- ]?rate|rank|latency|time)(?![a-z])",
    re.IGNORECASE,
)


def folded(text: str) -> str:
    """The printed name in one Unicode form, on one line, without marks; case and brackets kept."""
    if _PLAIN.fullmatch(text) and "tau" not in text.lower():
        return text
    text = unicodedata.normalize("NFC", text[: 2 * MAX_NAME])
    text = text.replace("𝜏", "τ").replace("𝛕", "τ")
    text = _TAU.sub(r"tau\1 ", text).replace("tau²", "tau2").replace("tau³", "tau3").replace("τ", "tau")
    text = _SUPERSCRIPTS.sub("", text)
    text = unicodedata.normalize("NFKC", text)  # full-width letters and brackets
    text = text.replace("【", "[").replace("】", "]").replace("\\tau", "tau").replace("\\_", "_")
    text = _ARROWS.sub("", _LATEX.sub("", text))
    text = " ".join(text.split())
    return _FIGURE_AFTER_BRACKET.sub("", text).strip()


def key(text: str) -> str:
    """What is compared: letters and digits only, lower case, "+" spelt out."""
    return _NOT_ALNUM.sub("", folded(text).lower().replace("+", "plus"))


def readings(printed: str) -> list[str]:
    """Texts a registry may know the name under, fullest first, each folded; [] for what is no name."""
    if not printed or len(printed) > MAX_NAME:
        return []
    text = folded(printed)
    found = [text]
    text = _GROUP.sub(lambda m: " " if _neutral(m[1]) else m[0], text)
    text = _SHOTS_HEAD.sub("", " ".join(text.split()))
    found.append(text)
    for _ in range(4):
        shorter = _GLUED_TAIL.sub("", text)
        if shorter == text:
            shorter = _NEUTRAL_TAIL.sub("", text)
        shorter = shorter.strip(" ,;:_-–")
        if not shorter or shorter == text:
            break
        text = shorter
        found.append(text)
    return found


def _neutral(group: str) -> bool:
    """Whether all that a bracket says leaves the set of items as it is."""
    if _NEUTRAL.fullmatch(group.strip()):
        return True
    return all(_neutral_part(p) for p in _SPLIT_QUALIFIERS.split(group) if p.strip())


def _neutral_part(text: str) -> bool:
    text = text.strip(" *†‡")
    for _ in range(3):
        if _NEUTRAL.fullmatch(text):
            return True
        text = _NEUTRAL_TAIL.sub("", text).strip()
    return not text


def runs(*printed: str | None) -> int | None:
    """How many runs these texts say were averaged ("avg@16": 16, "greedy": 1), None where none is."""
    for text in printed:
        found = _RUNS.search(text or "")
        if found:
            return int(found[1] or found[2])
    return 1 if any(_ONE_RUN.search(text or "") for text in printed) else None


def best_of(*printed: str | None) -> bool:
    """Whether these texts name a metric over several attempts at an item: pass@10, pass^4, maj@8, cons@64."""
    return any(int(n) > 1 for text in printed for n in _BEST_OF.findall(text or ""))


def names_other_metric(text: str) -> bool:
    """Whether the name says that the number is no share of right answers (F1, perplexity, Elo)."""
    return _OTHER_METRIC.search(text) is not None
