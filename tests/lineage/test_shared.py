"""Several processes of one run find a verdict once."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from pytest_modelcard.errors import CannotTell, CardError
from pytest_modelcard.lineage.record import Found, lineage_dict
from pytest_modelcard.lineage.shared import once
from tests.hub import Hub
from tests.lineage.repos import BASE, CHAT, add, card, judged
from tests.weights import made

MODEL = made.base(layers=2)
TUNED = made.fine_tune(MODEL, 4e-4, 1)
MERGE = made.linear([TUNED, MODEL], [0.6, 0.4])


def never() -> Found:
    raise AssertionError("it was found already")


@pytest.mark.parametrize("candidate", [MERGE, made.prune(TUNED, 0.3), made.base(5, layers=2)])
def test_what_is_handed_over_is_what_was_found(tmp_path: Path, candidate: made.Model) -> None:
    found = judged(candidate, {BASE: MODEL, CHAT: TUNED})
    once(tmp_path, "acme/model", lambda: found)
    told = once(tmp_path, "acme/model", never)
    assert lineage_dict(told) == lineage_dict(found)
    assert told.lineage.parents == found.lineage.parents and told.beside == found.beside


@pytest.mark.parametrize("error", [CannotTell("too alike"), CardError("it is gated", "gated")])
def test_what_cannot_be_told_is_handed_over_too(tmp_path: Path, error: Exception) -> None:
    def fails() -> Found:
        raise error

    for find in (fails, never):
        with pytest.raises(type(error), match=str(error)) as caught:
            once(tmp_path, "acme/model", find)
        assert getattr(caught.value, "reason", None) == getattr(error, "reason", None)


def test_who_asks_meanwhile_waits(tmp_path: Path) -> None:
    found, asked, begun = judged(MODEL, {BASE: MODEL}), [], threading.Event()

    def find() -> Found:
        asked.append(1)
        begun.wait(5)
        return found

    with ThreadPoolExecutor(3) as pool:
        told = [pool.submit(once, tmp_path, "a", find) for _ in range(3)]
        begun.set()
        assert {t.result().lineage.verdict for t in told} == {"copy"}
    assert asked == [1]


def test_a_process_that_failed_leaves_no_lock_and_cards_are_apart(tmp_path: Path) -> None:
    def bug() -> Found:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        once(tmp_path, "a", bug)
    found = judged(MODEL, {BASE: MODEL})
    assert once(tmp_path, "a", lambda: found).lineage.verdict == "copy"
    with pytest.raises(AssertionError, match="found already"):
        once(tmp_path, "b", never)
    assert once(tmp_path / "missing", "a", lambda: found).lineage.verdict == "copy"


@pytest.mark.slow
def test_workers_read_weights_once(hub: Hub, tmp_path: Path) -> None:
    pytest.importorskip("xdist")
    add(hub, BASE, MODEL)
    add(hub, CHAT, TUNED)
    add(hub, "acme/mine", MERGE, card(BASE, text=f"Fine-tuned from {BASE} with our data."))
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-n2", "--modelcard=acme/mine"]
    options = [f"--modelcard-suspect={CHAT}", "--modelcard-select=MC3", "--modelcard-json=report.json"]
    environment = {**os.environ, "PYTEST_MODELCARD_CACHE": "off"}
    done = subprocess.run(
        [*command, *options], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
    )
    report = json.loads((tmp_path / "report.json").read_text())
    assert done.returncode == 1, done.stdout + done.stderr
    assert report["lineage"]["verdict"] == "exact-merge"
    ranges = [(s.path, s.headers["range"]) for s in hub.seen if "range" in s.headers]
    assert ranges and len(ranges) == len(set(ranges))
