"""The embedded examples: the dishonest release fails for what is wrong with it, the honest one does not."""

from __future__ import annotations

import importlib.util
from collections import Counter
from pathlib import Path

import pytest

from pytest_modelcard.api import verify
from pytest_modelcard.model import Report
from pytest_modelcard.policy import load_policy

EXAMPLES = Path(__file__).parents[1] / "examples"


def _verify(repo_id: str) -> Report:
    return verify(repo_id, policy=load_policy(EXAMPLES, EXAMPLES, {}))


@pytest.fixture(scope="module")
def dishonest() -> Report:
    return _verify("cidade-aberta/Mare-2-Open-24K")


def test_the_dishonest_release_fails_for_what_is_wrong_with_it(dishonest: Report) -> None:
    failed = {f.id for f in dishonest.findings if f.outcome == "fail"}
    assert failed == {
        "MC003[figures-scores.png]",
        "MC112[nimbus-lab-nimbus-n2-24k]",
        "MC203[mmlu-pro]",
        "MC204[math-500]",
        "MC207[humaneval]",
        "MC210[gains-over-the-base-model]",
        "MC211[surpasses-base-significant]",
        "MC302[weights]",
        "MC303[weights]",
        "MC305[training]",
        "MC603[65536]",
        "MC604[131072]",
    }


def test_and_is_warned_of_the_rest(dishonest: Report) -> None:
    warned = Counter(f.rule for f in dishonest.findings if f.outcome == "warn" and f.severity == "warning")
    assert warned == {"MC004": 1, "MC111": 1, "MC113": 2, "MC254": 1, "MC304": 1, "MC607": 1, "MC611": 1}


def test_every_finding_points_at_its_words(dishonest: Report) -> None:
    lines = (EXAMPLES / "dishonest" / "README.md").read_text("utf-8").splitlines()
    words = {"MC112": "nimbus-lab/Nimbus-N2-24K", "MC204": "+9.6", "MC207": "56.7", "MC603": "65,536"}
    for finding in dishonest.findings:
        if finding.outcome == "fail" and finding.rule in words:
            line = lines[finding.span.line - 1]
            assert words[finding.rule] in line[finding.span.column - 1 :]


def test_the_honest_release_has_no_fault() -> None:
    report = _verify("cidade-aberta/Ribeira-1-24K")
    assert not [
        f for f in report.findings if f.outcome == "fail" or (f.severity == "warning" and f.outcome == "warn")
    ]
    assert len([f for f in report.findings if f.outcome == "pass"]) > 80
    assert {f.rule for f in report.findings if f.outcome == "warn"} == {"MC212"}


def test_the_weights_are_what_their_script_makes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    spec = importlib.util.spec_from_file_location("make_weights", EXAMPLES / "make_weights.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    monkeypatch.setattr(module, "HERE", tmp_path)
    folders = ("dishonest", "honest", "parents/kestrel-2", "parents/nimbus-n2")
    for folder in folders:
        (tmp_path / folder).mkdir(parents=True)
    module.main()
    for folder in folders:
        name = f"{folder}/model.safetensors"
        assert (tmp_path / name).read_bytes() == (EXAMPLES / name).read_bytes()
