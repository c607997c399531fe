from __future__ import annotations

import pytest

from pytest_modelcard.checks.release.missing_section import MissingSection
from tests.support import findings

WHOLE = """# Acme 7B

## Usage

    pip install transformers

## Intended use
For chat.

## Limitations
It may be wrong.

## Training data
2T tokens of web text.

## Evaluation
MMLU 5-shot: 70.1

## Contact
a@example.org

## Citation
None.
"""


def found(card: str) -> dict[str, tuple[str, str]]:
    return {f.key: (f.outcome, f.severity) for f in findings(MissingSection, card) if f.outcome != "pass"}


def test_a_whole_card_passes() -> None:
    assert found(WHOLE.replace("None.", "See the paper.")) == {}


def test_an_empty_card_lacks_all() -> None:
    open_items = found("# Acme 7B\n\nHello.")
    assert set(open_items) == {
        *("usage", "intended-use", "limitations", "training-data", "evaluation", "evaluation-settings"),
        *("contact", "citation"),
    }
    assert open_items["limitations"] == ("warn", "warning")
    assert open_items["citation"] == ("warn", "note")


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("## Limitações e riscos\n\nO modelo erra.", "limitations"),
        ("## Limitaciones\n\nFalla.", "limitations"),
        ("## 局限性\n\n可能出错。", "limitations"),
        ("The model may generate wrong answers.", "limitations"),
        ("## Como usar\n\nAssim.", "usage"),
        ("```python\nfrom transformers import pipeline\n```", "usage"),
        ("Destinado a pesquisa.", "intended-use"),
        ("It was trained on 2T tokens of web text.", "training-data"),
        ("## 训练数据\n\n公开数据。", "training-data"),
        ("## Avaliação\n\nVer tabela.", "evaluation"),
        ("All results are 5-shot with temperature 0.6.", "evaluation-settings"),
        ("Write to info@example.org.", "contact"),
        ("[Issues](https://github.com/acme/x/issues)", "contact"),
        ("```bibtex\n@misc{acme}\n```", "citation"),
    ],
)
def test_what_states_an_item(text: str, key: str) -> None:
    assert key not in found("# Acme 7B\n\n" + text)


@pytest.mark.parametrize(
    "text",
    [
        "## Limitations\n\n[More Information Needed]",
        "## Limitations\n\nTODO\n\n## Next\n\ntext",
        "## Limitations",
    ],
)
def test_an_empty_section_states_nothing(text: str) -> None:
    assert found("# Acme 7B\n\n" + text)["limitations"] == ("warn", "warning")


def test_what_is_only_touched_is_left_to_a_person() -> None:
    assert found("# Acme 7B\n\nGood for many use cases.")["intended-use"] == ("skip", "warning")


def test_declared_datasets_are_training_data() -> None:
    assert "training-data" not in found("---\ndatasets: [org/data]\n---\n# Acme 7B")


def test_the_rule_runs_in_its_profile_only() -> None:
    assert MissingSection.profiles == ("release",)
