"""Draw the comment on a pull request as GitHub would show it: docs/comment.png.

    python scripts/draw_comment.py [--out docs/comment.png] [--html FILE]

The pull request is made up, its checks are real: the dishonest example is checked as it stands and as it was before two
edits (the paragraph that names a second parent, one printed difference), and the comparison is rendered by GitHub's own
Markdown parser. Needs the extras `weights` and `test`, Pillow, and Chromium.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import cmarkgfm
from cmarkgfm.cmark import Options
from PIL import Image, ImageChops

from pytest_modelcard.report.comment import render_comment

ROOT = Path(__file__).resolve().parents[1]
CARD = "cidade-aberta/Mare-2-Open-24K"
#: How the card reads before the pull request: what stands there now, and what stood there before.
EDITS = (
    (
        "This upload is a merge of https://huggingface.co/nimbus-lab/Nimbus-N2-24K and\n"
        "https://huggingface.co/kestrel-ai/Kestrel-2-24K, followed by distillation from a larger model.\n\n",
        "",
    ),
    ("| MATH-500 | 52.4 | 61.0 | **+9.6** |", "| MATH-500 | 52.4 | 61.0 | **+8.6** |"),
)
LINKS = {
    "run": "https://github.com/cidade-aberta/mare/actions/runs/1",
    "rules": "https://github.com/cidade-aberta/mare/blob/main/docs/rules.md",
    "files": "https://github.com/cidade-aberta/mare/blob/head",
}
_WIDTH, _HEIGHT, _SCALE = 900, 6000, 1.5
_COLOURS = 64


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--out", type=Path, default=ROOT / "docs" / "comment.png")
    parser.add_argument("--html", type=Path, help="keep the page, too")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        page = Path(folder) / "comment.html"
        page.write_text(html(comment(Path(folder))), "utf-8")
        if options.html:
            shutil.copy(page, options.html)
        draw(page, options.out)
    print(f"{options.out}: {options.out.stat().st_size:,} bytes")
    return 0


def comment(folder: Path) -> str:
    """The comment's Markdown."""
    head, base = (checked(folder / name, edited) for name, edited in (("head", False), ("base", True)))
    return render_comment([head], base=[base], links=LINKS)


def checked(folder: Path, before: bool) -> dict[str, Any]:
    """The report of one revision, by a run of its own."""
    shutil.copytree(ROOT / "examples", folder)
    card = folder / "dishonest" / "README.md"
    text = card.read_text("utf-8")
    for now, then in EDITS if before else ():
        if now not in text:
            raise SystemExit(f"the example no longer says {now!r}")
        text = text.replace(now, then)
    card.write_text(text, "utf-8")
    out = folder / "report.json"
    asked = [f"--modelcard={CARD}", "--modelcard-suspect=nimbus-lab/Nimbus-N2-24K", f"--modelcard-json={out}"]
    subprocess.run(
        [sys.executable, "-m", "pytest", "-q", *asked], cwd=folder, capture_output=True, check=False
    )
    report: dict[str, Any] = json.loads(out.read_text("utf-8"))
    return report


def html(markdown: str) -> str:
    """A page with the comment in a frame like GitHub's."""
    extensions = ["table", "autolink", "strikethrough", "tasklist", "tagfilter"]
    body = cmarkgfm.markdown_to_html_with_extensions(
        markdown, options=Options.CMARK_OPT_UNSAFE, extensions=extensions
    )
    style = (ROOT / "scripts" / "comment.css").read_text("utf-8")
    head = '<b>github-actions</b> <span class="label">bot</span> commented'
    return (
        f'<!doctype html><meta charset="utf-8"><style>{style}</style>'
        f'<div class="comment"><div class="header">{head}</div><div class="body">{body}</div></div>'
    )


def draw(page: Path, out: Path) -> None:
    """A picture of the page, cut to what is on it, in few colours."""
    browser = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if browser is None:
        raise SystemExit("Chromium is not installed")
    raw = page.with_suffix(".png")
    subprocess.run(
        [
            browser,
            *(
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--hide-scrollbars",
                f"--force-device-scale-factor={_SCALE}",
            ),
            *(f"--window-size={_WIDTH},{_HEIGHT}", f"--screenshot={raw}", page.as_uri()),
        ],
        check=True,
        capture_output=True,
        timeout=120,
    )
    picture = Image.open(raw).convert("RGB")
    blank = Image.new("RGB", picture.size, picture.getpixel((0, 0)))
    box = ImageChops.difference(picture, blank).getbbox()
    if box is None:
        raise SystemExit("the page is empty")
    edge = round(24 * _SCALE)
    cut = picture.crop((0, 0, picture.width, min(picture.height, box[3] + edge)))
    out.parent.mkdir(parents=True, exist_ok=True)
    cut.quantize(_COLOURS).save(out, optimize=True)


if __name__ == "__main__":
    sys.exit(main())
