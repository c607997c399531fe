"""What sentences say of this model beside its numbers: how good it is, how it was made, what it speaks."""

from __future__ import annotations

import re

from .. import vocabulary as v
from ..benchmarks import Registry
from .comparisons import ComparisonReader
from .languages import language_codes
from .relations import DENIED
from .scores import ScoreReader
from .sentences import Claims, Sentence
from .subject import Speaker

_TRAINED = (
    ("distilled", re.compile(r"\bdistill?(?:ed|ation|ing)\b|\bdestila\w+|蒸馏", re.I)),
    (
        "rl",
        re.compile(
            r"\breinforcement learning\b|\bRLHF\b|\bRLVR\b|\bGRPO\b|\bDPO\b|\bPPO\b|aprendizado por reforço"
            r"|强化学习",
            re.I,
        ),
    ),
    ("post-trained", re.compile(r"\bpost-?\s?train(?:ed|ing)\b|\bpós-trein\w+|后训练", re.I)),
    ("fine-tuned", re.compile(r"\bfine-?tun(?:ed|ing)\b|\bSFT\b|\bajust(?:e fino|ado)\b|微调", re.I)),
    (
        "pretrained",
        re.compile(
            r"\b(?:pre-?trained|trained from scratch|continu\w+ pre-?train\w+)\b|预训练|pré-trein\w+", re.I
        ),
    ),
    ("trained", re.compile(r"\b(?:was|were|is|been|explicitly) trained\b|\bfoi treinado\b", re.I)),
)
#: "a merge of pre-trained models": what was trained is another model.
_ADJECTIVE = re.compile(r"[\w-]+ (?:(?:large |open |language |base )*models|LLMs|checkpoints)\b", re.I)
_GOES_ON = re.compile(
    r"[\w-]+(?: training| learning| tuning)?,? (?:from|of|on|with|using|to|over|via|by|upon|a partir|com"
    r"|sobre)\b",
    re.I,
)
_TRAINING_WORD = re.compile(
    r"train|tun(?:ed|ing)|distil|reinforc|RLHF|GRPO|\bDPO|\bPPO|\bSFT|trein|ajust|destil|训练"
    r"|微调|蒸馏|强化学习",
    re.I,
)
#: Right before a method's name: it was used.
_DONE_BEFORE = re.compile(
    r"(?:\b(?:was|were|is|been|being|we|foi|underwent|undergone|undergoes)|(?:proceeded"
    r"|followed) by|经过|进行"
    r"|采用|通过)"
    r"\s*(?:(?!only|have|now|support|evaluat|provid|releas|open|propos|introduc|us(?:e|ing)\b|compar|also"
    r"|perform)[\w-]+[\s,]*){0,4}$",
    re.I,
)
_HYPOTHETICAL = re.compile(
    r"\b(?:you|your|users?|can|could|may|might|should|would|how to|to fine-?tune|please|if|recommend|future"
    r"|plan|will|community"
    r"|tutorial|scripts?|example|framework supports?|not)\b|n't|请|可以|如何|用户|教程|未",
    re.I,
)
_FRAMEWORK = re.compile(
    r"\b(?:features?|integrat(?:es?|ed|ing)|incorporat(?:es?|ed|ing)|ships? with|includes?|comes with"
    r"|leverages?|employs?|adopts?"
    r"|uses?|powered by|integra|incorpora|utiliza)\s+(?:the\s+|o\s+|a\s+)?"
    r"(?P<name>[A-Z][\w.+-]*(?:[ -][A-Z][\w.+-]*){0,3})\s*(?:\([^()]{0,60}\))?\s*(?:\([^()]{0,60}\))?,?\s+"
    r"(?:which is |that is |is )?(?:an?|our|um|uma|the)\s+(?:[\w/-]+\s+){0,4}?"
    r"(?:inference|decoding|reasoning|inferência|raciocínio)(?:[- ]time)?\s+(?:\w+\s+)?"
    r"(?:framework|technique|method|algorithm|engine|strategy|procedure|scheme|mode)?",
)
_INTEGRATION = re.compile(
    r"^\W*(?P<name>[A-Z][\w.+-]*[A-Z][\w.+-]*)\s+(?:integration|built[- ]in|integrated)\b"
)
_FRAMEWORK_ZH = re.compile(
    r"(?:内置|集成|搭载)了?\s*(?P<name>[A-Z][\w.+-]{2,40})\s*[\u4e00-\u9fff]{0,6}?(?:推理"
    r"|解码)(?:框架|引擎|方法|模式)",
    re.ASCII,
)
_LANGUAGE_CUE = re.compile(
    r"support|languages?\b\W|multilingual|bilingual|trilingual|available in|performance in|fluent|proficien"
    r"|understands?\b|speaks?\b"
    r"|idiomas?\b|línguas?\b|lenguas?\b|bilíngue|multilíngue|支持|语言|双语|多语",
    re.I,
)
_LANGUAGE_NOT = re.compile(
    r"evaluat|benchmark|dataset|corpus|corpora|translated|documentation|prompt|paper|tokens of|training data"
    r"|test set|read(?:me)? in"
    r"|version of this|评测|数据集|测试|语料|增加|shot|not\b|n't\b|except|limited|fewer"
    r"|low-resource|primarily tested",
    re.I,
)
_SAYS_NAME = re.compile(
    r"\b(?:identif(?:y|ies|ied) (?:itself|themselves)? ?as|calls? itself|introduces? itself as"
    r"|refers? to itself as"
    r"|se identifica como|se apresenta como|自称(?:为|是)?)\s+(?:a |an "
    r"|the )?[\"“'`*]*(?P<name>[A-Z][\w.-]{0,38}(?: [A-Z0-9][\w.-]{0,20}){0,4}|[\u4e00-\u9fff]\w{0,20})",
)


class StatementReader:
    """Reads sentence by sentence."""

    def __init__(self, speaker: Speaker, claims: Claims, registry: Registry) -> None:
        self._speaker = speaker
        self._claims = claims
        self._comparisons = ComparisonReader(speaker, claims)
        self._scores = ScoreReader(speaker, claims, registry)
        self._seen: set[tuple[str, str]] = set()

    def read(self, sentence: Sentence) -> None:
        self._comparisons.read(sentence)
        self._training(sentence)
        self._framework(sentence)
        self._languages(sentence)
        self._identity(sentence)
        self._scores.read(sentence)

    def _once(self, name: str, key: str) -> bool:
        if (name, key) in self._seen or len(self._seen) > 300:
            return False
        self._seen.add((name, key))
        return True

    def _training(self, sentence: Sentence) -> None:
        text = sentence.text
        if not _TRAINING_WORD.search(text) or _HYPOTHETICAL.search(text):
            return
        for method, pattern in _TRAINED:
            m = next((m for m in pattern.finditer(text) if self._done(text, m.start())), None)
            if m is None:
                continue
            if self._once(v.TRAINING, method):
                self._claims.add(v.TRAINING, method, sentence.span(m.start()), text, text=method)

    def _done(self, text: str, at: int) -> bool:
        """Is a training method that stands at `at` said to have been used on this model?"""
        before = text[:at]
        if _ADJECTIVE.match(text, at):
            return False
        if not before.strip(" *-_:：•"):
            return bool(_GOES_ON.match(text, at))
        if DENIED.search(before[-40:]):
            return False
        return bool(_DONE_BEFORE.search(before)) and self._speaker.last_this(
            before
        ) > self._speaker.last_other(before)

    def _framework(self, sentence: Sentence) -> None:
        text = sentence.text
        m = _FRAMEWORK.search(text) or _INTEGRATION.search(text) or _FRAMEWORK_ZH.search(text)
        if m is None or not self._speaker.speaks(text[: m.start()]):
            return
        name = m["name"].rstrip(".,-")
        if self._once(v.INFERENCE_FRAMEWORK, name.lower()):
            self._claims.add(v.INFERENCE_FRAMEWORK, name, sentence.span(m.start("name")), text, text=name)

    def _languages(self, sentence: Sentence) -> None:
        text = sentence.text
        if not _LANGUAGE_CUE.search(text) or _LANGUAGE_NOT.search(text) or not self._speaker.speaks(text):
            return
        codes = [
            c
            for m in _LANGUAGE_CUE.finditer(text)
            for c in language_codes(text[max(m.start() - 30, 0) : m.end() + 90])
        ]
        codes = list(dict.fromkeys(codes)) and language_codes(text)
        cue = _LANGUAGE_CUE.search(text)
        if self._speaker.last_this(text) < 0 and (len(text) > 200 or (cue is not None and cue.start() > 25)):
            return
        if not codes or (
            len(codes) == 1
            and not re.match(
                r"\W*(?:supported |natural |main )?(?:languages?|idiomas?|línguas?)\b", text, re.I
            )
        ):
            return
        joined = ",".join(codes)
        if self._once(v.LANGUAGES, joined):
            self._claims.add(v.LANGUAGES, "", sentence.span(), text, text=joined)

    def _identity(self, sentence: Sentence) -> None:
        m = _SAYS_NAME.search(sentence.text)
        if (
            m
            and self._speaker.speaks(sentence.text[: m.start()])
            and not DENIED.search(sentence.text[: m.start()][-40:])
        ):
            self._claims.add(
                v.IDENTITY, m["name"], sentence.span(m.start("name")), sentence.text, text=m["name"]
            )
