"""MC114: `license: other`, and nobody can find out which."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from ...card.records import Card
from ...errors import CannotTell
from ...model import Span
from ..base import Rule, Subject, Verdict, clean, fault
from ._entries import claims_at, shown, texts

if TYPE_CHECKING:
    from ...evidence import Evidence

_LICENSE_FILE = re.compile(r"(?:licen[cs]e|copying|terms|model[-_ ]?licen[cs]e)[^/]*", re.IGNORECASE)

_OWN_FILE = re.compile(
    r"https?://(?:huggingface\.co|hf\.co)/([\w.-]+/[\w.-]+)/(?:blob|raw|resolve)/(?:main"
    r"|HEAD)/([^\s]+)",
    re.IGNORECASE,
)


class OtherLicenseWithoutLink(Rule):
    """## What it does
    Where `license` is `other`, looks for `license_name` and for the text: a `license_link` or a LICENSE
    file of the repository. A `license_link` that names a file has to lead to one, with every licence.

    ## Why it matters
    `other` alone says that there are terms, and not which: nobody can use the model with a good conscience.

    ## Example
    ```yaml
    license: other
    ```

    ## What to do instead
    ```yaml
    license: other
    license_name: acme-model-license-1.0
    license_link: LICENSE
    ```
    """

    id = "MC114"
    name = "other-license-without-link"
    needs = frozenset(("files",))

    def subjects(self, card: Card) -> Iterable[Subject]:
        licenses = texts(card.front_matter, "license")
        link = texts(card.front_matter, "license_link")[:1]
        if any(e.value == "other" for e in licenses):
            yield Subject("license", licenses[0].span, claims=claims_at(card, *licenses, *link))
        elif link:
            yield Subject("license_link", link[0].span, claims=claims_at(card, *link))

    def run(self, subject: Subject, evidence: Evidence) -> Verdict:
        front_matter = evidence.card.front_matter
        name = next((e.value for e in texts(front_matter, "license_name")), "")
        link = next(iter(texts(front_matter, "license_link")), None)
        if link is not None:
            bad = _dead(link.value, evidence)
            if bad:
                return fault(bad, help="add the file, or correct the link", span=link.span)
        if subject.key == "license_link" and link is not None:
            return clean(f"`license_link: {shown(link.value)}` leads somewhere")
        if link is None:
            found = _missing_text(evidence, subject.span)
            if found is not None:
                return found
        if not name:
            return fault(
                "`license: other` has no `license_name`: the page cannot say which licence it is",
                help="name it: `license_name: acme-model-license-1.0`",
                severity="warning",
            )
        return clean(f"`other` is {shown(name)}" + (f", at {shown(link.value)}" if link is not None else ""))


def _dead(link: str, evidence: Evidence) -> str | None:
    """What is wrong with a link to a file of the repository; None if nothing is, or it leads elsewhere."""
    own = _OWN_FILE.match(link)
    if own is not None and own[1].lower() == (evidence.card.identity.repo_id or "").lower():
        link = own[2]
    elif re.match(r"[a-z][a-z0-9+.-]*:", link, re.IGNORECASE) or link.startswith(("//", "#")):
        return None
    path = link.removeprefix("./").split("#")[0].split("?")[0]
    try:
        there = evidence.has_file(path)
    except CannotTell:
        return None
    return None if there else f"`license_link: {shown(link)}` names a file that the repository does not have"


def _missing_text(evidence: Evidence, span: Span) -> Verdict | None:
    """The fault of a custom licence without a link; None where the repository holds its text."""
    try:
        if any(_LICENSE_FILE.fullmatch(f.path) for f in evidence.files()):
            return None
        message, severe = "`license: other` has neither a `license_link` nor a LICENSE file", True
    except CannotTell:
        message, severe = "`license: other` has no `license_link`", False
    return fault(
        message,
        help="put the text into a file LICENSE and set `license_name` and `license_link: LICENSE`",
        span=span,
        severity=None if severe else "warning",
    )
