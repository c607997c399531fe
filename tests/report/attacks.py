"""Texts that a card may hold to escape from where it is shown: hand-made ones, and combinations of them."""

from __future__ import annotations

import itertools

MARK = "<!-- pytest-modelcard:comment:default -->"

MENTIONS = [
    "@octocat", "@github/security", "ping @octocat now", "(@octocat)", "*@octocat*", "**@octocat**", "\\@octocat",
    "&#64;octocat", "&commat;octocat", "&#x40;octocat", "@<b></b>octocat", "x@octocat", "-@octocat", "_@octocat_",
    "~~@octocat~~", "'@octocat'", "`a`@octocat", "`@octocat", "``@octocat`", "@octocat`", ".@octocat", "/@octocat",
    "@octocat@octocat", "@everyone", "@here", "[@octocat](x)", "|@octocat|", "\n@octocat", "\r@octocat", "\u2028@octocat",
    "\u3000@octocat", "\u00a0@octocat", "@\u200boctocat @octocat", "@org/team-name,", "cc:@octocat", "=@octocat",
    "+@octocat", "%40octocat @octocat", "a `b` @octocat `c`", "` @octocat `` @octocat `", "@dependabot rebase",
]  # fmt: skip
REFERENCES = [
    "#1", "closes #12", "fixes octo/repo#12", "octo#12", "GH-1", "gh-12", "(GH-7)", "resolves GH-100!", "octo/repo@deadbeef",
    "octo@deadbeefcafe", "deadbeef", "0123456789abcdef0123456789abcdef01234567", "(deadbeefcafe)", "1234567", "DEADBEEF",
    "[#1]", "#1,#2", "https://github.com/octo/repo/issues/1", "octo/repo/issues/1", "deadbeef...cafebabe", "x-deadbeef",
]  # fmt: skip
LINKS = [
    "[click](https://evil.example)", "[click][1]\n\n[1]: https://evil.example", "<https://evil.example>", "https://evil.example",
    "HTTPS://EVIL.example/x", "http://evil.example", "ftp://evil.example/x", "www.evil.example", "WWW.EVIL.EXAMPLE", "(www.a.b)",
    "evil.example", "//evil.example", "evil.com/path?x=1", "mailto:me@evil.example", "me@evil.example", "xmpp:me@evil.example/x",
    "[a](javascript:alert(1))", "[a](<javascript:alert(1)>)", "[a](data:text/html,x)", "<a href=https://evil.example>x</a>",
    "<a href='//evil.example'>x</a>", "[x]: https://evil.example\n[x]", "[^1]\n\n[^1]: https://evil.example", "[[evil]]",
    "](https://evil.example)", "[a]( https://evil.example 'x')", "x(https://evil.example)", "\"https://evil.example\"",
    "https&#58;//evil.example", "https:/\u200b/evil.example", "[a\n](https://evil.example)", "1.2.3.4", "http://[::1]/", "*www.evil.example*",
    "\\[a](https://evil.example)", "`a`[b](https://evil.example)", "[`a`](https://evil.example)", "xn--e1afmkfd.example", "пример.рф",
]  # fmt: skip
IMAGES = [
    "![x](https://evil.example/a.png)", "<img src=https://evil.example/a.png>", "![][1]\n\n[1]: https://evil.example/a.png",
    "<img/src=x onerror=alert(1)>", "<picture><source srcset=https://evil.example/a></picture>", ":octocat:", ":tada:", ":+1:",
    "<svg onload=alert(1)>", "<video src=https://evil.example/a></video>", "!`x`[](https://evil.example)", "![x]", "a:shipit:b",
    "[![x](https://evil.example/a.png)](https://evil.example)", "!<https://evil.example/a.png>", "<object data=x>", "<embed src=x>",
]  # fmt: skip
HTML = [
    "</details>", "</summary>", "<details open>", "</details></details><h1>passed</h1>", "<script>alert(1)</script>", "</code>",
    "</pre>", "</td></tr></table>", "<table><tr><td>x", "<h1>All is well</h1>", "<style>*{display:none}</style>", "<iframe src=x>",
    "<b>", "</b>", "<br>", "<hr>", "<input type=checkbox checked>", "<form action=x>", "<!-- x", "-->", "<!-->", "<!--->", "<?php x ?>",
    "<![CDATA[x]]>", "<!DOCTYPE x>", "<a name=user-content-x>", "<kbd>@octocat</kbd>", "<sub>@octocat</sub>", "<p align=center>",
    "&lt;b&gt;", "&amp;", "&nbsp;&#0;", "&#x202e;evil", "<\u200bb>", "<details\n>", "<ins>@octocat</ins>", "<template>", "<xmp>", "<plaintext>",
]  # fmt: skip
FENCES = [
    "```", "````", "`````````", "~~~", "~~~~\n", "```\n@octocat\n```", "\n```\n@octocat\n", "`", "``", "` `", "` ``", "`` ` ``", "a`b``c```d",
    "\\`", "`\\`", "```suggestion\nevil\n```", "```mermaid\ngraph TD\n```", "    code", "\t@octocat", "``` @octocat", "``@octocat``` `",
    "x\n```\n\n# Passed", "`" * 50, "`" * 63 + "@octocat", "a ` @octocat", "`a` `@octocat", "```text\n```\n@octocat",
]  # fmt: skip
BLOCKS = [
    "# Passed", "\n# Passed", "\n\n## Passed\n\n", "Passed\n===", "Passed\n---", "---", "***", "___", "===", "- item", "\n- item", "* item",
    "+ item", "1. item", "1) item", "\n> quote", "> [!NOTE]\n> x", "- [ ] task", "- [x] task", "[ ] task", "| a | b |", "\n| a |\n| - |\n| b |", "a | b\n--|--",
    ":-", "|---|", "\\| x", "\\", "x\\", "a\\|b|c", "$x$", "$$x$$", "$`x`$", "\\(x\\)", "~~x~~", "~x~", "**x", "*x", "_x_", "__x__", "==x==", "^x^", "Term\n: x",
    "   - x", "\\\n", "x  \ny", "{:toc}", "{{ x }}", "${{ github.token }}", "\ufeff# Passed", "\x0b# Passed", "\x0c# Passed", "\x85# Passed",
]  # fmt: skip
MARKERS = [
    MARK, MARK + MARK, f"\n{MARK}\n", f"`{MARK}", f"x{MARK}y", MARK[:-4], "<!-- pytest-modelcard:comment:", "<!-- pytest-modelcard:comment:other -->",
    MARK.replace(" ", "\u00a0"), MARK.replace("-", "&#45;"), f"```\n{MARK}\n```", MARK.replace("<!--", "<\u200b!--"), MARK.replace("!", "!\x00"),
    "<!<!---- pytest-modelcard:comment:default -->", "<!-- - pytest-modelcard:comment:default -->", "<!" + "-- " * 3 + "pytest-modelcard",
]  # fmt: skip
COMMANDS = [
    "::error::x", "::error file=README.md,line=1::x", "::add-mask::e", "::stop-commands::x", "::set-output name=x::y", "::set-env name=PATH::x",
    "  ::error::x", "\t::error::x", "\n::error::x", "\r::error::x", "\r\n::error::x", "\u2028::error::x", "\x85::error::x", "\x0b::error::x", "\x0c::error::x",
    "\u00a0::error::x", "\u3000::error::x", "\u200b::error::x", "\ufeff::error::x", "\x1b[0m::error::x", "\x08::error::x", "\x00::error::x", "%0A::error::x",
    "%0D%0A::error::x", "##[error]x", "x ##[error]y", "##[group]x", "##[add-mask]e", "##[command]x", "###[error]x", "##\u200b[error]x", "##vso[task.setvariable variable=x]y",
    "##teamcity[buildStatus status='SUCCESS']", "a\n##[error]x", "####[error]", "## ##[error]", "::debug::x", "::save-state name=x::y", "::endgroup::", ": :error::x", ":::error::x",
    "::warning file=a%2Cline=3::x", "section_start:1:x\r\x1b[0K", "::add-path::/evil", "a ::error::x" + " word" * 60, "word " * 30 + "::error::x", "word " * 19 + "::error::x",
]  # fmt: skip
UNSEEN = [
    "\u202eevil", "\u202devil\u202c", "\u2066evil\u2069", "\u200eevil\u200f", "\u061cevil", "pass\u200bed", "pass\u200ced", "pass\u200ded", "\u2060x", "\ufeffx", "\xadx",
    "\x1b[31mred", "\x1b]8;;https://evil.example\x07x\x1b]8;;\x07", "\x9b31m", "\x08\x08\x08", "\x7f", "\x00", "\U000e0041\U000e0042", "x\ufe00", "x\U000e0101", "\u115fx\u3164\uffa0\u2800",
    "\u034fx", "\ud800", "\udfff", "\ue000", "\U0010ffff", "\ufff9x\ufffb", "Z" + "\u0335\u0321\u0347" * 20, "\u2029x", "\u180ex", "\x1b[2J\x1b[H", "\u206a\u206f", "\u0378", "a\u20dd\u20dd\u20dd\u20dd\u20dd\u20dd",
]  # fmt: skip
LONG = ["a" * 9000, "@octocat " * 2000, "`" * 9000, "<" * 9000, "\n" * 9000, "[" * 9000, "|" * 9000, "*a" * 4000, "\u202e" * 3000, "a.b" * 3000, "0" * 9000, "-" * 9000]  # fmt: skip

#: What bots take for a command at the start of a line, in code too.
BOTS = [
    "/merge",
    "/lgtm",
    "/approve no-issue",
    "bors r+",
    "recheck",
    "ok to test",
    "dependabot merge",
    "\n/merge\n",
    "x\n/merge",
    "  /merge",
]
ADVISORIES = ["CVE-2024-12345", "(GHSA-abcd-efgh-ijkl)", "ghsa-abcd-efgh-ijkl,"]

HAND_MADE = [
    *BOTS,
    *ADVISORIES,
    *MENTIONS,
    *REFERENCES,
    *LINKS,
    *IMAGES,
    *HTML,
    *FENCES,
    *BLOCKS,
    *MARKERS,
    *COMMANDS,
    *UNSEEN,
    *LONG,
]

#: What opens or closes something, and what then should come alive.
_OPENERS = [
    "`",
    "```\n",
    "|",
    "\n\n",
    "</details>\n\n",
    "-->",
    "\\",
    "</code>",
    "]",
    "`` ` ",
    "*",
    "\u202e",
    "<!--",
    "\r\n",
]
_PAYLOADS = ["@octocat", "#1", "https://evil.example", "![x](https://evil.example/a.png)", "<b>x</b>", MARK, "::error::x", "##[error]x"]  # fmt: skip

GENERATED = [a + b + c for a, b, c in itertools.product(_OPENERS, _PAYLOADS, ("", "`", "|"))]

ATTACKS = list(dict.fromkeys([*HAND_MADE, *GENERATED]))
