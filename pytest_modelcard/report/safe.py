"""Text of a card made fit to be printed: nothing in it can move a cursor, hide, reorder what a reader sees, or
command the program that reads the log."""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import quote

#: Categories that show nothing or have no meaning of their own: control, format, surrogate, private, unassigned,
#: line and paragraph separators.
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
#: Letters, marks and symbols that show nothing all the same.
_BLANK = re.compile(r"[\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0\ufe00-\ufe0f\U000e0100-\U000e01ef]")
_JOINER, _EMOJI_STYLE = "\u200d", "\ufe0f"
#: More marks than that over one letter only smear over the lines around it.
_MAX_MARKS = 4
#: A command to GitHub's runner stands anywhere in a line (`##[error]`), and so do those of its relatives
#: (`##vso[task.setvariable]`, `##teamcity[...]`).
_HASH_COMMAND = re.compile(r"##(?=\w*\[)")
_COLON_COMMAND = re.compile(r"^(\s*)::")


def visible(text: str, limit: int = 400) -> str:
    """The text on one line, control, bidirectional and invisible characters shown as <U+XXXX>, cut at `limit`.

    Commands to the program that reads the log are broken by a space: `: :` at the start, `# #[` anywhere.
    """
    out: list[str] = []
    marks = 0
    cut = text[: limit + 1]
    for at, char in enumerate(cut):
        kind = unicodedata.category(char)
        marks = marks + 1 if kind in ("Mn", "Me") else 0
        if char in "\t\n":
            out.append(" ")
        elif kind in _UNSEEN or _BLANK.match(char) or marks > _MAX_MARKS:
            after = cut[at + 1] if at + 1 < len(cut) else ""
            before = cut[at - 1] if at else ""
            out.append(char if _within_emoji(before, char, after) else f"<U+{ord(char):04X}>")
        else:
            out.append(char)
    shown = "".join(out)
    return no_command(shown if len(text) <= limit else shown[: limit - 1] + "…")


def no_command(line: str) -> str:
    """A line of output that no CI runner takes for a command."""
    return _COLON_COMMAND.sub(r"\1: :", _HASH_COMMAND.sub("# #", line))


#: What viewers of plain text make live all the same: people, issues, addresses, the links of SARIF's messages.
_LIVE = re.compile(r"(?<!\w)@(?=\w)|#(?=\d)|:(?=//)|\bwww(?=\.)|\](?=\()|<!(?=--)|\{(?=\d+\})", re.IGNORECASE)


def inert(text: str, limit: int = 400) -> str:
    """Visible text for annotations and SARIF, which have no code spans: what could come alive is broken by a space."""
    return _LIVE.sub(lambda found: f"{found[0]} ", visible(text, limit))


def relative_uri(path: str) -> str | None:
    """A path below a root, percent-encoded; None where it would lead elsewhere or is no path at all."""
    parts = path.split("/")
    if "\\" in path or any(part in ("", ".", "..") for part in parts):
        return None
    try:
        return "/".join(quote(part, safe="") for part in parts)
    except UnicodeEncodeError:  # a lone surrogate
        return None


def _within_emoji(before: str, char: str, after: str) -> bool:
    """A joiner between two emoji, or the mark that asks for an emoji's coloured form."""
    if char == _EMOJI_STYLE:
        return _is_symbol(before)
    return char == _JOINER and (_is_symbol(before) or before == _EMOJI_STYLE) and _is_symbol(after)


def _is_symbol(char: str) -> bool:
    """An emoji, or the modifier of its skin colour."""
    return char != "" and ord(char) > 0xFF and unicodedata.category(char) in ("So", "Sk")


def workflow_command(name: str, message: str, **properties: str | int) -> str:
    """One GitHub workflow command, such as `error` with `file`, `line`, `col`, `title`; values cannot end it.

    Source: `actions/toolkit`, packages/core/src/command.ts (escapeData, escapeProperty).
    """
    if not re.fullmatch(r"[a-z-]+", name) or not all(re.fullmatch(r"[a-zA-Z]+", key) for key in properties):
        raise ValueError(f"no workflow command: {name} {sorted(properties)}")
    given = ",".join(f"{key}={_property(key, str(value))}" for key, value in properties.items())
    return f"::{name}{' ' if given else ''}{given}::{_data(message)}"


def _data(text: str) -> str:
    """Line breaks stay, as the escapes that the runner turns back into them; all else invisible is shown."""
    lines = [inert(line, 4000) for line in re.split(r"\r\n|\r|\n", text)]
    return "%0A".join(line.replace("%", "%25") for line in lines)


def _property(key: str, text: str) -> str:
    """A file's name must stay what it is; other properties are shown to people."""
    shown = visible(text, 4000) if key == "file" else inert(text, 400)
    return shown.replace("%", "%25").replace(":", "%3A").replace(",", "%2C")
