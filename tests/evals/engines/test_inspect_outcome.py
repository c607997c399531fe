"""What a sample of inspect-ai comes to: right, wrong, or neither."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from pytest_modelcard.evals.engines.inspect_outcome import item_result, share
from pytest_modelcard.evals.sequential import Outcome


def _sample(value: Any = "C", *, answer: str | None = "A", stop: str = "stop", **more: Any) -> Any:
    score = SimpleNamespace(value=value, answer=answer, reason=more.pop("reason", None))
    return SimpleNamespace(
        scores=more.pop("scores", {"choice": score}),
        error=more.pop("error", None),
        output=SimpleNamespace(completion="the text", choices=[SimpleNamespace(stop_reason=stop)]),
        model_usage={"m": SimpleNamespace(input_tokens=7, output_tokens=2)},
        error_retries=[],
        events=[
            SimpleNamespace(event="model"),
            SimpleNamespace(event="model"),
            SimpleNamespace(event="score"),
        ],
        total_time=1.5,
        **more,
    )


@pytest.mark.parametrize(
    ("sample", "outcome"),
    [
        (_sample("C"), Outcome.right()),
        (_sample("I"), Outcome.wrong()),
        (_sample(True), Outcome.right()),
        (_sample(0.25), Outcome.scored(0.25)),
        (_sample("I", reason="invalid_response_format"), Outcome.not_parsed()),
        (_sample("I", reason="no_response"), Outcome.not_parsed()),
        (_sample("N"), Outcome.not_parsed()),
        (_sample(float("nan")), Outcome.not_parsed()),
        (_sample(7), Outcome.not_parsed()),
        (_sample("I", stop="max_tokens"), Outcome.not_parsed()),
        (_sample("C", stop="max_tokens"), Outcome.right()),
        (_sample(scores={}), Outcome.not_parsed()),
        (_sample("I", error=SimpleNamespace(message="time\nout")), Outcome.not_had()),
    ],
)
def test_one_sample(sample: Any, outcome: Outcome) -> None:
    found = item_result(3, [sample], None, None)
    assert (found.index, found.outcome) == (3, outcome)
    assert (found.calls, found.prompt_tokens, found.completion_tokens) == (2, 7, 2)


def test_a_request_that_failed_has_no_output_to_read() -> None:
    sample = _sample(error=SimpleNamespace(message="refused"), scores={})
    sample.output = SimpleNamespace(completion="", choices=[])
    found = item_result(0, [sample], None, None)
    assert (found.outcome, found.truncated) == (Outcome.not_had(), 0)


def test_an_error_is_told_on_one_line_and_nothing_is_read() -> None:
    found = item_result(0, [_sample("C", error=SimpleNamespace(message="time\nout"))], None, None)
    assert (found.error, found.read) == ("time out", (None,))


def test_epochs_are_draws() -> None:
    samples = [
        _sample("C"),
        _sample("I"),
        _sample("I", reason="refusal"),
        _sample(error=SimpleNamespace(message="x")),
    ]
    found = item_result(0, samples, None, None)
    assert found.outcome == Outcome.of_draws(1, 1, 1, 1)
    assert found.read == ("A", "A", None, None)


def test_one_scorer_and_one_part_count() -> None:
    several = SimpleNamespace(value={"strict": 1, "loose": 0}, answer="x", reason=None)
    other = SimpleNamespace(value="I", answer="x", reason=None)
    sample = _sample(scores={"first": other, "second": several})
    assert item_result(0, [sample], "second", "strict").outcome == Outcome.right()
    assert item_result(0, [sample], "second", None).outcome == Outcome.not_parsed()
    assert item_result(0, [sample], "third", None).outcome == Outcome.not_parsed()


def test_shares() -> None:
    assert [share(v) for v in ("C", "i", "P", 1, 0.5, False)] == [1.0, 0.0, 0.5, 1.0, 0.5, 0.0]
    assert [share(v) for v in ("yes", 2, -1, None, [1], float("inf"))] == [None] * 6
