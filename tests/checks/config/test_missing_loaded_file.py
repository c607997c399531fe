"""MC609: files the card tells people to load."""

from __future__ import annotations

from typing import Any

from pytest_modelcard.checks.config.missing_loaded_file import MissingLoadedFile
from tests.support import findings, outcomes

CARD = '# Model\n\n```python\nhf_hub_download(repo_id="{}", filename="{}")\n```\n'


def check(repo: str, file: str, **files: Any) -> dict[str, str]:
    return outcomes(findings(MissingLoadedFile, CARD.format(repo, file), files=files))


def test_a_file_that_is_there_passes() -> None:
    assert check("acme/model", "model.Q4.gguf", **{"model.Q4.gguf": b""}) == {"model.q4.gguf": "pass"}


def test_a_missing_file_fails_and_names_the_nearest() -> None:
    card = CARD.format("acme/model", "model.Q4_K_M.gguf")
    found = findings(MissingLoadedFile, card, files={"model.q4_k_m.gguf": b""})
    assert [(f.outcome, f.span.line) for f in found] == [("fail", 4)]
    assert "model.q4_k_m.gguf" in found[0].help


def test_a_file_in_another_folder_is_a_warning() -> None:
    assert list(check("acme/model", "model.gguf", **{"gguf/model.gguf": b""}).values()) == ["warn"]


def test_other_repositories_and_placeholders_are_left_alone() -> None:
    assert check("other/model", "model.gguf") == {}
    assert check("acme/model", "path/to/model.gguf") == {}
    assert check("acme/model", "photo.jpg") == {}


def test_no_verdict_without_files() -> None:
    found = findings(MissingLoadedFile, CARD.format("acme/model", "m.gguf"), knows_files=False)
    assert outcomes(found) == {"m.gguf": "skip"}


def test_files_given_by_keyword_behind_the_repository() -> None:
    for call in (
        'hf_hub_download("acme/model", filename="m.Q4.gguf")',
        'AutoModelForCausalLM.from_pretrained("acme/model", gguf_file="m.Q4.gguf")',
    ):
        card = f"# model\n\n```python\n{call}\n```\n"
        found = findings(MissingLoadedFile, card, files={"config.json": "{}"})
        assert [(f.key, f.outcome, f.span.line) for f in found] == [("m.q4.gguf", "fail", 4)]
