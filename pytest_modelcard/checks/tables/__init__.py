"""Rules about tables and sentences, compared within the card (MC2xx)."""

from __future__ import annotations

from ..base import Rule

RULES: tuple[type[Rule], ...] = ()
