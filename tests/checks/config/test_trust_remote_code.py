"""MC611: instructions to trust remote code."""

from __future__ import annotations

import json
from typing import Any

from pytest_modelcard.checks.config.trust_remote_code import TrustRemoteCode
from tests.support import findings

from .models import config

CARD = "# Model\n\n```bash\nvllm serve acme/model --trust-remote-code\n```\n"


def check(card: str = CARD, **files: Any) -> list[tuple[str, str]]:
    return [(f.outcome, f.severity) for f in findings(TrustRemoteCode, card, files=files)]


def test_a_needless_instruction_is_a_warning() -> None:
    found = findings(TrustRemoteCode, CARD, files={"config.json": config()})
    assert [(f.key, f.outcome, f.severity, f.span.line) for f in found] == [
        ("trust-remote-code", "warn", "warning", 4)
    ]


def test_code_that_will_run_is_named_in_a_note() -> None:
    files = {
        "config.json": config(auto_map={"AutoModel": "modeling_acme.Acme"}),
        "modeling_acme.py": "class Acme: ...",
    }
    found = findings(TrustRemoteCode, CARD, files=files)
    assert (found[0].outcome, found[0].severity) == ("warn", "note")
    assert "modeling_acme.py" in found[0].message
    tokenizer = {"tokenizer_config.json": json.dumps({"auto_map": {"AutoTokenizer": ["t.Slow", None]}})}
    assert check(**{"config.json": config(), "t.py": "", **tokenizer}) == [("warn", "note")]


def test_code_of_another_repository_is_a_warning() -> None:
    files = {"config.json": config(auto_map={"AutoModel": "other/repo--modeling.Acme"})}
    found = findings(TrustRemoteCode, CARD, files=files)
    assert (found[0].outcome, found[0].severity) == ("warn", "warning")
    assert "other/repo" in found[0].message


def test_python_files_alone_pass() -> None:
    assert check(**{"config.json": config(), "inference.py": ""})[0][0] == "pass"


def test_cards_without_it_or_about_other_models_are_left_alone() -> None:
    assert check("# Model\n", **{"config.json": config()}) == []
    other = "# Model\n\n```bash\nvllm serve other/big --trust-remote-code\n```\n"
    assert check(other, **{"config.json": config()}) == []


def test_no_verdict_where_the_configuration_is_not_known() -> None:
    assert findings(TrustRemoteCode, CARD, knows_files=False)[0].outcome == "skip"
    assert check()[0][0] == "skip"
    assert check(**{"config.json": "{"})[0][0] == "skip"


def test_only_the_files_that_are_loaded_are_named() -> None:
    files = {
        "config.json": '{"auto_map": {"AutoModel": "modeling_acme.AcmeModel"}}',
        "modeling_acme.py": "x",
        "sample_finetune.py": "x",
    }
    card = '# Acme\n\n```python\nAutoModel.from_pretrained("acme/model", trust_remote_code=True)\n```\n'
    (found,) = findings(TrustRemoteCode, card, files=files)
    assert "modeling_acme.py" in found.message and "sample_finetune.py" not in found.message
