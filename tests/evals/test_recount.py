"""A verdict made again from the single items: by the library, and by `python -m pytest_modelcard recount`."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pytest_modelcard.__main__ import main
from pytest_modelcard.errors import CannotTell
from pytest_modelcard.evals.recount import recount
from pytest_modelcard.evals.store import read_store
from tests.evals.runs import GAIN, Bench, card
from tests.evals.server import Say, model, serving

RIVAL = "| HarbourQA | 52.5 | 70.7 | 31.0 |"
HEAD = "| Benchmark | Base 7B | Acme 7B | acme/rival-7b |"


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


def _store(bench: Bench, share: float, **options: Any) -> Path:
    path = bench.folder / "store.jsonl"
    with serving(model(share)) as fake:
        bench.report(card([GAIN]), fake, store=path, **options)
    return path


@pytest.fixture(scope="module")
def refuted(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The store of a run that refuted its claim."""
    return _store(Bench(tmp_path_factory.mktemp("refuted")), 0.4).read_text()


@pytest.fixture
def store(refuted: str, tmp_path: Path) -> Path:
    path = tmp_path / "kept.jsonl"
    path.write_text(refuted)
    return path


def _changed(path: Path, change: Callable[[dict[str, Any]], None]) -> Path:
    """The store with all its lines changed by a function."""
    rows = [json.loads(line) for line in path.read_text().splitlines()]
    for row in rows:
        change(row)
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


@pytest.mark.parametrize(("share", "decision"), [(0.4, "refuted"), (0.707, "confirmed"), (0.6, "")])
def test_every_verdict_of_ours_follows_from_its_items(bench: Bench, share: float, decision: str) -> None:
    calls = {"calls": 40} if not decision else {}
    kept = read_store(_store(bench, share, **calls))
    (record,) = kept.records
    found = recount(kept, record)
    assert found.wrong == ()
    assert found.verdict.decision == record["verdict"] == (decision or "undecided")


@pytest.mark.slow
def test_differences_and_other_models_too(bench: Bench) -> None:
    path = bench.folder / "store.jsonl"
    with serving(model(0.7)) as fake, serving(model(0.68)) as base, serving(model(0.6)) as rival:
        bench.report(
            card([RIVAL], HEAD),
            fake,
            places={"acme/base-7b": base.url, "acme/rival-7b": rival.url},
            store=path,
        )
    kept = read_store(path)
    assert {r["kind"] for r in kept.records} == {"score", "difference", "other"}
    assert {"refuted"} <= {r["verdict"] for r in kept.records}
    assert [recount(kept, r).wrong for r in kept.records] == [()] * len(kept.records)


def test_a_doubted_run_is_undecided_though_its_items_refute(bench: Bench) -> None:
    """A model that says A to everything was not reached by the questions."""
    rows = [
        {"question": f"What is number {n}?", "choices": list("wxyz"), "answer": "ABCD"[n % 4]}
        for n in range(300)
    ]
    (bench.folder / "items.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    path = bench.folder / "store.jsonl"
    with serving(lambda request, before: Say("A")) as fake:
        bench.report(card([GAIN]), fake, store=path)
    kept = read_store(path)
    (record,) = kept.records
    found = recount(kept, record)
    assert record["doubted"] and record["verdict"] == "undecided"
    assert found.verdict.decision == "refuted" and found.wrong == ()


def _flip(row: dict[str, Any]) -> None:
    """Every wrong answer's line made right."""
    if "key" in row and row["outcome"]["low"] == 0:
        row["outcome"] = {"low": 1.0, "high": 1.0, "draws": 1, "unparsed": 0, "missing": 0}


def _in_record(name: str, value: Any) -> Callable[[dict[str, Any]], None]:
    def change(row: dict[str, Any]) -> None:
        if "record" in row:
            row["record"][name] = value

    return change


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (_in_record("verdict", "confirmed"), "the record says confirmed, and its items give refuted"),
        (_in_record("verdict", "undecided"), "the record says undecided, and its items give refuted"),
        (_in_record("correct", 100), "counts 100 right"),
        (_in_record("e_value", 1.0), "e_value"),
        (_in_record("interval", [0.1, 0.2]), "interval"),
        (_in_record("seed", "another"), "no line"),
        (_in_record("unparsed", 3), "3 unparsed"),
        (_in_record("alpha_together", 0.001), "error probability"),
        (_in_record("keys", ["another"]), "no line"),
        (_flip, "counted otherwise than their lines say"),
    ],
)
def test_what_does_not_follow_is_said(
    store: Path, change: Callable[[dict[str, Any]], None], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    path = _changed(store, change)
    assert main(["recount", str(path)]) == 1
    assert told in capsys.readouterr().out


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("counted", None),
        ("counted", [[0, 1]]),
        ("counted", [["x"]]),
        ("seed", 7),
        ("alpha", 2),
        ("alpha", float("nan")),
        ("tolerance", "wide"),
        ("kind", "new"),
        ("keys", []),
        ("claimed_exactly", ["1/0", "1"]),
        ("claimed_exactly", ["1e99999999", "1"]),
        ("claimed_exactly", ["3", "4"]),
        ("items", 10**8),
        ("graded", "yes"),
        ("interval", [1]),
    ],
)
def test_a_record_of_another_kind_cannot_be_recounted(
    store: Path, name: str, value: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    path = _changed(store, _in_record(name, value))
    kept = read_store(path)
    with pytest.raises(CannotTell):
        recount(kept, kept.records[0])
    assert main(["recount", str(path)]) == 1
    assert "cannot be recounted" in capsys.readouterr().out


def test_the_command_tells_counts_interval_and_evidence(
    store: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = store
    (record,) = read_store(path).records
    with path.open("a") as file:
        file.write("half a line\n")
    assert main(["recount", str(path)]) == 0
    out = capsys.readouterr().out
    assert f"{record['used']} of N = 300" in out and f"{record['correct']:g} correct" in out
    assert f"{record['e_value']:.4g} against" in out and "refuted, as the record says" in out
    assert f"{record['interval'][0] * 100:.1f} %" in out and "1 lines could not be read" in out


def test_an_interrupted_run_has_counts_and_no_verdict(
    store: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = store
    path.write_text("".join(line for line in path.read_text().splitlines(True) if '"record"' not in line))
    assert main(["recount", str(path)]) == 0
    assert "no verdict was recorded" in capsys.readouterr().out


@pytest.mark.parametrize("content", [None, "", "[1, 2]\n{}\n", "\x00" * 1000, "[" * 200_000 + "\n"])
def test_a_file_of_another_kind(
    tmp_path: Path, content: str | None, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "x.jsonl"
    if content is not None:
        path.write_text(content)
    assert main(["recount", str(path)]) == 2
    said = capsys.readouterr()
    assert "x.jsonl" in said.err and not said.out
