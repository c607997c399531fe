"""The questions asked of an endpoint: what is sent, what is counted, faults, budgets, kept answers."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from pytest_modelcard.errors import CannotTell
from pytest_modelcard.evals.endpoint import Patience
from pytest_modelcard.identity import engine as engine_module
from pytest_modelcard.identity.asked import asked_of
from pytest_modelcard.identity.questions import questions
from pytest_modelcard.identity.record import LEVEL, Probe, identity_dict, probe_of
from pytest_modelcard.identity.system import NEUTRAL
from pytest_modelcard.schemas import schema
from tests.evals.server import Say, serving
from tests.identity.personas import NOBODY, PLAIN, RENAMING, card, persona, renamed, spoken
from tests.identity.probes import evidence

HARBOUR = card("Harbour 7B", "Qwen/Qwen3-8B")
ALL = len(questions().all)


@pytest.fixture(autouse=True)
def _short_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Further tries follow at once."""
    real = engine_module.Endpoint

    def endpoint(url: str, **more: Any) -> Any:
        more["patience"] = Patience(answer=20.0, tries=3, backoff=0.001)
        return real(url, **more)

    monkeypatch.setattr(engine_module, "Endpoint", endpoint)


def counted(probe: Probe) -> dict[str, int]:
    return {s.name.id: s.count for s in probe.shares if s.name}


def test_all_questions_are_asked_once_and_names_counted() -> None:
    with serving(persona("Harbour", "Acme", 0.5, ("Qwen", "Alibaba Cloud"))) as fake:
        probe = probe_of(evidence(HARBOUR, fake))
    assert sorted(fake.prompt(n) for n in range(ALL)) == sorted(q.text for q in questions().all)
    assert len(fake.asked) == ALL == probe.asked.calls == probe.answers
    assert counted(probe) == {"own": ALL // 2, "qwen": ALL // 2}
    share = probe.own
    assert share is not None
    assert share.low < share.share == 0.5 < share.high
    assert {q.question.language for q in share.quotes} == {"en", "pt", "zh"}
    assert sum(share.languages.values()) == share.count


def test_a_plain_template_gets_no_system_message_and_a_renaming_one_a_neutral_one() -> None:
    with serving(persona("Harbour", "Acme")) as fake:
        probe_of(evidence(HARBOUR, fake))
    assert {m["role"] for r in fake.asked for m in r["messages"]} == {"user"}
    with serving(renamed(("Rio", "IplanRio"), ("Nex", "Nex-AGI"), 1.0)) as fake:
        probe = probe_of(
            evidence(card("Rio"), fake, files={"chat_template.jinja": RENAMING}, repo_id="rio/rio")
        )
    assert {r["messages"][0]["content"] for r in fake.asked} == {NEUTRAL}
    assert counted(probe) == {"own": 0, "nex": ALL}
    assert probe.asked.sent == NEUTRAL


def test_an_endpoint_that_takes_no_system_message_is_asked_without() -> None:
    free = persona("Harbour", "Acme")

    def answer(request: dict[str, Any], before: int) -> Say:
        if request["messages"][0]["role"] == "system":
            return Say(status=400, body=b'{"error": "System role not supported"}')
        return free(request, before)

    with serving(answer) as fake:
        probe = probe_of(evidence(HARBOUR, fake, knows_files=False))
    assert probe.asked.sent is None
    assert probe.answers == ALL
    assert probe.asked.calls == ALL + 1


def test_thoughts_get_more_room_once_and_what_is_no_answer_is_counted_apart() -> None:
    def answer(request: dict[str, Any], before: int) -> Say:
        question = request["messages"][-1]["content"]
        index = [q.text for q in questions().all].index(question)
        if index % 3 == 0:
            if request["max_tokens"] < 4096:
                return Say("<think>Who am I? Qwen", finish="length")
            return Say("<think>Who am I? Qwen, maybe</think>" + spoken("Harbour", "Acme", question))
        if index % 3 == 1:
            return Say("<think>It never ends. I am Claude", finish="length")
        return Say("")

    with serving(answer) as fake:
        probe = probe_of(evidence(HARBOUR, fake))
    assert counted(probe) == {"own": ALL // 3}
    assert probe.answers == ALL // 3
    data = identity_dict(probe)
    assert (data["answers"], data["unreadable"], data["errors"]) == (ALL // 3, ALL - ALL // 3, 0)
    assert data["calls"] == ALL + 2 * ALL // 3
    assert data["retries"] == 0
    assert {"temperature" in r for r in fake.asked if r["max_tokens"] == 4096} == {False}


@pytest.mark.slow
def test_thoughts_that_the_prompt_began_and_that_break_off_are_no_answer() -> None:
    def answer(request: dict[str, Any], before: int) -> Say:
        if request["max_tokens"] < 4096:
            return Say("Okay, the user asks who I am. I am Claude", finish="length")
        return Say(
            "Who am I? I am Claude.</think>" + spoken("Harbour", "Acme", request["messages"][-1]["content"])
        )

    thinking = {"chat_template.jinja": PLAIN + "{{ '<think>\\n' }}"}
    with serving(answer) as fake:
        assert counted(probe_of(evidence(HARBOUR, fake, files=thinking))) == {"own": ALL}
    with serving(lambda request, before: Say("I am Harbour, and I", finish="length")) as fake:
        assert counted(probe_of(evidence(HARBOUR, fake))) == {"own": ALL}, (
            "long answers without thoughts are answers"
        )


def test_faults_are_tried_again_and_what_is_lost_is_no_answer() -> None:
    good = persona("Harbour", "Acme")

    def answer(request: dict[str, Any], before: int) -> Say:
        index = [q.text for q in questions().all].index(request["messages"][-1]["content"])
        if index % 4 == 0 and before == 0:
            return Say(status=503)
        if index % 4 == 1 and before == 0:
            return Say(drop=True)
        if index % 4 == 2:
            return Say(status=500)
        return good(request, before)

    with serving(answer) as fake:
        probe = probe_of(evidence(HARBOUR, fake))
    data = identity_dict(probe)
    lost = len(range(2, ALL, 4))
    assert (data["errors"], data["answers"], data["unreadable"]) == (lost, ALL - lost, 0)
    assert counted(probe) == {"own": ALL - lost}
    assert data["retries"] > 0
    assert data["calls"] == len(fake.asked)


@pytest.mark.parametrize(
    ("say", "reason"),
    [
        (Say(body=b"<html>hello</html>"), "web page"),
        (Say(status=401), "no valid key"),
        (Say(status=422, body=b'{"error": "bad temperature"}'), "refuses every request"),
    ],
)
def test_an_endpoint_that_cannot_be_asked_is_one_reason(say: Say, reason: str) -> None:
    with serving(lambda request, before: say) as fake, pytest.raises(CannotTell, match=reason):
        probe_of(evidence(HARBOUR, fake))
    assert len(fake.asked) < ALL


def test_without_an_endpoint_the_reason_says_what_to_give(tmp_path: Path) -> None:
    with pytest.raises(CannotTell, match="give --modelcard-endpoint=URL"):
        probe_of(evidence(HARBOUR, None))
    with pytest.raises(CannotTell, match="serve it first"):
        probe_of(evidence(HARBOUR, None, model=tmp_path))
    with (
        serving(persona("Harbour", "Acme"), models=("a", "b")) as fake,
        pytest.raises(CannotTell, match="serves a, b"),
    ):
        probe_of(evidence(HARBOUR, fake))


def test_a_budget_ends_it_and_a_random_part_is_told() -> None:
    with serving(persona("Harbour", "Acme")) as fake:
        probe = probe_of(evidence(HARBOUR, fake, calls=40))
    assert len(fake.asked) == 40 == probe.answers
    assert "40 calls allowed are spent" in probe.asked.stopped
    assert {q.language for q in questions().all for n in range(40) if fake.prompt(n) == q.text} == {
        "en",
        "pt",
        "zh",
    }


def test_an_interrupted_probe_goes_on_where_it_stopped(tmp_path: Path) -> None:
    store = tmp_path / "kept.jsonl"
    with serving(persona("Harbour", "Acme")) as fake:
        first = probe_of(evidence(HARBOUR, fake, calls=50, store=store))
        second = probe_of(evidence(HARBOUR, fake, store=store))
        third = probe_of(evidence(HARBOUR, fake, store=store))
    assert (first.asked.reused, second.asked.reused, third.asked.reused) == (0, 50, ALL)
    assert (second.asked.calls, third.asked.calls) == (ALL - 50, 0)
    assert len(fake.asked) == ALL
    assert counted(second) == counted(third) == {"own": ALL}
    with store.open("ab") as file:
        file.write(b'{"key": broken\n\x00\xff\n{"key"')
    with serving(persona("Harbour", "Acme")) as other:
        assert probe_of(evidence(HARBOUR, other, store=store)).asked.reused == 0, (
            "another endpoint, other answers"
        )


def test_processes_of_one_run_ask_once(tmp_path: Path) -> None:
    with serving(persona("Harbour", "Acme")) as fake:
        one = asked_of(evidence(HARBOUR, fake, shared=tmp_path))
        two = asked_of(evidence(HARBOUR, fake, shared=tmp_path))
    assert one == two
    assert len(fake.asked) == ALL
    with serving(lambda request, before: Say(status=403)) as fake:
        for _ in range(2):
            with pytest.raises(CannotTell, match="403"):
                asked_of(evidence(card("Else"), fake, repo_id="acme/else", shared=tmp_path))


def test_megabytes_and_control_characters_are_read_and_kept_short(tmp_path: Path) -> None:
    def answer(request: dict[str, Any], before: int) -> Say:
        question = request["messages"][-1]["content"]
        return Say(
            f"\x1b[2J\x00\u202e\ud800 {spoken('Qwen', 'Alibaba', question)} " + "\u0007Qwen, " * 200_000
        )

    store = tmp_path / "kept.jsonl"
    with serving(answer) as fake:
        probe = probe_of(evidence(HARBOUR, fake, calls=6, store=store))
    assert probe.answers == 6
    assert store.stat().st_size < 6 * 200_000
    told = json.dumps(identity_dict(probe), ensure_ascii=False)
    assert len(told.encode()) < 20_000
    assert "\\u001b" not in told
    assert "\u202e" not in told


def test_a_prompt_of_the_server_shows_in_the_tokens() -> None:
    body = {"choices": [{"message": {"content": "I am Harbour."}, "finish_reason": "stop"}]}
    long = json.dumps({**body, "usage": {"prompt_tokens": 900, "completion_tokens": 5}}).encode()
    with serving(lambda request, before: Say(body=long)) as fake:
        assert probe_of(evidence(HARBOUR, fake)).asked.added > 700
    with serving(persona("Harbour", "Acme")) as fake:
        assert probe_of(evidence(HARBOUR, fake)).asked.added == 0


def test_the_record_fits_the_schema() -> None:
    import jsonschema

    with serving(renamed(("Rio", "IplanRio"), ("Aurora", "Acme"), 0.9)) as fake:
        probe = probe_of(
            evidence(card("Rio"), fake, files={"chat_template.jinja": RENAMING}, repo_id="rio/rio")
        )
    data = json.loads(json.dumps(identity_dict(probe), allow_nan=False))
    defs = schema("report-v1")["$defs"]
    jsonschema.validate(data, {"$defs": defs, "$ref": "#/$defs/identity"})
    assert data["level"] == LEVEL
    assert [n["name"] for n in data["other_names"]] == ["Aurora"]
    assert data["system_prompt"]["in_template"][0]["name"] == "Rio"


def test_a_model_that_names_nobody() -> None:
    with serving(persona("Harbour", "Acme", 0.0)) as fake:
        probe = probe_of(evidence(HARBOUR, fake))
    assert counted(probe) == {"own": 0}
    assert probe.others == ()
    assert probe.answers == ALL
    assert set(probe.asked.answers.values()) == set(NOBODY.values())
