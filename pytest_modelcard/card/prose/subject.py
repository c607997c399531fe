"""Who a sentence speaks of: this card's model, another one, or one cannot tell."""

from __future__ import annotations

import re
from functools import lru_cache

from ..names import KnownNames, tokens
from .modelnames import find_ids, find_printed

_MODEL_NOUN = (
    r"(?:model|models|checkpoint|adapter|lora|merge|version|release|llm|vlm|repo|repository|variant|finetune"
    r"|fine-tune|"
    r"quant|quants|quantization|weights|files?|artifact|system|card)"
)
#: "This model is a medium-sized MoE implementation": what follows the verb is still the model.
_COPULA = re.compile(
    r"\b(?:is|was|é|es)\s+(?:an?|the|um|uma|o|un|una|el)\s+(?:[\w.,+-]+\s+){0,6}[\w-]+$", re.I
)
_THIS = re.compile(
    rf"\b(?:this|these|the|our)\s+(?:[\w.+-]+\s+){{0,4}}?{_MODEL_NOUN}\b(?!['’]s)|\b(?:it|we|i|this|it's"
    rf"|it’s|i've|we've)\b"
    r"|\b(?:est[ea]|[oa]|noss[oa]|nuestro|el|nosso|se trata)\s+(?:\w+\s+){0,2}?(?:modelo|adaptador|versão"
    r"|versión|fusão)\b"
    r"|\b(?:ele|nós|el|os (?:\w+ )?pesos|los pesos)\b|(?:本|该|此|我们的?|这个|这一"
    r"|本次发布的)(?:\w{0,6}?)模型|本仓库"
    r"|我们|它|其(?![他中它余次实])",
    re.I,
)
#: Nouns that make the phrase speak of something that is no model: "our code is based on ...".
OTHER_SUBJECT = re.compile(
    r"\b(?:code|codebase|repo's|scripts?|framework|library|implementation|tokeni[sz]er|vocabulary"
    r"|architecture|data"
    r"|datasets?|corpus|evaluations?|benchmarks?|results?|scores?|metrics?|pipeline|method|approach"
    r"|algorithm|idea|paper"
    r"|work|license|licence|template|prompts?|format|design|recipe|training|inference|demo|app|application"
    r"|agent"
    r"|product|fork|engine|project|server|api|tests?|testing|reports?|comparison|analysis|harness|judge"
    r"|reward|questions?"
    r"|tasks?|structure|encoder|stage|stages|strategy|technique|decoder|embeddings?|frontend|plugin|ui"
    r"|tools?|backend"
    r"|código|dados|avaliação|avaliações|arquitetura|treinamento|licença|datos|evaluación|arquitectura"
    r"|projeto)\W*$"
    r"|(?:代码|框架|数据|数据集|协议|许可|评测|评估|架构|结构|方法|工具|项目|应用|产品|平台"
    r"|分词器|词表|实现|接口)的?是?$",
    re.I,
)


#: "A 7B chat model fine-tuned from ...": a description that stands for the model itself.
_DESCRIPTION = re.compile(
    rf"^\W*(?:(?:an?|um|uma|un|una)\s+(?:[\w.+-]+\s+){{0,6}}?"
    rf"|(?:[\w.+-]*[\d-][\w.+-]*\s+){{0,2}})(?:{_MODEL_NOUN}|modelo)\s*(?:(?:that|which|que) (?:is|was|foi|é"
    rf"|es))?\W*$",
    re.I,
)
#: "judged by a model based on ...": the model of the sentence's end is another one.
_BY_ANOTHER = re.compile(
    r"\b(?:by|against|using|than|with|like)\s+(?:an?|another|other)\s+(?:[\w-]+\s+){0,4}$", re.I
)
#: "can be used in many projects built upon ...": what is built is no longer this model.
_OTHERS = re.compile(
    r"\b(?:other|many|various|several|any|most|existing|projects|such as|outros|muitos|otros"
    r"|muchos)\b|其他|许多",
    re.I,
)


class Speaker:
    """Answers for one card; remembers what it has found."""

    def __init__(self, names: KnownNames) -> None:
        self._names = names
        self._own = _pattern(names.own)
        self.role = lru_cache(maxsize=512)(names.role)

    def is_own(self, name: str) -> bool:
        if self.role(name) == "this":
            return True
        words = tokens(name)
        return bool(words) and any(words == tokens(own) for own in self._names.own)

    def last_this(self, text: str) -> int:
        """End of the last mention of this model in `text`, -1 if there is none."""
        last = -1
        for pattern in (_THIS, self._own):
            if pattern is not None:
                for m in pattern.finditer(text):
                    last = max(last, m.end())
        for name in (*find_ids(text), *find_printed(text)):
            if self.is_own(name.text):
                last = max(last, name.end)
        return last

    def last_other(self, text: str) -> int:
        """End of the last name of another model in `text`, -1 if there is none."""
        last = -1
        own = [m.span() for m in self._own.finditer(text)] if self._own else []
        for name in (*find_ids(text), *find_printed(text)):
            if name.kind == "plain" or self.is_own(name.text):
                continue
            if any(start <= name.start and name.end <= end for start, end in own):
                continue
            last = max(last, name.end)
        return last

    def about_this(self, before: str) -> bool:
        """Is this model what stands last before a phrase? Nothing before it counts as this model."""
        bare = before.strip(" \t-–—•*:：,，.#>[]()（）|!✅🔹\ufe0f")
        if not bare:
            return True
        if not _COPULA.search(bare) and OTHER_SUBJECT.search(
            re.sub(r"\b(?:is|was|are|were|been|has|have|é|foi|es|fue|being)\b\W*$", "", bare).strip()
        ):
            return False
        this, other = self.last_this(before), self.last_other(before)
        if other < 0 and _DESCRIPTION.match(before):
            return True
        if _BY_ANOTHER.search(before):
            return False
        return this > other and not _OTHERS.search(before, this)

    def speaks(self, before: str) -> bool:
        """Is no other model the subject? A sentence with no subject of its own speaks of this model."""
        return self.last_this(before) >= self.last_other(before)

    def mixes(self, text: str) -> bool:
        """Does the text name another model?"""
        return self.last_other(text) >= 0


def _pattern(own: tuple[str, ...]) -> re.Pattern[str] | None:
    """The card's own names in running text, spaces and hyphens alike."""
    forms = []
    for name in own:
        words = re.findall(r"\w[\w.]*", name.rsplit("/", 1)[-1])[:12]
        if words and len("".join(words)) >= 3:
            forms.append(r"[\s_-]{0,2}".join(re.escape(w) for w in words))
    return (
        re.compile(r"(?<![A-Za-z0-9_-])(?:" + "|".join(forms) + r")(?![A-Za-z0-9_.-]*[A-Za-z0-9_])", re.I)
        if forms
        else None
    )
