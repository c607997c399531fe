"""MC105 unknown-pipeline-tag."""

from __future__ import annotations

import pytest

from pytest_modelcard.checks.metadata.unknown_pipeline_tag import UnknownPipelineTag
from tests.support import findings


@pytest.mark.parametrize("tag", ["text-generation", "image-text-to-text", "other"])
def test_listed_tasks_pass(tag: str) -> None:
    assert [f.outcome for f in findings(UnknownPipelineTag, f"---\npipeline_tag: {tag}\n---\n")] == ["pass"]


@pytest.mark.parametrize(
    ("tag", "meant"),
    [
        ("text generation", "text-generation"),
        ("Text-Generation", "text-generation"),
        ("fact-checking", "text-classification"),
    ],
)
def test_other_words_are_a_warning_with_the_task_that_is_meant(tag: str, meant: str) -> None:
    (found,) = findings(UnknownPipelineTag, f"---\npipeline_tag: {tag}\n---\n")
    assert (found.outcome, found.severity, found.span.line) == ("warn", "warning", 2)
    assert f"`{meant}`" in found.help


@pytest.mark.parametrize("card", ["# A\n", "---\npipeline_tag:\n---\n"])
def test_silent_without_one(card: str) -> None:
    assert findings(UnknownPipelineTag, card) == []
