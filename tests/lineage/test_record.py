"""The report's lineage: valid against the schema, and enough to repeat the reading."""

from __future__ import annotations

import hashlib
import json
import math
from typing import Any

import jsonschema
import pytest

from pytest_modelcard.lineage import record, traces
from pytest_modelcard.lineage.record import Found, lineage_dict
from pytest_modelcard.schemas import schema
from pytest_modelcard.weights.records import Lineage, TensorEvidence, Votes
from tests.hub import Hub
from tests.lineage.repos import BASE, CHAT, CODE, add, card, judged, on_the_hub
from tests.weights import made

MODEL = made.base(layers=2)
TUNED = made.fine_tune(MODEL, 4e-4, 1)
OTHER = made.fine_tune(MODEL, 4e-4, 2)
WORLD = {BASE: MODEL, CHAT: TUNED, CODE: OTHER}


def valid(found: Found) -> dict[str, Any]:
    """The report's lineage, checked against the schema."""
    whole = schema("report-v1")
    told: dict[str, Any] = json.loads(json.dumps(lineage_dict(found), allow_nan=False))
    jsonschema.Draft202012Validator({"$ref": "#/$defs/lineage", "$defs": whole["$defs"]}).validate(told)
    return told


CASES = {
    "exact-merge": made.linear([TUNED, MODEL], [0.6, 0.4]),
    "fine-tune": made.fine_tune(MODEL, 4e-4, 9),
    "copy": TUNED,
    "pruned": made.prune(TUNED, 0.3),
    "quantised-copy": made.fp8(TUNED, raw=False),
    "unrelated": made.base(5, layers=2),
}


@pytest.mark.parametrize("verdict", CASES)
def test_every_verdict_is_valid(verdict: str) -> None:
    told = valid(judged(CASES[verdict], WORLD))
    assert told["verdict"] == verdict
    assert {read["id"] for read in told["reads"]} == {"acme/model", BASE, CHAT, CODE}


def test_a_stack_is_valid() -> None:
    stacked = made.pick_layers([(TUNED, 0), (TUNED, 1), (OTHER, 0), (OTHER, 1)], MODEL)
    assert valid(judged(stacked, WORLD))["method"] == "layer-stack"


def test_the_schema_refuses_what_is_no_lineage() -> None:
    told = valid(judged(CASES["exact-merge"], WORLD))
    check = jsonschema.Draft202012Validator(
        {"$ref": "#/$defs/lineage", "$defs": schema("report-v1")["$defs"]}
    )
    for key, value in (("verdict", "stolen"), ("hit_rate", 1.2), ("parents", [{}]), ("reads", [{"id": "a"}])):
        assert list(check.iter_errors({**told, key: value})), key
    assert list(check.iter_errors({k: v for k, v in told.items() if k != "sampling"}))


def test_what_is_not_finite_is_not_known() -> None:
    votes = Votes(math.nan, -math.inf, math.inf, 0.5, 3, 1, 0)
    lineage = Lineage(
        "a/b",
        "cannot-tell",
        "It cannot be told.",
        missing="all",
        per_tensor=(TensorEvidence("w", "w", None, 4, votes),),
        recipe={"weights": {"a": math.inf}, "layers": ("a:1",), "n": 3},
    )
    told = valid(Found(lineage, {}))
    assert told["per_tensor"][0]["interval"] == [None, None] and told["per_tensor"][0]["weight"] is None
    assert told["recipe"] == {"weights": {"a": None}, "layers": ["a:1"], "n": 3}


def test_the_ranges_of_the_report_are_those_that_were_asked_for(hub: Hub) -> None:
    add(hub, BASE, MODEL)
    add(hub, CHAT, TUNED)
    add(hub, "acme/mine", CASES["exact-merge"], card(BASE))
    found = on_the_hub("acme/mine", CHAT)
    told = valid(found)
    asked: dict[str, set[tuple[int, int]]] = {}
    for seen in hub.seen:
        if "range" in seen.headers:
            start, end = seen.headers["range"].removeprefix("bytes=").split("-")
            name = "/".join(seen.path.split("/")[1:3])
            asked.setdefault(name, set()).add((int(start), int(end) + 1))
    for read in told["reads"]:
        listed = read["files"]["model.safetensors"]
        assert {tuple(span) for span in listed} == asked[read["id"]] and read["ranges"] == len(listed)
        assert read["revision"] == hub.repos[read["id"]].refs["main"]
        lines = "".join(f"model.safetensors {start} {end}\n" for start, end in listed)
        assert hashlib.sha256(lines.encode()).hexdigest() == read["sha256"]
    assert told["bytes_read"] == sum(read["bytes"] for read in told["reads"]) and not told["bytes_from_cache"]
    assert told["sampling"] == {"rule": record.RULE, "seed": 0, "bytes_per_model": found.share}


def test_many_ranges_are_told_by_checksum(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(traces.reads, "__defaults__", (3,))
    told = valid(judged(CASES["fine-tune"], {BASE: MODEL}))
    assert [read["files"] for read in told["reads"]] == [None, None]
    assert all(read["ranges"] > 0 and read["bytes"] > 0 for read in told["reads"])


def test_another_seed_reads_other_places_of_large_tensors(hub: Hub) -> None:
    add(hub, BASE, MODEL)
    add(hub, "acme/mine", CASES["fine-tune"], card(BASE))
    first, again, other = (on_the_hub("acme/mine", seed=seed, budget=230_000) for seed in (0, 0, 1))
    assert first.reads == again.reads != other.reads
    assert again.bytes_read == 0 and again.bytes_kept == first.bytes_read
