"""The one comment on a pull request that speaks of all its cards, as Markdown from JSON reports.

The reports are untrusted (a fork's own run made them): every text of theirs goes through `markdown`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Literal

from ..model import Finding, Report
from .budget import Section, fit, uncalled
from .changes import Changes, FailOn, Scope, compare_reports, paired
from .closing import closing
from .findings import by_rule, card_name, full, short
from .markdown import cell, fold, is_address, prose
from .provenance import lineage_sections
from .read import read_report
from .run_table import run_sections

Target = Literal["github", "hub"]

#: Begins the hidden line by which the comment is found again.
MARKER = "<!-- pytest-modelcard:comment:"
#: A GitHub comment's most characters.
LIMIT = 65_536
#: Findings shown with quote, numbers and advice; the others get a line each.
MAX_FULL = 20
MAX_LINES = 200
MAX_CARDS = 100


def marker(key: str = "default") -> str:
    """The hidden line of the comment with this key; runs with other settings on the same pull request have others."""
    if not re.fullmatch(r"[A-Za-z0-9._-]{1,64}", key):
        raise ValueError(
            f"a comment's key is made of letters, digits, dot, hyphen and underscore, not {key!r}"
        )
    return f"{MARKER}{key} -->"


def render_comment(
    reports: Sequence[Mapping[str, Any]],
    *,
    base: Sequence[Mapping[str, Any]] | None = None,
    target: Target = "github",
    links: Mapping[str, str] | None = None,
    limit: int = LIMIT,
    key: str = "default",
    fail_on: FailOn = "error",
    scope: Scope = "introduced",
    recovered: bool = False,
    repeat: str | None = None,
) -> str:
    """The comment for all cards of a pull request.

    `base` holds the reports of the base revision (None: nothing to compare with, all faults count as introduced).
    `links` are addresses the caller vouches for: `run` (the log), `report` (the JSON), `rules` (the rules' page),
    `files` (prefix of the repository's files at the head revision), `files:SOURCE` (the same for one card's folder).
    `recovered`: an earlier comment on this pull request told of faults that block; it says so when they are gone.
    `repeat` is the command that repeats the run; without it one is made from the reports.
    """
    given = {name: address for name, address in (links or {}).items() if is_address(address)}
    pairs = paired(reports, base or ())
    cards = [
        (head, compare_reports(None if b is None else read_report(b), head))
        for head, b in ((read_report(h), b) for h, b in pairs)
    ]
    blocking = [(r, f) for r, c in cards for f in c.blocking(fail_on, scope)]
    blocking.sort(key=lambda pair: (pair[1].outcome != "fail", pair[1].rule[:3] != "MC3"))
    bad = len({id(r) for r, _ in blocking})
    about = f"{bad} of {len(cards)} model cards" if 0 < bad < len(cards) else f"{len(cards)} model cards"
    if len(cards) == 1:
        about = f"the card of {card_name(cards[0][0])}"
    verdict = _verdict(
        cards, about, len(blocking), compared=base is not None, scope=scope, recovered=recovered
    )
    sections = [Section(0, [f"{marker(key)}\n{verdict}"])]
    if len(cards) > 1:
        sections.append(_overview(cards, fail_on, scope))
    sections += _blocking(blocking, given, several=len(cards) > 1, target=target)
    for report, changes in _worst_first(cards, fail_on, scope)[:MAX_CARDS]:
        sections += lineage_sections(report, 1 if len(cards) == 1 else 4, foldable=target == "github")
        sections += run_sections(report, 4, foldable=target == "github")
        sections += _rest(report, changes, fail_on, scope, given, target, several=len(cards) > 1)
    sections.append(Section(0, [closing([r for r, _ in cards], given, repeat)]))
    if target == "hub":
        sections = [uncalled(section) for section in sections]
    return fit(sections, limit)


def _verdict(
    cards: Sequence[tuple[Report, Changes]],
    about: str,
    blocking: int,
    *,
    compared: bool,
    scope: Scope,
    recovered: bool,
) -> str:
    """What came out, in a sentence or two."""
    fixed, left, untold, new = (
        sum(len(getattr(c, kind)) for _, c in cards) for kind in ("fixed", "left", "untold", "introduced")
    )
    if blocking and compared and scope == "introduced":
        lead = f"**This pull request introduces {_faults(blocking)} into {about}.**"
    elif blocking:
        lead = f"**{_faults(blocking)} in {about} must be mended.**"
    elif not cards:
        lead = "**No model card was checked.**"
    elif recovered:
        lead = f"**All is well again: nothing in {about} blocks this pull request any more.**"
    elif any(r.findings for r, _ in cards):
        lead = f"**Nothing in {about} blocks.**"
    else:
        lead = f"**Nothing was checked in {about}.**"
    said = []
    if compared:
        said += [f"It fixes {fixed}."] if fixed else []
        said += [f"{left} older {'one is' if left == 1 else 'ones are'} left."] if left else []
        said += (
            [f"{untold} older {'one' if untold == 1 else 'ones'} can no longer be told."] if untold else []
        )
    minor = new - blocking if scope == "introduced" else new + left - blocking
    if minor > 0:
        said.append(f"{minor} smaller {_remarks(minor)} folded below.")
    return " ".join([lead, *said])


def _worst_first(
    cards: Sequence[tuple[Report, Changes]], fail_on: FailOn, scope: Scope
) -> list[tuple[Report, Changes]]:
    return sorted(cards, key=lambda card: -len(card[1].blocking(fail_on, scope)))


def _overview(cards: Sequence[tuple[Report, Changes]], fail_on: FailOn, scope: Scope) -> Section:
    """One row a card, those that block first."""
    rows = []
    for report, changes in cards:
        counts = [len(changes.blocking(fail_on, scope))]
        counts += [len(f) for f in (changes.introduced, changes.fixed, changes.left, changes.untold)]
        counts.append(sum(f.outcome == "pass" for f in report.findings))
        rows.append(
            (counts, f"| {cell(card_name(report, bare=True))} | " + " | ".join(map(str, counts)) + " |")
        )
    rows.sort(key=lambda row: -row[0][0])
    return Section(
        1,
        [row for _, row in rows],
        before="| card | blocking | new | fixed | left | can no longer be told | hold |\n| --- | --: | --: | --: | --: | --: | --: |\n",
        glue="\n",
        more="{n} more cards.",
    )


def _blocking(
    blocking: Sequence[tuple[Report, Finding]], links: Mapping[str, str], *, several: bool, target: Target
) -> list[Section]:
    """The findings that block: the first in full, the others in a line each."""
    told = [full(f, r, links, several=several) for r, f in blocking[:MAX_FULL]]
    rest = [short(f, r, links, several=several) for r, f in blocking[MAX_FULL : MAX_FULL + MAX_LINES]]
    more = "**{n} more findings that block**, left out here for length."
    sections = [Section(2, told, more=more)] if told else []
    return [*sections, *_folded(3, len(blocking) - len(told), "more that block", rest, target)]


def _rest(
    report: Report,
    changes: Changes,
    fail_on: FailOn,
    scope: Scope,
    links: Mapping[str, str],
    target: Target,
    *,
    several: bool,
) -> list[Section]:
    """What does not block, folded, the more important kinds first."""
    of = f" of {card_name(report, bare=True)}" if several else ""
    blocking = {f.id for f in changes.blocking(fail_on, scope)}
    untold = {f.id for f in changes.untold}
    skipped = [f for f in report.findings if f.outcome == "skip" and f.id not in untold]
    kinds = [
        (5, "new, and not blocking", [f for f in changes.introduced if f.id not in blocking]),
        (6, "there before, and left", [f for f in changes.left if f.id not in blocking]),
        (7, "can no longer be told, or waived now", changes.untold),
        (7, "fixed", changes.fixed),
        (8, "waived", [f for f in skipped if f.waived]),
    ]
    sections = []
    for importance, title, found in kinds:
        ranked = sorted(found, key=lambda f: ("error", "warning", "note").index(f.severity))
        lines = [short(f, report, links, several=False) for f in ranked[:MAX_LINES]]
        sections += _folded(importance, len(found), f"{title}{of}", lines, target)
    unclear = [f for f in skipped if not f.waived]
    return [*sections, *_folded(9, len(unclear), f"cannot be told{of}", by_rule(unclear), target)]


def _folded(importance: int, count: int, title: str, lines: Sequence[str], target: Target) -> list[Section]:
    """A fold with a list in it, `count` findings on some lines. The Hub folds nothing for certain: a bold line there."""
    if not lines:
        return []
    title = f"{count:,} {title}"
    before, after = fold(title) if target == "github" else (f"**{prose(title)}**\n\n", "")
    if len(lines) == MAX_LINES < count:
        lines = [*lines, f"and {count - MAX_LINES:,} more, all of them in the report"]
    return [Section(importance, [f"- {line}" for line in lines], before, after, glue="\n")]


def _faults(count: int) -> str:
    return "1 fault" if count == 1 else f"{count} faults"


def _remarks(count: int) -> str:
    return "remark is" if count == 1 else "remarks are"
