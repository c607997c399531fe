"""The pytest front as its users meet it, in a pytest of its own."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from pytest_modelcard.api import verify

CARD = """---
license: apache-2.0
language: en
library_name: transformers
pipeline_tag: text-generation
---

# Small 1

| Benchmark | Small 1 | Large 1 |
|---|---|---|
| GPQA Diamond | 37.9 | 40.4 |
| MATH-500 | 154.0 | 64.2 |
| Homegrown | 12.5 | 13.5 |
"""
#: The one claim that fails in CARD, and where it stands.
FAILING = "MC201[math-500]"
LINE = 13


@pytest.fixture
def card(pytester: pytest.Pytester) -> Path:
    folder = pytester.path / "small"
    folder.mkdir()
    (folder / "README.md").write_text(CARD)
    return folder


@pytest.fixture(autouse=True)
def _wide_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "200")


def _run(pytester: pytest.Pytester, *args: str) -> pytest.RunResult:
    """A run in this process (quick), or in one of its own where there are workers."""
    run = pytester.runpytest_subprocess if "-n1" in args else pytester.runpytest_inprocess
    return run("--modelcard-offline", *args)


def test_a_card_alone(pytester: pytest.Pytester, card: Path) -> None:
    pytester.makepyfile("def test_of_the_project(): assert False")
    result = _run(pytester, "--modelcard=small", "--modelcard-select=MC201")
    assert result.ret == 1
    result.assert_outcomes(failed=1, passed=3, skipped=2)
    result.stdout.fnmatch_lines(
        [
            f"small/README.md:{LINE}:*: error: MC201 score-out-of-range",
            "  the card says:  | MATH-500 | 154.0 | 64.2 |",
            "  what to do: *",
            "*model card small*",
            "tables and prose *3 *1 *0 *2",
            "FAILED small::MC201?math-500? - *154*",
        ]
    )


def test_a_card_beside_the_projects_tests(pytester: pytest.Pytester, card: Path) -> None:
    pytester.makepyfile("def test_of_the_project(): pass")
    result = _run(
        pytester, "--modelcard=small", "--modelcard-select=MC201", "test_a_card_beside_the_projects_tests.py"
    )
    result.assert_outcomes(failed=1, passed=4, skipped=2)


def test_cards_of_the_ini_file_run_beside_the_projects_tests(pytester: pytest.Pytester, card: Path) -> None:
    pytester.makepyfile("def test_of_the_project(): pass")
    pytester.makeini("[pytest]\nmodelcard_cards = small\n")
    result = _run(pytester, "--modelcard-select=MC201")
    result.assert_outcomes(failed=1, passed=4, skipped=2)


def test_nothing_happens_without_a_card(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        "import sys\n"
        "def test_of_the_project(): assert 'pytest_modelcard.session' not in sys.modules and 'yaml' not in sys.modules"
    )
    pytester.runpytest_subprocess().assert_outcomes(passed=1)


@pytest.mark.parametrize(
    ("args", "expected"),
    [
        (["-k", "math-500"], {"failed": 1, "passed": 1}),
        (["-k", "score-out-of-range and not large"], {"failed": 1, "passed": 1, "skipped": 1}),
        (["-m", "not modelcard"], {}),
        (["-x"], {"failed": 1, "passed": 2}),
        (["-n1"], {"failed": 1, "passed": 3, "skipped": 2}),
        (["--nf"], {"failed": 1, "passed": 3, "skipped": 2}),
        (["-p", "no:cacheprovider", "-q"], {"failed": 1, "passed": 3, "skipped": 2}),
    ],
    ids=" ".join,
)
def test_pytests_own_options(
    pytester: pytest.Pytester, card: Path, args: list[str], expected: dict[str, int]
) -> None:
    result = _run(pytester, "--modelcard=small", "--modelcard-select=MC201", *args)
    counts = {k: v for k, v in result.parseoutcomes().items() if k in ("failed", "passed", "skipped")}
    assert counts == expected


def test_last_failed(pytester: pytest.Pytester, card: Path) -> None:
    args = ["--modelcard=small", "--modelcard-select=MC201"]
    _run(pytester, *args)
    _run(pytester, *args, "--lf").assert_outcomes(failed=1, deselected=5)
    text = (card / "README.md").read_text().replace("154.0", "54.0")
    (card / "README.md").write_text(text)
    assert _run(pytester, *args, "--lf").ret == 0


@pytest.mark.parametrize(
    "given",
    [["--modelcard=small"], [], pytest.param(["-n1"], marks=pytest.mark.slow)],
    ids=["with option", "alone", "xdist"],
)
def test_a_node_id_on_the_command_line(pytester: pytest.Pytester, card: Path, given: list[str]) -> None:
    _run(pytester, *given, f"small::{FAILING}").assert_outcomes(failed=1)


def test_a_rule_of_a_card_on_the_command_line(pytester: pytest.Pytester, card: Path) -> None:
    _run(pytester, "small::MC201").assert_outcomes(failed=1, passed=3, skipped=2)


def test_a_node_id_as_printed_in_a_folder_below_the_root(
    pytester: pytest.Pytester, card: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (pytester.path / "modelcard.toml").write_text('[map]\n"acme/small" = "small"\n')
    pytester.makeini("[pytest]\n")
    below = pytester.mkdir("below")
    monkeypatch.chdir(below)
    result = _run(pytester, "--modelcard=acme/small", "--modelcard-select=MC201")
    printed = next(line for line in result.outlines if line.startswith("FAILED ")).split()[1]
    assert printed == f"../acme/small::{FAILING}"
    _run(pytester, printed).assert_outcomes(failed=1)


def test_collect_only(pytester: pytest.Pytester, card: Path) -> None:
    result = _run(pytester, "--modelcard=small", "--modelcard-select=MC201", "--collect-only", "-q")
    result.stdout.fnmatch_lines([f"small::{FAILING}"])
    assert result.ret == 0


@pytest.mark.parametrize("workers", [[], ["-n1"]], ids=["one process", "xdist"])
def test_json_is_what_verify_gives(pytester: pytest.Pytester, card: Path, workers: list[str]) -> None:
    _run(pytester, "--modelcard=small", "--modelcard-json=out/report.json", *workers)
    data = json.loads((pytester.path / "out" / "report.json").read_text("utf-8"))
    report = verify(card, offline=True)
    assert [c["id"] for c in data["claims"]] == [c.id for c in report.claims]
    assert {(f["rule"], f["key"], f["outcome"]) for f in data["findings"]} == {
        (f.rule, f.key, f.outcome) for f in report.findings
    }
    assert data["summary"]["total"] == len(report.findings)


@pytest.mark.parametrize(
    "workers", [[], pytest.param(["-n", "2"], marks=pytest.mark.slow)], ids=["alone", "xdist"]
)
def test_sarif_points_at_the_files_below_the_current_folder(
    pytester: pytest.Pytester, card: Path, workers: list[str]
) -> None:
    result = _run(pytester, "--modelcard=small", "--modelcard-sarif=out/report.sarif", *workers)
    assert result.ret == 1
    [run] = json.loads((pytester.path / "out" / "report.sarif").read_text("utf-8"))["runs"]
    [found] = [r for r in run["results"] if r["level"] == "error"]
    place = found["locations"][0]["physicalLocation"]
    assert found["ruleId"] == FAILING[:5]
    assert place["artifactLocation"]["uri"] == "small/README.md"
    assert place["region"]["startLine"] == LINE


def test_json_of_several_cards(pytester: pytest.Pytester, card: Path) -> None:
    other = pytester.path / "other"
    other.mkdir()
    (other / "README.md").write_text(CARD.replace("154.0", "54.0"))
    result = _run(pytester, "--modelcard=small", "--modelcard=other", "--modelcard-json=report.json")
    data = json.loads((pytester.path / "report.json").read_text("utf-8"))
    assert [r["card"]["source"] for r in data["reports"]] == ["small", "other"]
    assert result.ret == 1


def test_junit_points_at_the_card(pytester: pytest.Pytester, card: Path) -> None:
    _run(pytester, "--modelcard=small", "--modelcard-select=MC201", "--junitxml=junit.xml")
    text = (pytester.path / "junit.xml").read_text("utf-8")
    assert 'tests="6"' in text and 'failures="1"' in text and f"small/README.md:{LINE}" in text


def test_annotations_point_at_the_card(
    pytester: pytest.Pytester, card: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    monkeypatch.setenv("GITHUB_WORKSPACE", str(pytester.path))
    result = _run(pytester, "--modelcard=small", "--modelcard-select=MC201")
    assert any(
        line.startswith("::error ") and "file=small/README.md" in line and f"line={LINE}" in line
        for line in [*result.outlines, *result.errlines]
    )


def test_html_and_json_reports_of_others(pytester: pytest.Pytester, card: Path) -> None:
    _run(
        pytester,
        "--modelcard=small",
        "--modelcard-select=MC201",
        "--html=page.html",
        "--self-contained-html",
        "--json-report",
        "--json-report-file=plain.json",
    )
    assert FAILING in (pytester.path / "page.html").read_text("utf-8")
    data = json.loads((pytester.path / "plain.json").read_text("utf-8"))
    assert data["summary"]["failed"] == 1 and data["summary"]["total"] == 6


def test_an_unknown_card_is_a_usage_error(pytester: pytest.Pytester) -> None:
    result = _run(pytester, "--modelcard=no/where/at/all")
    assert result.ret == 4
    assert "no/where/at/all" in "\n".join(result.errlines)
    assert "Traceback" not in result.stderr.str() + result.stdout.str()


def test_a_card_that_cannot_be_read_fails_one_test(pytester: pytest.Pytester, card: Path) -> None:
    (card / "README.md").write_bytes(b"x" * (4 * 1024 * 1024 + 1))
    result = _run(pytester, "--modelcard=small", "--modelcard-json=report.json")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["FAILED small::MC001*larger than*"])
    assert json.loads((pytester.path / "report.json").read_text())["findings"][0]["rule"] == "MC001"


def test_a_wrong_policy_is_a_usage_error(pytester: pytest.Pytester, card: Path) -> None:
    (pytester.path / "modelcard.toml").write_text("nonsense = 1\n")
    result = _run(pytester, "--modelcard=small")
    assert result.ret == 4
    assert "modelcard.toml: unknown key 'nonsense'" in "\n".join(result.errlines)


def test_a_crash_of_a_rule_is_ours_not_the_cards(pytester: pytest.Pytester, card: Path) -> None:
    pytester.makeconftest(
        "from pytest_modelcard.checks.tables.score_out_of_range import ScoreOutOfRange\n"
        "def broken(self, subject, evidence): raise ZeroDivisionError('oh')\n"
        "ScoreOutOfRange.run = broken\n"
    )
    result = pytester.runpytest_subprocess(
        "--modelcard-offline", "--modelcard=small", "--modelcard-select=MC201"
    )
    assert result.ret == 1
    result.stdout.fnmatch_lines(["*bug of pytest-modelcard, not of the card*"])


def test_warnings_pass_and_are_shown(pytester: pytest.Pytester, card: Path) -> None:
    (pytester.path / "modelcard.toml").write_text('[severity]\nMC201 = "warning"\n')
    result = _run(pytester, "--modelcard=small", "--modelcard-select=MC201")
    assert result.ret == 0
    assert result.parseoutcomes()["warned"] == 1
    result.stdout.fnmatch_lines([f"warning: README.md:{LINE}: MC201 score-out-of-range", "  MATH-500 *154*"])


@pytest.mark.parametrize("typed", ["--modelcard=.", "--modelcard=README.md"])
def test_a_conftest_of_the_cards_folder_is_never_executed(
    pytester: pytest.Pytester, card: Path, monkeypatch: pytest.MonkeyPatch, typed: str
) -> None:
    (card / "conftest.py").write_text("raise SystemExit('the conftest was executed')")
    for folder, argument in ((card, typed), (pytester.path, "--modelcard=small")):
        done = subprocess.run(
            [sys.executable, "-m", "pytest", "--modelcard-offline", argument, "--modelcard-select=MC201"],
            cwd=folder,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 1, done.stdout + done.stderr
        assert "was executed" not in done.stdout + done.stderr


def test_a_node_id_of_a_folder_with_a_conftest(pytester: pytest.Pytester, card: Path) -> None:
    (card / "conftest.py").write_text("raise SystemExit('the conftest was executed')")
    result = pytester.runpytest_subprocess("--modelcard-offline", f"small::{FAILING}")
    result.assert_outcomes(failed=1)
    assert "was executed" not in result.stdout.str() + result.stderr.str()
