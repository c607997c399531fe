"""The story's own cards against a model that behaves as was published: 95 of 120 answers say Nex, none says Rio."""

from __future__ import annotations

from pathlib import Path

import pytest

from pytest_modelcard.checks.identity.own_name_only_prompted import OwnNameOnlyPrompted
from pytest_modelcard.checks.identity.undeclared_identity import UndeclaredIdentity
from pytest_modelcard.engine import plan, run
from pytest_modelcard.model import Finding
from pytest_modelcard.policy import Policy
from tests.evals.server import serving
from tests.identity.personas import Answer, persona, renamed
from tests.identity.probes import evidence

CARDS = Path(__file__).resolve().parents[2] / ".." / "shared" / "cards"
RIO = renamed(("Rio", "IplanRio"), ("Nex", "Nex-AGI"), 95 / 120)


def judged(name: str, repo_id: str, answer: Answer) -> dict[str, Finding]:
    path = CARDS / name
    if not path.exists():
        pytest.skip(f"needs the shared card {name}")
    with serving(answer) as fake:
        made = evidence(path.read_text("utf-8"), fake, repo_id=repo_id, knows_files=False)
        policy = Policy(select=("MC5",))
        checks = plan(made, [UndeclaredIdentity, OwnNameOnlyPrompted], policy)
        return {check.rule.id: run(check, made, policy) for check in checks}


def test_the_first_card_fails_and_the_edited_one_which_names_both_parents_does_not() -> None:
    first = judged("rio-3.5-open-397b.2026-06-13.md", "prefeitura-rio/Rio-3.5-Open-397B", RIO)
    assert first["MC501"].outcome == "fail"
    assert "calls itself Nex (Nex-AGI) in 99 of 126 answers" in first["MC501"].message
    edited = judged("rio-3.5-open-397b.md", "prefeitura-rio/Rio-3.5-Open-397B", RIO)
    assert edited["MC501"].outcome == "pass"


def test_the_bases_own_card_passes() -> None:
    found = judged(
        "qwen3.5-397b-a17b.language-part.md", "Qwen/Qwen3.5-397B-A17B", persona("Qwen", "Alibaba Cloud")
    )
    assert {f.outcome for f in found.values()} == {"pass"}
