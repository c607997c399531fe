"""Other models' answers as predictions of a run: where they come from, that they stay, and what a second reader sees."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from pytest_modelcard.__main__ import main
from pytest_modelcard.card.benchmarks import Registry
from pytest_modelcard.errors import CannotTell
from pytest_modelcard.evals.control import Control, control_of
from pytest_modelcard.evals.engine import Description, ItemResult
from pytest_modelcard.evals.formats import PriorItem, PriorResult, logs_in
from pytest_modelcard.evals.recount import recount
from pytest_modelcard.evals.sequential import Outcome
from pytest_modelcard.evals.store import KeptEngine, Store, read_store
from pytest_modelcard.model import Report
from pytest_modelcard.report.json import report_dict
from pytest_modelcard.report.runs import run_lines
from pytest_modelcard.schemas import schema
from tests.evals.logs import lm_eval_files
from tests.evals.runs import GAIN, Bench, card, only
from tests.evals.server import Say, model, number_of, serving

N = 300
MC401 = "MC401[harbour-qa]"


def predictable(share: float) -> Callable[[dict[str, Any], int], Say]:
    """Right on the first questions, wrong on the last: what one such model gets right, a better one does too."""
    return lambda request, before: Say("Answer: B" if number_of(request) < share * N else "Answer: C")


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path, N)


@pytest.fixture(scope="module")
def answered(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A store with all answers of an earlier model: neither confirmed nor refuted."""
    bench = Bench(tmp_path_factory.mktemp("earlier"), N)
    store = bench.folder / "store.jsonl"
    with serving(predictable(0.62), models=("earlier",)) as fake:
        (run,) = bench.report(card([GAIN]), fake, store=store).runs
    assert run["used"] == N and run["control"] is None
    return store.read_bytes()


@pytest.fixture
def nightly(bench: Bench, answered: bytes) -> Path:
    path = bench.folder / "store.jsonl"
    path.write_bytes(answered)
    return path


def _row(run: dict[str, Any], *names: str) -> dict[str, Any]:
    return {
        name: run[name] for name in names or ("verdict", "used", "correct", "interval", "e_value", "seed")
    }


def test_the_report_says_what_predicted(bench: Bench, nightly: Path) -> None:
    with serving(predictable(0.5), models=("later",)) as fake:
        predicted = bench.report(card([GAIN]), fake, store=nightly)
        alone = bench.report(card([GAIN]), fake)
    (run,), (plain,) = predicted.runs, alone.runs
    assert run["verdict"] == plain["verdict"] == "refuted"
    assert run["control"]["models"] == ["earlier"] and run["control"]["items"] == N
    assert plain["control"] is None
    assert run["interval"][0] <= 0.5 <= run["interval"][1] < 0.7065
    told = "predicted from the answers of earlier to 300 items"
    assert told in only(predicted, MC401).message and told not in only(alone, MC401).message
    assert [line for line in run_lines(predicted.runs) if told in line]
    data = json.loads(json.dumps(report_dict(predicted), allow_nan=False))
    jsonschema.Draft202012Validator(schema("report-v1")).validate(data)


@pytest.mark.slow
def test_honest_claims_are_confirmed_all_the_same(bench: Bench, nightly: Path) -> None:
    with serving(predictable(0.707), models=("later",)) as fake:
        (run,) = bench.report(card([GAIN]), fake, store=nightly).runs
        (plain,) = bench.report(card([GAIN]), fake).runs
    assert run["verdict"] == plain["verdict"] == "confirmed" and run["control"] and not plain["control"]


def test_the_order_is_drawn_after_the_predictions(bench: Bench, nightly: Path) -> None:
    """What is known of an earlier run is what came first in its order."""
    with serving(predictable(0.5), models=("later",)) as fake:
        (run,) = bench.report(card([GAIN]), fake, store=nightly).runs
        (plain,) = bench.report(card([GAIN]), fake).runs
    assert run["seed"] == f"{plain['seed']}+{run['control']['checksum']}"


def test_a_run_goes_on_with_the_predictions_it_began_with(
    bench: Bench, nightly: Path, tmp_path: Path
) -> None:
    whole_store = tmp_path / "whole.jsonl"
    whole_store.write_bytes(nightly.read_bytes())
    with serving(predictable(0.5), models=("later",)) as fake:
        (whole,) = bench.report(card([GAIN]), fake, store=whole_store).runs
        (first,) = bench.report(card([GAIN]), fake, store=nightly, calls=9).runs
        with serving(model(0.3), models=("third",)) as third:  # meanwhile more has become known
            bench.report(card([GAIN]), third, store=nightly)
        (second,) = bench.report(card([GAIN]), fake, store=nightly).runs
    assert first["verdict"] == "undecided" and first["used"] == 9
    assert second["reused"] == 9 and second["control"] == first["control"] == whole["control"]
    assert _row(second) == _row(whole)


@pytest.mark.slow
def test_a_run_that_began_without_goes_on_without(bench: Bench) -> None:
    store = bench.folder / "store.jsonl"
    with serving(predictable(0.5), models=("later",)) as fake:
        bench.report(card([GAIN]), fake, store=store, calls=9)
        with serving(predictable(0.62), models=("earlier",)) as other:
            bench.report(card([GAIN]), other, store=store)
        (run,) = bench.report(card([GAIN]), fake, store=store).runs
        (plain,) = bench.report(card([GAIN]), fake).runs
    assert run["control"] is None and _row(run) == _row(plain) and run["reused"] >= 9


@pytest.mark.parametrize("share", [0.5, 0.707, 0.62])
def test_a_second_reader_repeats_the_verdict(
    bench: Bench, nightly: Path, share: float, capsys: pytest.CaptureFixture[str]
) -> None:
    with serving(predictable(share), models=("later",)) as fake:
        bench.report(card([GAIN]), fake, store=nightly)
    kept = read_store(nightly)
    assert [recount(kept, record).wrong for record in kept.records] == [(), ()] and not kept.broken
    assert kept.records[1]["control"]["items"] == N
    assert main(["recount", str(nightly)]) == 0
    assert "predicted from the answers of earlier to 300 items" in capsys.readouterr().out


def _change(path: Path, **changed: Any) -> None:
    rows = [json.loads(line) for line in path.read_text().splitlines()]
    rows[-1]["record"].update(changed)
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"control": None}, "e_value"),
        ({"tenths": "a" * 150 + "0" * 150}, "not drawn after its predictions"),
        ({"chance": "00"}, "not drawn after its predictions"),
        ({"tenths": "a0"}, None),
        ({"tenths": 7}, None),
        ({"tenths": "x" * 300}, None),
        ({"tenths": "-" * 300}, None),
        ({"control": "earlier"}, None),
        ({"control": {"models": []}}, None),
        ({"control": {"models": [3]}}, None),
        ({"kind": "difference"}, None),
    ],
)
def test_predictions_that_were_changed_are_seen(
    bench: Bench, nightly: Path, changed: dict[str, Any], told: str | None
) -> None:
    with serving(predictable(0.5), models=("later",)) as fake:
        bench.report(card([GAIN]), fake, store=nightly)
    _change(nightly, **changed)
    kept = read_store(nightly)
    if told is None:
        with pytest.raises(CannotTell):
            recount(kept, kept.records[-1])
    else:
        assert any(told in sentence for sentence in recount(kept, kept.records[-1]).wrong)


@pytest.mark.slow
def test_a_score_its_difference_and_a_rival(bench: Bench, nightly: Path) -> None:
    """Score and difference share their answers; the rival's claim, "not understated", is predicted upside down."""
    rows, head = [GAIN + " 31.0 |"], "| Benchmark | Base 7B | Acme 7B | acme/rival-7b |"
    with (
        serving(predictable(0.7), models=("later",)) as fake,
        serving(predictable(0.68), models=("base",)) as base,
        serving(predictable(0.6), models=("rival",)) as rival,
    ):
        places = {"acme/base-7b": base.url, "acme/rival-7b": rival.url}
        report = bench.report(card(rows, head), fake, places=places, store=nightly)
    runs = {(r["kind"], r["other_model"]): r for r in report.runs}
    score, difference = runs["score", None], runs["difference", "acme/base-7b"]
    understated = runs["other", "acme/rival-7b"]
    assert score["seed"] == difference["seed"] and difference["control"] is None
    assert difference["reused"] >= min(score["used"], difference["used"])
    assert understated["verdict"] == "refuted" and "earlier" in understated["control"]["models"]
    kept = read_store(nightly)
    assert [recount(kept, r).wrong for r in kept.records] == [()] * len(kept.records)


def test_a_sample_of_a_benchmark_is_not_predicted(bench: Bench, nightly: Path) -> None:
    """The items not at hand have predictions that nobody knows."""
    with serving(predictable(0.5), models=("later",)) as fake:
        report: Report = bench.report(
            card([GAIN]), fake, store=nightly, registered=1000, tasks=[bench.task(subset="random")]
        )
    assert report.runs[0]["control"] is None


# --- which lines of a store count

OWN = Description("chat", "1", "a", "a.jsonl", "sha256:00", "own", {"args": {}})
ITEMS = 40


class Engine:
    name = "chat"

    def __init__(self, description: Description) -> None:
        self._description = description

    def items(self) -> int:
        return ITEMS

    def run(self, indices: Any) -> Iterator[ItemResult]:
        return iter(())

    def describe(self) -> Description:
        return self._description


def _kept(path: Path, where: str = "http://x/v1", age: float | None = None, **other: Any) -> KeptEngine:
    description = Description(**{**{f: getattr(OWN, f) for f in OWN.__slots__}, **other})
    return KeptEngine(Engine(description), Store(path, max_age=age), where)


def _answer(kept: KeptEngine, right: Callable[[int], bool], items: int = ITEMS) -> None:
    for i in range(items):
        kept.store.add(kept.key, ItemResult(i, Outcome.right() if right(i) else Outcome.wrong()))


@pytest.mark.parametrize(
    ("other", "used"),
    [
        ({"model": "base"}, True),
        ({"model": "base", "settings": {"args": {}, "shots": 5}}, True),
        ({"where": "http://y/v1"}, True),
        ({"model": "base", "revision": "sha256:01"}, False),
        ({"model": "base", "task": "b"}, False),
        ({"model": "base", "engine": "lm-eval"}, False),
        ({"model": "base", "dataset": "b.jsonl"}, False),
        ({"model": "base", "settings": {"args": {"subset": "x"}}}, False),
        ({"settings": {"args": {}, "shots": 5}}, False),
    ],
)
def test_same_items_of_another_model(tmp_path: Path, other: dict[str, Any], used: bool) -> None:
    path = tmp_path / "s.jsonl"
    _answer(_kept(path, **other), lambda i: i % 2 == 0)
    found = control_of(_kept(path), ITEMS)
    assert (found is not None) == used
    if found is not None:
        assert found.tenths == "a0" * (ITEMS // 2)
        assert found.models == (("own at http://y/v1",) if "where" in other else ("base",))


def test_items_of_an_unknown_revision_are_not_compared(tmp_path: Path) -> None:
    path = tmp_path / "s.jsonl"
    _answer(_kept(path, model="base", revision=""), lambda i: i % 2 == 0)
    assert control_of(_kept(path, revision=""), ITEMS) is None


@pytest.mark.parametrize(("known", "used"), [(ITEMS // 2, True), (ITEMS // 2 - 1, False), (0, False)])
def test_half_of_the_items_have_to_be_known(tmp_path: Path, known: int, used: bool) -> None:
    path = tmp_path / "s.jsonl"
    _answer(_kept(path, model="base"), lambda i: i % 4 == 0, known)
    found = control_of(_kept(path), ITEMS)
    assert (found is not None) == used
    if found is not None:
        assert found.known == known
        assert found.predictions()[-1] == pytest.approx(0.25), "the mean where nothing is known"
        assert found.predictions(turned=True)[-1] == pytest.approx(0.75)


def test_answers_that_are_all_alike_predict_nothing(tmp_path: Path) -> None:
    path = tmp_path / "s.jsonl"
    _answer(_kept(path, model="base"), lambda i: True)
    assert control_of(_kept(path), ITEMS) is None


def test_several_models_are_averaged_and_unread_answers_left_out(tmp_path: Path) -> None:
    path = tmp_path / "s.jsonl"
    one, two = _kept(path, model="one"), _kept(path, model="two")
    _answer(one, lambda i: i % 2 == 0)
    _answer(two, lambda i: i % 4 == 0, ITEMS - 4)
    for outcome in (Outcome.not_parsed(), Outcome.not_had()):
        two.store.add(two.key, ItemResult(ITEMS - 1, outcome))
    found = control_of(_kept(path), ITEMS)
    assert found == Control(("one", "two"), "a050" * 9 + "a0a0")


def test_what_was_fixed_first_stays(tmp_path: Path) -> None:
    path = tmp_path / "s.jsonl"
    _answer(_kept(path, model="base"), lambda i: i % 2 == 0)
    own = _kept(path)
    assert control_of(own, ITEMS, begin=False) is None
    first = control_of(own, ITEMS)
    _answer(_kept(path, model="third"), lambda i: True)
    own.store.fix(own.key, {"models": ["x"], "tenths": "0a" * 20})
    assert first is not None and control_of(_kept(path), ITEMS) == first == control_of(
        own, ITEMS, begin=False
    )
    assert not read_store(path).broken


@pytest.mark.parametrize(
    "line",
    [
        {"models": ["x"], "tenths": "0a"},
        {"models": ["x"], "tenths": "?" * ITEMS},
        {"models": ["x"], "tenths": ["0"] * ITEMS},
        {"models": "x", "tenths": "0a" * 20},
        {"models": [], "tenths": "0a" * 20},
        {},
    ],
)
def test_a_line_that_fixes_nonsense_predicts_nothing(tmp_path: Path, line: dict[str, Any]) -> None:
    path = tmp_path / "s.jsonl"
    _answer(_kept(path, model="base"), lambda i: i % 2 == 0)
    own = _kept(path)
    own.store.fix(own.key, line)
    assert control_of(own, ITEMS) is None


def test_odd_lines_are_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "s.jsonl"
    other = _kept(path, model="base")
    odd: list[Any] = [
        [],
        {"run": "k", "model": ["x"], "settings": 3},
        {"run": 3},
        {"key": other.key},
        {"key": other.key, "index": 10**9, "outcome": {"low": 1.0, "high": 1.0}},
        {"key": other.key, "index": "1", "outcome": {"low": 1.0, "high": 1.0}},
        {"key": other.key, "index": 1, "outcome": {"low": 7, "high": 8}},
        {"key": ["x"], "index": 1},
    ]
    with path.open("a") as file:
        file.write("".join(json.dumps(o) + "\n" for o in odd) + "\x00{{\n")
    _answer(other, lambda i: i % 2 == 0)
    found = control_of(_kept(path), ITEMS)
    assert found is not None and found.tenths == "a0" * 20


def test_predictions_without_sense_are_errors() -> None:
    for models, tenths in (((), "0a"), (("x",), ""), (("x",), "--"), (("x",), "b")):
        with pytest.raises(ValueError, match="predictions"):
            Control(models, tenths)


# --- logs of lm-eval

TASK = {"engine": "lm-eval", "task": "gsm8k", "dataset": "x/y", "settings": {"metric": "exact_match"}}


def _logged(folder: Path, scores: list[int | None], **more: Any) -> tuple[PriorResult, ...]:
    lm_eval_files(folder, {"exact_match,strict-match": scores}, **{"items": ITEMS, **more})
    return logs_in(folder, Registry.default())[0]


def test_a_log_of_the_same_items_predicts(tmp_path: Path) -> None:
    logs = _logged(tmp_path / "logs", [1, 0, None, 0] * (ITEMS // 4))
    own = _kept(tmp_path / "s.jsonl", **TASK)
    found = control_of(own, ITEMS, logs=lambda: logs)
    assert found is not None and found.tenths == "a0-0" * (ITEMS // 4)
    assert found.models == ("acme/acme-7b (log)",)
    assert control_of(own, ITEMS, logs=lambda: logs) == found, "fixed in the store"


def test_nobody_can_choose_the_order_by_a_log(tmp_path: Path) -> None:
    logs = _logged(tmp_path / "logs", [1, 0] * (ITEMS // 2))
    made = [control_of(_kept(tmp_path / f"{n}.jsonl", **TASK), ITEMS, logs=lambda: logs) for n in "ab"]
    assert made[0] is not None and made[1] is not None and made[0].tenths == made[1].tenths
    assert made[0].checksum != made[1].checksum


@pytest.mark.parametrize(
    ("task", "log", "used"),
    [
        ({}, {}, True),
        ({"engine": "inspect-ai"}, {}, False),
        ({"task": "gsm8k_cot"}, {}, False),
        ({"dataset": "x/z"}, {}, False),
        ({"settings": {"metric": "acc"}}, {}, False),
        ({"settings": {"metric": "exact_match", "filter": "flexible-extract"}}, {}, False),
        ({"settings": {"metric": "exact_match", "filter": "strict-match"}}, {}, True),
        ({}, {"items": ITEMS + 1}, False),
    ],
)
def test_logs_of_other_items_do_not(
    tmp_path: Path, task: dict[str, Any], log: dict[str, Any], used: bool
) -> None:
    logs = _logged(tmp_path / "logs", [1, 0] * (ITEMS // 2), **log)
    own = _kept(tmp_path / "s.jsonl", **{**TASK, **task})
    assert (control_of(own, ITEMS, logs=lambda: logs) is not None) == used


def test_items_of_a_log_that_the_task_has_not(tmp_path: Path) -> None:
    (log,) = _logged(tmp_path / "logs", [1, 0] * (ITEMS // 2))
    for strange in ("-1", "²", "1" * 400, str(ITEMS)):
        items = (*log.results, PriorItem(strange, 1.0))
        found = control_of(
            _kept(tmp_path / f"{len(strange)}{strange[:2]}.jsonl", **TASK),
            ITEMS,
            logs=lambda items=items: (replace(log, results=items),),  # type: ignore[misc]
        )
        assert (found is None) == (strange == str(ITEMS))
