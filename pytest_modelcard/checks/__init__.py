"""All rules, listed explicitly: one file each, one line in its family's tuple."""

from __future__ import annotations

from . import card, config, evals, identity, lineage, metadata, others, release, tables
from .base import Rule

ALL_RULES: tuple[type[Rule], ...] = (
    *card.RULES,
    *release.RULES,
    *metadata.RULES,
    *tables.RULES,
    *others.RULES,
    *lineage.RULES,
    *evals.RULES,
    *identity.RULES,
    *config.RULES,
)
