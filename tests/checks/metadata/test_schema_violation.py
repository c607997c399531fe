"""MC102 schema-violation."""

from __future__ import annotations

import pytest

from pytest_modelcard.checks.metadata.schema_violation import SchemaViolation
from tests.support import findings, outcomes

GOOD = """---
language: [en, pt, code]
language_bcp47: [pt-BR]
license: apache-2.0
library_name: transformers
pipeline_tag: text-generation
tags: [a, b]
datasets: [imdb, HuggingFaceFW/fineweb]
metrics: accuracy
base_model: acme/base-7b
widget:
- text: hello
inference: false
co2_eq_emissions: {emissions: 12, source: a guess}
model-index:
- name: a
  results:
  - task: {type: text-generation}
    dataset: {type: imdb, name: IMDB, config: plain_text}
    metrics: [{type: accuracy, value: 0.93, verified: false}]
    source: {url: "https://example.org", name: own}
my-own-key: [1, 2]
---
"""


def test_a_good_card_passes() -> None:
    assert outcomes(findings(SchemaViolation, GOOD)) == {"front-matter": "pass"}


@pytest.mark.parametrize(
    ("yaml", "key", "outcome", "says"),
    [
        ("language: es-ES", "language", "fail", "write `es` (Spanish"),
        ("language: [en, zh-CN]", "language-1", "fail", "write `zh`"),
        ("language: noinfo", "language", "fail", "ISO 639"),
        ("language: portuguese", "language", "fail", "write `pt`"),
        ("language:", "language", "fail", "or remove the entry"),
        ("language: [en, 3]", "language-1", "fail", "language code"),
        ("license:", "license", "fail", "licence id"),
        ("license: {name: mit}", "license", "fail", "licence id"),
        ("datasets: [imdb, librispeech 960h]", "datasets-1", "fail", "id of a data set"),
        ("datasets: https://example.org/data", "datasets", "warn", "id of a data set"),
        ("base_model_relation: [merge]", "base_model_relation", "warn", "merge"),
        ("datasets: [null]", "datasets-0", "fail", "data set id"),
        ("base_model: {id: acme/a}", "base_model", "fail", "model id"),
        ("widget: hello", "widget", "fail", "list of examples"),
        ("model-index: x", "model-index", "fail", "list of models"),
        ("model-index: [{name: a}]", "model-index-0", "fail", "`results`"),
        ("tags: {a: b}", "tags", "warn", "list of words"),
        ("pipeline_tag: [a]", "pipeline_tag", "warn", "name of a task"),
    ],
)
def test_each_breach_names_its_entry(yaml: str, key: str, outcome: str, says: str) -> None:
    (found,) = findings(SchemaViolation, f"---\ntags: [x]\n{yaml}\n---\n".replace("tags: [x]\ntags", "tags"))
    assert (found.key, found.outcome) == (key, outcome)
    assert says in found.message + found.help
    assert found.span.line in (2, 3)


def test_every_broken_part_of_a_result_has_its_line() -> None:
    card = """---
model-index:
- name: a
  results:
  - task: {name: x}
    dataset:
      type: d
      name: D
      config: 1
    metrics:
    - type: acc
---
"""
    found = findings(SchemaViolation, card)
    assert [(f.span.line, f.outcome) for f in found] == [(5, "fail"), (9, "fail"), (11, "fail")]
    assert "lacks `type`" in found[0].message and "lacks `value`" in found[2].message


def test_an_empty_entry_that_the_hub_does_not_read_is_a_note() -> None:
    (found,) = findings(SchemaViolation, "---\nlicense: mit\nfoo:\n---\n")
    assert (found.outcome, found.severity, found.span.line) == ("warn", "note", 3)


@pytest.mark.parametrize(
    "card", ["# A\n", "---\ntitle: a page\ndate: 2024-01-01\nfoo:\n---\n", "---\na: [\n---\n"]
)
def test_what_is_no_front_matter_for_the_hub_is_left_alone(card: str) -> None:
    assert findings(SchemaViolation, card) == []


def test_results_without_a_data_set_are_one_warning() -> None:
    result = "  - task: {type: token-classification}\n    metrics:\n    - {type: f1, value: 0.84}\n"
    (found,) = findings(SchemaViolation, f"---\nmodel-index:\n- name: m\n  results:\n{result * 3}---\n")
    assert (found.outcome, found.severity) == ("warn", "warning") and "lacks `dataset`" in found.message


def test_tabular_examples_and_an_empty_thumbnail_are_no_faults() -> None:
    card = "---\nlicense: mit\nthumbnail: null\nwidget:\n  structuredData:\n    x: [1, 2]\n---\n# A\n"
    assert [f.severity for f in findings(SchemaViolation, card) if f.outcome != "pass"] == ["note"]
