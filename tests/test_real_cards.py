"""Real cards, where the folder with them lies beside the repository: no error, and the findings known to be true."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from pytest_modelcard.api import verify

ROOT = Path(__file__).resolve().parents[1]
SHARED = ROOT.parent / "shared"
CARDS = sorted((SHARED / "corpus" / "cards").glob("*.md"))

pytestmark = pytest.mark.skipif(not CARDS, reason="no real cards beside the repository (../shared)")


def test_labelled_cells_are_read_as_labelled() -> None:
    done = subprocess.run(
        [sys.executable, ROOT / "benchmarks" / "score_tables.py", "--untimed"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("path", CARDS, ids=lambda p: p.stem)
def test_every_card_is_read_without_error(path: Path) -> None:
    report = verify(path, offline=True)
    assert report.claims and report.findings
    assert len({c.id for c in report.claims}) == len(report.claims)
    assert len({f.id for f in report.findings}) == len(report.findings)


def _faults(name: str, **kwargs: object) -> dict[str, set[int]]:
    """`{rule: lines}` of all failures and warnings."""
    report = verify(SHARED / "cards" / name, offline=True, **kwargs)  # type: ignore[arg-type]
    found: dict[str, set[int]] = {}
    for finding in report.findings:
        if finding.outcome in ("fail", "warn") and finding.severity != "note":
            found.setdefault(finding.rule, set()).add(finding.span.line)
    return found


def test_the_first_rio_card() -> None:
    faults = _faults("rio-3.5-open-397b.2026-06-13.md")
    assert faults == {"MC115": {182}, "MC210": {91}, "MC211": {16}}


def test_the_edited_rio_card_names_a_parent_it_does_not_declare() -> None:
    faults = _faults("rio-3.5-open-397b.md")
    assert faults == {"MC111": {8}, "MC112": {18}, "MC115": {184}, "MC210": {93}, "MC211": {16}}


def test_the_base_of_rio_has_no_fault() -> None:
    assert _faults("qwen3.5-397b-a17b.language-part.md") == {}
