"""The JSON Schemas of the public contract, as they travel with the package.

The folder `schemas/` at the top of the project holds the same files for people to link to; a test keeps
both alike.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any


@cache
def schema(name: str) -> Mapping[str, Any]:
    """The schema in `NAME.json`, for example `schema("card-v1")`."""
    text = files(__name__).joinpath(f"{name}.json").read_text(encoding="utf-8")
    content: Mapping[str, Any] = json.loads(text)
    return content
