from __future__ import annotations

from dataclasses import replace

from pytest_modelcard.checks.lineage.copy_under_new_name import CopyUnderNewName
from pytest_modelcard.weights.records import LeftOut
from tests.checks.lineage.judged import BASE, COPY, FINE_TUNE, OTHER, card, judged, parent, verdict


def test_a_copy_declared_as_a_fine_tune_fails() -> None:
    assert judged(CopyUnderNewName, card("base_model_relation: finetune"), COPY)[0].outcome == "fail"
    assert judged(CopyUnderNewName, card(text=f"Fine-tuned from `{BASE}`."), COPY)[0].outcome == "fail"


def test_a_copy_of_an_undeclared_model_fails() -> None:
    lineage = verdict("copy", parent(OTHER), complete=False)
    assert judged(CopyUnderNewName, card(), lineage)[0].outcome == "fail"


def test_a_mirror_is_a_note_and_a_fine_tune_passes() -> None:
    assert judged(CopyUnderNewName, card(), COPY)[0].severity == "note"
    assert judged(CopyUnderNewName, card(), FINE_TUNE)[0].outcome == "pass"


def test_a_base_with_parts_added_is_no_copy_for_sure() -> None:
    grown = replace(COPY, left_out=(LeftOut("embed.weight", "its rows from 32,000 on"),))
    assert judged(CopyUnderNewName, card("base_model_relation: finetune"), grown)[0].outcome == "warn"
