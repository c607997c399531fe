"""modelcard.toml and [tool.modelcard]: what they may say, and how a mistake is named."""

from __future__ import annotations

from pathlib import Path

import pytest

from pytest_modelcard.errors import PolicyError
from pytest_modelcard.model import Finding, Report, Span
from pytest_modelcard.policy import Policy, load_policy
from tests.support import parse

CARD = parse("# Card\n", repo_id="acme/model")


def _finding(rule: str = "MC203", key: str = "mmlu", outcome: str = "fail") -> Finding:
    return Finding(rule, "x", key, outcome, "error", "message", "help", Span("README.md", 1))  # type: ignore[arg-type]


def _load(folder: Path, text: str, name: str = "modelcard.toml", **options: object) -> Policy:
    (folder / name).write_text(text, "utf-8")
    return load_policy(folder, folder, options)


def test_nothing_configured(tmp_path: Path) -> None:
    assert load_policy(tmp_path, tmp_path, {}) == Policy()


def test_pyproject_and_options_over_it(tmp_path: Path) -> None:
    text = '[tool.modelcard]\nprofile = "release"\nselect = ["MC1"]\noffline = true\n'
    policy = _load(tmp_path, text, "pyproject.toml", profile="eu-gpai", select=["MC2,MC101"])
    assert (policy.profile, policy.select, policy.offline) == ("eu-gpai", ("MC2", "MC101"), True)


def test_the_nearest_file_wins(tmp_path: Path) -> None:
    inner = tmp_path / "inner"
    inner.mkdir()
    (tmp_path / "modelcard.toml").write_text("offline = true\n")
    assert load_policy(inner, tmp_path, {}).offline
    (inner / "modelcard.toml").write_text("offline = false\n")
    assert not load_policy(inner, tmp_path, {}).offline


def test_maps_are_relative_to_the_file(tmp_path: Path) -> None:
    (tmp_path / "weights").mkdir()
    policy = _load(tmp_path, '[map]\n"acme/model" = "weights"\n')
    assert policy.maps == {"acme/model": tmp_path / "weights"}


def test_severity_of_a_rule_beats_that_of_its_family(tmp_path: Path) -> None:
    policy = _load(tmp_path, '[severity]\nMC2 = "note"\nMC203 = "warning"\n')
    rules = {r.id: r() for r in __import__("pytest_modelcard.checks").checks.ALL_RULES}
    assert policy.severity(rules["MC203"]) == "warning"
    assert policy.severity(rules["MC201"]) == "note"
    assert policy.severity(rules["MC101"]) == rules["MC101"].severity


def test_a_waived_finding_is_skipped_with_its_reason(tmp_path: Path) -> None:
    policy = _load(
        tmp_path,
        '[[waivers]]\nfinding = "MC203[mm*]"\nreason = "known"\nexpires = 2999-01-01\ncard = "acme/*"\n',
    )
    waived = policy.waive(_finding(), CARD)
    assert waived.outcome == "skip" and waived.waived == "until 2999-01-01: known"
    assert policy.waive(_finding(key="gpqa"), CARD).outcome == "fail"
    assert policy.waive(_finding(outcome="pass"), CARD).waived is None
    assert policy.unused_waivers([Report(CARD.identity, (), (waived,))]) == []
    assert policy.unused_waivers([Report(CARD.identity, (), (_finding(key="gpqa"),))]) == ["MC203[mm*]"]


def test_an_expired_waiver_counts_no_more(tmp_path: Path) -> None:
    policy = _load(tmp_path, '[[waivers]]\nfinding = "MC203"\nreason = "known"\nexpires = "2020-01-01"\n')
    finding = policy.waive(_finding(), CARD)
    assert finding.outcome == "fail" and "expired on 2020-01-01" in finding.help


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("nonsense = 1", "'nonsense'"),
        ("profile = 'strict'", "'strict'"),
        ("select = ['MC9']", "'MC9'"),
        ("[severity]\nMC203 = 'fatal'", "severity.MC203"),
        ("[severity]\nMX1 = 'note'", "'MX1'"),
        ("[map]\n'a/b' = 'nowhere'", "nowhere"),
        ("[[waivers]]\nfinding = 'MC203'\nexpires = 2999-01-01", "reason"),
        ("[[waivers]]\nfinding = 'MC203'\nreason = 'x'", "expires"),
        ("[[waivers]]\nfinding = 'MC203'\nreason = 'x'\nexpires = 'soon'", "expires"),
        ("[[waivers]]\nfinding = 'ZZ'\nreason = 'x'\nexpires = 2999-01-01", "'ZZ'"),
        ("[[benchmarks]]\nname = 'no id'", "modelcard.toml"),
        ("waivers = 3", "waivers"),
        ("offline = ", "modelcard.toml"),
    ],
)
def test_a_mistake_is_named(tmp_path: Path, text: str, named: str) -> None:
    with pytest.raises(PolicyError) as error:
        _load(tmp_path, text)
    assert named in str(error.value)


@pytest.mark.parametrize("value", ["acme", "=x", "acme/model="])
def test_a_bad_map_option_is_named(tmp_path: Path, value: str) -> None:
    with pytest.raises(PolicyError, match="org/name=PATH"):
        load_policy(tmp_path, tmp_path, {"map": [value]})
