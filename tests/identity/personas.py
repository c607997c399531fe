"""Models that say who they are, behind a fake endpoint, and cards for them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pytest_modelcard.identity.questions import questions
from tests.evals.server import Say

LANGUAGE = {q.text: q.language for q in questions().all}
#: What a model may say of itself, by language; {0} is its name, {1} its maker.
SAYS = {
    "en": ("I am {0}, a language model developed by {1}.", "My name is {0}.", "{0}", "I was created by {1}."),
    "pt": (
        "Eu sou o {0}, um modelo de linguagem criado pela {1}.",
        "Meu nome é {0}.",
        "{0}",
        "Fui criado pela {1}.",
    ),
    "zh": ("我是{0}，由{1}开发的语言模型。", "我叫{0}。", "{0}", "我由{1}开发。"),
}
NOBODY = {"en": "I am an AI assistant.", "pt": "Sou um assistente de IA.", "zh": "我是一个人工智能助手。"}
#: A template that names the model where there is no system message.
RENAMING = (
    "{%- if messages[0].role != 'system' %}{{ '<|im_start|>system\\nYou are Rio, created by IplanRio.<|im_end|>\\n' }}{% endif %}"
    "{%- for message in messages %}{{ '<|im_start|>' + message.role + '\\n' + message.content + '<|im_end|>\\n' }}{% endfor %}"
)
PLAIN = (
    "{%- for message in messages %}{{ '<|im_start|>' + message.role + '\\n' + message.content }}{% endfor %}"
)

Answer = Callable[[dict[str, Any], int], Say]


def spoken(name: str, maker: str, question: str) -> str:
    says = SAYS[LANGUAGE[question]]
    return says[len(question) % len(says)].format(name, maker)


def persona(name: str, maker: str, share: float = 1.0, instead: tuple[str, str] | None = None) -> Answer:
    """A model that gives this name in a share of its answers, and nobody's (or `instead`) in the others."""

    def answer(request: dict[str, Any], before: int) -> Say:
        question = request["messages"][-1]["content"]
        index = [q.text for q in questions().all].index(question)
        if int((index + 1) * share) > int(index * share):
            return Say(spoken(name, maker, question))
        return Say(spoken(*instead, question) if instead else NOBODY[LANGUAGE[question]])

    return answer


def renamed(shown: tuple[str, str], true: tuple[str, str], share: float = 0.8) -> Answer:
    """A model behind a template that names it `shown` where no system message is sent; else it says what it is."""
    free = persona(*true, share=share)

    def answer(request: dict[str, Any], before: int) -> Say:
        if request["messages"][0]["role"] != "system":
            return Say(spoken(*shown, request["messages"][-1]["content"]))
        return free(request, before)

    return answer


def card(title: str, base: str | None = None, text: str = "") -> str:
    declared = f"base_model: {base}\n" if base else ""
    return f"---\nlicense: mit\n{declared}---\n# {title}\n\n{text}\n"
