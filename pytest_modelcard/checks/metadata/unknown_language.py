"""MC104: a language code that names no language."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from ...card.records import Card
from ...card.value_lists import value_list
from ..base import Rule, Subject, Verdict, clean, fault, slug
from ._entries import Entry, claims_at, texts

if TYPE_CHECKING:
    from ...evidence import Evidence

#: What is often written for a language: country codes and the like.
_MEANT = {
    "jp": "ja",
    "cn": "zh",
    "gr": "el",
    "ua": "uk",
    "dk": "da",
    "cz": "cs",
    "vn": "vi",
    "us": "en",
    "gb": "en",
    "mx": "es",
    "at": "de",
    "ir": "fa",
    "il": "he",
    "md": "ro",
    "rs": "sr",
}
#: Codes that ISO 639 has withdrawn and that older tools still write.
_WITHDRAWN = {"iw": "he", "in": "id", "ji": "yi", "jw": "jv", "sh": "sr", "mo": "ro"}
_CODE = re.compile(r"[A-Za-z]{2,3}")


class UnknownLanguage(Rule):
    """## What it does
    Looks every two- or three-letter value of `language` up among the codes of ISO 639-1, -2, -3 and -5.
    Values of another form are reported as schema violations.

    ## Why it matters
    The Hub accepts ISO 639 codes only. Country codes (`jp`, `cn`) are the usual slip: the model is then
    not found under its language.

    ## Example
    ```yaml
    language:
    - jp
    ```

    ## What to do instead
    Write the code of the language (`ja`), in lower case; `code` for programming languages, `multilingual`
    for many.
    """

    id = "MC104"
    name = "unknown-language"

    def subjects(self, card: Card) -> Iterable[Subject]:
        for entry in texts(card.front_matter, "language"):
            if _CODE.fullmatch(entry.value) or entry.value in value_list("languages"):
                yield Subject(slug(entry.value), entry.span, claims=claims_at(card, entry), data=entry)

    def run(self, subject: Subject, evidence: Evidence) -> Verdict:
        entry: Entry = subject.data
        known = value_list("languages")
        if entry.value in known:
            return clean(f"`{entry.value}` is {known.values[entry.value]}")
        lower = entry.value.lower()
        if lower in known:
            return fault(
                f"`{entry.name}: {entry.value}` is written in capitals; the codes of ISO 639 are in "
                "lower case",
                help=f"write `{lower}` ({known.values[lower]})",
                severity="warning",
            )
        if lower in _WITHDRAWN:
            now = _WITHDRAWN[lower]
            return fault(
                f"`{entry.name}: {entry.value}` was withdrawn from ISO 639",
                help=f"write `{now}` ({known.values[now]})",
                severity="warning",
            )
        meant = _MEANT.get(lower)
        return fault(
            f"`{entry.name}: {entry.value}` is no language code of ISO 639 (list of {known.date}); "
            "the Hub refuses it",
            help=f"for {known.values[meant]} write `{meant}`"
            if meant
            else "write the language's ISO 639 code",
        )
