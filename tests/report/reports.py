"""Reports made by hand for the renderers' tests."""

from __future__ import annotations

from typing import Any


def finding(key: str = "mmlu", outcome: str = "fail", text: str = "words", **other: Any) -> dict[str, Any]:
    """One finding whose every free text is `text`."""
    return {
        "rule": "MC204",
        "name": text,
        "key": key,
        "outcome": outcome,
        "severity": "error" if outcome == "fail" else "warning",
        "message": text,
        "help": text,
        "location": {"path": text, "line": 12, "column": 3},
        "quote": text,
        "related": [{"location": {"path": text, "line": 2, "column": 1}, "message": text, "quote": text}],
        "claims": [],
        **other,
    }


def report(
    findings: list[dict[str, Any]], text: str = "words", source: str | None = None, **other: Any
) -> dict[str, Any]:
    """A report with these findings and lineage; `text` wherever a card or a forger could put some."""
    return {
        "version": 1,
        "tool": {"name": "pytest-modelcard", "version": "1"},
        "card": {
            "source": source if source is not None else text,
            "repo_id": None if source is not None else text,
            "revision": text,
            "path": text,
            "sha256": "",
        },
        "profile": text,
        "claims": [],
        "findings": findings,
        "summary": dict.fromkeys(("pass", "fail", "warn", "skip", "waived", "total"), 0),
        "cost": {"seconds": 1.5, "requests": 3, "bytes_read": 10, "model_calls": 0},
        "lineage": lineage(text),
        "runs": [run(text), run(text, verdict="confirmed", kind="difference")],
        "identity": None,
        **other,
    }


def run(text: str = "words", **other: Any) -> dict[str, Any]:
    """A sampled run, `text` in every place for one."""
    return {
        "id": text,
        "kind": "score",
        "benchmark": text,
        "claim": text,
        "model": text,
        "endpoint": text,
        "engine": text,
        "task": text,
        "dataset_revision": text,
        "seed": text,
        "verdict": "refuted",
        "reason": text,
        "doubted": False,
        "claimed": [0.7075, 0.7085],
        "score": 0.511,
        "interval": [0.434, 0.591],
        "items": 198,
        "used": 133,
        "correct": 68,
        "unparsed": 0,
        "errors": 0,
        "e_value": 146.0,
        "alpha": 0.01,
        "tolerance": 0.114,
        "calls": 1152,
        "tokens": {"prompt": 1, "completion": 2},
        "seconds": 2.0,
        "settings": {"stated": {}, "chosen": {}, "assumed": {text: text}},
        **other,
    }


def lineage(text: str = "words") -> dict[str, Any]:
    tensors = [
        {"name": text, "layer": n, "weight": 0.1 * (n % 4), "agreement": 0.9, "narrow": True}
        for n in range(4)
    ]
    return {
        "candidate": text,
        "verdict": text,
        "method": text,
        "sentence": text,
        "parents": [
            {"id": text, "revision": text, "weight": 0.6, "interval": [0.59, 0.61], "declared": False},
            {"id": text, "revision": text, "weight": 0.4, "interval": [0.39, 0.41], "declared": True},
        ],
        "per_tensor": tensors,
        "tensors_compared": 12,
        "candidates": [{"id": text, "revision": None}],
        "notes": [text, text],
        "bytes_read": 1000,
        "requests": 2,
        "seconds": 0.5,
    }


def with_everything(text: str) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Reports of two cards and of their base, which show every part of a comment, `text` in every place."""
    kinds = [
        finding("a", "fail", text),
        finding("b", "warn", text),
        finding("c", "skip", text),
        finding("d", "skip", text, waived=text),
        finding("e", "fail", text),
        finding("f", "skip", text),
        finding("g", "pass", text),
    ]
    many = [finding(f"z{n}", "fail", text) for n in range(4)]
    before = [finding(key, "fail", "other words") for key in ("e", "f", "g")]
    return [report(kinds, text), report(many, text, source="two")], [report(before, text)]
