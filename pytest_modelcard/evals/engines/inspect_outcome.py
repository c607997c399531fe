"""What one sample of inspect-ai says of one item, read without importing inspect-ai.

A sample is read by its attributes, so that a log's and a running evaluation's samples are read alike.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import isfinite
from typing import Any

from ..engine import MAX_KEPT, ItemResult
from ..sequential import Outcome

#: Reasons by which a scorer says that it could not read or judge an answer, or that there was none.
UNREAD = frozenset({"invalid_response_format", "no_response", "refusal", "grader_failed", "scoring_failed"})
_LETTERS = {"C": 1.0, "I": 0.0, "P": 0.5}


def item_result(index: int, samples: Sequence[Any], scorer: str | None, part: str | None) -> ItemResult:
    """The result of an item from its samples, one an epoch.

    scorer: whose score counts, None for the first. part: key of a score that has several values, None for one.
    """
    scores = [_value(sample, scorer, part) for sample in samples]
    draws = len(samples)
    missing = sum(getattr(sample, "error", None) is not None for sample in samples)
    unread = sum(
        score is None and getattr(s, "error", None) is None for s, score in zip(samples, scores, strict=True)
    )
    known = [score for score in scores if score is not None]
    low = sum(known) / draws
    outcome = Outcome(low, min(low + (missing + unread) / draws, 1.0), draws, unread, missing)
    return ItemResult(
        index=index,
        outcome=outcome,
        calls=sum(max(_calls(s), 1) for s in samples),
        retries=sum(len(getattr(s, "error_retries", None) or ()) for s in samples),
        prompt_tokens=sum(_tokens(s, "input_tokens") for s in samples),
        completion_tokens=sum(_tokens(s, "output_tokens") for s in samples),
        seconds=max((float(getattr(s, "total_time", None) or 0.0) for s in samples), default=0.0),
        answers=tuple(_completion(s)[:MAX_KEPT] for s in samples),
        read=tuple(
            _answer(s, scorer) if score is not None else None
            for s, score in zip(samples, scores, strict=True)
        ),
        truncated=sum(_cut_off(s) for s in samples),
        error=next((_error(s) for s in samples if getattr(s, "error", None) is not None), ""),
    )


def _value(sample: Any, scorer: str | None, part: str | None) -> float | None:
    """The sample's score from 0 to 1, None where it is neither right nor wrong."""
    score = _score(sample, scorer)
    if score is None or getattr(sample, "error", None) is not None:
        return None
    if getattr(score, "reason", None) in UNREAD:
        return None
    value = share(score.value, part)
    # an answer that broke off was not given: a letter or number found in it may be part of its argument
    if value is not None and value < 1 and _cut_off(sample):
        return None
    return value


def share(value: Any, part: str | None = None) -> float | None:
    """A score's value as a share: "C", true, 0.5, or one of several by its key. None for what is no such value."""
    if isinstance(value, Mapping):
        if part is None or part not in value:
            return None
        value = value[part]
    if isinstance(value, str):
        return _LETTERS.get(value.strip().upper())
    if isinstance(value, (bool, int, float)) and isfinite(value) and 0 <= value <= 1:
        return float(value)
    return None


def _score(sample: Any, scorer: str | None) -> Any:
    scores = getattr(sample, "scores", None) or {}
    if scorer is not None:
        return scores.get(scorer)
    return next(iter(scores.values()), None)


def _answer(sample: Any, scorer: str | None) -> str | None:
    answer = getattr(_score(sample, scorer), "answer", None)
    return str(answer)[:MAX_KEPT] if answer is not None else None


def _completion(sample: Any) -> str:
    return str(getattr(getattr(sample, "output", None), "completion", "") or "")


def _cut_off(sample: Any) -> bool:
    # none where the request failed
    choices = getattr(getattr(sample, "output", None), "choices", None) or ()
    return any(getattr(c, "stop_reason", None) in ("max_tokens", "model_length") for c in choices[:1])


def _tokens(sample: Any, kind: str) -> int:
    usage = (getattr(sample, "model_usage", None) or {}).values()
    return sum(int(getattr(u, kind, 0) or 0) for u in usage)


def _calls(sample: Any) -> int:
    """Requests to the model: an agent sends many for one item."""
    return sum(getattr(event, "event", "") == "model" for event in getattr(sample, "events", ()) or ())


def _error(sample: Any) -> str:
    message = str(getattr(sample.error, "message", sample.error))
    return " ".join(message.split())[:300]
