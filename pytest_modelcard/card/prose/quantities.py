"""Numbers that sentences state about this model: parameters, context length."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import islice

from ...model import Span
from .. import vocabulary as v
from .numbers import AMOUNT, TOKENS, amount, token_count, ungrouped
from .sentences import Claims, Sentence
from .subject import Speaker

#: Numbers that are looked at in one sentence.
MAX_NUMBERS = 24

_PARAMETER = re.compile(r"\bparam|parâm|parám|参数|activ|ativ[oa]|激活", re.I)
_PARAMETERS_RIGHT = re.compile(
    r"[\s-]*(?:(?:of|de|total|model|in total|trainable|learnable|整体|总"
    r"|的)[\s-]*){0,3}(?:param|parâm|parám|参数)",
    re.I,
)
_TOTAL_RIGHT = re.compile(r"[\s-]*(?:in )?(?:total\b|totais\b|totales\b)", re.I)
_ACTIVE_RIGHT = re.compile(
    r"[\s-]*(?:(?:parameters?|params|parâmetros|parámetros|of them|are|is|de|of)\s+){0,4}(?:activ"
    r"|ativ|激活)",
    re.I,
)
_ACTIVE_LEFT = re.compile(
    r"(?:\bactiv\w*|\bativ\w*|激活)[\s*]*(?:param\w*|parâm\w*|parám\w*|参数)?(?:量|数)?(?:\s+per token)?"
    r"\s*(?:[:：=]|of|is|are|only|with|about|为|约|仅|达)?\s*[~≈约仅]?\s*$",
    re.I,
)
_PARAMETERS_LEFT = re.compile(
    r"(?:\bparam\w*|\bparâm\w*|\bparám\w*|参数(?:量|规模|总量)?"
    r"|\bmodel size)\s*(?:\([^()]{0,30}\)\s*)?(?:count\s*)?"
    r"(?:[:：=]|of|is|are|为|达|约|高达|é de|es de)?\s*(?:about|around|approximately|up to|cerca de"
    r"|约)?\s*[~≈]?\s*$",
    re.I,
)
_PART = re.compile(
    r"embed|vision|visual|encoder|draft|reward|expert\b|experts\b|adapter|lora|trainable|head\b|projector"
    r"|\beach |mtp"
    r"|compared|smaller|larger|fewer|more than|less than|\bunder\b|\bbelow\b|\brange\b|\bclass\b|\bscale\b"
    r"|^[\s-]*tokens?\b|in the $|词表|嵌入|视觉",
    re.I,
)
_COMPARES = re.compile(
    r"\b(?:outperform\w*|surpass\w*|compar\w+|rival\w*|than|(?:models|LLMs|versions"
    r"|sizes)\s+(?:\w+\s+)?(?:with|of|at|in))\b[^,;]{0,60}$",
    re.I,
)
_LISTED = re.compile(
    r"\d\s?[BMK]?\s*(?:/|,|、|\band\b|\bor\b|\bto\b|[-–~∼～]|和|到|\be\b|\by\b)\s*(?:a\s|an\s)?$", re.I
)
_LISTED_RIGHT = re.compile(
    r"\s*(?:/|,|、|\band\b|\bor\b|\bto\b|[-–~∼～]|和|到)\s*\d+(?:\.\d+)?\s?[BM]\b", re.I
)

_CONTEXT = re.compile(
    r"\bcontext(?:[- ](?:windows?|lengths?|size|len))?\b|\bcontexto\b|\bmax(?:imum)? sequence length\b"
    r"|上下文(?:长度|窗口)?|长文本|最大序列长度",
    re.I,
)
_NOT_THE_LIMIT = re.compile(
    r"evaluat|benchmark|bench\b|avg@|pass@|temperature|top[-_]p|score|budget|\btests?\b|tested|needle"
    r"|folding|haystack"
    r"|\boutput|generat(?:e|ion|ed|ing) (?:length|up to)|max[-_]?(?:new|model|tokens)|serv(?:e|ing)"
    r"|throughput|latency"
    r"|\bwe (?:use|used|set|adopt|run|truncat|limit)|memory|gpus?\b|vram|example|e\.g\.|short|default|reduce"
    r"|lower|out[- ]of[- ]memory|oom|评测|测试|显存|训练|推理速度",
    re.I,
)
_TRAINED = re.compile(r"train|anneal|stage|phase|cooldown|curriculum|treina|entrena", re.I)
_SUPPORTS = re.compile(r"support|window|capab|handl|suporta|soporta|支持|nativ|extend|extens", re.I)


@dataclass(frozen=True, slots=True)
class _Stated:
    name: str
    value: float
    text: str
    span: Span
    raw: str
    explicit: bool  #: the sentence names this model


class QuantityReader:
    """Reads sentence by sentence; `finish` gives out what the card states of one model, not of a family."""

    def __init__(self, speaker: Speaker, claims: Claims) -> None:
        self._speaker = speaker
        self._claims = claims
        self._stated: list[_Stated] = []

    def read(self, sentence: Sentence) -> None:
        text = sentence.text
        if _PARAMETER.search(text):
            self._parameters(sentence)
        if _CONTEXT.search(text):
            self._context(sentence)

    def finish(self) -> None:
        """A card about a family states many sizes: then only sentences that name this model count."""
        for name in (v.TOTAL_PARAMETERS, v.ACTIVE_PARAMETERS, v.CONTEXT_LENGTH):
            stated = [s for s in self._stated if s.name == name]
            values = {(s.value, s.text) for s in stated}
            limit = 3 if name == v.CONTEXT_LENGTH else 1
            if len(values) > limit:
                stated = [s for s in stated if s.explicit]
            seen = set()
            for s in stated:
                if (s.value, s.text) not in seen:
                    seen.add((s.value, s.text))
                    self._claims.add(
                        name, f"{s.value:.0f}", s.span, s.raw, value=s.value, text=s.text or None
                    )

    def _state(self, name: str, value: float, text: str, sentence: Sentence, at: int) -> None:
        before = sentence.text[:at]
        if _COMPARES.search(before):
            return
        this, other = self._speaker.last_this(before), self._speaker.last_other(before)
        if other > this:
            return
        explicit = this >= 0
        if not explicit and len(sentence.text) > 200 and not re.match(r"[^:：]{0,60}[:：]", sentence.text):
            return
        self._stated.append(_Stated(name, value, text, sentence.span(at), sentence.text, explicit))

    def _parameters(self, sentence: Sentence) -> None:
        text = sentence.text
        for m in islice(AMOUNT.finditer(text), MAX_NUMBERS):
            left, right = text[max(m.start() - 60, 0) : m.start()], text[m.end() : m.end() + 60]
            if (
                _PART.search(left[-30:])
                or _PART.search(right[:28].partition("activ")[0])
                or _LISTED.search(left)
                or _LISTED_RIGHT.match(right)
            ):
                continue
            value = amount(m["number"], m["unit"])
            if not 1e5 <= value <= 1e14:
                continue
            if _ACTIVE_RIGHT.match(right) or (_ACTIVE_LEFT.search(left) and not _TOTAL_RIGHT.match(right)):
                self._state(v.ACTIVE_PARAMETERS, value, "", sentence, m.start())
            elif _PARAMETERS_RIGHT.match(right) or _TOTAL_RIGHT.match(right) or _PARAMETERS_LEFT.search(left):
                self._state(v.TOTAL_PARAMETERS, value, "", sentence, m.start())

    def _context(self, sentence: Sentence) -> None:
        text = sentence.text
        if _NOT_THE_LIMIT.search(text) or (_TRAINED.search(text) and not _SUPPORTS.search(text)):
            return
        words = [m.span() for m in _CONTEXT.finditer(text)]
        last_end = -1
        for m in islice(TOKENS.finditer(text), MAX_NUMBERS):
            number, unit, word = m["number"], m["unit"], m["word"]
            plain = float(ungrouped(number) if not unit else number.replace(",", "").replace("_", ""))
            if not (unit or word or ("," in number and plain >= 2048) or plain in _POWERS):
                continue
            value = token_count(number, unit)
            if not 256 <= value <= 20_000_000:
                continue
            near = any(
                0 <= m.start() - b <= 40 or (0 <= a - m.end() <= 25 and len(text[m.end() : a].split()) <= 2)
                for a, b in words
            ) and not re.search(r"--?[\w-]+[ =]$", text[: m.start()][-40:])
            linked = 0 <= m.start() - last_end <= 45 and last_end >= 0
            if not (near or linked):
                continue
            around_left, around_right = text[max(m.start() - 40, 0) : m.start()], text[m.end() : m.end() + 25]
            last_end = m.end()
            kind = ""
            if _EXTENDED_LEFT.search(around_left):
                kind = "extended"
            elif _NATIVE_RIGHT.match(around_right) or _NATIVE_LEFT.search(around_left):
                kind = "native"
            if re.match(r"[\s-]*(?:tokens? )?(?:of )?(?:output|data|corpus|words)", around_right, re.I):
                continue
            if re.search(r"(?:生成|generat\w*|output\w*)[^,，]{0,15}$", around_left, re.I):
                continue
            if re.match(r"\s*\(", around_left[-2:]) and near and self._same_as_before(value):
                continue
            self._state(v.CONTEXT_LENGTH, float(value), kind, sentence, m.start())

    def _same_as_before(self, value: float) -> bool:
        """ "1,010,000 token (1M)": the second is the first, rounded."""
        return any(
            s.name == v.CONTEXT_LENGTH and abs(s.value - value) <= 0.05 * s.value for s in self._stated
        )


_EXTENDED_LEFT = re.compile(
    r"(?:exten[sd]\w*|expand\w*|extrapolat\w*|yarn|scal(?:ed|able)|扩展|外推|estend\w*|ampliad\w*)\D{0,30}$",
    re.I,
)
_NATIVE_RIGHT = re.compile(r"[\s(]*(?:tokens? )?nativ", re.I)
_NATIVE_LEFT = re.compile(r"nativ\w*[^,;\d]{0,30}$", re.I)
_POWERS = frozenset(float(1 << n) for n in range(11, 24))
