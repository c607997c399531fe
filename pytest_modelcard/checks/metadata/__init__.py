"""Rules about the front matter and what it declares (MC1xx)."""

from __future__ import annotations

from ..base import Rule

RULES: tuple[type[Rule], ...] = ()
