"""Two runs of the same checks with the same options: over the change's cards, and over those they are compared with."""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import Any

from ..api import verify
from ..errors import CardError, ModelCardError, UnknownCard
from ..policy import Policy, load_policy
from ..report.changes import FailOn, Scope
from ..report.json import report_dict
from ..report.safe import visible
from ..source.folders import CARD
from ..source.ids import read_target
from .checkout import Checkout, CheckoutError
from .record import CardReview, Review
from .touched import MAX_CARDS, touched_cards


@dataclass(frozen=True, slots=True)
class Settings:
    """What both runs share. `options` are those of `policy.load_policy`."""

    options: Mapping[str, Any]
    fail_on: FailOn = "error"
    scope: Scope = "introduced"


def review_checkout(
    root: Path,
    settings: Settings,
    base: str | None,
    cards: Sequence[str] = (),
    changed: Sequence[str] | None = None,
) -> Review:
    """Check the cards below `root` that changed since `base` (a commit), or the ones named.

    `changed` replaces Git's list of changed files. The policy (`modelcard.toml`) is the base's, so that a pull
    request cannot waive its own findings; without a base it is the one at `root`. Raises ModelCardError.
    """
    root, notes = root.resolve(), []
    try:
        checkout: Checkout | None = Checkout(root)
    except CheckoutError as error:
        if base is not None:
            raise
        checkout = None
        notes.append(f"Not compared with a base revision: {error}.")
    head = _head(checkout, base)
    with contextlib.ExitStack() as stack:
        before = None
        if checkout is not None and base is not None:
            before = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="modelcard-base-")))
            checkout.export(base, before)
            changed = checkout.changed(base) if changed is None else changed
        wanted = [_card_of(root, c) for c in cards] or touched_cards(
            changed if changed is not None else _all_files(root), root
        )
        if len(wanted) > MAX_CARDS:
            notes.append(f"{len(wanted)} cards are touched; the first {MAX_CARDS} were checked.")
        policy = _policy(before or root, settings)
        if before is not None and _own_policy(root) != _own_policy(before):
            notes.append(
                "This change edits the checks' own settings (modelcard.toml or pyproject.toml): they take effect once "
                "merged; this run used those of the base revision."
            )
        return _review(wanted[:MAX_CARDS], root, before, policy, settings, head, base, notes)


def _head(checkout: Checkout | None, base: str | None) -> str | None:
    """The commit that the result is about: the pull request's own head where the merge with its base is checked out."""
    if checkout is None or (head := checkout.commit()) is None:
        return None
    parents = checkout.parents()
    return parents[1] if len(parents) == 2 and parents[0] == base else head


def _review(
    wanted: Sequence[str],
    root: Path,
    before: Path | None,
    policy: Policy,
    settings: Settings,
    head: str | None,
    base: str | None,
    notes: list[str],
) -> Review:
    reviews, errors = [], []
    for path in wanted:
        try:
            now = _checked(root, path, policy)
        except (ModelCardError, OSError) as error:
            errors.append(f"{visible(path)}: {visible(str(error), 1000)}")
            continue
        then = None
        if before is not None and (before / path).is_file():
            try:
                then = _checked(before, path, policy)
            except (ModelCardError, OSError) as error:
                notes.append(
                    f"{visible(path)} of the base revision could not be checked ({visible(str(error), 300)}): "
                    "all its findings count as introduced."
                )
        reviews.append(CardReview(path, now, then))
    return Review(
        tuple(reviews), head, base, settings.fail_on, settings.scope, tuple(notes[:100]), tuple(errors)
    )


def _checked(root: Path, path: str, policy: Policy) -> dict[str, Any]:
    """One card's report. The card is named by its path below `root`, so that both reports name it alike.

    Raises CardError where the path leads out of `root`: a pull request's link must not have a file of this machine
    read and quoted.
    """
    place = root / path
    if place.is_symlink() or not place.resolve().is_relative_to(root.resolve()) or not place.is_file():
        raise CardError("is no regular file of the repository", "bad-data")
    with contextlib.chdir(root):
        return report_dict(verify(path, policy=policy))


def _card_of(root: Path, given: str) -> str:
    """A card named by its folder, or itself."""
    path = PurePosixPath(Path(given).as_posix())
    return (path / CARD).as_posix() if (root / path).is_dir() else path.as_posix()


def _policy(root: Path, settings: Settings) -> Policy:
    with contextlib.chdir(root):
        return load_policy(root.resolve(), root.resolve(), settings.options)


def _own_policy(root: Path) -> list[bytes | None]:
    files = (root / name for name in ("modelcard.toml", "pyproject.toml"))
    return [f.read_bytes() if f.is_file() and not f.is_symlink() else None for f in files]


def _all_files(root: Path) -> Iterator[str]:
    """Without a base every card below counts as touched."""
    for path in sorted(root.rglob("*.md")):
        yield path.relative_to(root).as_posix()


def review_model(target: str, settings: Settings, folder: Path, against: str | None = None) -> Review:
    """Check a model on the Hub. `org/name@refs/pr/N` is compared with `against` (a branch, tag or commit; main
    where not given), anything else with `against` if given. Raises ModelCardError.
    """
    wanted = read_target(target)
    if wanted is None:
        raise UnknownCard(f"{target[:200]!r} is no model on the Hub (org/name, org/name@refs/pr/N)")
    policy = load_policy(folder.resolve(), folder.resolve(), settings.options)
    head = verify(target, policy=policy)
    notes: list[str] = []
    if against is None and (wanted.revision or "").startswith("refs/pr/"):
        against = "main"
    base = None
    if against is not None:
        try:
            base = verify(replace(wanted, revision=against).label, policy=policy)
        except CardError as error:
            notes.append(f"Not compared with {visible(against)}: {visible(str(error), 300)}.")
    card = CardReview(wanted.repo_id, report_dict(head), None if base is None else report_dict(base))
    return Review(
        (card,),
        head.card.revision,
        None if base is None else base.card.revision,
        settings.fail_on,
        settings.scope,
        tuple(notes),
    )
