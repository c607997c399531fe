"""MC003: the card shows an image that is not in its repository."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from ...card.records import Card
from ..base import Rule, Subject, Verdict, clean, fault, slug
from ._targets import hint, known_files, own_target

if TYPE_CHECKING:
    from ...evidence import Evidence

MAX_IMAGES = 300


class MissingImage(Rule):
    """The card shows an image or a video that is not in its repository.

    ## What it does

    Looks up each image and video of the card that belongs to its own repository: by relative path, or by
    the repository's address on the Hub. Images on other sites are not fetched.

    ## Why it matters

    Readers see a broken image where the card's figures should be: often the benchmark chart itself.

    ## Example

        ![Benchmark results](acme-7b-benchmarks.png)

    in a repository without that file.

    ## What to do instead

    Upload the file, or correct its path. Upper and lower case count on the Hub.
    """

    id = "MC003"
    name = "missing-image"
    needs = frozenset({"files"})

    def subjects(self, card: Card) -> Iterable[Subject]:
        seen: set[str] = set()
        for link in card.links:
            if link.kind != "image":
                continue
            target = own_target(link.target, card.identity.path, card.identity.repo_id)
            if target is None or not target.path or target.path in seen or len(seen) >= MAX_IMAGES:
                continue
            seen.add(target.path)
            yield Subject(slug(target.path), link.span, data=target.path)

    def run(self, subject: Subject, evidence: Evidence) -> Verdict:
        path: str = subject.data
        files = known_files(evidence)
        if path in files:
            return clean(f"{path} is in the repository.")
        return fault(
            f"The card shows {path}; the repository's {len(files)} files lack it.{hint(path, files)}",
            help="Upload the image, or correct its path.",
        )
