"""MC502: a name that only a prompt gives."""

from __future__ import annotations

from typing import Any

import pytest

from pytest_modelcard.checks.identity.own_name_only_prompted import OwnNameOnlyPrompted
from pytest_modelcard.model import Finding
from tests.checks.identity.probed import Speaker, finding
from tests.identity.personas import PLAIN, RENAMING, card

RIO = card("Rio 3.5", "Qwen/Qwen3-8B")
PROMPT = {"chat_template.jinja": RENAMING}


def found(text: str, *says: tuple[int, Speaker], **more: Any) -> Finding:
    return finding(OwnNameOnlyPrompted, text, says, **{"repo_id": "prefeitura/Rio-3.5", **more})


def test_a_name_from_the_template_alone_is_a_warning() -> None:
    verdict = found(RIO, (100, ("Nex", "Nex-AGI")), files=PROMPT)
    assert (verdict.outcome, verdict.severity) == ("warn", "warning")
    assert "Rio in 0 of 126" in verdict.message
    assert "You are Rio, created by IplanRio." in verdict.message
    assert "Instead it says Nex" in verdict.message


def test_a_name_from_the_cards_prompt_alone_is_a_warning() -> None:
    shown = '```python\nmessages = [{"role": "system", "content": "You are Rio."}]\n```'
    assert found(card("Rio 3.5", "Qwen/Qwen3-8B", shown), (90, ("Qwen", "Alibaba"))).outcome == "warn"


@pytest.mark.parametrize("files", [PROMPT, {"chat_template.jinja": PLAIN}])
def test_a_model_that_knows_its_name_passes(files: dict[str, str]) -> None:
    assert found(RIO, (30, ("Rio", "IplanRio")), files=files).outcome == "pass"


def test_a_fine_tune_that_claims_nothing_may_give_its_bases_name() -> None:
    assert found(RIO, (120, ("Qwen", "Alibaba"))).outcome == "pass"


def test_what_is_not_clear_is_skipped() -> None:
    assert found(RIO).outcome == "skip", "names nobody"
    assert found(RIO, (100, ("Nex", "Nex-AGI"))).outcome == "skip", "MC501 speaks of it"
    assert found(RIO, (10, ("Rio", "IplanRio")), files=PROMPT).outcome == "skip", "neither often nor never"
    always = {"chat_template.jinja": "You are Rio, an assistant.\n" + PLAIN}
    assert found(RIO, files=always).outcome == "skip", "it was not asked without"
    assert found("---\nlicense: mit\n---\nText.\n", repo_id=None).outcome == "skip", "no name"
    assert found(RIO, answers=10).outcome == "skip"
