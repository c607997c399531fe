"""A hub that misbehaves and files that lie: another try, or a clear "cannot tell"; never a traceback or a wrong verdict."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from pytest_modelcard.checks.lineage import RULES
from pytest_modelcard.engine import plan, run
from pytest_modelcard.evidence import Evidence
from pytest_modelcard.lineage.record import lineage_dict
from pytest_modelcard.model import Finding
from pytest_modelcard.policy import Policy
from pytest_modelcard.weights import fetch
from tests.hub import Hub
from tests.hub.contents import Bytes
from tests.lineage.repos import BASE, CHAT, add, card, opened, stored
from tests.weights import made
from tests.weights.models import bf16, file_bytes

MINE = "acme/mine"
MODEL = made.base(layers=2)
TUNED = made.fine_tune(MODEL, 4e-4, 1)
MERGE = made.linear([TUNED, MODEL], [0.6, 0.4])
HONEST = made.fine_tune(MODEL, 4e-4, 7)
WEIGHTS = "model.safetensors"
#: Which model cannot be read: without its base an honest model must not be accused, without its parent a merge not cleared.
WHOSE = [("merge", MINE), ("merge", BASE), ("merge", CHAT), ("honest", BASE)]


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetch, "ROUNDS", tuple((threads, 0.0) for threads, _ in fetch.ROUNDS))


@pytest.fixture(params=["merge", "honest"])
def world(hub: Hub, request: pytest.FixtureRequest) -> Hub:
    """A merge declared as a fine-tune of one parent, or an honest fine-tune, with the other model as suspect."""
    add(hub, BASE, MODEL)
    add(hub, CHAT, TUNED)
    add(hub, MINE, MERGE if request.param == "merge" else HONEST, card(BASE))
    return hub


def judged() -> tuple[Evidence, list[Finding]]:
    evidence = opened(MINE, CHAT)
    policy = Policy(select=("MC3",))
    return evidence, [run(check, evidence, policy) for check in plan(evidence, RULES, policy)]


def outcome(world: Hub) -> str:
    """ "told" where the verdict is the true one, "unknown" where all is skipped with a reason; anything else fails."""
    evidence, findings = judged()
    assert findings
    found = evidence.peek("lineage")
    if found is not None:
        json.dumps(lineage_dict(found), allow_nan=False)
    if found is None or found.lineage.verdict == "cannot-tell":
        assert {f.outcome for f in findings} == {"skip"}
        assert all(len(f.message) > 20 and "Traceback" not in f.message for f in findings)
        return "unknown"
    honest = world.repos[MINE].commits[world.repos[MINE].refs["main"]][WEIGHTS].raw == stored(HONEST)  # type: ignore[attr-defined]
    failed = {f.rule for f in findings if f.outcome == "fail"}
    if honest:
        assert found.lineage.verdict == "fine-tune" and not failed
    else:
        # without the suspect a merge looks like a fine-tune: then nothing may be called complete
        assert found.lineage.verdict == "exact-merge" or CHAT not in found.lineage.candidates
        assert failed or CHAT not in found.lineage.candidates
    return "told"


def test_without_faults(world: Hub) -> None:
    assert outcome(world) == "told"


@pytest.mark.parametrize(
    ("kind", "settings"),
    [
        ("status", {"status": 429, "headers": {"Retry-After": "1"}}),
        ("status", {"status": 503}),
        ("status", {"status": 500}),
        ("drop", {}),
        ("truncate", {"size": 100}),
    ],
)
def test_what_passes_is_tried_again(world: Hub, kind: Any, settings: dict[str, Any]) -> None:
    world.fault(kind, f"resolve.*{WEIGHTS}", times=2, **settings)
    assert outcome(world) == "told"


@pytest.mark.parametrize(("world", "whose"), WHOSE, indirect=["world"])
@pytest.mark.parametrize(
    ("kind", "settings"),
    [
        ("status", {"status": 429}),
        ("status", {"status": 503}),
        ("status", {"status": 403}),
        ("drop", {}),
        ("truncate", {"size": 100}),
        ("no-range", {}),
        ("wrong-range", {}),
        ("short-range", {}),
        ("html", {}),
        ("other-commit", {}),
        ("no-commit", {}),
        ("huge", {"size": 3_000_000}),
    ],
)
def test_what_lasts_is_told(world: Hub, whose: str, kind: Any, settings: dict[str, Any]) -> None:
    world.fault(kind, f"{whose}/resolve.*{WEIGHTS}", **settings)
    said = outcome(world)
    assert said == "unknown" or whose == CHAT


@pytest.mark.parametrize(("world", "whose"), WHOSE, indirect=["world"])
@pytest.mark.parametrize("kind", ["status", "no-range", "truncate"])
def test_a_fault_that_begins_after_the_headers(
    world: Hub, whose: str, kind: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from pytest_modelcard.lineage.search import Search

    sample = Search.sample

    def spoiled(search: Search, *given: Any) -> Any:
        world.fault(kind, f"{whose}/resolve.*{WEIGHTS}")
        return sample(search, *given)

    monkeypatch.setattr(Search, "sample", spoiled)
    outcome(world)


def test_a_revision_that_moves_on_is_not_mixed_with_the_old_one(
    world: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    from pytest_modelcard.lineage.search import Search

    sample = Search.sample

    def moved(search: Search, *given: Any) -> Any:
        old = world.repos[BASE]
        old.commit({WEIGHTS: Bytes(stored(made.base(5)), lfs=True), "README.md": "# other\n"})
        return sample(search, *given)

    monkeypatch.setattr(Search, "sample", moved)
    assert outcome(world) == "told"


# --- files that lie


def _header(change: Callable[[dict[str, Any]], object]) -> Callable[[bytes], bytes]:
    def spoil(raw: bytes) -> bytes:
        length = int.from_bytes(raw[:8], "little")
        header = json.loads(raw[8 : 8 + length])
        change(header)
        body = json.dumps(header).encode()
        return len(body).to_bytes(8, "little") + body + raw[8 + length :]

    return spoil


def _first(header: dict[str, Any]) -> dict[str, Any]:
    entry: dict[str, Any] = header["model.layers.0.mlp.up_proj.weight"]
    return entry


LIES: dict[str, Callable[[bytes], bytes]] = {
    "truncated in the header": lambda raw: raw[:500],
    "truncated in the data": lambda raw: raw[:-1000],
    "empty": lambda raw: b"",
    "no header": lambda raw: b"\xff" * len(raw),
    "an enormous header": lambda raw: (2**62).to_bytes(8, "little") + raw[8:],
    "a header longer than the file": lambda raw: (len(raw) + 9).to_bytes(8, "little") + raw[8:],
    "overlapping": _header(lambda h: _first(h).update(data_offsets=[0, 18432])),
    "beyond the end": _header(lambda h: _first(h).update(data_offsets=[10**12, 10**12 + 18432])),
    "another shape": _header(lambda h: _first(h).update(shape=[10**9, 10**9])),
    "a negative shape": _header(lambda h: _first(h).update(shape=[-144, -64])),
    "another dtype": _header(lambda h: _first(h).update(dtype="F64")),
    "an unknown dtype": _header(lambda h: _first(h).update(dtype="Q3")),
    "no numbers": _header(lambda h: _first(h).update(data_offsets=["0", None])),
    "deep": _header(lambda h: h.update(x=json.loads("[" * 500 + "]" * 500))),
}


def _replace(hub: Hub, id: str, **files: bytes) -> None:
    repo = hub.repos[id]
    kept = repo.commits[repo.refs["main"]]
    repo.commit({**kept, **{k.replace("__", "."): Bytes(v, lfs=True) for k, v in files.items()}})


@pytest.mark.parametrize("whose", [MINE, BASE])
@pytest.mark.parametrize("lie", LIES)
def test_files_that_lie_are_not_believed(hub: Hub, whose: str, lie: str) -> None:
    for id, model in ((BASE, MODEL), (CHAT, TUNED), (MINE, MERGE)):
        add(hub, id, model, card(BASE) if id == MINE else "# A\n")
    _replace(hub, whose, model__safetensors=LIES[lie](stored(MERGE if whose == MINE else MODEL)))
    _, findings = judged()
    assert {f.outcome for f in findings} == {"skip"}


@pytest.mark.parametrize(
    "index",
    [
        '{"weight_map": {"a": "../../etc/passwd"}}',
        '{"weight_map": {"a": "/etc/passwd"}}',
        '{"weight_map": {"a": "missing.safetensors"}}',
        '{"weight_map": {"a": 3}}',
        '{"weight_map": []}',
        "[" * 100_000,
        "not json",
    ],
)
def test_an_index_that_lies_is_not_believed(hub: Hub, index: str) -> None:
    add(hub, BASE, MODEL)
    add(hub, MINE, MERGE, card(BASE))
    hub.repos[MINE].commit({"README.md": card(BASE), "model.safetensors.index.json": index})
    _, findings = judged()
    assert {f.outcome for f in findings} == {"skip"}
    assert all("etc" not in request for request in hub.requests("resolve"))


@pytest.mark.parametrize("value", [np.nan, np.inf])
@pytest.mark.parametrize("whole", [False, True])
@pytest.mark.parametrize(("world", "whose"), WHOSE, indirect=["world"])
def test_numbers_that_are_none_do_not_bend_the_verdict(
    world: Hub, whose: str, whole: bool, value: float
) -> None:
    repo = world.repos[whose]
    honest = repo.commits[repo.refs["main"]][WEIGHTS].raw == stored(HONEST)  # type: ignore[attr-defined]
    model = {MINE: HONEST if honest else MERGE, BASE: MODEL, CHAT: TUNED}[whose]
    spoiled = {}
    for n, (name, values) in enumerate(model.tensors.items()):
        array = values.copy()
        if whole:
            array[:] = value
        elif n % 3 == 0:
            array.reshape(-1)[::50] = value
        spoiled[name] = bf16(array)
    _replace(world, whose, model__safetensors=file_bytes(spoiled))
    evidence, findings = judged()
    failed = {f.rule for f in findings if f.outcome == "fail"}
    found = evidence.peek("lineage")
    if found is not None:
        json.dumps(lineage_dict(found), allow_nan=False)
    now = world.repos[MINE].commits[world.repos[MINE].refs["main"]][WEIGHTS].raw  # type: ignore[attr-defined]
    if now == stored(HONEST) or (honest and whose == MINE):
        assert not failed
    if whole and whose != CHAT:
        assert not failed and (found is None or found.lineage.verdict == "cannot-tell")


def test_what_was_read_before_an_interruption_is_not_read_again(
    world: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    from pytest_modelcard.source.hub import HubSource

    read, count = HubSource.read_range, [0]

    def stops(source: HubSource, *given: Any) -> bytes:
        count[0] += 1
        if count[0] == 6:
            raise KeyboardInterrupt
        return read(source, *given)

    monkeypatch.setattr(HubSource, "read_range", stops)
    with pytest.raises(KeyboardInterrupt):
        judged()
    monkeypatch.setattr(HubSource, "read_range", read)
    before = len(world.requests(WEIGHTS))
    first = judged()[0].peek("lineage")
    whole = len(world.requests(WEIGHTS)) - before
    again = judged()[0].peek("lineage")
    assert first.bytes_kept > 0 and whole == first.requests
    assert (again.requests, again.bytes_read) == (0, 0)
    assert again.bytes_kept == first.bytes_kept + first.bytes_read == sum(r["bytes"] for r in again.reads)
    told = [
        {**lineage_dict(f), "seconds": 0, "requests": 0, "bytes_read": 0, "bytes_from_cache": 0}
        for f in (first, again)
    ]
    assert told[0] == told[1]
