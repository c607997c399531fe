"""Untrusted text as Markdown of a comment: shown, and nothing else.

GitHub's and the Hub's comments turn much more than Markdown into something live: `@name` calls people, `#12`, `GH-1` and
hexadecimal words become links, bare addresses too, `:name:` becomes a picture, `$...$` a formula. None of it is stopped
by a backslash or an entity, all of it by code. So words made of harmless characters alone are written as they are, and
every other word goes into a code span whose fence is longer than any run of backticks in it.
"""

from __future__ import annotations

import html
import re

from .safe import relative_uri, visible

#: Letters and digits of any script, and punctuation that neither Markdown nor any of the above gives a meaning.
_PLAIN = re.compile(r"[^\W_]+|[.,;:?!'\"()%+=/ →←↔≥≤±×Δ–—…’‘“”„«»·•°€-]+", re.UNICODE)
_LIVE = re.compile(
    r"(?i)"
    r"//|^[('\"]*/|mailto:|xmpp:|www\."  # addresses
    r"|[^\W_]\.[^\W\d_]{2}"  # names with a dot: hosts, files
    r"|\d\.\d+\.\d"  # numeric addresses, and versions with them
    r"|\b(?:gh-\d|cve-|ghsa-)|\b[0-9a-f]{7,}\b"  # GH-12, advisories, commits
    r"|:.*:|^[('\"]*:"  # :emoji:, ::command::
    r"|(?-i:^(?=.*[^\W_]/[^\W\d_])(?=.*[-A-Z\d.]))"  # org/name
)
#: What a block of Markdown may begin with, or be: a list, a heading's underline.
_OPENING = re.compile(r"[-+=]+|\d+[.)]")
_PIPE = "<U+007C>"


def code(text: str, limit: int = 400) -> str:
    """A code span with the text in it; safe anywhere in a line, and in a table with `cell`."""
    return _span(_broken(visible(text, limit)))


def cell(text: str, limit: int = 200) -> str:
    """A code span for a table's cell: a bar would end the cell even there."""
    return _span(_broken(visible(text, limit)).replace("|", _PIPE))


def quoted(text: str, line: int, limit: int = 400) -> str:
    """A line of a file in a fenced code block, behind its number.

    The number also keeps the file's words from the start of a line, where bots look for commands (`/merge`) even in code.
    """
    return lines_block([f"{line}  {visible(text, limit)}"])


def lines_block(lines: list[str]) -> str:
    """A fenced code block of several lines, each made visible already."""
    body = [_broken(line) for line in lines]
    fence = "`" * max(3, 1 + max((_longest_run(line) for line in body), default=0))
    return "\n".join([f"{fence}text", *body, fence])


def prose(text: str, limit: int = 2000) -> str:
    """A sentence that speaks of a card, on one line; `words in backticks` become code, and so does all that is live."""
    shown = _broken(visible(text, limit)).strip(" ")
    out = ""
    for n, part in enumerate(re.split(r"`([^`]+)`", shown)):
        piece = _span(part) if n % 2 else _words(part, opening=not out)
        # two code spans that touch would be one: their fences would join
        out += f" {piece}" if out.endswith("`") and piece.startswith("`") else piece
    return out


def fold(title: str) -> tuple[str, str]:
    """Beginning and end of a fold; the title's punctuation becomes entities, or a code element where it is live."""
    shown = _broken(visible(title, 200))
    if not all(_is_plain(word) for word in shown.split(" ")):
        shown = f"<code>{html.escape(shown)}</code>"
    return f"<details>\n<summary>{shown}</summary>\n\n", "</details>"


def link(words: str, address: str) -> str:
    """A link to an address that the caller vouches for; `words` are the caller's, too."""
    return f"[{words}](<{address}>)" if is_address(address) else words


def is_address(address: str) -> bool:
    """An https address that cannot end the link it stands in."""
    return re.fullmatch(r"https?://[^\s<>\"\\`|\x00-\x1f\x7f]+", address) is not None


def file_address(base: str, path: str, line: int | None = None) -> str | None:
    """The address of a file below a trusted base; None where the untrusted path would lead elsewhere."""
    uri = relative_uri(path)
    if uri is None or not is_address(base):
        return None
    address = f"{base.rstrip('/')}/{uri}"
    return address if line is None else f"{address}?plain=1#L{line}"


def _span(shown: str) -> str:
    """A code span with text that is made visible already."""
    if not shown.strip(" "):
        return "` `" if shown else ""
    fence = "`" * (_longest_run(shown) + 1)
    # a space on both sides is taken away again by the renderer; needed next to a backtick
    pad = " " if shown[0] in "` " or shown[-1] in "` " else ""
    return f"{fence}{pad}{shown}{pad}{fence}"


def _words(text: str, *, opening: bool) -> str:
    """Plain words as they are, runs of other words in one code span."""
    out = ""
    held: list[str] = []
    for n, word in enumerate(text.split(" ")):
        plain = _is_plain(word) and not (n == 0 and opening and _OPENING.fullmatch(word))
        if plain and (word or not held):
            out += _released(held) + word + " "
            held = []
        else:
            held.append(word)
    return (out + _released(held))[:-1]


def _released(held: list[str]) -> str:
    """The held words in a code span, the punctuation behind them after it, and a space."""
    words = " ".join(held)
    bare = words.rstrip(" .,;:")
    return f"{_span(bare)}{words[len(bare) :]} " if bare else words and f"{words} "


def _is_plain(word: str) -> bool:
    return "".join(_PLAIN.findall(word)) == word and not _LIVE.search(word)


def _broken(text: str) -> str:
    """Without a marker of HTML comments: ours is searched for in the source of comments."""
    return text.replace("<!--", "<!- -").replace("-->", "- ->")


def _longest_run(text: str) -> int:
    return max((len(run) for run in re.findall(r"`+", text)), default=0)
