"""What sentences and labelled lines say of a licence and a build: "License: MIT", "it has 48 layers"."""

from __future__ import annotations

import re

from .. import vocabulary as v
from ..tables.attributes import quantity
from ..tables.words import attribute_name
from .relations import DENIED
from .sentences import Claims, Sentence
from .subject import Speaker

_LABEL = re.compile(r"^\W*(?P<label>[^:：\n]{2,40}?)\W*[:：]\W*(?P<value>[^\n]{1,120}?)\W*$")
_TEXTS = frozenset((v.LICENSE, v.DTYPE))
_COUNTS = frozenset((v.LAYERS, v.EXPERTS, v.ACTIVE_EXPERTS, v.HIDDEN_SIZE, v.VOCABULARY))
#: What is licensed, or counted, is not the model itself.
_OTHER_THING = re.compile(
    r"\b(?:code|source code|scripts?|repo(?:sitory)?'s code|data|datasets?|corpus|corpora|library"
    r"|framework|tokeni[sz]er|paper"
    r"|documentation|contributions?|project|encoder|projector|adapter|vision|draft|teacher|base|original|upstream|parent"
    r"|código|dados|datos)\b"
    r"|代码|数据|论文|分词器|视觉|原始|基座",
    re.I,
)
_LICENSED = re.compile(
    r"\b(?:released|licen[sc]ed|distributed|available|published|open-?sourced|provided|lançad[oa]"
    r"|distribuíd[oa]|licenciad[oa]"
    r"|liberad[oa]|publicad[oa])\s+(?:under|sob|bajo)\s+(?:the |an? |a |o "
    r"|la )?(?:terms of (?:the )?|licença |licencia )?"
    r"(?P<value>[A-Z][\w. -]{1,40})"
)
_LICENSED_ZH = re.compile(
    r"(?:采用|遵循|使用|基于|以)\s*(?P<value>[A-Z][\w .-]{1,30}?)\s*(?:开源)?(?:许可证|许可|协议|授权)"
)
_LAYERS = re.compile(
    r"\b(?:has|have|with|comprises|contains|uses|tem|possui|com|tiene|con)\s+(?P<value>\d{1,3})\s+"
    r"(?:(?:transformer|hidden|decoder|decoder-only|attention) )*(?:layers|camadas|capas)\b",
    re.I,
)
_EXPERTS = re.compile(
    r"(?<![\w.-])(?P<value>\d{1,4})\s+(?:total |routed )?(?:experts|especialistas|expertos)\b"
    r"(?!\s*(?:are |is |são |per |por |\()?(?:activ|ativ|select|used|shared|token|compart))",
    re.I,
)
_FEW = re.compile(
    r"(?:top-?|activ\w* |ativ\w* |select\w* |shared |uses |quais |of (?:which|them),? )(?:only )?$", re.I
)
_MIXTURE = re.compile(
    r"\b(?:is|é|es)\s+(?:an?|um|uma|un|una)\s+(?:(?!(?:of|from|by|for|to|than|de|do|da)\b)[\w.,%-]+\s+){0,5}?"
    r"(?P<value>mixture[- ]of[- ]experts|MoE)\b(?![- ](?:like|inspired|free|merge|style))",
    re.I,
)
_STORED = re.compile(
    r"\b(?:weights|tensors|parameters|checkpoint|pesos)\s+(?:are|is|were|estão|são)\s+(?:stored"
    r"|released|provided|saved|published"
    r"|distributed|armazenados|publicados)\s+(?:in|as|em)\s+(?P<value>[A-Za-z]+\d{1,2}(?:_e\dm\d)?)\b",
    re.I,
)


class FactReader:
    """Reads sentence by sentence; what is no sure statement about this model is left alone."""

    def __init__(self, speaker: Speaker, claims: Claims) -> None:
        self._speaker = speaker
        self._claims = claims
        self._seen: set[tuple[str, str]] = set()

    def read(self, sentence: Sentence) -> None:
        text = sentence.text
        if _OTHER_THING.search(text):
            return
        if len(text) <= 160 and (m := _LABEL.match(text)) is not None:
            self._labelled(sentence, m)
        for m in (*_LICENSED.finditer(text), *_LICENSED_ZH.finditer(text)):
            if self._of_this(text[: m.start()]):
                self._add(sentence, v.LICENSE, m, text=m["value"].strip())
        if (m := _STORED.search(text)) is not None and not self._speaker.mixes(text):
            self._add(sentence, v.DTYPE, m, text=m["value"])
        for name, pattern in ((v.LAYERS, _LAYERS), (v.EXPERTS, _EXPERTS)):
            for m in pattern.finditer(text):
                if self._of_this(text[: m.start()]) and not _FEW.search(text[: m.start()][-20:]):
                    self._add(sentence, name, m, value=float(m["value"]))
        if (m := _MIXTURE.search(text)) is not None and self._of_this(text[: m.start()]):
            self._add(sentence, v.ARCHITECTURE, m, text=m["value"])

    def _of_this(self, before: str) -> bool:
        if DENIED.search(before[-60:]):
            return False
        return self._speaker.last_this(before) > self._speaker.last_other(before)

    def _labelled(self, sentence: Sentence, m: re.Match[str]) -> None:
        """ "License: MIT" on a line of its own."""
        if self._speaker.mixes(sentence.text):
            return
        name = attribute_name(m["label"])
        if name in _TEXTS:
            self._add(sentence, name, m, text=m["value"].strip())
        elif name in _COUNTS and re.fullmatch(r"\d{1,3}(?:,\d{3})*|\d{1,6}", m["value"].strip()):
            self._add(sentence, name, m, value=quantity(m["value"]))

    def _add(self, sentence: Sentence, name: str, m: re.Match[str], **fields: str | float | None) -> None:
        key = (name, m["value"].strip().lower())
        if key in self._seen or len(self._seen) > 100:
            return
        self._seen.add(key)
        self._claims.add(name, m["value"], sentence.span(m.start("value")), sentence.text, **fields)
