"""MC604: serving commands against claim and configuration."""

from __future__ import annotations

from typing import Any

from pytest_modelcard.checks.config.served_context import ServedContext
from tests.support import findings, outcomes

from .models import config

COMMAND = "\n```bash\nvllm serve acme/model --max-model-len {} {}\n```\n"
CLAIM = "# Model\n\n- **1,010,000 token context window**\n"


def check(card: str, **fields: Any) -> dict[str, str]:
    return outcomes(findings(ServedContext, card, files={"config.json": config(**fields)}))


def test_a_length_within_the_configuration_passes() -> None:
    assert check("# Model\n" + COMMAND.format(8192, "")) == {"8192": "pass"}


def test_a_length_above_claim_and_configuration_fails() -> None:
    card = CLAIM + COMMAND.format(1048576, "--trust-remote-code")
    found = findings(ServedContext, card, files={"config.json": config(max_position_embeddings=262144)})
    assert outcomes(found) == {"1048576": "fail"}
    assert all(n in found[0].message for n in ("1,048,576", "262,144", "1,010,000"))
    assert found[0].span.line == 6


def test_a_length_that_only_the_claim_covers_is_a_warning() -> None:
    assert check(CLAIM + COMMAND.format(1000000, ""), max_position_embeddings=262144) == {"1000000": "warn"}


def test_a_claim_in_thousands_may_mean_powers_of_two() -> None:
    card = "# Model\n\nIt has a 1M token context window.\n" + COMMAND.format(1048576, "")
    assert check(card, max_position_embeddings=262144) == {"1048576": "warn"}


def test_a_command_that_switches_scaling_on_passes() -> None:
    override = '--rope-scaling \'{"rope_type":"yarn","factor":4.0}\''
    assert check(CLAIM + COMMAND.format(1000000, override), max_position_embeddings=262144) == {
        "1000000": "pass"
    }


def test_a_card_that_explains_scaling_may_serve_what_it_claims() -> None:
    card = CLAIM + "\nSet `rope_scaling` to YaRN first.\n" + COMMAND.format(1010000, "")
    assert check(card, max_position_embeddings=262144) == {"1010000": "pass"}


def test_commands_for_other_models_are_left_alone() -> None:
    card = "# Model\n\n```bash\nvllm serve other/big --max-model-len 1048576\n```\n"
    assert check(card) == {}


def test_no_verdict_without_files() -> None:
    card = "# Model\n" + COMMAND.format(8192, "")
    assert outcomes(findings(ServedContext, card, knows_files=False)) == {"8192": "skip"}


def test_a_command_for_another_gguf_file_is_left_alone() -> None:
    command = "vllm serve acme/model --max-model-len 4096\nllama-server -m other.Q4_K_M.gguf -c 131072"
    card = f"# Model\n\nContext length: 8192 tokens.\n\n```bash\n{command}\n```\n"
    found = findings(ServedContext, card, files={"config.json": config()})
    assert "fail" not in {f.outcome for f in found}
    own = card.replace("other.Q4", "model.Q4")
    assert "fail" in {f.outcome for f in findings(ServedContext, own, files={"config.json": config()})}
