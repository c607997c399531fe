"""The identity probe through pytest: options, lines, report, workers, costs, going on after an interruption."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml  # noqa: F401  (its compiled part reads nothing where a later run in this process imports it anew)

from pytest_modelcard.identity.questions import questions
from tests.evals.server import serving
from tests.identity.personas import RENAMING, card, persona, renamed

ALL = len(questions().all)
RUN = ("--modelcard=card", "--modelcard-select=MC5", "--modelcard-offline", "--modelcard-identity")
RIO = renamed(("Rio", "IplanRio"), ("Nex", "Nex-AGI"))


@pytest.fixture
def folder(pytester: pytest.Pytester) -> pytest.Pytester:
    (pytester.path / "card").mkdir()
    (pytester.path / "card" / "README.md").write_text(card("Rio 3.5 Open 397B", "Qwen/Qwen3.5-397B-A17B"))
    (pytester.path / "card" / "config.json").write_text('{"model_type": "qwen3_5_moe"}')
    (pytester.path / "card" / "chat_template.jinja").write_text(RENAMING)
    return pytester


def report(path: Path) -> dict[str, Any]:
    data: dict[str, Any] = json.loads((path / "out.json").read_text())
    return data


def test_a_renamed_model_fails(folder: pytest.Pytester) -> None:
    with serving(RIO) as fake:
        found = folder.runpytest(*RUN, f"--modelcard-endpoint={fake.url}", "--modelcard-json=out.json")
    found.assert_outcomes(failed=1)
    found.stdout.fnmatch_lines(
        [
            "*MC501 undeclared-identity*",
            "*MC502 own-name-only-prompted*",
            "name given*answers*share*interval*",
            "Nex (Nex-AGI)*undeclared*100*79.4 %*",
            "Rio*own*0*0.0 %*",
            "identity: 126 of 126 questions*126 calls*",
        ]
    )
    data = report(folder.path)
    assert data["identity"]["names"][0]["name"] == "Nex (Nex-AGI)"
    assert data["cost"]["model_calls"] == ALL == len(fake.asked)


def test_an_honest_model_passes(folder: pytest.Pytester) -> None:
    with serving(persona("Rio", "IplanRio", 0.7, ("Qwen", "Alibaba Cloud"))) as fake:
        found = folder.runpytest(*RUN, f"--modelcard-endpoint={fake.url}", "--modelcard-json=out.json")
    found.assert_outcomes(passed=2)
    assert report(folder.path)["summary"]["fail"] == 0


def test_without_an_endpoint_it_is_skipped_and_costs_are_told_beforehand(folder: pytest.Pytester) -> None:
    found = folder.runpytest(*RUN, "-rs")
    found.assert_outcomes(skipped=2)
    found.stdout.fnmatch_lines(["*--modelcard-endpoint=URL*"])
    found = folder.runpytest(*RUN, "--collect-only")
    found.stdout.fnmatch_lines(
        [
            "*MC501?identity?*",
            "*identity probe of card*",
            "identity probe: 126 calls (42 English, 42 Portuguese, 42 Chinese)*",
        ]
    )


def test_an_endpoint_that_serves_another_model_is_one_clear_line(folder: pytest.Pytester) -> None:
    with serving(RIO, models=("acme",)) as fake:
        found = folder.runpytest(
            *RUN,
            f"--modelcard-endpoint={fake.url}",
            "--modelcard-served-model=rio",
            "-rs",
            "--modelcard-json=out.json",
        )
    found.assert_outcomes(skipped=2)
    found.stdout.fnmatch_lines(["*does not serve 'rio', but acme*"])
    assert fake.asked == []
    assert report(folder.path)["identity"] is None


def test_nothing_is_asked_where_nobody_asked(folder: pytest.Pytester) -> None:
    found = folder.runpytest("--modelcard=card", "--modelcard-offline", "--modelcard-json=out.json", "-q")
    assert report(folder.path)["identity"] is None
    assert "MC501" not in found.stdout.str()
    refused = folder.runpytest("--modelcard=card", "--modelcard-select=MC5", "--modelcard-offline")
    refused.stderr.fnmatch_lines(["*give --modelcard-identity, too*"])
    (folder.path / "modelcard.toml").write_text('identity = "yes"\n')
    refused = folder.runpytest("--modelcard=card", "--modelcard-offline")
    refused.stderr.fnmatch_lines(["*identity must be true or false*"])


def test_the_policy_file_may_ask_for_it(folder: pytest.Pytester) -> None:
    with serving(RIO) as fake:
        (folder.path / "modelcard.toml").write_text(f'identity = true\nendpoint = "{fake.url}"\n')
        folder.runpytest(*RUN[:-1]).assert_outcomes(failed=1)
    assert len(fake.asked) == ALL


@pytest.mark.slow
def test_workers_ask_once_and_what_is_kept_is_not_asked_again(folder: pytest.Pytester) -> None:
    pytest.importorskip("xdist")
    with serving(RIO) as fake:
        where = f"--modelcard-endpoint={fake.url}"
        found = folder.runpytest(*RUN, where, "--modelcard-calls=70", "-p", "no:randomly")
        found.stdout.fnmatch_lines(["identity: 70 of 126 questions*"])
        assert len(fake.asked) == 70
        found = folder.runpytest(*RUN, where, "-n", "2", "--modelcard-json=out.json")
        found.assert_outcomes(failed=1)
        assert len(fake.asked) == ALL
    found.stdout.fnmatch_lines(["identity: 126 of 126 questions*56 calls*70 answers of an earlier run*"])
    assert report(folder.path)["identity"]["reused"] == 70


def test_benchmark_runs_and_the_probe_share_one_budget(folder: pytest.Pytester) -> None:
    with serving(RIO) as fake:
        folder.runpytest(
            *RUN,
            "--modelcard-run",
            f"--modelcard-endpoint={fake.url}",
            "--modelcard-calls=60",
            "--modelcard-json=out.json",
        )
    assert len(fake.asked) == 60
    assert report(folder.path)["cost"]["model_calls"] == 60
