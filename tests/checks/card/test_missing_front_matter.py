from __future__ import annotations

from pytest_modelcard.checks.card.missing_front_matter import MissingFrontMatter
from tests.support import findings


def one(card: str, **kw: object) -> tuple[str, str]:
    (finding,) = findings(MissingFrontMatter, card, **kw)  # type: ignore[arg-type]
    return finding.outcome, finding.severity


def test_a_front_matter_passes() -> None:
    assert one("---\nlicense: mit\n---\n# A")[0] == "pass"


def test_a_card_of_the_hub_needs_one() -> None:
    assert one("# A", repo_id="acme/model", knows_files=False) == ("warn", "warning")


def test_a_card_beside_weights_needs_one() -> None:
    assert one("# A", repo_id=None, files={"model.safetensors": b""}) == ("warn", "warning")


def test_for_a_lone_file_it_is_a_note() -> None:
    assert one("# A", repo_id=None, knows_files=False) == ("warn", "note")
    assert one("# A", repo_id=None, files={"notes.md": "x"}) == ("warn", "note")
