"""Which names an answer gives as its speaker's own: "I am Qwen, made by Alibaba", not "I am not Qwen" nor "like Qwen".

Read generously to the model: a name counts only where the answer says it of the one who speaks. Names that are
denied, compared with, asked about, quoted from others or listed count for nobody.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from .text import clauses, plain, sentences

#: An answer that calls itself by more names than this is a list, not an introduction.
MOST = 3
#: Characters of an answer kept as a quote.
QUOTE = 240

#: Characters between a denial and the words of the speaker that it belongs to.
NEAR = 24

#: Of whom a clause speaks. itself: "Qwen is a model ..." where nothing else is said, so that it may be an answer.
Speaks = Literal["self", "itself", "not", "other"]


@dataclass(frozen=True, slots=True)
class Entry:
    """A name that is looked for; id is what it is counted under."""

    id: str
    pattern: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class Named:
    """What one answer says: ids of entries it gives as its own, and names it gives that no entry knows."""

    ids: frozenset[str] = frozenset()
    others: frozenset[str] = frozenset()


_I = re.compile(
    r"(?<!\w)(?:i'?m|i am|i was|i've been|i have been|i come|i belong|i run|i go by|i originate|my(?: \w+){0,3}? (?:name|developers?"
    r"|creators?|makers?|model|base|vendor|company|version|family|series|architecture|weights|checkpoint|predecessor|publisher)"
    r"|(?:you (?:can|may|could|should) )?(?:simply |just )?(?:call|cite|thank) me|this is|this (?:model|assistant|ai|chatbot) (?:is|was)"
    r"|you(?:'re| are) (?:currently |now |actually )?(?:talking|chatting|speaking|conversing) (?:to|with)"
    r"|(?:eu )?sou|(?:eu )?fui|me chamo|chamo-me|me chame|pode me chamar|baseio|me baseio|pertenço|faço parte|venho|estou baseado"
    r"|(?:o )?meu (?:\w+ ){0,2}?(?:nome|desenvolvedor|criador|modelo|fabricante)|minha (?:\w+ ){0,2}?(?:desenvolvedora|empresa|versão|família|base|criadora)"
    r"|as an? (?:\w+ ){0,5}?(?:ai|model|assistant|chatbot)|como (?:um|uma) (?:\w+ ){0,5}?(?:ia|modelo|assistente)"
    r"|(?:you (?:can|may|could|should) )?(?:contact|write to|thank)|agradeça|entre em contato com|contate|escreva para"
    r"|você está (?:falando|conversando|interagindo) com|aqui é|este modelo (?:é|foi)"
    r"|(?:the |o |a )?(?:full |real |model |nome do |base )*(?:name|model|developer|vendor|maker|creator|solution|answer|company|organization|author"
    r"|provider|nome|modelo|desenvolvedora?|fabricante|criadora?|empresa|solução|resposta|autor|fornecedor)\s?(?:is|:|é|=))(?!\w)"
    r"|(?:^|\W)(?:name|model|developer|vendor|maker|creator|nome|modelo|desenvolvedora?|fabricante)\s?[:=]"
    r"|作为(?=一|由|来自)|联系|感谢|我(?:的|是|叫|由|就是|属于|来自|基于|名叫|被|背后|目前|其实)|本模型|本助手|(?:叫|称呼|感谢)我|这里是|(?:您|你)?(?:现在)?(?:正在|在)(?:和|与|跟|使用)"
    r"|(?:名称|名字|姓名|开发者|厂商|开发商|模型|型号|谜底|答案|公司|机构|作者|model|developer)\s?(?:是|为|:)",
    re.IGNORECASE,
)
#: After one of these a name is denied, or compared with.
_NOT = re.compile(
    r"(?<!\w)(?:not(?! only| just| merely)|isn't|wasn't|ain't|never|neither|nor|unlike|unrelated|rather than|other than|instead of|similar|comparable"
    r"|compared|like(?! to)|alike|such as|for example|e\.g|versus|vs|than|if|whether|pretend\w*|imagine|imitat\w*|mimic\w*|impersonat\w*"
    r"|confus\w*|mistak\w*|different|differ|distinct|competitors?|rivals?|between|whereas|while|inspired|compatible|affiliat\w*|connection"
    r"|endorsed|compete\w*|could|would|might|may|maybe|perhaps|don't|doesn't|didn't|can't|cannot|unsure|used to be|formerly|admir\w*"
    r"|não(?! só| apenas)|nem|nunca|diferente|ao contrário|semelhante|parecid[oa]|como(?= o | a | os | as | outr)|tal como|tais como|assim como"
    r"|comparad[oa]|se(?! cham| trat| base)|fingir|finja|imaginar|imitar|confund\w*|concorrentes?|entre|enquanto|compatível|poderia|talvez"
    r"|em vez|inspirad[oa]|afiliad[oa]|vinculad[oa])(?!\w)"
    r"|不(?!仅|止|但|断)|并非|没有|无关|类似|相似|比如|例如|像|好比|假装|扮演|如果|假如|是否|还是|比较|相比|竞争|混淆|误认|误以为|可能|也许|兼容|之间",
    re.IGNORECASE,
)
#: After one of these, another matter is spoken of than who one is.
_ASIDE = re.compile(
    r"(?<!\w)(?:about|regarding|ask|asked|asks|questions?|help|helps|topics?|users?|people|some|including|data|datasets?|outputs?|conversations?"
    r"|synthetic|able|capable|access|available|hosted|api|can|sobre|pergunt\w*|ajudar|usuários?|dados|saídas|capaz|acesso|disponível"
    r"|hospedad[oa]|pode(?! me))(?!\w)|关于|数据|问题|以及其他|帮助|用户",
    re.IGNORECASE,
)
_DENIED_AFTER = re.compile(
    r"\W{0,3}(?:is not|isn't|was not|wasn't|am not|has nothing|não é|não foi|não sou|不是|并不是|并非|没有)",
    re.IGNORECASE,
)
#: What is named as a tool or a machine, not as a maker.
_TOOL_AFTER = re.compile(
    r"(?:'s)?\W{0,2}(?:\w+ ){0,2}?(?:gpus?|tpus?|hardware|transformers|api|library|colab|chips?|servers?|platform|search|h100s?|a100s?|docs)(?!\w)"
    r"|的?(?:显卡|硬件|平台|芯片)",
    re.IGNORECASE,
)
#: "OpenAI made me", "Qwen is my name".
_ME_AFTER = re.compile(
    r"\W{0,3}(?:\w+ ){0,3}?(?:(?:made|created|developed|trained|built|designed) me|is (?:my|me|who i am)|me (?:criou|desenvolveu|treinou|fez)|é (?:o )?meu)(?!\w)"
    r"|[^,.]{0,12}?(?:开发了我|创造了我|训练了我|就是我|是我的|研发了我)",
    re.IGNORECASE,
)
#: "Qwen is a large language model": said of a third one, and yet it may be the answer.
_DEFINED = re.compile(
    r"[\w .-]{0,30}?(?:\(.{0,60}?\))?\s*(?:is|was|é|foi|是)\s?(?:an?|the|um|uma|o|a|一个|一款|一种|由)",
    re.IGNORECASE,
)
_A_MODEL = re.compile(
    r"model|assistant|(?<!\w)ai(?!\w)|chatbot|modelo|assistente|模型|助手|人工智能", re.IGNORECASE
)
#: What may stand before a name that is the whole answer: "Hello! Developed by Alibaba".
_FILLER = re.compile(
    r"(?:\W|(?<!\w)(?:a|an|the|o|os|as|by|from|at|on|of|por|pel[oa]|d[oae]|em|no|na|hi|hello|hey|there|ol[aá]|oi|sure|of course|certainly|yes|sim|claro|well"
    r"|developed|created|made|built|trained|based|powered|desenvolvid[oa]|criad[oa]|treinad[oa]|feit[oa]|basead[oa]"
    r"|model|modelo|name|nome|it'?s|it is|it was|é|foi|by the company|pela empresa|named|called|chamad[oa])(?!\w)"
    r"|由|是|叫|基于|来自|你好|您好|当然|好的|模型|公司|开发者)*",
    re.IGNORECASE,
)
#: What may follow such a name: its version, its maker, nothing else.
_REST = re.compile(r"\W{0,2}['\w.+-]{0,24}(?:\s['\w.+-]{1,24}){0,3}\W*", re.IGNORECASE)
_VERB = re.compile(
    r"(?<!\w)(?:is|are|was|were|has|have|had|can|will|does|do|did|released|announced|offers?|é|são|foi|tem|pode|lançou)(?!\w)|是|有|发布|可以|推出了",
    re.IGNORECASE,
)
_RELATIVE = re.compile(r"(?:which|who|that|whose|que|cujo|cuja|o qual|a qual)(?!\w)", re.IGNORECASE)
_MADE = re.compile(
    r"(?:(?:and |e )?(?:was |were |foi )?(?:independently |originally |jointly )?(?:developed|created|made|built|trained|designed|released|produced|fine-?tuned|based|powered|"
    r"derived|desenvolvid[oa]|criad[oa]|treinad[oa]|projetad[oa]|basead[oa]|feit[oa]|lançad[oa]|ajustad[oa]))(?!\w)|由|基于|来自|是由",
    re.IGNORECASE,
)
_BULLET = re.compile(r"\s*(?:[-•+·]|\d{1,2}[.)])\s+\S")
_CALLED = re.compile(
    r"(?<!\w)(?:[Ii]'?m|[Ii] am|[Mm]y name is|[Cc]all me|[Mm]e chamo|[Mm]eu nome é|[Ss]ou|[Ee]u sou|[Nn]ame:|[Nn]ome:|[Mm]odel:|[Mm]odelo:"
    r"|(?:named|called|chamad[oa]))\s+(?:the |an? |o |a |um |uma )?(?P<name>[A-Z][\w-]{1,30}(?:\.\d+)?)"
    r"|(?:我是|我叫|名字是|名叫)\s*(?P<zh>[A-Z][\w-]{1,30})"
)
#: A name as the whole answer.
_BARE = re.compile(r"[A-Z][\w-]{1,30}(?:[ -]\d[\w.]{0,8})?[.!\u3002]?")
_NOBODY = frozenset(
    "AI LLM Assistant Chatbot English Chinese Portuguese Brazilian American Um Uma Modelo Model Large Language Not Sorry Just Here Also Now The "
    "Artificial Intelligence Inteligência GPU JSON Name Developer Unknown Null None You Your Bot Machine Computer Virtual Yes No Sure Hello Hi Sim Não Claro Olá Oi IA".casefold().split()
)


def named(answer: str, entries: Sequence[Entry], question: str = "") -> Named:
    """What the visible part of one answer says; `question` is what was asked, whose words do not count."""
    text = plain(answer, question)
    lines = [line for line in text.splitlines() if line.strip()]
    strong: set[str] = set()
    weak: set[str] = set()
    others: set[str] = set()
    if _BARE.fullmatch(text) and not any(e.pattern.search(text) for e in entries):
        word = re.split(r"[ .!\u3002]", text)[0]
        others |= {word} if word.casefold() not in _NOBODY else set()
    first = not (len(lines) > 1 and _BULLET.match(lines[0]))
    for sentence in sentences(text):
        for id, speaks in _in_sentence(sentence, entries, first=first):
            (strong if speaks == "self" else weak).add(id)
        others |= {name for name in _called(sentence) if not any(e.pattern.search(name) for e in entries)}
        first = False
    for line in lines[1:]:
        if not _BULLET.match(line) and len(lines) <= 8:  # a signature, a form
            strong |= {id for id, speaks in _alone(line.strip(), entries) if speaks == "self"}
    found = strong or weak
    return Named(
        frozenset(found if len(found) <= MOST else ()), frozenset(others if len(others) <= MOST else ())
    )


def _in_sentence(sentence: str, entries: Sequence[Entry], *, first: bool) -> Iterator[tuple[str, Speaks]]:
    state: Speaks = "other"
    for number, (clause, joint) in enumerate(clauses(sentence)):
        begun = _begins(clause, joint, state)
        state = begun
        mentions = sorted(
            (match.start(), match.end(), entry.id)
            for entry in entries
            for match in entry.pattern.finditer(clause)
        )
        for start, end, id in mentions[:20]:
            speaks = _of(clause, start, end, begun)
            if speaks == "other" and first and number == 0:
                speaks = _answers(clause, start, end)
            if speaks in ("self", "itself"):
                yield id, speaks
            state = speaks if speaks != "other" else state
        if not mentions:
            state = _after(clause, begun)


def _begins(clause: str, joint: str, state: Speaks) -> Speaks:
    """Of whom a clause speaks at its start, before its own words are read."""
    if state == "not":
        if len(joint) > 1 and not _RELATIVE.match(clause):
            return "self"  # "not Qwen but Nex"
        return "not"
    if state in ("self", "itself") and len(joint) > 1 and not _MADE.match(clause):
        return "other"
    return state


def _of(clause: str, start: int, end: int, begun: Speaks) -> Speaks:
    """Of whom a mention at start..end of a clause is said."""
    before = clause[max(0, start - 200) : start]
    cues = list(_I.finditer(before))
    denials = [*_NOT.finditer(before), *_ASIDE.finditer(before)]
    if _DENIED_AFTER.match(clause, end) or _TOOL_AFTER.match(clause, end):
        return "not"
    if _ME_AFTER.match(clause, end) and not denials:
        return "self"
    if cues:
        # "I was asked about X", "people think that I am X": a denial counts after the last cue, or close before it
        return "not" if any(_denies(d, cues[-1]) for d in denials) else "self"
    if denials:
        return "not"
    if begun in ("self", "itself") and _RELATIVE.match(clause) and not _MADE.search(before):
        return "other"
    return begun


def _denies(denial: re.Match[str], cue: re.Match[str]) -> bool:
    """Whether a denial stands after the words of the speaker, or close before them."""
    return denial.start() >= cue.end() or 0 <= cue.start() - denial.end() < NEAR


def _answers(clause: str, start: int, end: int) -> Speaks:
    """A mention at the start of an answer that has no word of the speaker: the bare name, or "X is a model"."""
    before, after = clause[:start], clause[end:]
    if _NOT.search(before) or _ASIDE.search(before) or not _FILLER.fullmatch(before[-120:]):
        return "other"
    if _DEFINED.match(after):
        return "itself" if _A_MODEL.search(after[:120]) else "other"
    if len(after) <= 80 and not _VERB.search(after) and not _NOT.search(after) and _REST.fullmatch(after):
        return "self"
    return "other"


def _after(clause: str, begun: Speaks) -> Speaks:
    """The state that a clause without a name leaves to the next: "I am a model, developed by ..." """
    cues, denials = list(_I.finditer(clause)), list(_NOT.finditer(clause))
    if cues:
        return "not" if any(_denies(d, cues[-1]) for d in denials) else "self"
    return "other" if denials else begun


def _alone(line: str, entries: Sequence[Entry]) -> Iterator[tuple[str, Speaks]]:
    """A line that is a name and nothing else."""
    for entry in entries:
        match = entry.pattern.search(line)
        if match and len(line) <= 60:
            yield entry.id, _answers(line, match.start(), match.end())


def _called(sentence: str) -> Iterator[str]:
    """Names after "I am", whoever they are."""
    for match in _CALLED.finditer(sentence[:1_000]):
        name = (match["name"] or match["zh"]).strip("-_.")
        if name.casefold() not in _NOBODY and not _NOT.search(
            sentence[max(0, match.start() - 60) : match.start()]
        ):
            yield name
