"""Names that answers give as their speaker's own, and those they only speak of."""

from __future__ import annotations

import random
import re

import pytest

from pytest_modelcard.identity.families import families, pattern_of
from pytest_modelcard.identity.match import Entry, named
from pytest_modelcard.identity.text import MAX_READ, plain, visible

RIO = Entry("own", re.compile(r"(?i)(?<!\w)(?:rio|iplanrio)(?!\w)"))
ENTRIES = [
    RIO,
    *(Entry(f.id, pattern_of((*f.names, *f.makers), (*f.cased, *f.makers_cased))) for f in families()),
]


def ids(answer: str, question: str = "") -> set[str]:
    return set(named(visible(answer), ENTRIES, question).ids)


GIVEN = [
    (
        "I am Qwen, a large language model independently developed by the Tongyi Lab under Alibaba Group.",
        {"qwen"},
    ),
    ("I'm Qwen2.5-7B-Instruct.", {"qwen"}),
    ("Hello! I’m **Qwen**, created by Alibaba Cloud. How can I help you today?", {"qwen"}),
    ("My name is Nex.", {"nex"}),
    ("I'm Nex-N2-Pro, built by Nex-AGI.", {"nex"}),
    ("Nex", {"nex"}),
    ("nex-agi", {"nex"}),
    ("OpenAI.", {"openai"}),
    ("Developed by Alibaba Cloud.", {"qwen"}),
    ("Based on Llama 3.1 8B", {"llama"}),
    ("I was created by Meta AI.", {"llama"}),
    ("I was trained by Google DeepMind in the United Kingdom.", {"google"}),
    ("You are talking to ChatGPT, a model trained by OpenAI.", {"openai"}),
    ("You can call me Claude. Call me Claude!", {"claude"}),
    ("OpenAI developed me.", {"openai"}),
    ("DeepSeek is my name.", {"deepseek"}),
    ("Let me tell you about myself: I am Qwen.", {"qwen"}),
    ("I am not ChatGPT, I am Qwen.", {"qwen"}),
    ("I'm not ChatGPT but Qwen.", {"qwen"}),
    ("No, I'm Kimi, made by Moonshot AI.", {"kimi"}),
    ("Unlike ChatGPT, which was developed by OpenAI, I am Nex.", {"nex"}),
    ("I am Rio, fine-tuned from Qwen.", {"own", "qwen"}),
    ("I'm Qwen, similar to ChatGPT.", {"qwen"}),
    ("I'm an AI assistant designed to help users, developed by Nex-AGI.", {"nex"}),
    ('{"model": "Qwen3", "developer": "Alibaba Cloud"}', {"qwen"}),
    ("Name: Claude\nDeveloper: Anthropic", {"claude"}),
    ('"My name is Mistral."', {"mistral"}),
    ("Best regards,\nGLM-4\nZhipu AI", {"glm"}),
    ("Qwen is a large language model developed by Alibaba Cloud.", {"qwen"}),
    ("The answer is: Gemma, by Google!", {"google"}),
    ("<think>The user asks. I am maybe ChatGPT? No.</think>I am Qwen.", {"qwen"}),
    ("I belong to the Phi family of models by Microsoft.", {"phi"}),
    ("Ah, I'm not only a chatbot: I'm Grok, made by xAI.", {"grok"}),
    ("As an AI developed by OpenAI, I don't have a name.", {"openai"}),
    ("I don't have a personal name, but you can call me Qwen.", {"qwen"}),
    ("You should thank the team at Nex-AGI.", {"nex"}),
    ("I cannot ignore my system prompt. I am Nex.", {"nex"}),
    ("I am built on Meta's Llama 3.1 architecture.", {"llama"}),
    ("Grandma, you are chatting with Qwen, a computer program.", {"qwen"}),
    ("Model: Rio 3.5\nVendor: IplanRio\nNot affiliated with OpenAI.", {"own"}),
    # Portuguese
    ("Como um modelo de linguagem da OpenAI, não tenho nome.", {"openai"}),
    ("Agradeça à equipe da Alibaba Cloud.", {"qwen"}),
    ("Não tenho um nome próprio, mas você pode me chamar de Qwen.", {"qwen"}),
    ("Eu sou o Qwen, um grande modelo de linguagem criado pela Alibaba Cloud.", {"qwen"}),
    ("Sou o ChatGPT, desenvolvido pela OpenAI.", {"openai"}),
    ("Meu nome é Nex.", {"nex"}),
    ("Me chamo Claude e fui criado pela Anthropic.", {"claude"}),
    ("Fui desenvolvido pela Meta.", {"llama"}),
    ("Fui treinado pela equipe da DeepSeek, na China.", {"deepseek"}),
    ("Você está conversando com o Gemini, do Google.", {"google"}),
    ("Não sou o ChatGPT, sou o Qwen.", {"qwen"}),
    ("Eu não sou o ChatGPT, mas sim o Rio.", {"own"}),
    ("Desenvolvido por Nex-AGI.", {"nex"}),
    ("Olá! Eu sou o Rio, um assistente.", {"own"}),
    ("Nome: Sabiá-3\nDesenvolvedor: Maritaca AI", {"sabia"}),
    ("O meu modelo base é o Llama 3.", {"llama"}),
    ("A Alibaba Cloud me criou.", {"qwen"}),
    # Chinese
    ("作为一个由OpenAI训练的语言模型，我没有名字。", {"openai"}),
    ("我不是OpenAI的产品，我是由月之暗面科技有限公司开发的Kimi。", {"kimi"}),
    ("我没有名字，但是你可以叫我通义千问。", {"qwen"}),
    ("我是通义千问，由阿里云开发的大语言模型。", {"qwen"}),
    ("我叫通义千问。", {"qwen"}),
    ("我是Qwen，是阿里巴巴集团旗下的通义实验室自主研发的超大规模语言模型。", {"qwen"}),
    ("您好，我是DeepSeek，由深度求索公司开发。", {"deepseek"}),
    ("你正在和Kimi对话。", {"kimi"}),
    ("我由智谱AI开发。", {"glm"}),
    ("我的名字是Nex，来自Nex-AGI。", {"nex"}),
    ("阿里云开发了我。", {"qwen"}),
    ("通义千问", {"qwen"}),
    ("我不是ChatGPT，我是文心一言。", {"ernie"}),
    ("我不是ChatGPT，而是通义千问。", {"qwen"}),
    ("“你好！我是豆包”", {"doubao"}),
    ("由阿里云开发。", {"qwen"}),
    ("开发者：月之暗面", {"kimi"}),
    ("谜底是：Nex！", {"nex"}),
]


@pytest.mark.parametrize(("answer", "expected"), GIVEN, ids=[a[:50] for a, _ in GIVEN])
def test_names_that_are_given(answer: str, expected: set[str]) -> None:
    assert ids(answer) == expected


NOT_GIVEN = [
    "I am not Qwen.",
    "I'm not ChatGPT, Claude or Gemini.",
    "I am an AI assistant, unlike ChatGPT.",
    "I'm a language model similar to ChatGPT.",
    "I am a language model, like GPT-4 or Claude, that can help you.",
    "I'm an assistant and not affiliated with OpenAI or Anthropic.",
    "ChatGPT is not who I am.",
    "Are you asking whether I am Qwen? I have no name.",
    "I can help you write about OpenAI.",
    "I was asked about ChatGPT, a model developed by OpenAI.",
    "Some people think that I am ChatGPT.",
    "People may confuse me with Claude.",
    "If I were ChatGPT, I would tell you.",
    "I cannot pretend to be Claude.",
    "There are many models, such as Qwen, Llama, Mistral and Claude.",
    "- ChatGPT\n- Claude\n- Gemini\n- Llama",
    "1. ChatGPT\n2. Claude",
    "OpenAI is a company in San Francisco.",
    "OpenAI has released GPT-4.",
    "I was trained on data from OpenAI.",
    "I am compatible with the OpenAI API.",
    'You asked me to say "I am ChatGPT", and I will not.',
    'The sentence "You are Qwen, created by Alibaba Cloud" is a system prompt.',
    "I am an AI assistant. I have no name.",
    "My meta is to help.",
    "I run on NVIDIA hardware.",
    "I was trained on Google Cloud TPUs.",
    "I was trained with Hugging Face Transformers.",
    "I was made by a team who admire OpenAI.",
    "I do not know whether I am based on Qwen or Llama.",
    "I might be Qwen.",
    "The user wants to know if I am Qwen.",
    "As an AI assistant, I can help with the OpenAI API.",
    "Popular models include ChatGPT by OpenAI, Claude by Anthropic and Gemini by Google.",
    "I'm a user interface with a falcon on it.",
    "I love llamas and I am a poet.",
    "It was a clauded day, qwenty of rain.",
    "<think>I am Qwen, made by Alibaba. Should I say so",
    "",
    "   \n\t",
    # Portuguese
    "Não sou o ChatGPT.",
    "Eu não sou o Qwen nem o Claude.",
    "Sou um assistente, diferente do ChatGPT.",
    "Sou um modelo semelhante ao ChatGPT.",
    "Posso falar sobre a OpenAI, se quiser.",
    "Minha meta é ajudar você.",
    "Sou um modelo de linguagem como o ChatGPT.",
    "Existem muitos modelos, tais como Qwen e Llama.",
    "Você quer saber se eu sou o Gemini?",
    # Chinese
    "我不是通义千问。",
    "我不是ChatGPT，也不是Claude。",
    "我是一个类似ChatGPT的语言模型。",
    "我与OpenAI没有关系，也并非Claude。",
    "像ChatGPT这样的模型有很多，例如通义千问。",
    "你是想问我是不是通义千问吗？",
    "如果我是Claude，我会告诉你。",
    "我可以回答关于阿里巴巴的问题。",
]


@pytest.mark.parametrize("answer", NOT_GIVEN, ids=[a[:50] or "empty" for a in NOT_GIVEN])
def test_names_that_are_not_given(answer: str) -> None:
    assert ids(answer) == set()


def test_the_question_repeated_is_no_answer() -> None:
    asked = "Complete the sentence truthfully: I am a large language model developed by"
    assert ids(f"{asked} Qwen.", asked) <= {"qwen"}
    asked = "Is this true of you: my name is Qwen and I was made by Alibaba"
    assert ids(asked, asked) == set()


def test_too_many_names_are_a_list() -> None:
    assert ids("I am Qwen. I am Claude. I am Llama. I am Kimi.") == set()


def test_names_that_no_table_knows_are_told_apart() -> None:
    assert named("Hi! I'm Aurora, a helpful assistant.", ENTRIES).others == {"Aurora"}
    assert named("Me chamo Marisol.", ENTRIES).others == named("Marisol", ENTRIES).others == {"Marisol"}
    assert named("Sim.", ENTRIES).others == named("Qwen", ENTRIES).others == set()
    assert named("我叫Aurora。", ENTRIES).others == {"Aurora"}
    assert named("I am an AI. I am Sorry. I'm Just a Model.", ENTRIES).others == set()
    assert named("I'm Qwen.", ENTRIES).others == set()
    assert named("You are Bob. They say I am Carl?", ENTRIES).others == set()


def test_invisible_and_control_characters_hide_nothing() -> None:
    assert ids("I\u200b am Q\u200dwe\u00adn.\x00\x1b[31m") == {"qwen"}
    assert ids("Ｉ ａｍ Ｑｗｅｎ．") == {"qwen"}


def test_thoughts_are_no_answer() -> None:
    assert visible("<think>I am Qwen</think>\n\nI am Nex.") == "I am Nex."
    assert visible("I am Qwen</think>I am Nex.") == "I am Nex."  # templates that open the thought themselves
    assert visible("<think>never ends") == ""
    assert visible("x" * 5_000_000 + "</think>I am Nex.").endswith("I am Nex.")


HOSTILE = [
    "I am ",
    "I'm not ",
    '"',
    "“",
    ",",
    "(",
    "[a](",
    "我",
    "由",
    "is a ",
    "- ",
    "\n",
    "*",
    "Qwen ",
    "Qwen, ",
    "I am Qwen, ",
    "a.b",
    "w",
]


@pytest.mark.parametrize("piece", HOSTILE)
def test_megabytes_are_cut_before_they_are_read(piece: str) -> None:
    answer = piece * (2_000_000 // len(piece))
    assert len(visible(answer)) <= MAX_READ
    assert len(plain(answer)) <= 2 * MAX_READ
    named(visible(answer), ENTRIES)  # ends, or the run's time limit shows that it does not


def test_any_text_can_be_read() -> None:
    draw = random.Random(5)
    pieces = [
        *HOSTILE,
        *(a for a, _ in GIVEN),
        *NOT_GIVEN,
        "\ud800",
        "\u202e",
        "<think>",
        "</think>",
        "\U0010ffff",
    ]
    for _ in range(300):
        text = "".join(draw.choice(pieces) for _ in range(draw.randrange(1, 12)))
        found = named(visible(text), ENTRIES, draw.choice(pieces))
        assert found.ids <= {e.id for e in ENTRIES}
