"""What a card says in a log, an annotation or a terminal: seen, and nothing else."""

from __future__ import annotations

import re

import pytest

from pytest_modelcard.model import Finding, Related, Span
from pytest_modelcard.report.safe import inert, no_command, relative_uri, visible, workflow_command
from pytest_modelcard.report.text import finding_text, headline

from .attacks import ATTACKS

#: What the runner takes for a command, after it trimmed the line as .NET does.
_COMMAND = re.compile(r"^[\s\u200b\ufeff]*::|##\w*\[")
_UNSEEN = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\U000e0000-\U000e01ef]"
)


def _read(output: str) -> list[str]:
    """Lines as the most eager reader splits them."""
    return re.split(r"[\r\n\x0b\x0c\x1c-\x1e\x85\u2028\u2029]", output)


def test_no_attack_commands_the_runner_or_hides_in_a_log() -> None:
    for attack in ATTACKS:
        span = Span(attack, 1)
        finding = Finding(
            "MC204", "difference-miscomputed", "k", "fail", "error", attack, attack, span, attack,
            related=(Related(span, attack, attack),), waived=attack,
        )  # fmt: skip
        for line in [
            *_read(finding_text(finding, attack)),
            *_read(headline(finding)),
            *_read(visible(attack)),
        ]:
            assert not _COMMAND.search(line), attack
            assert not _UNSEEN.search(line), attack


def test_a_workflow_command_stays_one_command() -> None:
    for attack in ATTACKS:
        line = workflow_command("error", f"{attack}\n{attack}", file=attack, title=attack, line=3)
        assert len(_read(line)) == 1, attack
        properties, _, message = line.removeprefix("::error ").partition("::")
        assert dict(p.split("=", 1) for p in properties.split(",")).keys() == {"file", "title", "line"}, (
            attack
        )
        assert not re.search(r"##\w*\[|%(?!25|0A)", message), attack
        assert not re.search(r"(?<!\w)@\w|://", message), attack
        assert not _UNSEEN.search(line), attack


def test_a_workflow_command_carries_its_text() -> None:
    assert workflow_command("error", "5 % off\nnext", file="a,b:c.md", line=2) == (
        "::error file=a%2Cb%3Ac.md,line=2::5 %25 off%0Anext"
    )
    assert workflow_command("notice", "x") == "::notice::x"
    with pytest.raises(ValueError):
        workflow_command("error::x", "y")
    with pytest.raises(ValueError):
        workflow_command("error", "y", **{"a=b": 1})


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("👩\u200d🔬 ❤\ufe0f", "👩\u200d🔬 ❤\ufe0f"),
        ("ad\u200dmin", "ad<U+200D>min"),
        ("a\ufe0f", "a<U+FE0F>"),
        ("x\u3164y\u2800", "x<U+3164>y<U+2800>"),
        ("e\u0301a", "e\u0301a"),
        ("Z" + "\u0335" * 6, "Z" + "\u0335" * 4 + "<U+0335>" * 2),
        ("std::vector", "std::vector"),
        ("  ::error::x", "  : :error::x"),
        ("see ##[error]x", "see # #[error]x"),
        ("## heading", "## heading"),
    ],
)
def test_what_is_seen(text: str, shown: str) -> None:
    assert visible(text) == shown


def test_wrapped_words_do_not_become_commands() -> None:
    finding = Finding(
        "MC204", "x", "k", "fail", "error", "word " * 16 + "::error::x " * 9, "", Span("README.md", 1)
    )
    lines = finding_text(finding, "README.md").split("\n")
    assert any(": :error::x" in line for line in lines)
    assert not any(_COMMAND.search(line) for line in lines)


def test_a_broken_command_stays_broken() -> None:
    assert no_command(no_command("::x ##[y]")) == ": :x # #[y]"


def test_inert_text_reads_as_before() -> None:
    assert inert("ask @octocat in #12 at https://evil.example, mail a@b.c") == (
        "ask @ octocat in # 12 at https: //evil.example, mail a@b.c"
    )


@pytest.mark.parametrize(
    ("path", "uri"), [("a/b c.md", "a/b%20c.md"), ("../a", None), ("/a", None), ("", None), ("a//b", None)]
)
def test_relative_uri(path: str, uri: str | None) -> None:
    assert relative_uri(path) == uri
