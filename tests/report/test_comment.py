"""What the comment says, in which order, and what it leaves out first."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from pytest_modelcard import verify
from pytest_modelcard.report.budget import Section, fit, size
from pytest_modelcard.report.comment import LIMIT, MARKER, MAX_CARDS, MAX_LINES, marker, render_comment
from pytest_modelcard.report.findings import MAX_RELATED
from pytest_modelcard.report.json import report_dict
from pytest_modelcard.report.provenance import interval

from .reports import finding, lineage, report, run
from .strict import as_github, escapes

EXAMPLES = Path(__file__).parents[2] / "examples"
RULES = "https://example.invalid/rules"


@pytest.fixture(scope="module")
def dishonest() -> dict[str, Any]:
    return report_dict(verify(EXAMPLES / "dishonest", offline=True))


def _one(*findings: dict[str, Any], **other: Any) -> dict[str, Any]:
    return report(list(findings), **other) | {"lineage": None}


def test_the_verdict_leads_and_blocking_findings_follow(dishonest: dict[str, Any]) -> None:
    text = render_comment([dishonest], links={"rules": RULES})
    lines = text.split("\n")
    assert lines[0] == marker()
    faults = sum(f["outcome"] == "fail" for f in dishonest["findings"])
    assert lines[1].startswith(f"**{faults} faults in the card of ")
    at = text.index(
        "[MC204 difference-miscomputed](<https://example.invalid/rules#mc204-difference-miscomputed>)"
    )
    section = text[at : at + 900]
    assert "```text\n43  | MATH-500 | 52.4 | 61.0 | **+9.6** |\n```" in section
    assert "61.0 - 52.4 = +8.6" in section
    assert "**What to do:** Correct the difference" in section
    assert text.index("<details>") > text.rindex("**What to do:**")
    assert "Run it again with:\n\n```text\npytest --modelcard=" in text
    assert escapes(text, as_github(text), ("https://example.invalid/",)) == []


def test_only_what_is_introduced_blocks() -> None:
    head = _one(finding("old", quote="1"), finding("new", quote="2"), finding("ok", "pass"))
    base = _one(finding("old", quote="1"), finding("mended", quote="3"))
    text = render_comment([head], base=[base])
    assert (
        "**This pull request introduces 1 fault into the card of `words`.** It fixes 1. 1 older one is left."
        in text
    )
    assert text.count("**What to do:**") == 1
    assert "1 there before, and left" in text and "1 fixed" in text
    everything = render_comment([head], base=[base], scope="all")
    assert "**2 faults in the card of `words` must be mended.**" in everything
    assert "**Nothing in the card of `words` blocks.**" in render_comment(
        [head], base=[base], fail_on="never"
    )


def test_all_is_well_again() -> None:
    clean = _one(finding("a", "pass"))
    assert "**All is well again: nothing in the card of `words` blocks" in render_comment(
        [clean], base=[_one()], recovered=True
    )
    assert "well again" not in render_comment([clean], base=[_one()])
    blocked = render_comment([_one(finding("a"))], base=[_one()], recovered=True)
    assert "well again" not in blocked and "introduces 1 fault" in blocked


def test_several_cards_share_one_comment() -> None:
    a, b = _one(finding("x"), source="models/a"), _one(finding("x", "pass"), source="models/b")
    text = render_comment([b, a], base=[])
    assert "**This pull request introduces 1 fault into 1 of 2 model cards.**" in text
    rows = re.findall(r"^\| `(models/.)` \| (\d+)", text, re.MULTILINE)
    assert rows == [("models/a", "1"), ("models/b", "0")]
    assert text.count(MARKER) == 1


def test_lineage_is_a_table_and_a_drawing() -> None:
    made = report([finding("x", "pass")]) | {"lineage": lineage("org/name")}
    text = render_comment([made])
    assert "| `org/name` | 0.6000 | 0.590 to 0.610 | **no** |" in text
    assert "| `org/name` | 0.4000 | 0.390 to 0.410 | yes |" in text
    assert "layers 0 to 3\nweight     0 " in text and "0.0000 to 0.3000" in text
    assert "▁" in text or "▂" in text


@pytest.mark.parametrize(
    ("low", "high", "shown"),
    [
        (0.59, 0.61, "0.590 to 0.610"),
        (0.5999995, 0.6000009, "0.5999995 to 0.6000009"),
        (0.25, 0.25, "0.250 to 0.250"),
    ],
)
def test_the_ends_of_an_interval_are_told_apart(low: float, high: float, shown: str) -> None:
    assert interval(low, high) == shown


@pytest.mark.parametrize(
    "lineage", [{}, {"sentence": 3}, {"sentence": "x", "parents": [3, {}], "per_tensor": [{"layer": "x"}]}]
)
def test_a_forged_lineage_is_no_error(lineage: dict[str, Any]) -> None:
    assert marker() in render_comment([_one() | {"lineage": lineage}])


def test_the_hub_gets_no_html() -> None:
    head = report([finding("a"), finding("b", "warn")])
    text = render_comment([head], target="hub")
    assert re.findall(r"<(?!!--|U\+)\w+", text) == []
    assert "**1 new, and not blocking**" in text


def test_places_are_links_below_the_given_address_alone() -> None:
    place = {"path": "README.md", "line": 7, "column": 1}
    head = _one(finding("a", location=place, related=[]), source="models/a")
    text = render_comment([head], links={"files": "https://example.invalid/blob/1"})
    assert "[`README.md:7`](<https://example.invalid/blob/1/models/a/README.md?plain=1#L7>)" in text
    own = render_comment([head], links={"files:models/a": "https://example.invalid/x"})
    assert "](<https://example.invalid/x/README.md?plain=1#L7>)" in own
    evil = _one(finding("a", location=place | {"path": "../../../evil"}, related=[]), source="models/a")
    assert "](<" not in render_comment([evil], links={"files": "https://example.invalid/blob/1"})
    assert "javascript" not in render_comment(
        [head], links={"run": "javascript:alert(1)", "files": "javascript:x"}
    )


def test_only_some_further_places_are_shown_and_the_rest_is_counted() -> None:
    place = {"location": {"path": "README.md", "line": 2, "column": 1}, "message": "there", "quote": ""}
    same = place | {"location": {"path": "words", "line": 12, "column": 9}}
    text = render_comment([_one(finding("a", related=[same, *[place] * (MAX_RELATED + 3)]))])
    assert text.count(": there") == MAX_RELATED and "and 3 more places" in text


def test_what_cannot_be_told_is_one_line_a_rule() -> None:
    text = render_comment([_one(*(finding(f"k{n}", "skip", text="offline") for n in range(30)))])
    assert "- MC204 offline, 30, such as: offline" in text


def test_a_marker_needs_a_plain_key() -> None:
    assert marker("a-1") == "<!-- pytest-modelcard:comment:a-1 -->"
    with pytest.raises(ValueError):
        marker("a --> b")


def test_the_command_repeats_the_same_revision_and_is_quoted() -> None:
    card = {
        "source": "org/name",
        "repo_id": "org/name",
        "revision": "a" * 40,
        "path": "README.md",
        "sha256": "",
    }
    assert f"pytest --modelcard=org/name@{'a' * 40}\n" in render_comment(
        [_one() | {"card": card, "profile": "default"}]
    )
    evil = card | {"source": "x; rm -rf ~", "repo_id": None}
    assert "pytest '--modelcard=x; rm -rf ~'\n" in render_comment(
        [_one() | {"card": evil, "profile": "default"}]
    )
    assert "```text\nmake check\n```" in render_comment([_one()], repeat="make check")


# --- the limit


def _large(cards: int, findings: int, words: int) -> list[dict[str, Any]]:
    made = []
    for n in range(cards):
        found = [
            finding(f"k{m}", ("fail", "warn", "skip", "pass")[m % 4], "long words " * words, quote=f"{m}")
            for m in range(findings)
        ]
        made.append(report(found, source=f"models/{n}") | {"lineage": lineage("org/name " * 20)})
    return made


@pytest.mark.parametrize("limit", [LIMIT, 30_000, 8_000])
@pytest.mark.parametrize(
    ("cards", "findings", "words"), [(1, 1200, 300), (60, 40, 30), (300, 4, 5), (1, 40, 1)]
)
def test_the_limit_holds_and_nothing_is_cut_in_the_middle(
    cards: int, findings: int, words: int, limit: int
) -> None:
    text = render_comment(_large(cards, findings, words), limit=limit)
    assert size(text) <= limit
    assert text.startswith(marker()) and "must be mended" in text and "Run it again with" in text
    assert text.count("<details>") == text.count("</details>")
    assert len(re.findall(r"^```", text, re.MULTILINE)) % 2 == 0
    for table in re.findall(r"(?:^\|.*\n?)+", text, re.MULTILINE):
        rows = table.strip().split("\n")
        assert len(rows) >= 3 and len({row.count("|") for row in rows}) == 1
    assert escapes(text, as_github(text), ()) == []


def test_the_least_important_goes_first() -> None:
    full = render_comment(_large(1, 40, 20))
    assert "cannot be told" in full
    text = render_comment(_large(1, 40, 20), limit=size(full) - 200)
    assert "cannot be told" not in text and "**What to do:**" in text
    short = render_comment(_large(1, 40, 20), limit=9_000)
    assert "<details>" not in short and "more findings that block" in short


def test_characters_outside_the_basic_plane_count_twice() -> None:
    assert size("a😀") == 3


def test_a_section_without_room_leaves_no_trace() -> None:
    parts = [Section(0, ["head"]), Section(2, ["x" * 50], before="T\n"), Section(1, ["y" * 5, "z" * 90])]
    assert fit(parts, 170) == "head\n\nT\n" + "x" * 50 + "\n\nyyyyy\n\n" + "z" * 90
    assert fit(parts, 100) == "head\n\nyyyyy\n\n1 more, left out here for length."
    assert fit(parts, 20) == "head"


def test_many_findings_are_counted_where_they_are_not_listed() -> None:
    made = [_one(*(finding(f"k{n}", "warn", quote=f"{n}") for n in range(MAX_LINES + 5)))]
    text = render_comment(made, limit=10**7)
    assert f"<summary>{MAX_LINES + 5} new, and not blocking</summary>" in text
    assert "- and 5 more, all of them in the report" in text


def test_a_failing_card_among_very_many_is_not_lost() -> None:
    made = [_one(finding("a", "pass"), source=f"models/{n}") for n in range(MAX_CARDS + 20)]
    made.append(_one(finding("a"), source="models/last"))
    text = render_comment(made)
    assert f"**1 fault in 1 of {MAX_CARDS + 21} model cards must be mended.**" in text
    assert "of `models/last`" in text


def test_runs_are_one_folded_table_with_the_refuted_first() -> None:
    runs = [
        run("MC401[mmlu]", verdict="confirmed", used=60, calls=61),
        run("MC401[gpqa-diamond]"),
        run(
            "MC402[mmlu]",
            kind="difference",
            claimed=[0.18, 0.184],
            score=-0.02,
            interval=[-0.1, 0.05],
            verdict="undecided",
        ),
    ]
    text = render_comment([_one(finding(), runs=runs)])
    assert "<summary>3 claimed scores run: 1 refuted, 1 undecided, 1 confirmed</summary>" in text
    rows = [line for line in text.splitlines() if line.startswith("| `MC40")]
    assert rows == [
        "| `MC401[gpqa-diamond]` | 70.8 | 51.1 | 43.4 to 59.1 | 133 of 198 | 1,152 | **refuted** |",
        "| `MC402[mmlu]` | +18.2 | -2.0 | -10.0 to +5.0 | 133 of 198 | 1,152 | undecided |",
        "| `MC401[mmlu]` | 70.8 | 51.1 | 43.4 to 59.1 | 60 of 198 | 61 | confirmed |",
    ]
    assert "<details>" not in render_comment([_one(finding(), runs=runs)], target="hub")


@pytest.mark.parametrize(
    "runs", [None, "many", [None, 3, {}], [run(verdict="<b>refuted</b>")], [run(verdict=["refuted"])]]
)
def test_forged_runs_are_left_out(runs: Any) -> None:
    assert "claimed score" not in render_comment([_one(finding(), runs=runs)])


@pytest.mark.parametrize(
    "change",
    [
        {"claimed": None, "interval": ["a", 1], "score": "x", "used": None, "items": -1, "calls": 1e99},
        {"claimed": [1], "interval": {"a": 1}, "score": 7, "used": True, "items": "|", "calls": "|"},
        {"id": 7, "kind": ["difference"], "doubted": "yes"},
    ],
)
def test_fields_of_wrong_types_leave_a_cell_empty(change: dict[str, Any]) -> None:
    text = render_comment([_one(finding(), runs=[run(**{"text": "words", **change})])])
    (row,) = [line for line in text.splitlines() if line.endswith("**refuted** |")]
    assert row.count("|") == 8


def test_runs_make_way_for_what_blocks() -> None:
    many = [run(f"MC401[b{n}]") for n in range(150)]
    text = render_comment(
        [_one(*(finding(f"k{n}", text=f"fault number {n}") for n in range(5)), runs=many)], limit=6_000
    )
    assert len(text) <= 6_000 and "more runs." in text
    assert all(f"fault number {n}" in text for n in range(5))
    assert text.count("<details>") == text.count("</details>")
