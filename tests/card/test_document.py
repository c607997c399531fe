from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytest_modelcard.card.document import MAX_LINE, read_document


def read(text: str, first_line: int = 1):
    return read_document(text.split("\n"), "README.md", first_line)


def links(text: str) -> list[tuple[str, str, str, int, int]]:
    return [(x.kind, x.target, x.text, x.span.line, x.span.column) for x in read(text).links]


def test_headings_of_every_kind() -> None:
    document = read(
        "# One `code` *two*\n\nSet\n===\n\n<h2 align='center'>H <b>t</b> &amp; m</h2>\n\n###### Six ##\n\n# "
        "![badge](b.png)"
    )
    assert [(h.level, h.text, h.span.line) for h in document.headings] == [
        (1, "One code two", 1),
        (1, "Set", 3),
        (2, "H t & m", 6),
        (6, "Six", 8),
    ]


def test_heading_right_below_an_html_block_counts() -> None:
    assert [h.text for h in read("<div>\n</div>\n# Title\n\ntext").headings] == ["Title"]


def test_lines_above_the_body_are_not_read() -> None:
    document = read("---\ntitle: '# no'\n---\n# Yes", first_line=4)
    assert [(h.text, h.span.line) for h in document.headings] == [("Yes", 4)]


def test_markdown_links_and_images_with_their_places() -> None:
    assert links("a [b](c.md) ![d](e.png)\n[![f](g.png)](h)") == [
        ("link", "c.md", "b", 1, 3),
        ("image", "e.png", "d", 1, 13),
        ("image", "g.png", "f", 2, 2),
        ("link", "h", "", 2, 1),
    ]


def test_reference_links_autolinks_and_bare_urls() -> None:
    text = (
        "[a][ref] and <https://x.org/a> and (https://y.org/b_(c)), then https://z.org/d.\n\n[ref]: ./LICENSE"
    )
    assert [(t, line, column) for _, t, _, line, column in links(text)] == [
        ("./LICENSE", 1, 1),
        ("https://x.org/a", 1, 14),
        ("https://y.org/b_(c)", 1, 37),
        ("https://z.org/d", 1, 64),
    ]


def test_html_links_images_and_videos() -> None:
    text = (
        '<a href="LICENSE">licence</a>\n<picture><source srcset="a.png 1x, b.png 2x"><img src="c.png" '
        'alt="C"></picture>\n'
        '<video src="v.mp4" poster="p.png"></video>'
    )
    assert [(k, t, line) for k, t, _, line, _ in links(text)] == [
        ("link", "LICENSE", 1),
        ("image", "a.png", 2),
        ("image", "b.png", 2),
        ("image", "c.png", 2),
        ("image", "v.mp4", 3),
        ("image", "p.png", 3),
    ]


def test_no_links_from_code_or_comments() -> None:
    text = "`[a](b)` and `https://x.org/y`\n\n```\n![c](d.png)\n```\n\n<!-- ![e](f.png) -->"
    text += "\n\n    [g](h)\n\n<pre><img src='i'></pre>x"
    assert [target for _, target, *_ in links(text)] == ["i"]


def test_links_in_tables_have_their_columns() -> None:
    assert links("| a | b |\n|---|---|\n| [x](y) | [x](z) |") == [
        ("link", "y", "x", 3, 3),
        ("link", "z", "x", 3, 12),
    ]


def test_targets_stay_as_written() -> None:
    assert [t for _, t, *_ in links("[a](#模型简介) [b](<my file.png>) [c](javascript:x)")] == [
        "#模型简介",
        "my file.png",
        "javascript:x",
    ]


def test_code_blocks_with_language_and_first_line() -> None:
    document = read("```python title\nx = 1\n```\n\n~~~\ny\n~~~\n\n    z\n\n<pre>w</pre>")
    assert [(c.language, c.text.strip(), c.span.line) for c in document.code] == [
        ("python", "x = 1", 2),
        ("", "y", 6),
        ("", "z", 9),
        ("", "w", 11),
    ]


def test_paragraphs_keep_lines_links_and_code() -> None:
    document = read("# H\n\nOne **two**\n[three](http://x.org) `four`\n  five\n\n- item\n  > quote")
    first, item, quote = document.paragraphs
    assert first.text == "One two three four five"
    assert [first.line_of(first.text.index(w)) for w in ("One", "two", "three", "four", "five")] == [
        3,
        3,
        4,
        4,
        5,
    ]
    assert first.links == ((8, 13, "http://x.org"),)
    assert [first.text[a:b] for a, b in first.code] == ["four"]
    assert first.heading == "H"
    assert (item.text, item.span.line, item.span.column) == ("item", 7, 3)
    assert (quote.text, quote.span.line) == ("quote", 8)


def test_hard_breaks_are_line_ends() -> None:
    assert read("a  \nb<br>c").paragraphs[0].text == "a\nb\nc"


def test_html_text_is_prose_but_table_cells_are_not() -> None:
    document = read(
        "<div>\n<p>First &amp; <b>bold</b></p>\n<ul><li>second</li></ul>\n<table><tr><td>cell</td></tr>\n\ns"
        "till in it\n\n"
        "</table>\n</div>\n\nthird\n\n| a |\n|---|\n| b |"
    )
    assert [p.text.strip() for p in document.paragraphs] == ["First & bold", "second", "third"]


def test_an_unclosed_table_ends_with_its_block() -> None:
    document = read("<table><tr><td>cell\n\nprose")
    assert [p.text for p in document.paragraphs] == ["prose"]


def test_a_fence_inside_an_html_block_is_no_prose() -> None:
    document = read("<details>\n<summary>s</summary>\n```python\nx = 'based on Llama'\n```\n</details>")
    assert [p.text.strip() for p in document.paragraphs] == ["s"]


def test_hidden_text_is_told_apart() -> None:
    document = read(
        "<!-- one -->\n\ntext <span style='display:none'>two</span> more\n\n<p style='color: "
        "white'>three</p>\n\n"
        "<div hidden>\n\nfour\n\n</div>\n\n<b style='background:#000;color:#fff'>button</b>"
    )
    assert [(h.how, h.text, h.span.line) for h in document.hidden] == [
        ("comment", "one", 1),
        ("hidden", "two", 3),
        ("white", "three", 5),
        ("hidden", "four", 9),
    ]
    assert [p.text.strip() for p in document.paragraphs] == ["text  more", "three", "button"]


def test_an_unclosed_hidden_element_hides_no_more_than_its_block() -> None:
    assert [p.text for p in read("<p hidden>a\n\nb").paragraphs] == ["b"]


def test_long_lines_are_cut_and_said_so() -> None:
    document = read("x" * (MAX_LINE + 1) + "\n\nend")
    assert [(p.code, p.span.line) for p in document.problems] == [("line-too-long", 1)]
    assert document.paragraphs[-1].text == "end"


def test_embedded_images_are_no_long_lines() -> None:
    document = read(f"![a](data:image/png;base64,{'A' * 200_000})\n\nend")
    assert document.problems == ()
    assert document.links[0].target == "data:image/png;base64,"


@pytest.mark.slow
def test_a_body_with_too_many_brackets_is_read_to_a_bound() -> None:
    document = read("text\n\n" + "![[\n" * 40_000)
    assert [p.code for p in document.problems] == ["body-too-large"]
    assert document.paragraphs[0].text == "text"


def test_deep_nesting_is_said() -> None:
    assert [p.code for p in read(">" * 200 + " a").problems] == ["nesting-too-deep"]
    assert read("> " * 5 + "a").problems == ()


def test_heading_above() -> None:
    document = read("a\n\n# One\n\nb\n\n# Two\n\nc")
    assert [document.heading_above(line) for line in (1, 3, 5, 7, 9)] == ["", "One", "One", "Two", "Two"]


_PIECES = st.sampled_from(
    [
        *(
            "#",
            "\n",
            "\n\n",
            "|",
            "-",
            "`",
            "```",
            "[",
            "](",
            ")",
            "<",
            ">",
            "<table>",
            "</td>",
            "<!--",
            "-->",
        ),
        *("<p hidden>", "<a href='", "!", "a", " ", "*", "<h1>", "</h1>", "<pre>", "&amp;", "\\", "é", "模"),
        *("https://x.y/z", "    ", "1. ", "> "),
    ]
)


@settings(max_examples=200, deadline=None)
@given(st.lists(_PIECES, max_size=40))
def test_anything_parses_and_every_place_is_in_the_text(pieces: list[str]) -> None:
    text = "".join(pieces)
    document = read(text)
    lines = text.split("\n")
    for item in (*document.headings, *document.links, *document.paragraphs, *document.code, *document.hidden):
        assert 1 <= item.span.line <= len(lines)
        assert item.span.column >= 1
