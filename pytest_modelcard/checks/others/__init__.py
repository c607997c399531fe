"""Rules about the card against other models' cards (MC25x)."""

from __future__ import annotations

from ..base import Rule

RULES: tuple[type[Rule], ...] = ()
