"""Rules about what only the `release` and `eu-gpai` profiles ask for (MC05x to MC09x)."""

from __future__ import annotations

from ..base import Rule

RULES: tuple[type[Rule], ...] = ()
