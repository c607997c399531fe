from __future__ import annotations

import pytest

from pytest_modelcard.checks.others.differs_from_competitor_card import DiffersFromCompetitorCard
from tests.support import findings, outcomes

from .cards import card, own, table

OTHER = "rival/rival-8b"
LINK = f"https://huggingface.co/{OTHER}"


def run(columns: str, *rows: str, theirs=("GSM8K, 81.4",), text: str = ""):
    others = {OTHER: own(*theirs, name="rival-8b")}
    return findings(
        DiffersFromCompetitorCard,
        card(table(columns, *rows), text=text),
        others=others,
        repo_id="acme/child-7b",
    )


@pytest.mark.parametrize(
    ("column", "text"),
    [(OTHER, ""), (f"[Rival 8B]({LINK})", ""), ("Rival 8B", f"We compare with [this model]({LINK}).")],
)
def test_a_model_that_the_card_names_by_id_or_link(column, text):
    assert [f.outcome for f in run(f"Child 7B, {column}", "GSM8K, 83.0, 81.4", text=text)] == ["pass"]
    (found,) = run(f"Child 7B, {column}", "GSM8K, 83.0, 77.1", text=text)
    assert (found.outcome, found.severity) == ("warn", "note")
    assert "77.1 here, 81.4 in line 10 of the card of rival/rival-8b" in found.message


def test_a_mere_name_is_no_id():
    assert not run("Child 7B, Rival 8B", "GSM8K, 83.0, 77.1")
    assert not run("Child 7B, Rival 70B", "GSM8K, 83.0, 77.1", text=f"See [it]({LINK}).")
    assert not run("Child 7B, GPT-5", "GSM8K, 83.0, 77.1", text=f"See [it]({LINK}).")


def test_two_ids_of_one_name_are_none():
    text = f"See [a]({LINK}) and [b](https://huggingface.co/copy/rival-8b)."
    assert not run("Child 7B, Rival 8B", "GSM8K, 83.0, 77.1", text=text)


def test_links_to_elsewhere_are_no_models():
    for link in ("https://huggingface.co/datasets/rival/rival-8b", "https://example.org/rival/rival-8b"):
        assert not run(f"Child 7B, [Rival 8B]({link})", "GSM8K, 83.0, 77.1")


def test_the_base_is_left_to_its_own_rule():
    assert not run("Child 7B, base-7b", "GSM8K, 83.0, 77.1")


def test_a_benchmark_that_the_registry_does_not_know_is_compared_by_name():
    found = run(f"Child 7B, {OTHER}", "AcmeQA-X, 83.0, 77.1", theirs=("AcmeQA-X, 71.7",))
    assert list(outcomes(found).values()) == ["warn"]


def test_a_survey_looks_up_the_first_models_only():
    columns = ", ".join(f"org/model-{i}-7b" for i in range(30))
    row = ", ".join(["GSM8K", *(f"{60 + i}.5" for i in range(30))])
    found = run(columns, row)
    assert len(found) == 12 and {f.outcome for f in found} == {"skip"}
