"""Rules about the card against the repository's configuration files (MC6xx)."""

from __future__ import annotations

from ..base import Rule

RULES: tuple[type[Rule], ...] = ()
