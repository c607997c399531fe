"""Scores that sentences give for this model: "achieves 72.3 on MMLU", "no MMLU, o modelo alcança 72,3 %"."""

from __future__ import annotations

import re
from collections.abc import Iterator

from .. import vocabulary as v
from ..benchmarks import Benchmark, Registry
from .sentences import Claims, Sentence
from .subject import Speaker

_VALUE = r"(?P<value>\d{1,3}(?:[.,]\d{1,3})?)(?![\d.,]*\d)\s?(?P<percent>%|％)?"
#: Up to four words, each read once and whole: no text makes this search again and again.
_NAME = r"(?<![A-Za-z0-9_.@+-])(?P<name>[A-Z][A-Za-z0-9_.@+-]{0,40}+(?: [A-Za-z0-9_.@+-]{1,40}+){0,3})"
_UNIT = r"(?:\s+(?:points?|accuracy|score|pass@1|pontos|puntos|de acurácia|分))*"
_AT = r"(?:on|in|at|em|no|na|en|en el)\s+(?:the\s+|o\s+)?"
_VERB = r"(?:achiev|scor|reach|attain|obtain|record|gets?\b|alcança|atinge|obtém|obtiene|alcanza|tem\b|marca\b|posts?\b|hits?\b|lands?\b)\w*"
_KIND = (
    r"(?:an?\s+|um\s+|uma\s+)?(?:(?:accuracy|score|pass@1|result|avg(?:erage)?|performance|pontuação"
    r"|acurácia|nota)\s+"
    r"(?:score\s+)?)?(?:of\s+|de\s+)?"
)
_MEASURE = r"(?:score|accuracy|result|pass@1|pontuação|acurácia|nota|resultado)"
#: The value stands where it is this model's, if the sentence speaks of this model before it.
_STATED = (
    re.compile(rf"\b{_VERB}\s+{_KIND}{_VALUE}{_UNIT}\s+{_AT}{_NAME}"),
    re.compile(rf"\b{_MEASURE} (?:of|de) {_VALUE}{_UNIT}\s+{_AT}{_NAME}"),
    re.compile(rf"\bsolves {_VALUE} (?:of|on) (?:the )?{_NAME}"),
    re.compile(rf"{_NAME} {_MEASURE} (?:stands at|sits at|reaches|hits|comes to|chega a) {_VALUE}"),
    re.compile(
        rf"(?i:\b{_AT}){_NAME},? (?:a|sua|la|the|its) {_MEASURE} (?:foi|é|fue|is|was) (?:de |of )?{_VALUE}"
    ),
    re.compile(rf"\({_VALUE}{_UNIT} {_AT}{_NAME}\s*[,)]"),
    re.compile(rf"(?i:\b{_AT}){_NAME}(?: benchmark)?,\s+[^.,;]{{0,60}}?\b{_VERB}\s+{_KIND}{_VALUE}"),
    re.compile(rf"{_NAME} {_MEASURE}(?: of [\w -]{{1,40}}?)? (?:is|was|é|foi|of|de) {_VALUE}"),
    re.compile(
        r"在\s*(?P<name>[A-Z][A-Za-z0-9.@+-]{0,40}+(?: [A-Za-z0-9.@+-]{1,40}+){0,3}?)\s*"
        r"(?:基准|评测|测试|数据集)*(?:上|中)?的?[，,]?\s*"
        rf"[^，。；,]{{0,30}}?(?:取得|达到|获得|得到|得分|成绩|准确率|分数)[了为是：:\s]*{_VALUE}"
    ),
    re.compile(rf"的\s*{_NAME}\s*(?:得分|成绩|准确率|分数)[为是达到：:\s]*{_VALUE}"),
)
#: A further value in the same breath: "... and 84.9 on IFEval".
_NEXT = re.compile(rf"\s*(?:,|;|\band\b|\be\b|\by\b)+\s*(?:and\s+|e\s+)?{_VALUE}{_UNIT}\s+{_AT}{_NAME}")
#: A line of its own: "- GPQA Diamond: 46.5".
_LINE = re.compile(rf"^\W*{_NAME}\s*[:：]\s*{_VALUE}{_UNIT}\W*$")
_ROSE = re.compile(
    rf"{_NAME}(?: score| accuracy)? (?:rises|improves|increases|goes|climbs|jumps|grows|sobe|passa"
    rf"|sube) (?:from|de) "
    rf"\d{{1,3}}(?:[.,]\d{{1,3}})?\s?%? (?:to|para|a) {_VALUE}"
)
#: Words of a setting that the number's table may not share.
_SETTING = re.compile(
    r"maj@|cons@|pass@(?!1\b)|avg@|best[- ]of|\btools?\b|voting|\d-shot|few-shot|zero-shot|thinking"
    r"|reasoning mode|ensembl"
    r"|test-time|quanti[sz]|\bint[48]\b|\bfp8\b|subset|\bdev\b|validation|translat|self-consistency"
    r"|python|search"
    r"|checkpoint|epoch|after (?:sft|rl|dpo)|without|ablat|reported|leaderboard|previous|earlier"
    r"|思考|投票|量化|子集",
    re.I,
)


class ScoreReader:
    """Reads sentence by sentence."""

    def __init__(self, speaker: Speaker, claims: Claims, registry: Registry) -> None:
        self._speaker = speaker
        self._claims = claims
        self._registry = registry

    def read(self, sentence: Sentence) -> None:
        text = sentence.text
        if not any(c.isdigit() for c in text) or _SETTING.search(text):
            return
        taken: set[int] = set()
        for first, sure in self._matches(text):
            m: re.Match[str] | None = first
            while m is not None and (sure or self._about_this(text, m)):
                found = self._benchmark(m, text)
                if found is None or m.start("value") in taken:
                    break
                taken.add(m.start("value"))
                self._add(sentence, m, *found)
                m = _NEXT.match(text, m.start("name") + len(found[0]))

    def _matches(self, text: str) -> Iterator[tuple[re.Match[str], bool]]:
        """Every statement, and whether it needs no subject."""
        for pattern in _STATED:
            for m in pattern.finditer(text):
                yield m, False
        line = _LINE.match(text)
        if line is not None and line["value"].count(".") + line["value"].count(",") == 1:
            yield line, len(text) <= 80
        rose = _ROSE.search(text)
        if rose is not None and not self._speaker.mixes(text):
            yield rose, True

    def _about_this(self, text: str, m: re.Match[str]) -> bool:
        # "the model's MMLU score is 57": what the score belongs to is the subject
        before = re.sub(r"['’]s(?![^\W_])", "", text[: m.start("value")])
        other = self._speaker.last_other(before)
        if other < 0 and re.match(r",\s", text[m.end() : m.end() + 2]):
            rest = text[m.end() : m.end() + 60]  # "with a score of 76 on X, the model ..."
            if self._speaker.last_this(rest) >= 0 and not self._speaker.mixes(rest):
                return True
        return self._speaker.last_this(before) > other

    def _benchmark(self, m: re.Match[str], text: str) -> tuple[str, Benchmark] | None:
        """The benchmark named, and as printed; None where further words make it another one."""
        words = m["name"].split(" ")
        for n in range(len(words), 0, -1):
            printed = " ".join(words[:n]).rstrip(".,")
            benchmark = self._registry.find(printed)
            if benchmark is None:
                continue
            rest = " ".join(words[n:]) or text[m.end("name") :].lstrip()
            if n < len(words) and (rest[0].isupper() or rest[0].isdigit()):
                return None
            return None if re.match(r"\([^()]*[A-Za-z]{2}", rest) else (printed, benchmark)
        return None

    def _add(self, sentence: Sentence, m: re.Match[str], printed: str, benchmark: Benchmark) -> None:
        value = m["value"].replace(",", ".")
        self._claims.add(
            v.SCORE,
            benchmark.id,
            sentence.span(m.start("value")),
            sentence.text,
            value=float(value),
            decimals=len(value.partition(".")[2]),
            unit="%" if m["percent"] else None,
            benchmark=printed,
            benchmark_id=benchmark.id,
            model="",
            role="this",
        )
