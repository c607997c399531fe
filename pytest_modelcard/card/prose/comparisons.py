"""What sentences say of this model beside others: better than its base, ahead of all, state of the art."""

from __future__ import annotations

import re

from .. import vocabulary as v
from .relations import DENIED
from .sentences import Claims, Sentence
from .subject import Speaker

_BETTER = (
    r"(?:surpass|outperform|exceed|beat|outclass|outscor|excel over|improv\w+ (?:up)?on|improv\w+ over"
    r"|gains? over"
    r"|better than|ahead of|superior to)\w*"
)
_SURPASSES = re.compile(
    rf"\b{_BETTER}\s+(?:(?:on|upon|over|than)\s+)?(?:both\s+)?(?P<owner>its|the|our|their)\s+(?:own\s+"
    rf"|original\s+)?"
    r"(?P<base>(?:[\w.+-]+\s+){0,4}?(?:base|parent|backbone|foundation)(?:[- ](?:model|version"
    r"|checkpoint))?)\b(?!\s*models)"
    r"|\b(?P<pt>super(?:a|ando|ou|am|ior)|ultrapass(?:a|ando|ou)|superando a|melhor(?:a|ando)? (?:que|sobre)"
    r"|mejor que)\s+"
    r"(?:significativamente\s+|amplamente\s+)?(?:o |a |ao |al |el |su |seu "
    r"|de su )*(?:próprio )?modelo[- ]base\b"
    r"|(?P<zh>(?:大幅|显著|明显|全面)?(?:超越|超过|优于|领先于?|胜过|强于)了?(?:其|原|它的"
    r"|自身)?(?:的)?(?:基座|基础|底座|原始|基)模型)",
    re.I,
)
_SURPASSES_NAMED = re.compile(
    rf"\b{_BETTER}\s+(?:on\s+|than\s+)?(?:the\s+)?"
    r"|\b(?:super(?:a|ou|ior)|ultrapass(?:a|ou)|vence|melhor (?:do )?que)\s+(?:significativamente\s+"
    r"|amplamente\s+)?"
    r"(?:ao?\s+|o\s+|el\s+)?|(?:超越|超过|优于|领先于?|胜过|强于)了?\s*",
    re.I,
)
#: The base stands first: "The base is outperformed on ...", "Compared with its base, ... better on all ...".
_BASE_FIRST = re.compile(
    r"^\W*(?:the|its|our) (?:base|parent)(?: model)? (?:is|was) (?:\w+ly )?(?:outperformed|surpassed"
    r"|beaten|exceeded)\b"
    r"|\bcompared (?:to|with) (?:its|the|our) (?:own )?(?:base"
    r"|parent)(?: model)?\b[^.]{0,60}?\b(?:better|higher|stronger"
    r"|improv\w+|gains?|ahead)\b(?=[^.]{0,20}\b(?:on|in|across) (?:all|every|each)\b)"
    r"|(?:与|和|相比|相较于?)其?(?:基座|基础|底座)模型(?:相比)?[，,][^。；]{0,30}?(?:所有|各项"
    r"|全部)[^。；]{0,20}?(?:提升|超越|超过|领先|更好|更高|优于)",
    re.I,
)
#: "outperforms all other models on every benchmark", "ranks first on all benchmarks".
_LEADS = re.compile(
    r"\b(?:outperform|surpass|exceed|beat)(?:s|ed|ing)? (?:all|every|any) (?:the )?(?:other "
    r"|competing |compared )?(?:models?|baselines?"
    r"|competitors?)\b(?=[^.;]{0,30}\b(?:on|in|across) (?:all|every|each)\b)"
    r"|\b(?:ranks?|ranked|is|places?|comes?) (?:first|top|best|#1|number one) (?:on|in"
    r"|across) (?:all|every|each)\b",
    re.I,
)
_LARGE = re.compile(
    r"significant|substantial|considerabl|dramatic|massive|huge|large|wide|big|strong(?:ly)? margin"
    r"|by a margin|markedly|vastly"
    r"|far (?:better|ahead|surpass)|significativ|substanci|sustanci|ampla|amplia|grande|显著|大幅|明显|远超",
    re.I,
)
_SOTA_CLAIM = re.compile(
    r"(?:\b(?:deliver|achiev|establish|set|reach|attain|obtain|demonstrat|exhibit|yield|show|offer|provid"
    r"|maintain|present|push)\w*"
    r"\s+(?:[\w'’-]+\s+){0,4}?|\b(?:is|are|as|with|的|entrega|alcança|atinge|alcanza|ofrece)\s+(?:(?:a|an|the"
    r"|new|um|uma|o|el|un)\s+){0,2}?"
    r"(?:\w+\s+)?)(?P<sota>state[- ]of[- ]the[- ]art|SOTA|(?:desempenho )?(?:no )?estado da arte"
    r"|estado del arte)"
    r"|(?P<zh>(?:达到|取得|实现|刷新)了?[^，。；]{0,20}?(?:SOTA|最先进|最优|最佳|业界领先|state-of-the-art))",
    re.I,
)
_NOT_OURS = re.compile(
    r"\b(?:compar\w+ (?:to|with|against)|comparable (?:to|with)|rival\w*|close to|approach\w*"
    r"|competitive with|than|vs\.?"
    r"|against|other|existing|previous|prior|beyond)\s+(?:[\w'’-]+\s+){0,3}$",
    re.I,
)
_TOOL = re.compile(
    r"\b(?:vllm|sglang|lmdeploy|tensorrt|llama\.cpp|ollama|framework|engine|library|dataset)", re.I
)


class ComparisonReader:
    """Reads sentence by sentence."""

    def __init__(self, speaker: Speaker, claims: Claims) -> None:
        self._speaker = speaker
        self._claims = claims

    def read(self, sentence: Sentence) -> None:
        self._surpasses(sentence)
        self._state_of_the_art(sentence)

    def _surpasses(self, sentence: Sentence) -> None:
        text = sentence.text
        m = _BASE_FIRST.search(text)
        if m is not None:
            if not self._speaker.mixes(text):
                self._claims.add(v.SURPASSES_BASE, "", sentence.span(m.start()), text, text=_margin(text, m))
            return
        m = _SURPASSES.search(text)
        if m is not None:
            # "outperforms the Llama base": whose base?
            if (
                m["base"]
                and self._speaker.last_other(m["base"]) >= 0
                and self._speaker.role(_without_base(m["base"])) != "base"
            ):
                m = None
        else:
            m = self._surpasses_by_name(text)
        if m is None or DENIED.search(text[: m.start()][-60:]) or not self._speaker.speaks(text[: m.start()]):
            return
        self._claims.add(v.SURPASSES_BASE, "", sentence.span(m.start()), text, text=_margin(text, m))

    def _surpasses_by_name(self, text: str) -> re.Match[str] | None:
        for m in _SURPASSES_NAMED.finditer(text):
            rest = text[m.end() : m.end() + 60]
            words = re.match(r"[\w.+/-]+(?:[ -][\w.+]*\d[\w.+]*|[ -][A-Z][\w.+]*){0,5}", rest)
            if words and self._speaker.role(words[0].rstrip(".,")) == "base":
                return m
        return None

    def _state_of_the_art(self, sentence: Sentence) -> None:
        text = sentence.text
        if (m := _LEADS.search(text)) and not DENIED.search(text[: m.start()][-40:]):
            if self._speaker.last_this(text[: m.start()]) > self._speaker.last_other(text[: m.start()]):
                self._claims.add(v.STATE_OF_THE_ART, "", sentence.span(m.start()), text, text="")
            return
        if not re.search(r"state[- ]of[- ]the|SOTA|estado d|最先进|最优|最佳|业界领先", text, re.I):
            return
        m = _SOTA_CLAIM.search(text)
        if m is None or not self._speaker.speaks(text[: m.start()]):
            return
        before = text[: m.start()]
        if self._speaker.last_this(before) < 0 and (len(before) > 60 or _TOOL.search(before)):
            return
        at = m.start("sota") if m["sota"] else m.start()
        if m[0].lower().startswith("with ") and not re.match(
            r"\s*(?:\w+\s+){0,2}(?:perform|result|accura)", text[m.end() : m.end() + 60], re.I
        ):
            return
        if _NOT_OURS.search(text[:at][-50:]) or DENIED.search(text[: m.start()][-40:]):
            return
        end = m.end("sota") if m["sota"] else m.end()
        scope = re.split(r"[,.;:，。；]|\s[—–-]\s", text[end : end + 200], maxsplit=1)[0].strip(" *")
        self._claims.add(v.STATE_OF_THE_ART, "", sentence.span(at), text, text=scope[:120])


def _margin(text: str, m: re.Match[str]) -> str:
    """ "significant" where the words around say so."""
    return "significant" if _LARGE.search(text[max(m.start() - 40, 0) : m.end() + 70]) else ""


def _without_base(printed: str) -> str:
    return re.sub(
        r"[\s-]*(?:base|parent|backbone|foundation)(?:[- ](?:model|version|checkpoint))?\s*$",
        "",
        printed,
        flags=re.I,
    )
