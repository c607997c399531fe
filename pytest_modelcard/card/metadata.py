"""Claims of the front matter: one for each entry, and one score for each `model-index` result."""

from __future__ import annotations

from ..model import Claim
from .benchmarks import Registry
from .names import KnownNames
from .records import FrontMatter


def metadata_claims(
    front_matter: FrontMatter, path: str, names: KnownNames, registry: Registry
) -> tuple[Claim, ...]:
    return ()
