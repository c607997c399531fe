"""What an endpoint or a scorer may do wrong: one clear line each, and the results that were had are kept."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from pytest_modelcard.evals import chat, endpoint
from tests.evals.runs import Bench, card, only
from tests.evals.server import Say, model, number_of, serving

ROW = "| HarbourQA | 52.5 | 70.7 |"
MC401 = "MC401[harbour-qa]"


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


def _kept(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def test_a_scorer_that_always_fails_is_one_clear_line(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*args: Any, **kwargs: Any) -> None:
        raise ZeroDivisionError("division by\nzero")

    monkeypatch.setattr(chat, "read", fail)
    with serving(model(0.4)) as fake:
        report = bench.report(card([ROW]), fake, store=bench.folder / "store.jsonl")
        assert len(fake.asked) < 40
    found, (run,) = only(report, MC401), report.runs
    assert found.outcome == "skip" and run["verdict"] == "undecided"
    assert "the scorer failed: ZeroDivisionError: division by zero" in found.message
    assert run["unparsed"] == run["used"] > 0
    assert len(_kept(bench.folder / "store.jsonl")) >= run["used"]


def test_a_scorer_that_fails_at_times_costs_only_those_items(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = chat.read

    def sometimes(task: Any, item: Any, text: str, **more: Any) -> Any:
        if "number 7?" in item.question:
            raise RecursionError
        return read(task, item, text, **more)

    monkeypatch.setattr(chat, "read", sometimes)
    with serving(model(0.4)) as fake:
        report = bench.report(card([ROW]), fake)
    assert only(report, MC401).outcome == "fail" and report.runs[0]["unparsed"] <= 1


def test_answers_of_megabytes_are_read_at_their_end_and_kept_cut(bench: Bench) -> None:
    honest = model(0.707)

    def long(request: dict[str, Any], before: int) -> Say:
        said = honest(request, before)
        return Say("A or B? " * 250_000 + said.text, said.delay) if number_of(request) % 10 == 0 else said

    store = bench.folder / "store.jsonl"
    with serving(long) as fake:
        report = bench.report(card([ROW]), fake, store=store)
    (run,) = report.runs
    assert run["verdict"] == "confirmed" and run["unparsed"] == run["errors"] == 0
    assert store.stat().st_size < 4_000_000


def test_answers_without_end_are_one_clear_line(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(endpoint, "MAX_REPLY_BYTES", 10_000)
    with serving(lambda request, before: Say("A or B? " * 5_000)) as fake:
        report = bench.report(card([ROW]), fake)
        assert len(fake.asked) < 40
    assert only(report, MC401).outcome == "skip"
    assert "an answer of more than 10,000 bytes" in only(report, MC401).message


def test_an_endpoint_that_turns_into_a_web_page_keeps_what_was_had(bench: Bench) -> None:
    honest, broken_at = model(0.707), 30

    def answer(request: dict[str, Any], before: int) -> Say:
        page = Say(body=b"<!DOCTYPE html><html>Bad gateway</html>")
        return honest(request, before) if len(fake.asked) < broken_at else page

    store = bench.folder / "store.jsonl"
    with serving(answer) as fake:
        report = bench.report(card([ROW]), fake, store=store)
        found, (run,) = only(report, MC401), report.runs
        assert found.outcome == "skip" and "answers with a web page, not JSON" in found.message
        assert 10 <= run["used"] <= 30 and len(_kept(store)) >= run["used"]
        broken_at = 10_000
        again = bench.report(card([ROW]), fake, store=store)
    assert again.runs[0]["verdict"] == "confirmed" and again.runs[0]["reused"] >= run["used"]


@pytest.mark.parametrize(
    "body",
    [
        b"null",
        b"[]",
        b'{"choices": "none"}',
        b'{"choices": [{"message": {"content": {"a": 1}}}]}',
        b'{"choices": [{"message": {"content": null}}], "usage": {"prompt_tokens": NaN}}',
        b"[" * 100_000,
        b'{"choices": [{"message": {"content": "\\ud800"}}]}',
    ],
    ids=["null", "list", "text", "object", "nothing", "nested", "lone surrogate"],
)
def test_odd_json_refutes_nobody(bench: Bench, body: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(endpoint.Patience, "__init__", _hasty(endpoint.Patience.__init__))
    store = bench.folder / "store.jsonl"
    with serving(lambda request, before: Say(body=body)) as fake:
        report = bench.report(card([ROW]), fake, store=store)
    found = only(report, MC401)
    assert found.outcome == "skip" and "\n" not in found.message


def _hasty(init: Any) -> Any:
    def made(self: Any, **given: Any) -> None:
        init(self, **{"backoff": 0.001, "tries": 2, **given})

    return made
