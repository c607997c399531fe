from __future__ import annotations

import pytest

from pytest_modelcard.checks.card._anchors import github_slug
from pytest_modelcard.checks.card.dead_link import DeadLink
from tests.support import findings, outcomes

FILES = {"config.json": "{}", "LICENSE": "", "docs/guide.md": ""}


def found(card: str) -> dict[str, str]:
    return outcomes(findings(DeadLink, card, files=FILES))


@pytest.mark.parametrize(
    "card",
    [
        "[l](LICENSE)",
        "[l](./LICENSE#L3)",
        "[l](docs)",
        "[l](docs/)",
        "<a href='docs/guide.md#x'>l</a>",
        "[l](https://huggingface.co/acme/model/blob/main/LICENSE)",
        "[l](README.md)",
        "# My *Model* (v1.0)!\n\n[l](#my-model-v10)",
        "# A\n# A\n\n[l](#a-1)",
        "# 模型 简介\n\n[l](#模型-简介)",
        "# 模型 简介\n\n[l](#%E6%A8%A1%E5%9E%8B-%E7%AE%80%E4%BB%8B)",
        "<a name='here'></a>\n\n[l](#here)",
        "[up](#top)",
    ],
)
def test_links_that_lead_somewhere_pass(card: str) -> None:
    assert list(found(card).values()) == ["pass"]


def test_a_dead_file_link_is_a_warning_with_a_hint() -> None:
    (finding,) = findings(DeadLink, "See\n[l](License).", files=FILES)
    assert (finding.outcome, finding.severity, finding.span.line) == ("warn", "warning", 2)
    assert "LICENSE: upper and lower case count" in finding.message


def test_a_dead_anchor_is_a_warning() -> None:
    (finding,) = findings(DeadLink, "# Results\n\n[l](#evaluation)", knows_files=False)
    assert (finding.key, finding.outcome, finding.severity) == ("anchor-evaluation", "warn", "warning")


def test_an_anchor_that_only_some_sites_find_is_a_note() -> None:
    (finding,) = findings(DeadLink, "# 🤗 Usage\n\n[l](#usage)", knows_files=False)
    assert (finding.outcome, finding.severity) == ("warn", "note")
    assert "#-usage" in finding.message


@pytest.mark.parametrize(
    "card",
    [
        "[l](https://example.org)",
        "[l](mailto:a@b.c)",
        "[l](/models)",
        "[l](../other)",
        "[l](#)",
        "[l](<your link>)",
        "[l](https://huggingface.co/other/model/blob/main/x)",
        "`[l](gone)`",
        "![l](gone.png)",
        "[l]((https://x.org))",
    ],
)
def test_other_links_are_left_alone(card: str) -> None:
    assert found(card) == {}


def test_files_unknown() -> None:
    assert outcomes(findings(DeadLink, "[l](gone.txt)", knows_files=False)) == {"gone.txt": "skip"}


def test_slugs_are_githubs() -> None:
    assert github_slug("2. Model Downloads & More") == "2-model-downloads--more"
    assert github_slug("SWE-bench_Verified: `x`") == "swe-bench_verified-x"
