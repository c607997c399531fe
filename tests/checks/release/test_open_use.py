from __future__ import annotations

import pytest

from pytest_modelcard.checks.release.open_use import OpenUse
from tests.support import findings

GOOD = (
    "# Acme\n\n## Intended use\n\nFor chatbots and agents. Prohibited uses: see the acceptable "
    "use policy.\n\nNeeds 80 GB GPU memory.\n\n```bash\npip install vllm\nvllm serve "
    "acme/model\n```"
)


def found(card: str) -> dict[str, str]:
    return {f.key: f.outcome for f in findings(OpenUse, card, repo_id=None) if f.outcome != "pass"}


def test_a_card_that_states_all_passes() -> None:
    assert found(GOOD) == {}


def test_a_card_that_states_nothing_has_open_items() -> None:
    assert found("Hello.") == dict.fromkeys(
        [
            "acceptable-use-policy",
            "intended-uses",
            "integrable-systems",
            "technical-means",
            "hardware",
            "software",
        ],
        "warn",
    )


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("Runs on one RTX 4090.", "hardware"),
        ("显存 24GB", "hardware"),
        ("```\nvllm serve x --tensor-parallel-size 8\n```", "hardware"),
        ("Needs transformers>=4.51.", "software"),
        ("It must not be used for surveillance.", "acceptable-use-policy"),
        ("请勿用于违法用途", "acceptable-use-policy"),
        ("```python\nm = AutoModel.from_pretrained('x')\n```", "technical-means"),
    ],
)
def test_what_states_an_item(text: str, key: str) -> None:
    assert key not in found("text\n\n" + text)


def test_the_rule_runs_in_its_profile_only() -> None:
    assert OpenUse.profiles == ("eu-gpai",)


def test_what_is_only_touched_is_left_to_a_person() -> None:
    assert found("# \n\nPlease use it responsibly.")["acceptable-use-policy"] == "skip"
