"""Sentences that give orders to a language model which reads the card."""

from __future__ import annotations

import re

_MODEL = (
    r"(?:AI(?:[ -](?:assistants?|agents?|models?|reviewers?|systems?|chatbots?|graders?|judges?"
    r"|evaluators?))?|LLMs?"
    r"|(?:large )?language models?|chat ?bots?|ChatGPT|GPT-?\d\w*|Claude|Gemini|Copilot"
    r"|automated (?:reviewer|grader|evaluator|judge)s?)"
)
_ORDER = (
    r"(?:you (?:must|should|shall|have to|need to|are (?:instructed|required|ordered|asked) to|will)|please"
    r"|do not|don['’]t|never|always"
    r"|must (?:not )?|make sure|be sure to|rate|recommend|praise|conclude|report that|say that|tell (?:the"
    r"|your) (?:user|reader|human)s?"
    r"|respond|reply|answer|output|give (?:it|this)|mark (?:it|this)|treat (?:it|this)|skip|omit)"
)
_IGNORE = re.compile(
    r"\b(?:ignore|disregard|forget|override|bypass)\s+(?:(?:all|any|the|your|of|these|those|every"
    r"|everything)\s+){0,4}"
    r"(?:previous|prior|above|earlier|preceding|existing|system|original|foregoing)\s+(?:\w+\s+){0,2}?"
    r"(?:instructions?|prompts?|directions?|directives?|rules|guidelines|messages?|context|commands?)\b"
    r"|\bignor(?:e|a|ar|em)\s+(?:todas\s+)?(?:as|las|suas|tus)\s+instru(?:ções|cciones)\s+(?:anteriores"
    r"|acima|prévias|previas)"
    r"|忽略(?:你)?(?:之前|以上|前面|上述|先前)(?:的)?(?:所有|全部)?(?:的)?(?:指令|指示|提示|规则)",
    re.I,
)
_ADDRESSED = re.compile(
    rf"(?:^|[\s(\[{{<:.!])(?:(?:as|if you(?: are|['’]re)|since you are|note (?:to|for)"
    rf"|attention|message (?:to|for)"
    rf"|instructions? (?:to|for)|important (?:to|for|note (?:to|for))|dear|hey)[:,]?\s+(?:an?\s+|any\s+"
    rf"|all\s+|the\s+|every\s+)?)"
    rf"{_MODEL}\b(?:[^.!?\n]{{0,100}}?[\s,:;—–-])??(?:(?:reading|processing|summari[sz]ing|evaluating"
    rf"|reviewing)[^.!?\n]{{0,60}}[\s,:;—–-])?"
    rf"\s*[:,;—–-]?\s*(?<!\bwe )(?<!\bthey )(?<!\bit )(?<!\bI ){_ORDER}\b",
    re.I,
)
_ADDRESSED_OTHER = re.compile(
    r"\b(?:se (?:você|voce|tu) (?:é|for|és)|como|nota para|si eres)\s+(?:um[a]?\s+|una?\s+)?(?:IA"
    r"|modelo de linguagem|modelo de lenguaje"
    r"|assistente de IA|asistente de IA)\b[^.!?\n]{0,80}\b(?:deve|debes?|não|no|sempre|siempre|nunca|avalie"
    r"|recomende)\b"
    r"|(?:如果你是|作为|请注意)(?:一个|一名)?(?:AI|人工智能|大?语言模型"
    r"|智能助手)[^。！？\n]{0,60}(?:必须|应该|请|不要|不得|务必)",
    re.I,
)
_CONCEAL = re.compile(
    r"\b(?:do not|don['’]t|never|must not)\s+(?:mention|report|flag|disclose|reveal|criti[cz]\w+|question"
    r"|warn|tell|point out|note)\b"
    r"[^.!?\n]{0,80}\b(?:issues?|problems?|findings?|licen[cs]e|merge|discrepanc\w+|errors?|limitations?"
    r"|weakness\w*|base model|parents?"
    r"|this (?:card|model|comment|text|message|instruction)|the user|users?|readers?)\b",
    re.I,
)
_RATE = re.compile(
    r"\b(?:rate|score|grade|evaluate|rank|mark|judge|classify|describe|report)\s+(?:this|the)\s+(?:model"
    r"|card|repository|repo|paper|release|submission)"
    r"\s+(?:(?:as|with|a|an|to be)\s+){0,2}(?:highly|positive\w*|excellent|outstanding|\d+\s*(?:/"
    r"|out of)\s*\d+|the best|pass(?:ing|ed)?|safe|compliant"
    r"|trustworthy|superior|state.of.the.art|perfect|approved)",
    re.I,
)
#: In hidden text: a speaker's label in front, or what "AI agents must" do.
_TOLD = re.compile(
    rf"^\W*(?:system|assistant|{_MODEL})\s*[:：]\s*(?:you\b|tell\b|do not\b|don['’]t\b|always\b"
    rf"|never\b|ignore\b|report\b|say\b)"
    rf"|\b{_MODEL} (?:reading this [^.!?\n]{{0,30}})?(?:must|should|shall|have to"
    rf"|are required to) (?:not )?(?:answer|say|report|rate"
    r"|recommend|state|tell|respond|reply|praise|conclude|treat|mention|describe)\b",
    re.I,
)
_MARKER = re.compile(
    r"<\|(?:im_start|im_end|system|start_header_id|endoftext|begin_of_text)\|>|\[/?INST\]|<</?SYS>>"
)
#: Words that show the text speaks *about* such sentences.
_ABOUT = re.compile(
    r"jailbreak|prompt[- ]?injection|injection|attack|adversarial|robust|red[- ]?team|safety|such as|e\.g\."
    r"|for example|for instance"
    r"|like [\"“']|example|malicious|refus|resist|guard|detect|classif|benchmark|dataset|攻击"
    r"|注入|越狱|例如|ataque"
    r"|exemplo|ejemplo",
    re.I,
)
MAX_TEXT = 20_000


def orders(text: str, *, hidden: bool) -> str:
    """The words of `text` that order a reading language model about; "" if there are none.

    In visible text only sentences that cannot be documentation count; in hidden text, which nobody reads but
    a machine, weaker ones do, too.
    """
    text = text[:MAX_TEXT]
    for pattern in (_IGNORE, _ADDRESSED, _ADDRESSED_OTHER):
        for m in pattern.finditer(text):
            if hidden or not (_about(text, m.start(), m.end())):
                return _around(text, m.start(), m.end())
    if hidden:
        # a commented out example of a prompt holds markers, too
        for pattern in (_CONCEAL, _RATE, _TOLD) if "```" in text else (_CONCEAL, _RATE, _TOLD, _MARKER):
            if (found := pattern.search(text)) is not None:
                return _around(text, found.start(), found.end())
    return ""


def _about(text: str, start: int, end: int) -> bool:
    """Is the sentence quoted, or is the talk about attacks and examples?"""
    if _ABOUT.search(text[max(start - 200, 0) : end + 120]):
        return True
    before, after = text[max(start - 60, 0) : start], text[end : end + 60]
    return bool(
        re.search(r"[\"“”'‘’`「『«]\s*[^\"“”`]{0,60}$", before) and re.search(r"[\"“”'’`」』»]", after)
    )


def about_attacks(heading: str) -> bool:
    """Does a heading announce examples, prompts or attacks?"""
    return bool(
        _ABOUT.search(heading) or re.search(r"prompt|template|system message|chat format", heading, re.I)
    )


def _around(text: str, start: int, end: int) -> str:
    return " ".join(text[start : min(end + 60, start + 200)].split())
