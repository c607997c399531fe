"""The client: what is tried again, what is given up, and where the key goes."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from pytest_modelcard.errors import CannotTell, PolicyError
from pytest_modelcard.evals import endpoint as client
from pytest_modelcard.evals.address import base_url, key_for
from pytest_modelcard.evals.endpoint import Endpoint, Lost, Patience, Reply
from tests.evals.server import Fake, Say, serving

QUICK = Patience(connect=2.0, answer=5.0, tries=4, backoff=0.01, longest_wait=0.2)
HELLO = [{"role": "user", "content": "hello"}]


def ask(fake: Fake, *, key: str | None = None, patience: Patience = QUICK) -> tuple[Reply, Endpoint]:
    async def one() -> tuple[Reply, Endpoint]:
        endpoint = Endpoint(fake.url, key=key, patience=patience)
        try:
            return await endpoint.chat("acme", HELLO, {"temperature": 0.5}), endpoint
        finally:
            await endpoint.close()

    return asyncio.run(one())


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("http://localhost:8000", "http://localhost:8000/v1"),
        ("http://localhost:8000/v1/", "http://localhost:8000/v1"),
        ("https://x.example/api/v1/chat/completions", "https://x.example/api/v1"),
        ("http://[::1]:9", "http://[::1]:9/v1"),
    ],
)
def test_an_address_is_brought_to_its_root(typed: str, meant: str) -> None:
    assert base_url(typed) == meant


@pytest.mark.parametrize("bad", ["localhost:8000", "file:///etc/passwd", "", "http://", "http://x:99999/v1"])
def test_what_is_no_address_is_refused(bad: str) -> None:
    with pytest.raises(PolicyError, match="not an address"):
        base_url(bad)


@pytest.mark.parametrize("bad", ["http://me:secret@x/v1", "http://x/v1?api_key=secret"])
def test_a_secret_in_an_address_is_refused_and_not_repeated(bad: str) -> None:
    with pytest.raises(PolicyError) as caught:
        base_url(bad)
    assert "secret" not in str(caught.value)


def test_an_answer_with_its_tokens() -> None:
    with serving(lambda request, before: Say("hi", finish="length")) as fake:
        reply, endpoint = ask(fake)
        sent = fake.asked[0]
    assert (reply.text, reply.cut_off, reply.prompt_tokens, reply.completion_tokens) == ("hi", True, 10, 5)
    assert (sent["model"], sent["temperature"], sent["stream"]) == ("acme", 0.5, False)
    assert endpoint.requests == 1 and endpoint.retries == 0


@pytest.mark.parametrize(
    "trouble",
    [Say(status=429), Say(status=500), Say(status=503), Say(drop=True), Say(body=b'{"choices": [')],
    ids=["429", "500", "503", "dropped", "half an answer"],
)
def test_a_passing_trouble_is_tried_again_and_counted(trouble: Say) -> None:
    with serving(lambda request, before: trouble if before < 2 else Say("hi")) as fake:
        reply, endpoint = ask(fake)
    assert reply.text == "hi" and reply.tries == 3
    assert endpoint.requests == 3 and endpoint.retries == 2 and sum(endpoint.troubles.values()) == 2


def test_a_trouble_that_lasts_is_lost() -> None:
    with serving(lambda request, before: Say(status=500)) as fake, pytest.raises(Lost, match="500") as caught:
        ask(fake)
    assert caught.value.tries == QUICK.tries and not caught.value.refused


def test_an_answer_that_never_comes_is_lost() -> None:
    patience = Patience(connect=1.0, answer=0.1, tries=2, backoff=0.01)
    with (
        serving(lambda request, before: Say("hi", delay=0.6)) as fake,
        pytest.raises(Lost, match="no answer in"),
    ):
        ask(fake, patience=patience)


def test_a_pause_that_was_asked_for_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    pauses: list[float] = []
    sleep = asyncio.sleep

    async def noted(seconds: float, *rest: Any) -> None:
        pauses.append(seconds)
        await sleep(0)

    monkeypatch.setattr(client.asyncio, "sleep", noted)
    monkeypatch.setattr(client.Endpoint, "_turn", lambda self: sleep(0))
    limited = Say(status=429, headers={"Retry-After": "7"})
    patience = Patience(tries=2, backoff=0.01, longest_wait=60)
    with serving(lambda request, before: limited if before == 0 else Say("hi")) as fake:
        ask(fake, patience=patience)
    assert [p for p in pauses if p > 1] == [7.0]


@pytest.mark.parametrize(
    ("say", "told"),
    [
        (Say(status=401), "401"),
        (Say(status=404), "404"),
        (Say(body=b"<html>welcome</html>"), "web page"),
        (Say(status=302, headers={"Location": "http://elsewhere.example/v1"}), "redirects"),
    ],
    ids=["no key", "not found", "HTML", "redirect"],
)
def test_what_no_request_can_overcome_ends_it_at_once(say: Say, told: str) -> None:
    with serving(lambda request, before: say) as fake:
        with pytest.raises(CannotTell, match=told):
            ask(fake)
        assert len(fake.asked) == 1


@pytest.mark.parametrize(
    "body", [b"{}", b'{"choices": []}', b'{"choices": [{"message": null}]}', b"[1]", b'"x"', b"null"]
)
def test_an_answer_without_a_message_is_lost(body: bytes) -> None:
    with serving(lambda request, before: Say(body=body)) as fake, pytest.raises(Lost, match="no message"):
        ask(fake)


def test_an_answer_of_megabytes_is_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "MAX_REPLY_BYTES", 10_000)
    with serving(lambda request, before: Say("x" * 20_000)) as fake, pytest.raises(Lost, match="more than"):
        ask(fake)


def test_the_key_is_sent_to_its_endpoint_and_never_told() -> None:
    key = "sk-very-secret"
    refusal = Say(status=401, body=b'{"error": {"message": "wrong key sk-very-secret"}}')
    with serving(lambda request, before: refusal) as fake:
        with pytest.raises(CannotTell) as caught:
            ask(fake, key=key)
        assert fake.headers[0]["Authorization"] == f"Bearer {key}"
    assert key not in str(caught.value) and "***" in str(caught.value)


def test_which_key_is_for_an_endpoint(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MODELCARD_API_KEY", raising=False)
    monkeypatch.setenv("OPENAI_API_KEY", "openai")
    monkeypatch.setenv("RIVAL_KEY", "rival")
    assert key_for("https://x.example/v1") == "openai"
    assert key_for("http://localhost:8000/v1") == "openai"
    assert key_for("http://x.example/v1") is None, "not in the clear over a network"
    assert key_for("http://x.example/v1", "RIVAL_KEY") == "rival"
    monkeypatch.setenv("MODELCARD_API_KEY", "own")
    assert key_for("http://x.example/v1") == "own"
