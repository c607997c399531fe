from __future__ import annotations

import pytest

from pytest_modelcard.checks.card.missing_image import MissingImage
from tests.support import findings, outcomes

FILES = {"config.json": "{}", "assets/Chart.png": b"", "my file.png": b"", "demo.mp4": b""}


def found(card: str, **kw: object) -> dict[str, str]:
    return outcomes(findings(MissingImage, card, files=FILES, **kw))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "card",
    [
        "![c](assets/Chart.png)",
        "![c](./assets/Chart.png?raw=true#x)",
        "![c](my%20file.png)",
        "![c](<my file.png>)",
        "<img src='assets/../assets/Chart.png'>",
        "<video src=demo.mp4></video>",
        "![c](https://huggingface.co/acme/model/resolve/main/assets/Chart.png)",
    ],
)
def test_images_that_are_there_pass(card: str) -> None:
    assert list(found(card).values()) == ["pass"]


def test_a_missing_image_fails_and_another_case_is_hinted_at() -> None:
    (finding,) = findings(MissingImage, "# A\n\n![c](assets/chart.png)", files=FILES)
    assert (finding.outcome, finding.severity, finding.span.line, finding.key) == (
        "fail",
        "error",
        3,
        "assets-chart.png",
    )
    assert "assets/Chart.png: upper and lower case count" in finding.message


@pytest.mark.parametrize(
    "card",
    ["<picture><source srcset='a.png 2x'></picture>", "![c](https://huggingface.co/acme/model/blob/main/x.pn"
                                                      "g)",
     "| a |\n|---|\n| ![c](gone.png) |", "[![c](gone.png)](https://x.org)"],
)  # fmt: skip
def test_missing_images_of_every_kind(card: str) -> None:
    assert list(found(card).values()) == ["fail"]


@pytest.mark.parametrize(
    "card",
    [
        "![c](https://example.org/x.png)",
        "![c](//example.org/x.png)",
        "![c](https://huggingface.co/other/model/resolve/main/x.png)",
        "![c](https://huggingface.co/acme/model/resolve/v1.0/x.png)",
        "![c](/front/x.png)",
        "![c](../x.png)",
        "![c](data:image/png;base64,AAAA)",
        "![c]({{ image }})",
        "`![c](x.png)`",
        "<!-- ![c](x.png) -->",
        "![c]()",
    ],
)
def test_what_is_no_file_of_the_repository_is_left_alone(card: str) -> None:
    assert found(card) == {}


def test_nothing_can_be_told_without_files() -> None:
    assert outcomes(findings(MissingImage, "![c](x.png)", knows_files=False)) == {"x.png": "skip"}
    assert outcomes(findings(MissingImage, "![c](x.png)", files={"other.md": ""})) == {"x.png": "skip"}
