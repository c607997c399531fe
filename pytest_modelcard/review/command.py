"""`python -m pytest_modelcard review`: what a pull request changes, checked at head and base, and compared."""

from __future__ import annotations

import argparse
import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from ..errors import ModelCardError
from .checkout import Checkout, CheckoutError
from .options import add_blocking_options, add_run_options, settings_of
from .record import Review, review_dict
from .runs import Settings, review_checkout, review_model


def add_command(commands: Any) -> None:
    """Register the command with argparse's subparsers."""
    parser = commands.add_parser(
        "review", help="check the cards that a change touches, and compare with the base"
    )
    parser.add_argument(
        "cards",
        nargs="*",
        metavar="CARD",
        help="cards' paths in the checkout; default: those the change touches",
    )
    parser.add_argument(
        "--model", action="append", default=[], help="models on the Hub instead: org/name, org/name@refs/pr/N"
    )
    parser.add_argument(
        "--models", type=Path, metavar="FILE", help="the same, one a line (# begins a comment)"
    )
    parser.add_argument(
        "--root", type=Path, default=Path(), help="the Git checkout; default: the current folder"
    )
    parser.add_argument("--base", help="commit, branch or Hub revision to compare with; default: the event's")
    parser.add_argument(
        "--changed", type=Path, metavar="FILE", help="paths that changed, one a line, instead of Git's"
    )
    add_blocking_options(parser, "error")
    add_run_options(parser)
    out = parser.add_argument_group("output")
    out.add_argument("--record", type=Path, metavar="FILE", help="for `comment`, also in another workflow")
    out.add_argument(
        "--json", type=Path, metavar="FILE", help="the reports of the head (schemas/report-v1.json)"
    )
    out.add_argument("--sarif", type=Path, metavar="FILE", help="for code scanning: SARIF 2.1.0")
    out.add_argument("--summary", action="store_true", help="write the job's summary")
    out.add_argument("--annotate", action="store_true", help="print GitHub's annotation commands")
    parser.set_defaults(run=run_command)


def run_command(options: argparse.Namespace) -> int:
    """0: nothing blocks; 1: something does; 2: the review could not be made."""
    from ..post.report_out import tell

    try:
        review = _review(options, settings_of(options))
    except (ModelCardError, OSError) as error:
        from ..post.job import set_outputs
        from ..post.speech import complain

        complain(f"error: {error}")
        set_outputs({"outcome": "error"})
        return 2
    if options.record:
        options.record.parent.mkdir(parents=True, exist_ok=True)
        text = json.dumps(review_dict(review), ensure_ascii=False, allow_nan=False)
        options.record.write_text(text + "\n", "utf-8")
    tell(review, options)
    return 1 if review.blocks else 0


def _review(options: argparse.Namespace, settings: Settings) -> Review:
    models = [*options.model, *(_listed(options.models) if options.models else ())]
    if models:
        return merged([_one(m, settings, options) for m in models])
    root, event = options.root, _event()
    changed = _lines(options.changed) if options.changed else None
    if (root / ".git").exists():
        return review_checkout(root, settings, _base(root, options.base, event), options.cards, changed)
    if changed is None and not options.cards and "pull_request" in event:
        from ..post.event import changed_by_api

        changed = changed_by_api()
    return review_checkout(root, settings, None, options.cards, changed)


def _one(model: str, settings: Settings, options: argparse.Namespace) -> Review:
    """A model that cannot be read does not keep the others of a list from being checked."""
    try:
        return review_model(model, settings, options.root, options.base)
    except ModelCardError as error:
        return Review(errors=(f"{model}: {error}",), fail_on=settings.fail_on, scope=settings.scope)


def merged(reviews: Sequence[Review]) -> Review:
    """Several reviews as one. Of one model it stays as it is; more have no common head and base."""
    if len(reviews) == 1:
        return reviews[0]
    return replace(
        reviews[0],
        cards=tuple(c for r in reviews for c in r.cards),
        head=None,
        base=None,
        notes=tuple(n for r in reviews for n in r.notes),
        errors=tuple(e for r in reviews for e in r.errors),
    )


def _base(root: Path, given: str | None, event: Mapping[str, Any]) -> str | None:
    """The commit to compare with: given, or the event's; None where the run has neither."""
    if not given and "pull_request" not in event:
        return None
    checkout = Checkout(root)
    if not given:
        return checkout.base_of(event)
    commit = checkout.commit(given) or checkout.commit(f"origin/{given}") or checkout.fetched(given)
    if commit is None:
        raise CheckoutError(f"there is no revision {given[:80]!r} here")
    return checkout.fork_point(commit)


def _event() -> Mapping[str, Any]:
    path = os.environ.get("GITHUB_EVENT_PATH")
    try:
        data = json.loads(Path(path).read_bytes()) if path else {}
    except (OSError, ValueError):
        return {}
    return data if isinstance(data, dict) else {}


def _lines(path: Path) -> list[str]:
    return [line for line in path.read_text("utf-8").splitlines() if line.strip()]


def _listed(path: Path) -> list[str]:
    return [found for line in _lines(path) if (found := line.split("#", 1)[0].strip())]
