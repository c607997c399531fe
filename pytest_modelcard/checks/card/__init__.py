"""Rules about the card itself (MC0xx)."""

from __future__ import annotations

from ..base import Rule

RULES: tuple[type[Rule], ...] = ()
