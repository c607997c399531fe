"""The reader against real cards, where the shared corpus lies beside the repository."""

import json
from pathlib import Path

import pytest

from benchmarks.score_tables import FALSE, NAMES, RECALL, Score, parse, score

CORPUS = Path(__file__).resolve().parents[2] / ".." / "shared" / "corpus"
needs_corpus = pytest.mark.skipif(
    not CORPUS.is_dir(), reason="the shared corpus is not beside the repository"
)


@needs_corpus
def test_labelled_cards_reach_the_targets() -> None:
    total = Score()
    for label in sorted((CORPUS / "labels").glob("*.json")):
        tables, claims, _ = parse(CORPUS / "cards" / f"{label.stem}.md")
        total.add(score(json.loads(label.read_text(encoding="utf-8")), tables, claims))
    assert total.labelled > 2000
    assert total.recall >= RECALL
    assert total.false <= FALSE
    assert total.names >= NAMES
    assert total.tables_right == total.tables


@needs_corpus
def test_every_card_parses() -> None:
    cards = sorted((CORPUS / "cards").glob("*.md"))
    assert cards
    for card in cards:
        tables, claims, _ = parse(card)
        assert all(0 <= (c.table or 0) < len(tables) for c in claims)
        assert len({c.id for c in claims}) == len(claims), card.name
