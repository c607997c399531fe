"""MC607: identities built into chat templates."""

from __future__ import annotations

import json
from typing import Any

import pytest

from pytest_modelcard.checks.config.identity_in_chat_template import IdentityInChatTemplate
from pytest_modelcard.model import Finding
from tests.support import findings

DERIVED = "---\nbase_model: Qwen/Qwen3.5-397B-A17B\n---\n# Rio 3.5 Open\n"
DEFAULT = (
    "{%- if messages[0].role == 'system' %}\n{{- messages[0].content }}\n{%- else %}\n"
    "{{- '<|im_start|>system\\nWHO<|im_end|>\\n' }}\n{%- endif %}\n"
)


def check(
    template: str, card: str = DERIVED, repo_id: str | None = "city/Rio-3.5-Open", **files: Any
) -> Finding:
    found = findings(
        IdentityInChatTemplate, card, files={"chat_template.jinja": template, **files}, repo_id=repo_id
    )
    assert len(found) == 1
    return found[0]


def test_no_identity_passes() -> None:
    assert check(DEFAULT.replace("WHO", "You are a helpful assistant.")).outcome == "pass"
    assert check("{# You are Rio, for testers #}{{ messages }}").outcome == "pass"
    assert findings(IdentityInChatTemplate, DERIVED, files={})[0].outcome == "pass"


def test_the_own_name_of_a_derived_model_is_a_warning() -> None:
    found = check(DEFAULT.replace("WHO", "You are Rio, developed by the city. Be kind."))
    assert (found.outcome, found.severity) == ("warn", "warning")
    assert found.quote == "You are Rio, developed by the city."
    assert (found.span.path, found.span.line) == ("chat_template.jinja", 4)
    assert "without a system message" in found.message and "Qwen/Qwen3.5-397B-A17B" in found.message


@pytest.mark.parametrize(
    "words",
    [
        "Você é o Rio, um modelo da cidade.",
        "Você é um assistente chamado Rio.",
        "You are a helpful assistant named Rio.",
        "Your name is Rio.",
        "你是Rio，由市政府开发。",
        "你是里约（Rio），由市政府开发。",
        "我是 Rio，一个人工智能助手。",
        "Your name: Rio.",
        "Eres Rio, un modelo.",
        "Tu es Rio, un modèle.",
        "Du bist Rio, ein Modell.",
    ],
)
def test_other_words_and_languages(words: str) -> None:
    assert check(DEFAULT.replace("WHO", words)).outcome == "warn"


@pytest.mark.parametrize(
    ("template", "applied"),
    [
        ("You are Rio, a model.{{ messages }}", "always"),
        ("{% if messages[0].role != 'system' %}You are Rio, a model.{% endif %}", "without a system message"),
        ("{% if not system_message %}You are Rio, a model.{% endif %}", "without a system message"),
        ("{% set default_system_message = 'You are Rio, a model.' %}", "without a system message"),
        ("{{ system_message or 'x' if a else 'You are Rio, a model.' }}", "without a system message"),
        ("{{ system | default('You are Rio, a model.') }}", "without a system message"),
        ("{% if tools %}You are Rio, a model.{% endif %}", "under a condition"),
        ("{% if tools %}a{% endif %}You are Rio, a model.", "always"),
    ],
)
def test_when_the_words_apply(template: str, applied: str) -> None:
    assert f"applied {applied}." in check(template).message


def test_json_files_are_read_at_the_line_of_the_template() -> None:
    template = DEFAULT.replace("WHO", "You are Rio, a model.")
    for value in (template, [{"name": "default", "template": template}]):
        text = json.dumps({"model_max_length": 8192, "chat_template": value}, indent=1)
        found = findings(
            IdentityInChatTemplate,
            DERIVED,
            files={"tokenizer_config.json": text},
            repo_id="city/Rio-3.5-Open",
        )[0]
        assert (found.outcome, found.span.path, found.span.line) == ("warn", "tokenizer_config.json", 3)


def test_another_name_is_a_note() -> None:
    found = check(DEFAULT.replace("WHO", "You are Qwen, created by Alibaba Cloud."))
    assert (found.outcome, found.severity) == ("warn", "note")
    assert "a model it is made from" in found.message
    found = check(DEFAULT.replace("WHO", "You are Nova, created by Nobody."))
    assert "another model than the card describes" in found.message


def test_a_model_that_is_not_derived_may_name_itself() -> None:
    assert check(DEFAULT.replace("WHO", "You are Rio, a model."), card="# Rio 3.5 Open\n").outcome == "pass"


def test_a_quantised_copy_may_keep_the_name() -> None:
    card = DERIVED.replace("---\n#", "base_model_relation: quantized\n---\n#")
    assert check(DEFAULT.replace("WHO", "You are Rio, a model."), card=card).outcome == "pass"


def test_a_card_that_shows_the_prompt_passes() -> None:
    card = DERIVED + "\nThe template's default prompt is: You are Rio, a model.\n"
    assert check(DEFAULT.replace("WHO", "You are Rio, a model."), card=card).outcome == "pass"


@pytest.mark.parametrize(
    "template",
    [
        "{{ 'You are Rio",
        "{% if " * 500,
        "{{" + "\\'" * 20_000,
        "{#" * 1000,
        "{{ '" + "\\'" * 50_000,
        "'{{'" * 5_000,
    ],
)
def test_broken_templates_are_survived(template: str) -> None:
    assert check(template).outcome in ("pass", "warn")


def test_no_verdict_without_files() -> None:
    assert findings(IdentityInChatTemplate, DERIVED, knows_files=False)[0].outcome == "skip"
