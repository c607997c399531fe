"""The pre-commit hook: the checks that need no network, for the cards that a commit touches.

    python -m pytest_modelcard.precommit [--modelcard-OPTION=VALUE ...] FILE ...

Files are those the commit changes; a changed config.json stands for the card of its folder. Markdown that is no model's
card is passed over. Settings come from `modelcard.toml` in the repository's root, as in any run; pytest's own
configuration and `conftest.py` of the repository are not read.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path, PurePosixPath

from .review.touched import touched_cards
from .source.folders import CARD

_NOTHING_RUN = 5


def main(argv: Sequence[str]) -> int:
    """pytest's exit status, 0 where no card is touched."""
    options = [a for a in argv if a.startswith("-")]
    files = [Path(a).as_posix() for a in argv if not a.startswith("-")]
    cards = touched_cards(files, Path.cwd())
    if not cards:
        return 0

    import pytest

    alone = ["-c", os.devnull, f"--rootdir={Path.cwd()}", "--noconftest", "-p", "no:cacheprovider"]
    status = pytest.main(
        [
            *alone,
            *("-q", "--no-header", "--modelcard-offline", "--modelcard-weights=off"),
            *options,
            *(f"--modelcard={_target(card)}" for card in cards),
        ]
    )
    return 0 if status == _NOTHING_RUN else int(status)


def _target(card: str) -> str:
    """The card's folder, so that its other files are read too; the file where it is not the folder's README.md."""
    path = PurePosixPath(card)
    return path.parent.as_posix() if path.name == CARD else card


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
