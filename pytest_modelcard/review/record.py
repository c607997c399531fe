"""The record of a review: what travels as an artifact from the run that checks to the run that comments.

Read back it is untrusted: a fork's run may have written it. It is bounded, validated against its schema, and nothing
in it is believed that GitHub's API can tell (which pull request, which commit).
"""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from ..errors import ModelCardError
from ..report.changes import Changes, FailOn, Scope, compare
from ..report.read import read_report

VERSION = 1
#: Bytes of a record that is read. A card of 3,000 findings takes 3 MB.
MAX_BYTES = 32 << 20
#: What stays out of a record: nothing in a comment speaks of it, and it is most of a report.
_LEFT_OUT = ("claims",)


class RecordError(ModelCardError):
    """A record cannot be read or breaks its contract."""


@dataclass(frozen=True, slots=True)
class CardReview:
    """One card: its report now and, where it was there before, at the base. Both as `schemas/report-v1.json` has them."""

    path: str  #: of the card in the Git repository; its id for a model on the Hub
    head: Mapping[str, Any]
    base: Mapping[str, Any] | None = None

    @property
    def changes(self) -> Changes:
        return compare(self.base, self.head)

    @property
    def folder(self) -> str:
        """What stands before the paths of its findings in the Git repository: "" or "models/small/"."""
        inner = str(self.head["card"]["path"])
        return self.path.removesuffix(inner) if self.path.endswith(inner) else ""


@dataclass(frozen=True, slots=True)
class Review:
    """A pull request's cards. `head` and `base` are commits; `base` is None where nothing was compared."""

    cards: tuple[CardReview, ...] = ()
    head: str | None = None
    base: str | None = None
    fail_on: FailOn = "error"
    scope: Scope = "introduced"
    notes: tuple[str, ...] = ()  #: what a reader must know: what was not compared, not checked, and why
    errors: tuple[str, ...] = ()  #: cards that could not be checked at all

    @property
    def blocks(self) -> bool:
        """Whether the change must not be merged."""
        if self.errors and self.fail_on != "never":
            return True
        return any(c.changes.blocking(self.fail_on, self.scope) for c in self.cards)

    @property
    def counts(self) -> dict[str, int]:
        """How many faults the change introduces, fixes, leaves, and how many of them block."""
        changes = [c.changes for c in self.cards]
        return {
            "introduced": sum(len(c.introduced) for c in changes),
            "fixed": sum(len(c.fixed) for c in changes),
            "left": sum(len(c.left) for c in changes),
            "blocking": sum(len(c.blocking(self.fail_on, self.scope)) for c in changes),
            "errors": sum(f.outcome == "fail" for c in self.cards for f in read_report(c.head).findings),
            "warnings": sum(
                f.outcome == "warn" and f.severity == "warning"
                for c in self.cards
                for f in read_report(c.head).findings
            ),
            "cards": len(self.cards),
        }


def review_dict(review: Review) -> dict[str, Any]:
    """Plain data that validates against `schemas/review-v1.json`."""
    return {
        "version": VERSION,
        "head": review.head,
        "base": review.base,
        "fail_on": review.fail_on,
        "scope": review.scope,
        "notes": list(review.notes),
        "errors": list(review.errors),
        "cards": [
            {"path": c.path, "head": _slim(c.head), "base": c.base and _slim(c.base)} for c in review.cards
        ],
    }


def _slim(report: Mapping[str, Any]) -> dict[str, Any]:
    return {k: [] if k in _LEFT_OUT else v for k, v in report.items()}


def read_review(path: Path) -> Review:
    """A record from a file that nobody vouches for; raises RecordError."""
    data = _json(_bytes(path))
    from jsonschema import Draft202012Validator
    from referencing import Registry, Resource

    from ..schemas import schema

    reports = Resource.from_contents(schema("report-v1"))
    validator = Draft202012Validator(
        schema("review-v1"),
        registry=Registry().with_resource("urn:pytest-modelcard:schema:report:1", reports),
    )
    error = next(iter(validator.iter_errors(data)), None)
    if error is not None:
        where = "/".join(str(p) for p in error.absolute_path)
        raise RecordError(
            f"{path.name} breaks schemas/review-v1.json at {where[:200] or 'its top'}: {error.validator}"
        )
    return Review(
        cards=tuple(CardReview(c["path"], c["head"], c["base"]) for c in data["cards"]),
        head=data["head"],
        base=data["base"],
        fail_on=cast(FailOn, data["fail_on"]),
        scope=cast(Scope, data["scope"]),
        notes=tuple(data["notes"]),
        errors=tuple(data["errors"]),
    )


def _bytes(path: Path) -> bytes:
    try:
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))
        with os.fdopen(handle, "rb") as file:
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                raise RecordError(f"{path.name} is no regular file")
            raw = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise RecordError(f"{path.name} cannot be read: {error.strerror}") from None
    if len(raw) > MAX_BYTES:
        raise RecordError(f"{path.name} is larger than {MAX_BYTES >> 20} MiB")
    return raw


def _json(raw: bytes) -> Any:
    try:
        return json.loads(raw.decode("utf-8"), parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise RecordError(f"the record is no JSON: {type(error).__name__}") from None


def _no_constant(name: str) -> None:
    raise ValueError(name)
