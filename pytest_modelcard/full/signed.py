"""Digests that a repository's own signature speaks of: `model.sig` of OpenSSF Model Signing v1.0, a Sigstore bundle around
an in-toto Statement that lists all files.

The signature itself is not verified here: whose key is to be trusted is not ours to say (`model_signing verify` does it).
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ..errors import CardError

if TYPE_CHECKING:
    from ..source.base import Source

FILE = "model.sig"
PREDICATE = "https://model_signing/signature/v1.0"
_MAX_BYTES = 32 * 1024 * 1024
_MAX_FILES = 200_000
_SHA256 = re.compile(r"[0-9a-f]{64}")


class _Unfit(ValueError):
    """A bundle of another kind; says which."""


@dataclass(frozen=True, slots=True)
class Signature:
    """Name and digest of the signed model, and SHA-256 by path; `problem`: why the file could not be read."""

    name: str = ""
    digest: str = ""
    files: Mapping[str, str] = field(default_factory=dict)
    problem: str = ""

    def as_dict(self) -> dict[str, Any]:
        return {
            "file": FILE,
            "name": self.name,
            "digest": self.digest or None,
            "problem": self.problem or None,
        }


def signature_of(source: Source) -> Signature | None:
    """What `model.sig` says; None where the repository has none."""
    if not any(entry.path == FILE for entry in source.files()):
        return None
    try:
        statement = _statement(source.read(FILE, limit=_MAX_BYTES))
        (subject,) = statement["subject"]
        files = {
            str(one["name"]): one["digest"]
            for one in statement["predicate"]["resources"][:_MAX_FILES]
            if one.get("algorithm") == "sha256" and _SHA256.fullmatch(str(one["digest"]))
        }
        digest = subject["digest"]["sha256"]
        if not _SHA256.fullmatch(str(digest)):
            raise _Unfit("its subject has no SHA-256")
        return Signature(str(subject["name"])[:200], digest, files)
    except CardError as error:
        return Signature(problem=str(error))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        why = str(error) if isinstance(error, _Unfit) else "it is no bundle of model signing v1.0"
        return Signature(problem=f"{FILE}: {why}")


def _statement(raw: bytes) -> Mapping[str, Any]:
    envelope = json.loads(raw)["dsseEnvelope"]
    statement = json.loads(base64.b64decode(envelope["payload"], validate=True))
    if statement["predicateType"] != PREDICATE:
        raise _Unfit(f"its predicate is {str(statement['predicateType'])[:100]!r}, not {PREDICATE}")
    found: Mapping[str, Any] = statement
    return found
