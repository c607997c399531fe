"""Cards and repositories made to hurt: every run ends, and nothing of a card reaches the terminal unseen."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from benchmarks.hostile import trouble, write
from benchmarks.hostile_cards import CARDS, HEAD
from benchmarks.hostile_files import REPOSITORIES, files_of
from pytest_modelcard import verify
from pytest_modelcard.card import document
from pytest_modelcard.card.document import MAX_LINES, MAX_PIPES
from pytest_modelcard.card.runs import MAX_BLANKS
from pytest_modelcard.checks import ALL_RULES
from pytest_modelcard.engine import MAX_SUBJECTS, plan, run
from pytest_modelcard.errors import CardError
from pytest_modelcard.evidence import Evidence
from pytest_modelcard.model import Finding
from pytest_modelcard.policy import Policy

from .support import evidence_for, parse

SIZE = 10_000
POLICIES = (Policy(profile="release"), Policy(profile="eu-gpai"))


def _bytes(card: str | bytes) -> bytes:
    return card if isinstance(card, bytes) else card.encode("utf-8", "surrogatepass")


def _findings(evidence: Evidence) -> list[Finding]:
    """Everything all rules find; an exception of a rule fails the test."""
    return [
        run(check, evidence, policy) for policy in POLICIES for check in plan(evidence, ALL_RULES, policy)
    ]


@pytest.mark.parametrize("name", CARDS)
def test_every_rule_ends_on_a_hostile_card(name: str) -> None:
    found = _findings(evidence_for(_bytes(CARDS[name](SIZE)), offline=True))
    assert {"pass", "fail", "warn"} & {f.outcome for f in found}
    assert all(len(f.message) < 20_000 for f in found)


@pytest.mark.parametrize("name", REPOSITORIES)
def test_every_rule_ends_on_a_hostile_repository(name: str) -> None:
    card = HEAD + "Acme-7B has 7B parameters, a mixture of experts, and a context length of 8K tokens.\n"
    files = files_of(name, SIZE)
    found = _findings(evidence_for(card, files=files, offline=True))
    assert {f.rule[:3] for f in found} >= {"MC0", "MC1", "MC6"}


@pytest.mark.parametrize(
    "name", ["noise", "long-table", "yaml-types", "yaml-bomb", "surrogates", "html-table"]
)
def test_cards_of_other_models_may_be_hostile(name: str) -> None:
    card = HEAD + "| Benchmark | Acme-7B | acme/base-7b |\n|---|---|---|\n| MMLU | 71.2 | 70.1 |\n"
    others = {"acme/base-7b": {"README.md": _bytes(CARDS[name](SIZE)), "config.json": "[" * 9999}}
    assert _findings(evidence_for(card, others=others))


def test_many_scores_are_cut_and_it_is_said() -> None:
    table = "| Benchmark |" + " Model-{}B |" * 9
    text = HEAD
    for n in range(MAX_SUBJECTS // 450 + 2):
        text += f"## Part {n}\n\n" + table.format(*range(1, 10)) + "\n" + "|---" * 10 + "|\n"
        text += "".join(f"| MMLU-{n}-{k} |" + " 71.2 |" * 9 + "\n" for k in range(50)) + "\n"
    evidence = evidence_for(text, offline=True)
    checks = list(plan(evidence, ALL_RULES, Policy(select=("MC201",))))
    assert len(checks) == MAX_SUBJECTS + 1
    last = run(checks[-1], evidence, Policy())
    assert (last.key, last.outcome) == ("further", "skip")
    assert f"{MAX_SUBJECTS:,}" in last.message


@pytest.mark.parametrize(("bound", "line"), [("MAX_LINES", "a\n\n"), ("MAX_PIPES", "|a|b|\n|-|-|\n\n")])
def test_a_body_of_too_many_blocks_is_cut_and_it_is_said(
    monkeypatch: pytest.MonkeyPatch, bound: str, line: str
) -> None:
    assert min(MAX_LINES, MAX_PIPES) >= 30_000  # an honest card is never cut
    monkeypatch.setattr(document, bound, 300)
    read = document.read_document((line * 400).split("\n"), "README.md")
    assert [p.code for p in read.problems] == ["body-too-large"]
    assert max(token.map[1] for token in read.tokens if token.map) <= 600


@pytest.mark.parametrize(
    "blanks", [" " * 5000, "\u3000" * 5000, "<br>" * 5000, " <b></b>" * 5000, "\t<!-- a -->" * 5000]
)
def test_patterns_see_no_endless_blanks(blanks: str) -> None:
    for paragraph in parse(f"# a\n\nx{blanks}y\n").paragraphs:
        assert max((len(part) for part in _blank_runs(paragraph.text)), default=0) <= 2 * MAX_BLANKS


def _blank_runs(text: str) -> list[str]:
    return "".join(c if c.isspace() else "x" for c in text).split("x")


def test_lines_of_a_paragraph_are_found_by_their_offset() -> None:
    (paragraph,) = parse("# a\n\none\ntwo\nthree\n").paragraphs
    assert [paragraph.line_of(paragraph.text.index(w)) for w in ("one", "two", "three")] == [3, 4, 5]
    assert paragraph.line_of(10_000) == 5


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
@pytest.mark.parametrize("kind", ["pipe", "loop", "outside", "device", "folder"])
def test_a_card_that_is_no_file_is_refused(tmp_path: Path, kind: str) -> None:
    card = tmp_path / "model" / "README.md"
    card.parent.mkdir()
    if kind == "pipe":
        os.mkfifo(card)
    elif kind == "folder":
        card.mkdir()
    else:
        (tmp_path / "secret.md").write_text("# secret")
        target = {"loop": card, "outside": tmp_path / "secret.md", "device": Path("/dev/zero")}[kind]
        card.symlink_to(target)
    with pytest.raises(CardError) as error:
        verify(card.parent, offline=True)
    assert "\n" not in str(error.value)


def test_nothing_of_a_card_reaches_the_terminal_unseen(tmp_path: Path) -> None:
    """Escape sequences, workflow commands, bidirectional controls, null and lone bytes; whole reports."""
    cards = (
        "terminal",
        "bidirectional",
        "workflow-commands",
        "surrogates",
        "nulls",
        "noise",
        "yaml-types",
        "invisible",
    )
    (tmp_path / "cards").mkdir()
    for name in cards:
        write(name, tmp_path / "cards" / name, 2_000)
    evil = tmp_path / "cards" / "evil"
    write("paragraphs", evil, 100)
    front = '---\nlicense: "mit\\e[31m\\u202e\\n::error::owned"\n'
    front += 'language: ["\\x1b[2J", "x\\n##[group]y"]\nbase_model: "a/\\u2066b"\n'
    (evil / "README.md").write_text(front + "datasets: ['\n\n  ::error::owned']\n---\n# a\n")
    (evil / "config.json").write_text(
        '{"architectures": ["\\u001b[2J\\ud800\\n::error::owned"], "model_type": "\\ud800\\u202e"}'
    )
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-rA",
        "-v",
        "-p",
        "no:cacheprovider",
        "-c",
        os.devnull,
        "--rootdir=.",
    ]
    command += ["--modelcard-offline", "--modelcard-profile=release", "--modelcard=cards"]
    command += ["--modelcard-json=report.json", "--junitxml=junit.xml"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, timeout=120, check=False)
    text = (done.stdout + done.stderr).decode("utf-8")
    assert trouble(done.returncode, 0, text, tmp_path) == ""
    assert "<U+" in text  # shown, not dropped
    assert not [line for line in text.splitlines() if line.lstrip().startswith(("::", "##["))]
    report = json.loads((tmp_path / "report.json").read_bytes().decode("utf-8"))
    assert len(report["reports"]) == len(cards) + 1
    assert len(list(ET.parse(tmp_path / "junit.xml").iter("testcase"))) > len(cards)
