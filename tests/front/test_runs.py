"""Sampled runs through pytest: options, selection, workers, costs, and nothing of it where nobody asked."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.evals.runs import card
from tests.evals.server import choice_file, model, serving

POLICY = """
[[benchmarks]]
id = "harbour-qa"
name = "HarbourQA"
items = 200

[[benchmarks]]
id = "dock-qa"
name = "DockQA"
items = 200

[[tasks]]
benchmark = "HarbourQA"
file = "items.jsonl"
scorer = "choice"

[[tasks]]
benchmark = "dock-qa"
file = "items.jsonl"
scorer = "choice"
"""
SELECT = ("--modelcard=card", "--modelcard-select=MC4", "--modelcard-offline")


@pytest.fixture
def folder(pytester: pytest.Pytester) -> pytest.Pytester:
    (pytester.path / "card").mkdir()
    rows = ["| HarbourQA | 52.5 | 90.0 |", "| DockQA | 52.5 | 90.5 |", "| MMMU | 40.0 | 50.0 |"]
    (pytester.path / "card" / "README.md").write_text(card(rows))
    (pytester.path / "items.jsonl").write_text(choice_file(200))
    (pytester.path / "modelcard.toml").write_text(POLICY)
    return pytester


def written(path: Path) -> dict[str, dict[str, object]]:
    return {run["id"]: run for run in json.loads((path / "out.json").read_text())["runs"]}


def test_a_run_in_the_terminal_and_the_report(folder: pytest.Pytester) -> None:
    with serving(model(0.4)) as fake:
        found = folder.runpytest(
            *SELECT, "--modelcard-run", f"--modelcard-endpoint={fake.url}", "--modelcard-json=out.json", "-rs"
        )
    found.assert_outcomes(failed=2, skipped=3)
    found.stdout.fnmatch_lines(
        [
            "*sampled run*claimed*found*",
            "MC401?dock-qa?*90.5*refuted",
            "runs: *calls*tokens*",
            "*MMMU is not run*",
        ]
    )
    runs = written(folder.path)
    assert set(runs) == {"MC401[dock-qa]", "MC401[harbour-qa]"}
    assert {r["alpha"] for r in runs.values()} == {0.005}, "both share alpha"


def test_claims_that_are_not_chosen_cost_neither_calls_nor_alpha(folder: pytest.Pytester) -> None:
    with serving(model(0.4)) as fake:
        found = folder.runpytest(
            *SELECT,
            "--modelcard-run",
            f"--modelcard-endpoint={fake.url}",
            "--modelcard-json=out.json",
            "-k",
            "MC401 and harbour",
        )
    found.assert_outcomes(failed=1, deselected=4)
    (run,) = written(folder.path).values()
    assert run["alpha"] == 0.01 and run["id"] == "MC401[harbour-qa]"


def test_workers_share_one_budget_and_report_together(folder: pytest.Pytester) -> None:
    with serving(model(0.88)) as fake:
        found = folder.runpytest(
            *SELECT,
            "--modelcard-run",
            f"--modelcard-endpoint={fake.url}",
            "--modelcard-json=out.json",
            "--modelcard-calls=60",
            "--modelcard-concurrency=4",
            "-n2",
        )
        asked = len(fake.asked)
    found.assert_outcomes(skipped=5)
    runs = written(folder.path)
    assert sum(r["calls"] for r in runs.values()) == asked  # type: ignore[misc]
    assert 50 <= asked <= 60 + 2 * 4, "what is under way when the budget ends may go over it"


def test_results_are_kept_in_pytests_cache(folder: pytest.Pytester) -> None:
    args = (*SELECT, "--modelcard-run", "-k", "MC401 and harbour", "--modelcard-json=out.json")
    with serving(model(0.4)) as fake:
        folder.runpytest(*args, f"--modelcard-endpoint={fake.url}")
        before = len(fake.asked)
        folder.runpytest(*args, f"--modelcard-endpoint={fake.url}")
        assert len(fake.asked) == before
    (run,) = written(folder.path).values()
    assert run["calls"] == 0 and run["reused"] == run["used"]


def test_costs_are_told_without_asking_anyone(folder: pytest.Pytester) -> None:
    found = folder.runpytest(*SELECT, "--modelcard-run", "--collect-only", "-q")
    found.stdout.fnmatch_lines(
        [
            "calls of a sampled run*all items*honest*tokens*",
            "MC401?harbour-qa?*200*",
            "* claims: * calls in full*",
            "tokens: * in full; *",
            "tokens assumed: 4 characters a token*",
        ]
    )


def test_costs_tell_what_would_stay_open(folder: pytest.Pytester) -> None:
    (folder.path / "items.jsonl").write_text(choice_file(20))
    (folder.path / "modelcard.toml").write_text(POLICY.replace("items = 200", "items = 20"))
    found = folder.runpytest(*SELECT, "--modelcard-run", "--collect-only", "-q")
    found.stdout.fnmatch_lines(["MC401?dock-qa?*(an honest claim stays open in *% of runs)*"])


@pytest.mark.parametrize(
    ("args", "told"),
    [
        (("--modelcard-run",), "*needs a model that answers*"),
        (("--modelcard-endpoint=http://localhost:1/v1",), "*give --modelcard-run, too*"),
        (("--modelcard-calls=5",), "*give --modelcard-run, too*"),
        (("--modelcard-run", "--modelcard-endpoint=localhost"), "*--modelcard-endpoint: not an address*"),
        (
            ("--modelcard-run", "--modelcard-endpoint=http://example.com/v1"),
            "*--modelcard-offline allows only*",
        ),
        (
            ("--modelcard-run", "--modelcard-endpoint=http://localhost:1", "--modelcard-alpha=2"),
            "*--modelcard-alpha must be*",
        ),
        (
            ("--modelcard-run", "--modelcard-endpoint=http://localhost:1", "--modelcard-calls=1.5"),
            "*--modelcard-calls must be a whole*",
        ),
        (("--modelcard-select=MC401",), "*MC4*runs benchmarks: give --modelcard-run, too*"),
    ],
)
def test_wrong_options_are_usage_errors(folder: pytest.Pytester, args: tuple[str, ...], told: str) -> None:
    found = folder.runpytest(*SELECT, *args)
    assert found.ret == pytest.ExitCode.USAGE_ERROR
    found.stderr.fnmatch_lines([told])


def test_a_run_that_nobody_asked_for_imports_nothing_of_it(folder: pytest.Pytester) -> None:
    folder.makeconftest(
        """
        import sys
        def pytest_unconfigure():
            print("LOADED", sorted(n for n in sys.modules if n.startswith("pytest_modelcard.evals")))
        """
    )
    found = folder.runpytest_subprocess("--modelcard=card", "--modelcard-offline", "-q", "-s", "-rN")
    found.stdout.fnmatch_lines(["*LOADED ?]*"])
    found.stdout.no_fnmatch_line("*MC4*")
