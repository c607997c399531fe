"""Every case of the small trained models against its truth."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from benchmarks.lineage_side_by_side import Said, ours, weight_error

Truth = dict[str, Any]


@pytest.fixture(scope="module")
def scored(trials: Path, truths: list[Truth]) -> list[tuple[Truth, Said]]:
    with ThreadPoolExecutor(2) as pool:  # each case is a process of its own
        said = pool.map(lambda truth: ours(trials, truth), truths)
        return list(zip(truths, said, strict=True))


def test_a_third_of_the_cases_are_honest(truths: list[Truth]) -> None:
    assert sum(t["honest"] is True for t in truths) >= len(truths) / 3


def test_no_honest_card_is_accused(scored: list[tuple[Truth, Said]]) -> None:
    accused = {t["case"]: said.detail for t, said in scored if t["honest"] is True and said.accused}
    assert accused == {}


def test_no_case_ends_in_an_error(scored: list[tuple[Truth, Said]]) -> None:
    assert {t["case"]: said.error for t, said in scored if said.error} == {}


def test_verdicts_are_right_in_nearly_all_cases(scored: list[tuple[Truth, Said]]) -> None:
    wrong = {t["case"]: (t["verdict"], said.verdict) for t, said in scored if not said.right}
    assert len(wrong) <= 0.05 * len(scored), wrong


def test_weights_of_linear_merges_are_found_within_a_thousandth(scored: list[tuple[Truth, Said]]) -> None:
    errors = {t["case"]: e for t, said in scored if (e := weight_error(t, said)) is not None}
    assert errors
    assert {case: error for case, error in errors.items() if error > 0.001} == {}
