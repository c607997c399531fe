"""MC401: a claimed score against a run of its benchmark."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.evals.runs import GAIN, Bench, card, only
from tests.evals.server import Say, model, serving


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


@pytest.mark.parametrize(("share", "outcome"), [(0.4, "fail"), (0.707, "pass")], ids=["inflated", "honest"])
def test_a_claim_is_judged_by_a_part_of_the_items(bench: Bench, share: float, outcome: str) -> None:
    with serving(model(share)) as fake:
        found = only(bench.report(card([GAIN]), fake), "MC401[harbour-qa]")
        assert 0 < len(fake.asked) < 300
    assert found.outcome == outcome and found.claims and "interval" in found.message


def test_a_card_at_the_edge_of_its_claim_is_never_accused(bench: Bench) -> None:
    """Three points below the claim, well within what two runs of one model differ by."""
    with serving(model(0.677)) as fake:
        assert only(bench.report(card([GAIN]), fake), "MC401[harbour-qa]").outcome != "fail"


def test_silence_accuses_nobody(bench: Bench) -> None:
    with serving(lambda request, before: Say("")) as fake:
        assert only(bench.report(card([GAIN]), fake), "MC401[harbour-qa]").outcome == "skip"
