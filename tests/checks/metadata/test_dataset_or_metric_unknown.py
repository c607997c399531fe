"""MC118 dataset-or-metric-unknown."""

from __future__ import annotations

import pytest

from pytest_modelcard.checks.metadata.dataset_or_metric_unknown import DatasetOrMetricUnknown
from tests.support import findings


@pytest.mark.parametrize(
    "yaml",
    [
        "datasets: [imdb, HuggingFaceFW/fineweb, acme/my-dataset]",
        "metrics: [accuracy, f1, Mean Average Precision, my_own_score, exact match]",
    ],
)
def test_possible_names_pass(yaml: str) -> None:
    found = findings(DatasetOrMetricUnknown, f"---\n{yaml}\n---\n")
    assert {f.outcome for f in found} == {"pass"} and found


@pytest.mark.parametrize(
    "yaml",
    [
        "datasets: [generator]",
        "datasets: [json]",
        "datasets: [your_dataset_here]",
        "datasets: custom",
        "metrics: ['accuracy: 93.2']",
        "metrics: [accuracy 93.2%]",
        "metrics: [The accuracy on our test set is high.]",
    ],
)
def test_placeholders_and_results_are_a_warning(yaml: str) -> None:
    (found,) = findings(DatasetOrMetricUnknown, f"---\n{yaml}\n---\n")
    assert (found.outcome, found.severity, found.span.line) == ("warn", "warning", 2)


def test_prose_in_datasets_is_a_schema_violation_and_not_told_twice() -> None:
    assert findings(DatasetOrMetricUnknown, "---\ndatasets: [librispeech 960h]\n---\n") == []


def test_silent_without_entries() -> None:
    assert findings(DatasetOrMetricUnknown, "---\nlicense: mit\n---\n") == []


def test_what_a_trainer_writes_is_a_note() -> None:
    card = "---\ntags: [generated_from_trainer]\ndatasets: [imagefolder]\n---\n"
    assert [(f.outcome, f.severity) for f in findings(DatasetOrMetricUnknown, card)] == [("warn", "note")]
