"""MC404: a claimed score against logs of runs that somebody made before."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from pytest_modelcard.api import verify
from pytest_modelcard.card.benchmarks import Registry
from pytest_modelcard.checks.evals.recorded_run_contradicts import RecordedRunContradicts
from pytest_modelcard.engine import plan, run
from pytest_modelcard.evidence import Evidence, EvidenceOptions
from pytest_modelcard.model import Finding, Report
from pytest_modelcard.policy import Policy
from pytest_modelcard.report.json import report_dict
from pytest_modelcard.schemas import schema
from tests.evals.logs import inspect_log, lm_eval_files, packed, scored
from tests.support import MemoryCatalog, MemorySource

CARD = "# Acme 7B\n\n| Benchmark | Acme 7B |\n|---|---|\n| GPQA Diamond | 70.8 |\n"
GSM = "# Acme 7B\n\n| Benchmark | Acme 7B |\n|---|---|\n| GSM8K (5-shot) | 71.2 |\n"


def _with(setting: str) -> str:
    """The card with a column for settings."""
    return f"# Acme 7B\n\n| Benchmark | Setting | Acme 7B |\n|---|---|---|\n| GPQA Diamond | {setting} | 70.8 |\n"


def _report(tmp_path: Path, card: str = CARD, *, served: str | None = None) -> Report:
    path = tmp_path / "card" / "README.md"
    path.parent.mkdir(exist_ok=True)
    path.write_text(card)
    logs = (tmp_path / "logs",) if (tmp_path / "logs").exists() else ()
    options = EvidenceOptions(weights=False, logs=logs, served=served)
    return verify(path.parent, policy=Policy(select=("MC404",), offline=True, evidence=options))


def _inspect(tmp_path: Path, log: Mapping[str, Any], name: str = "gpqa.eval") -> None:
    (tmp_path / "logs").mkdir(exist_ok=True)
    (tmp_path / "logs" / name).write_bytes(packed(log))


def _only(report: Report) -> Finding:
    (found,) = report.findings
    return found


LOW, NEAR = scored(87, 198), scored(137, 198)


def test_a_log_far_below_the_claim_is_told_with_its_items_and_interval(tmp_path: Path) -> None:
    _inspect(tmp_path, inspect_log(LOW))
    report = _report(tmp_path)
    found = _only(report)
    assert (found.id, found.outcome) == ("MC404[gpqa-diamond]", "warn"), (
        "the card tells no shots: nothing more"
    )
    for words in (
        "logs/gpqa.eval",
        "43.94 % measured",
        "198 items",
        "35.2 to 53.1 %",
        "assumed",
        "claims 70.8",
    ):
        assert words in found.message
    (told,) = report.recorded
    assert (told["agreement"], told["items"], told["unread"], told["claim"]) == (
        "lower",
        198,
        0,
        found.claims[0],
    )
    jsonschema.validate(report_dict(report), schema("report-v1"))


@pytest.mark.parametrize("share", [NEAR, scored(180, 198), scored(120, 198)])
def test_a_log_that_bears_the_claim_out_or_exceeds_it(tmp_path: Path, share: list[str]) -> None:
    _inspect(tmp_path, inspect_log(share))
    assert _only(_report(tmp_path)).outcome == "pass"


@pytest.mark.parametrize("claimed", ["0.708", "70.8 %", "70.8%", "**70.8**", "71"])
def test_scale_and_rounding_make_no_difference(tmp_path: Path, claimed: str) -> None:
    card = CARD.replace("70.8", claimed)
    _inspect(tmp_path, inspect_log(NEAR))
    assert _only(_report(tmp_path, card)).outcome == "pass"
    _inspect(tmp_path, inspect_log(LOW))
    assert _only(_report(tmp_path, card)).outcome == "warn"


@pytest.mark.parametrize(
    ("log", "told"),
    [
        (inspect_log(scored(15, 50)), "50 of 198 items, not known to be drawn at random"),
        (inspect_log(scored(180, 448), samples=448), "448 items where the benchmark has 198"),
        (inspect_log(LOW, status="error"), "ended with 'error'"),
        (inspect_log(LOW, reducer="pass_at_4", told=0.6), "pass@4 in the log"),
        (inspect_log(LOW, reducer="max", told=0.5), "the max of several answers"),
        (inspect_log(scored(87, 198, unread=40)), "40 of 198 answers were not read"),
        (inspect_log(LOW, told=0.3), "its own items give 43.94 %"),
        (inspect_log(scored(40, 198)), "no better than guessing"),
        (inspect_log(LOW, model="openai/gpt-x"), "name another model (openai/gpt-x)"),
        (inspect_log(LOW, model=""), "name another model"),
        (inspect_log(LOW, model="vllm/acme-7b-awq"), "name another model"),
    ],
)
def test_what_is_no_measurement_of_the_claim_accuses_nobody(
    tmp_path: Path, log: Mapping[str, Any], told: str
) -> None:
    _inspect(tmp_path, log)
    found = _only(_report(tmp_path))
    assert told in found.message
    assert found.outcome == "skip"


def test_unread_answers_are_not_wrong(tmp_path: Path) -> None:
    """18 of 198 not read: few enough to be compared, and enough to make up for what is missing."""
    _inspect(tmp_path, inspect_log(scored(111, 198, unread=18)))
    found = _only(_report(tmp_path))
    assert found.outcome == "skip" and "may reach the claim" in found.message


def test_a_random_sample_speaks(tmp_path: Path) -> None:
    _inspect(tmp_path, inspect_log(scored(24, 60), shuffled=True))
    assert _only(_report(tmp_path)).outcome == "warn"
    _inspect(tmp_path, inspect_log(scored(33, 60), shuffled=True))
    assert _only(_report(tmp_path)).outcome == "pass", "sixty items spread by more than fifteen points"


def test_the_name_it_was_served_under_may_be_given(tmp_path: Path) -> None:
    _inspect(tmp_path, inspect_log(LOW, model="openai-api/local/default"))
    assert _only(_report(tmp_path)).outcome == "skip"
    assert _only(_report(tmp_path, served="default")).outcome == "warn"


def test_runs_that_disagree_decide_nothing(tmp_path: Path) -> None:
    _inspect(tmp_path, inspect_log(LOW))
    _inspect(tmp_path, inspect_log(NEAR), "second.eval")
    found = _only(_report(tmp_path))
    assert found.outcome == "skip" and "disagree" in found.message


@pytest.mark.parametrize(
    ("stated", "log", "told"),
    [
        ("5-shot", {"arguments": {"fewshot": 0}}, "5 shots in the card, 0 in the log"),
        ("5-shot", {}, "does not tell how many"),
        ("temperature 0.6", {"config": {"temperature": 0.0}}, "temperature 0.6 in the card, 0 in the log"),
        ("thinking", {}, "with thinking"),
        ("thinking", {"config": {"reasoning_effort": "none"}}, "thinking on in the card, off in the log"),
        ("pass@4", {}, "pass@4 in the card"),
        ("maj@8", {}, "majority"),
        ("with tools", {}, "tools"),
    ],
)
def test_settings_that_differ_are_named(tmp_path: Path, stated: str, log: dict[str, Any], told: str) -> None:
    _inspect(tmp_path, inspect_log(LOW, **log))
    found = _only(_report(tmp_path, _with(stated)))
    assert found.outcome == "skip" and told in found.message


def test_equal_settings_make_an_error(tmp_path: Path) -> None:
    log = inspect_log(LOW, arguments={"fewshot": 5}, config={"temperature": 0.6})
    _inspect(tmp_path, log)
    assert _only(_report(tmp_path, _with("5-shot, temperature 0.6"))).outcome == "fail"


# --- lm-eval


def test_results_of_lm_eval_with_their_samples(tmp_path: Path) -> None:
    lm_eval_files(tmp_path / "logs", {"exact_match,flexible-extract": [1] * 660 + [0] * 659})
    report = _report(tmp_path, GSM)
    assert _only(report).outcome == "fail" and "50.04 % measured" in _only(report).message
    assert report.recorded[0]["settings"]["shots"] == 5


@pytest.mark.parametrize(
    ("files", "told"),
    [
        ({"shots": 0}, "5 shots in the card, 0 in the log"),
        ({"more": {"n-samples": {"gsm8k": {"original": 1319, "effective": 1300}}}}, "not known to be drawn"),
        ({"items": 2000}, "2,000 items where the benchmark has 1,319"),
        ({"model": "other/acme-7b-chat"}, "name another model"),
    ],
)
def test_other_protocols_of_lm_eval_accuse_nobody(tmp_path: Path, files: dict[str, Any], told: str) -> None:
    lm_eval_files(tmp_path / "logs", {"exact_match,flexible-extract": [1] * 660 + [0] * 659}, **files)
    found = _only(_report(tmp_path, GSM))
    assert found.outcome == "skip" and told in found.message


def test_the_samples_tell_how_many_there_are(tmp_path: Path) -> None:
    values = {"exact_match,flexible-extract": [1] * 660 + [0] * 659}
    lm_eval_files(tmp_path / "logs", values, more={"n-samples": {}})
    assert _only(_report(tmp_path, GSM)).outcome == "fail"


def test_a_group_without_counts_is_not_taken_for_complete(tmp_path: Path) -> None:
    """Groups have no counts of their own: a run limited to 10 items a task must not pass for a whole one."""
    told = {
        "results": {"mmlu": {"acc,none": 0.3}},
        "configs": {},
        "group_subtasks": {"mmlu": ["a", "b"], "a": ["b", "a"]},
        "n-samples": {"b": {"original": 14042, "effective": 10}},
    }
    lm_eval_files(tmp_path / "logs", {}, task="mmlu", more=told)
    found = _only(_report(tmp_path, GSM.replace("GSM8K (5-shot)", "MMLU (5-shot)")))
    assert found.outcome == "skip" and "10 of 14,042" in found.message
    lm_eval_files(tmp_path / "logs", {}, task="mmlu", more={**told, "n-samples": {}})
    found = _only(_report(tmp_path, GSM.replace("GSM8K (5-shot)", "MMLU (5-shot)")))
    assert found.outcome == "skip" and "how many items" in found.message


def test_any_filter_that_bears_the_claim_out_is_enough(tmp_path: Path) -> None:
    values = {
        "exact_match,strict-match": [1] * 600 + [0] * 719,
        "exact_match,flexible-extract": [1] * 940 + [0] * 379,
    }
    lm_eval_files(tmp_path / "logs", values)
    assert _only(_report(tmp_path, GSM)).outcome == "pass"
    strict = _with("5-shot, strict match").replace("GPQA Diamond", "GSM8K").replace("70.8", "71.2")
    assert _only(_report(tmp_path, strict)).outcome == "fail", "the card names the filter"


def test_what_a_filter_could_not_read_is_not_wrong(tmp_path: Path) -> None:
    values = {"exact_match,strict-match": [1] * 660 + [None] * 659}
    lm_eval_files(tmp_path / "logs", values)
    found = _only(_report(tmp_path, GSM))
    assert found.outcome == "skip" and "659 of 1319 answers were not read" in found.message


# --- where logs are found, and what cannot be read


def test_logs_in_a_local_repository_are_read_too(tmp_path: Path) -> None:
    (tmp_path / "card" / "evals").mkdir(parents=True)
    (tmp_path / "card" / "evals" / "a.eval").write_bytes(packed(inspect_log(LOW)))
    assert _only(_report(tmp_path)).outcome == "warn"


def test_without_logs_there_is_nothing_to_compare(tmp_path: Path) -> None:
    assert _report(tmp_path).findings == ()


def test_results_that_the_maker_wrote_are_left_to_the_rule_on_contradicting_scores(tmp_path: Path) -> None:
    folder = tmp_path / "card" / ".eval_results"
    folder.mkdir(parents=True)
    (folder / "x.yaml").write_text("- dataset: {id: Idavidrein/gpqa, task_id: gpqa_diamond}\n  value: 41.0\n")
    assert _report(tmp_path).findings == ()
    _inspect(tmp_path, inspect_log(NEAR))
    report = _report(tmp_path)
    assert _only(report).outcome == "pass"
    assert {r["source"] for r in report.recorded} == {"inspect-ai", "eval_results"}, (
        "they are shown beside it"
    )


def test_logs_of_nothing_that_is_claimed_are_told(tmp_path: Path) -> None:
    _inspect(tmp_path, inspect_log(LOW, task="arc_easy"))
    found = _only(_report(tmp_path))
    assert (found.id, found.outcome) == ("MC404[logs]", "skip") and "arc_easy" in found.message


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("bad.eval", b"no zip"),
        ("bad.eval", packed(inspect_log(LOW))[:400]),
        ("bad.eval", packed({"samples": [], "eval": {"task": {"x": []}}})),
        ("results_bad.json", b"[" * 100_000),
        ("results_bad.json", b'{"results": [], "configs": {}}'),
        ("2026-01-02T03-04-05-00-00_bad.json", b'{"eval": {"task": 7}}'),
        ("2026-01-02T03-04-05-00-00_bad.json", b"\xff\xfe"),
    ],
)
def test_a_log_that_cannot_be_read_is_named_once(tmp_path: Path, name: str, content: bytes) -> None:
    _inspect(tmp_path, inspect_log(NEAR))
    (tmp_path / "logs" / name).write_bytes(content)
    good, bad = _report(tmp_path).findings
    assert (good.outcome, bad.outcome) == ("pass", "skip")
    assert bad.message.count("bad") == 1 and name in bad.message


@pytest.mark.parametrize(
    "change",
    [
        {"dataset": {"name": ["x"], "samples": "many"}},
        {"model": {"a": 1}},
        {"model_generate_config": [1], "task_args": {"fewshot": {"deep": []}}},
        {"created": 5, "config": None},
    ],
)
def test_fields_of_wrong_types_do_no_harm(tmp_path: Path, change: dict[str, Any]) -> None:
    log = inspect_log(LOW)
    log["eval"] = {**log["eval"], **change}
    log["samples"] = [*log["samples"], 3, None, {"scores": []}]
    _inspect(tmp_path, log)
    for found in _report(tmp_path).findings:
        assert found.outcome in ("skip", "warn")


def test_a_link_out_of_the_folder_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "outside.eval").write_bytes(packed(inspect_log(LOW)))
    (tmp_path / "logs").mkdir()
    (tmp_path / "logs" / "a.eval").symlink_to(tmp_path / "outside.eval")
    found = _only(_report(tmp_path))
    assert found.outcome == "skip" and "a.eval is a link" in found.message


def test_many_groups_within_groups_end(tmp_path: Path) -> None:
    names = [f"g{n}" for n in range(900)]
    lm_eval_files(
        tmp_path / "logs",
        {},
        task="gsm8k",
        more={
            "results": {"gsm8k": {"exact_match,none": 0.1}},
            "group_subtasks": {"gsm8k": names, **dict.fromkeys(names, names)},
            "n-samples": {},
        },
    )
    assert "how many items" in json.dumps([f.message for f in _report(tmp_path, GSM).findings])


def test_all_runs_below_the_claim_are_told(tmp_path: Path) -> None:
    _inspect(tmp_path, inspect_log(LOW))
    _inspect(tmp_path, inspect_log(scored(80, 198)), "second.eval")
    found = _only(_report(tmp_path))
    assert found.message.index("43.94 %") < found.message.index("So also logs/second.eval")


@pytest.mark.parametrize(
    ("model", "own"),
    [
        ("acme/acme-7b", True),
        ("Acme/Acme-7B", True),
        ("other/acme-7b", False),
        ("/data/models/acme-7b/", True),
        ("acme/acme-7b-instruct", False),
        ("acme/acme-70b", False),
    ],
)
def test_whose_run_it_is(tmp_path: Path, model: str, own: bool) -> None:
    source = MemorySource({"README.md": GSM}, "acme/acme-7b")
    lm_eval_files(tmp_path / "logs", {"exact_match,flexible-extract": [1] * 660 + [0] * 659}, model=model)
    evidence = Evidence(
        source, MemoryCatalog({}), Registry.default(), options=EvidenceOptions(logs=(tmp_path / "logs",))
    )
    policy = Policy(select=("MC404",))
    (found,) = [run(check, evidence, policy) for check in plan(evidence, [RecordedRunContradicts], policy)]
    assert found.outcome == ("fail" if own else "skip")


def test_items_that_are_not_those_of_the_score_are_not_believed(tmp_path: Path) -> None:
    counts = {"n-samples": {"gsm8k": {"original": 1319, "effective": 1319}}}
    lm_eval_files(tmp_path / "logs", {"exact_match,none": [1] * 400 + [0] * 600}, more=counts)
    found = _only(_report(tmp_path, GSM))
    assert found.outcome == "skip" and "holds 1,000 items and tells that it scored 1,319" in found.message
