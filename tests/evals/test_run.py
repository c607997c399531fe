"""Runs against an endpoint: the verdicts, and what must never make one."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from pytest_modelcard.evals import run as run_module
from pytest_modelcard.evals.endpoint import Patience
from pytest_modelcard.report.json import report_dict
from pytest_modelcard.schemas import schema
from tests.evals.runs import Bench, card, only
from tests.evals.server import Say, choice_file, model, number_of, serving

ROW = "| HarbourQA | 52.5 | 70.7 |"
MC401 = "MC401[harbour-qa]"


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tries follow each other at once."""
    quick = Patience(connect=2.0, answer=10.0, tries=4, backoff=0.001, longest_wait=0.05)
    original = run_module.opened
    monkeypatch.setattr(run_module, "opened", lambda *a, **k: original(*a, **{**k, "patience": quick}))


def test_an_inflated_claim_is_refuted_with_a_part_of_the_items(bench: Bench) -> None:
    with serving(model(0.4)) as fake:
        report = bench.report(card([ROW]), fake)
    found, (run,) = only(report, MC401), report.runs
    assert found.outcome == "fail" and found.severity == "error"
    assert run["verdict"] == "refuted" and run["used"] < 100
    assert run["interval"][0] <= 0.4 <= run["interval"][1] < 0.707
    assert run["e_value"] >= 1 / run["alpha"]
    for told in (
        "claims 70.7 %",
        f"of {run['used']} items right",
        "N = 300",
        "alpha 0.01",
        "tolerance",
        "assumed: shots",
    ):
        assert told in found.message
    assert f"{run['calls']} calls" in found.message and found.help
    assert found.span.line == 9


def test_an_honest_claim_is_confirmed(bench: Bench) -> None:
    with serving(model(0.707)) as fake:
        report = bench.report(card([ROW]), fake)
    assert only(report, MC401).outcome == "pass"
    assert report.runs[0]["verdict"] == "confirmed" and report.cost.model_calls == report.runs[0]["calls"]


def test_a_score_between_tolerance_and_margin_is_undecided(bench: Bench) -> None:
    with serving(model(0.64)) as fake:
        report = bench.report(card([ROW]), fake)
    assert only(report, MC401).outcome == "skip" and report.runs[0]["used"] == 300
    assert "all items were used" in only(report, MC401).message


@pytest.mark.parametrize("share", [0.4, pytest.param(0.707, marks=pytest.mark.slow)])
def test_slow_wrong_answers_change_nothing(tmp_path: Path, share: float) -> None:
    """Results are counted in the order of dispatch: with 64 in flight as with one at a time."""
    told = []
    for name, at_once, slow in (("one", 1, 0.0), ("many", 64, 0.05)):
        folder = tmp_path / name
        folder.mkdir()
        with serving(model(share, slow_wrong=slow)) as fake:
            (run,) = Bench(folder).report(card([ROW]), fake, concurrency=at_once).runs
            assert at_once == 1 or fake.most_at_once > 1
        told.append(
            {
                k: run[k]
                for k in ("verdict", "used", "correct", "e_value", "e_value_confirm", "interval", "score")
            }
        )
    assert told[0] == told[1]


def test_unreadable_answers_never_refute(bench: Bench) -> None:
    with serving(lambda request, before: Say("I would rather not say.")) as fake:
        report = bench.report(card([ROW]), fake)
        asked = len(fake.asked)
    found, (run,) = only(report, MC401), report.runs
    assert found.outcome == "skip" and run["verdict"] == "undecided"
    assert run["unparsed"] == run["used"] and run["score"] is None and run["e_value"] < 1
    assert asked < 40, "nobody goes on asking what cannot be read"
    assert "could not be read" in found.message and "prompt" in found.help


def test_answers_cut_off_by_the_token_limit_never_refute(bench: Bench) -> None:
    with serving(lambda request, before: Say("Let us see. A. ten is", finish="length")) as fake:
        report = bench.report(card([ROW]), fake)
    assert only(report, MC401).outcome == "skip" and report.runs[0]["truncated"] >= report.runs[0]["used"]


@pytest.mark.parametrize(("keys", "outcome"), [("ABCD", "skip"), ("B", "fail")])
def test_one_letter_for_every_question_is_no_score(bench: Bench, keys: str, outcome: str) -> None:
    """Where the keys differ, such answers depend on no question; where all keys are B, C is just wrong."""
    path = bench.folder / "items.jsonl"
    lines = [json.loads(line) for line in choice_file(300).splitlines()]
    path.write_text(
        "".join(json.dumps({**d, "answer": keys[n % len(keys)]}) + "\n" for n, d in enumerate(lines))
    )
    with serving(lambda request, before: Say("Answer: C")) as fake:
        found = only(bench.report(card([ROW]), fake), MC401)
    assert found.outcome == outcome
    assert ("whatever the question was" in found.message) == (outcome == "skip")


def test_passing_faults_are_tried_again_counted_and_change_no_verdict(bench: Bench) -> None:
    honest = model(0.707)
    faults = [Say(status=429), Say(status=503), Say(drop=True), Say(body=b"{")]

    def answer(request: dict[str, Any], before: int) -> Say:
        n = number_of(request)
        return faults[n % 4] if before == 0 and n % 3 == 0 else honest(request, before)

    with serving(answer) as fake:
        (run,) = bench.report(card([ROW]), fake).runs
    assert run["verdict"] == "confirmed" and run["errors"] == 0
    assert run["retries"] > 20 and run["calls"] >= run["used"] + run["retries"]


def test_an_endpoint_that_breaks_down_refutes_nothing(bench: Bench) -> None:
    honest = model(0.707)
    with serving(lambda r, before: honest(r, before) if len(fake.asked) < 20 else Say(status=500)) as fake:
        report = bench.report(card([ROW]), fake)
    found, (run,) = only(report, MC401), report.runs
    assert found.outcome == "skip" and run["verdict"] == "undecided" and run["errors"] >= 5
    assert "500" in found.message


@pytest.mark.parametrize(
    ("say", "told"),
    [
        (Say(status=401), "401"),
        (Say(body=b"<html><body>Sign in</body></html>"), "web page"),
        (Say(status=400, body=b'{"error": {"message": "no such parameter"}}'), "no such parameter"),
    ],
    ids=["key", "HTML", "refused"],
)
def test_an_endpoint_that_serves_nobody_is_one_clear_line(bench: Bench, say: Say, told: str) -> None:
    with serving(lambda request, before: say) as fake:
        report = bench.report(card([ROW]), fake)
        assert len(fake.asked) < 30
    assert only(report, MC401).outcome == "skip" and told in only(report, MC401).message


def test_no_endpoint_there(bench: Bench) -> None:
    with serving(model(0.5)) as fake:
        pass
    report = bench.report(
        card([ROW, "| DockQA | 50.0 | 60.0 |"]), fake, tasks=[bench.task(), bench.task(benchmark="dock-qa")]
    )
    assert {f.outcome for f in report.findings} == {"skip"}
    assert "does not answer" in only(report, MC401).message and report.runs == ()


def test_a_model_that_is_not_served(bench: Bench) -> None:
    from pytest_modelcard.evals.options import Place

    with serving(model(0.5), models=("a", "b")) as fake:
        several = bench.report(card([ROW]), fake)
        wrong = bench.report(card([ROW]), fake, place=Place(fake.url, "c"))
        right = bench.report(card([ROW]), fake, place=Place(fake.url, "b"))
        assert {r["model"] for r in fake.asked} == {"b"}
    assert "name one with --modelcard-served-model" in only(several, MC401).message
    assert "does not serve 'c', but a, b" in only(wrong, MC401).message
    assert right.runs[0]["model"] == "b"


def test_several_claims_share_alpha_and_the_largest_gain_goes_first(bench: Bench) -> None:
    rows = [ROW, "| DockQA | 40.0 | 71.0 |", "| MMLU-Pro | 10.0 | 90.0 |"]
    tasks = [bench.task(), bench.task(benchmark="dock-qa")]
    with serving(model(0.3)) as fake:
        report = bench.report(card(rows), fake, tasks=tasks, calls=60)
    ids = [f.id for f in report.findings if f.rule == "MC401"]
    assert ids == ["MC401[mmlu-pro]", "MC401[dock-qa]", "MC401[harbour-qa]"]
    # the two of MC401 that have a task; differences have no endpoint for the base, MMLU-Pro no task
    (dock,) = report.runs if len(report.runs) == 1 else report.runs[:1]
    assert dock["claims_together"] == 2 and dock["alpha"] == 0.005
    assert dock["verdict"] == "refuted" and sum(r["calls"] for r in report.runs) <= 60


def test_a_budget_that_is_spent_is_no_verdict(bench: Bench) -> None:
    with serving(model(0.707)) as fake:
        report = bench.report(card([ROW]), fake, calls=20)
        assert len(fake.asked) == 20
    assert only(report, MC401).outcome == "skip"
    assert "20 calls allowed are spent" in only(report, MC401).message and report.runs[0]["used"] == 20


def test_the_time_allowed_ends_a_run_that_hangs(bench: Bench) -> None:
    with serving(lambda request, before: Say("Answer: B", delay=3.0)) as fake:
        report = bench.report(card([ROW]), fake, seconds=0.5, concurrency=4)
    assert only(report, MC401).outcome == "skip" and report.runs[0]["used"] == 0


def test_an_interrupted_run_goes_on_where_it_stopped(bench: Bench) -> None:
    store = bench.folder / "store.jsonl"
    with serving(model(0.707)) as fake:
        first = bench.report(card([ROW]), fake, calls=50, store=store)
        asked = len(fake.asked)
        second = bench.report(card([ROW]), fake, store=store)
        again = bench.report(card([ROW]), fake, store=store)
        whole = Bench(bench.folder).report(card([ROW]), fake)
    assert first.runs[0]["used"] == asked == 50
    assert second.runs[0]["reused"] == 50 and again.runs[0]["calls"] == 0
    for later in (second, again):
        assert {k: later.runs[0][k] for k in ("verdict", "used", "correct", "interval")} == {
            k: whole.runs[0][k] for k in ("verdict", "used", "correct", "interval")
        }


def test_ctrl_c_keeps_what_was_had(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    from pytest_modelcard.evals.sequential import SequentialTest

    store, add = bench.folder / "store.jsonl", SequentialTest.add

    def stop(self: SequentialTest, *args: Any) -> Any:
        if self.used == 25:
            raise KeyboardInterrupt
        return add(self, *args)

    with serving(model(0.707)) as fake:
        with monkeypatch.context() as patched:
            patched.setattr(SequentialTest, "add", stop)
            with pytest.raises(KeyboardInterrupt):
                bench.report(card([ROW]), fake, store=store)
        report = bench.report(card([ROW]), fake, store=store)
    assert report.runs[0]["reused"] >= 25 and report.runs[0]["verdict"] == "confirmed"


def test_neither_key_nor_file_leaves_the_machine(bench: Bench) -> None:
    with serving(model(0.4)) as fake:
        report = bench.report(card([ROW]), fake)
        sent = json.dumps(fake.asked)
    assert '"answer"' not in sent and "items.jsonl" not in sent
    told = json.dumps(report_dict(report))
    assert "What is number" not in told and "Answer: B" not in told


def test_another_number_of_items_than_the_registrys_is_not_run(bench: Bench) -> None:
    with serving(model(0.4)) as fake:
        report = bench.report(card([ROW]), fake, registered=1000)
        assert not fake.asked
        assert "has 300 items and the benchmark 1,000" in only(report, MC401).message
        stated = bench.report(card([ROW]), fake, registered=1000, tasks=[bench.task(items=300)])
        sample = bench.report(card([ROW]), fake, registered=1000, tasks=[bench.task(subset="random")])
    assert stated.runs[0]["items"] == 300 and sample.runs[0]["items"] == 1000
    assert {r.runs[0]["verdict"] for r in (stated, sample)} == {"refuted"}


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        (["| MMLU-Pro | 40.0 | 70.0 |"], "no [[tasks]] entry"),
        (["| HumanEval | 40.0 | 70.0 |"], "sandbox"),
        (["| MMMU | 40.0 | 70.0 |"], "image"),
        (["| Codeforces | 1500 | 1900 |"], "is not run"),
        (["| HarbourQA (maj@16) | 40.0 | 70.0 |"], "majority of 16"),
        (["| HarbourQA (5-shot) | 40.0 | 70.0 |"], "no file of examples"),
    ],
)
def test_what_cannot_run_says_why(bench: Bench, rows: list[str], told: str) -> None:
    with serving(model(0.4)) as fake:
        report = bench.report(card(rows), fake)
        assert not fake.asked
    (found,) = (f for f in report.findings if f.rule == "MC401")
    assert found.outcome == "skip" and told in found.message


@pytest.mark.parametrize(
    ("row", "head"),
    [
        ("| HarbourQA | 0.525 | 0.707 |", "| Benchmark | Base 7B | Acme 7B |"),
        ("| HarbourQA | 70.7% |", "| Benchmark | Acme 7B |"),
        ("| HarbourQA | **70.7** ± 1.2 |", "| Benchmark | Acme 7B |"),
    ],
    ids=["share", "percent", "error"],
)
def test_scores_in_other_dress(bench: Bench, row: str, head: str) -> None:
    with serving(model(0.3)) as fake:
        report = bench.report(card([row], head), fake)
    assert only(report, MC401).outcome == "fail" and report.runs[0]["claimed"] == pytest.approx(
        [0.7065, 0.7075]
    )
    assert ("its own error" in report.runs[0]["tolerance_reason"]) == ("±" in row)


def test_a_benchmark_that_no_registry_knows(bench: Bench) -> None:
    with serving(model(0.3)) as fake:
        report = bench.report(
            card(["| Quay Exam | 52.5 | 70.7 |"]), fake, tasks=[bench.task(benchmark="Quay exam")]
        )
    assert only(report, "MC401[quay-exam]").outcome == "fail" and report.runs[0]["items"] == 300


def test_a_figure_that_the_front_matter_repeats_is_one_claim(bench: Bench) -> None:
    index = """model-index:
- name: Acme 7B
  results:
  - task: {type: text-generation}
    dataset: {name: HarbourQA, type: acme/harbour}
    metrics: [{type: accuracy, value: 0.707}]
"""
    text = card([ROW]).replace("license: mit\n", f"license: mit\n{index}")
    with serving(model(0.3)) as fake:
        report = bench.report(text, fake)
    assert [f.id for f in report.findings if f.rule == "MC401"] == [MC401]


def test_stated_settings_are_used(bench: Bench) -> None:
    examples = bench.folder / "examples.jsonl"
    examples.write_text(choice_file(8))
    text = (
        card(["| HarbourQA (2-shot) | 52.5 | 70.7 |"]) + "\nAll results were measured with temperature 0.6.\n"
    )
    with serving(model(0.4)) as fake:
        (run,) = bench.report(text, fake, tasks=[bench.task(examples=examples)]).runs
        request = fake.asked[0]
    assert request["temperature"] == 0.6
    assert [m["role"] for m in request["messages"]] == ["user", "assistant"] * 2 + ["user"]
    assert run["settings"]["stated"] == {"shots": 2, "temperature": 0.6}


def test_a_mean_of_several_draws(bench: Bench) -> None:
    """Each item is answered right in half of its draws: 50 %, and never 100 or 0."""
    with serving(lambda request, before: Say("Answer: B" if before % 2 else "Answer: C")) as fake:
        (run,) = bench.report(
            card(["| HarbourQA (avg@8) | 52.5 | 90.0 |"]), fake, tasks=[bench.task(draws=2)]
        ).runs
    assert (
        run["verdict"] == "refuted" and run["draws"] == 2 * run["used"] and run["correct"] == run["used"] / 2
    )


def test_the_best_of_several_answers(bench: Bench) -> None:
    with serving(lambda request, before: Say("Answer: B" if before == 3 else "Answer: C")) as fake:
        (run,) = bench.report(card(["| HarbourQA (pass@4) | 52.5 | 95.0 |"]), fake).runs
    assert run["correct"] == run["used"] and run["verdict"] != "refuted"


@pytest.mark.slow
def test_the_key_of_one_host_is_not_sent_to_another(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MODELCARD_API_KEY", "secret-of-the-first")
    with serving(model(0.707)) as fake, serving(model(0.525)) as other:
        bench.report(card([ROW]), fake, places={"acme/base-7b": other.url})
        assert {h.get("Authorization") for h in fake.headers} == {"Bearer secret-of-the-first"}
        assert other.headers and {h.get("Authorization") for h in other.headers} == {None}


def test_the_report_is_valid(bench: Bench) -> None:
    with serving(model(0.0)) as fake, serving(model(0.525)) as other:
        report = bench.report(card([ROW]), fake, places={"acme/base-7b": other.url})
    data = json.loads(json.dumps(report_dict(report), allow_nan=False))
    jsonschema.Draft202012Validator(schema("report-v1")).validate(data)
    assert len(data["runs"]) == 3 and data["cost"]["model_calls"] == sum(r["calls"] for r in data["runs"])


def test_no_run_without_being_asked(bench: Bench) -> None:
    from pytest_modelcard.api import verify
    from pytest_modelcard.policy import Policy

    report = verify(bench.write(card([ROW])), policy=Policy(offline=True))
    assert not [f for f in report.findings if f.rule.startswith("MC4")]


def test_what_was_recorded_before_stands_beside(bench: Bench) -> None:
    """The repository's own figure is told, and is no evidence of its own."""
    index = (
        "model-index:\n- name: Acme 7B\n  results:\n  - task: {type: text-generation}\n"
        "    dataset: {name: HarbourQA, type: acme/x}\n    metrics: [{type: acc, value: 70.7}]\n"
    )
    text = card(["| HarbourQA | 52.5 | 70.7 |"]).replace("license: mit\n", f"license: mit\n{index}")
    with serving(model(0.4)) as fake:
        report = bench.report(text, fake)
    message = only(report, "MC401[harbour-qa]").message
    assert "Recorded before: README.md (model-index), 70.7 % by acc, as the card says." in message
    assert [r["source"] for r in report.recorded] == ["model-index"]
