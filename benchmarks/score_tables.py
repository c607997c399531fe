"""Score the table reader against hand-labelled cards.

    python benchmarks/score_tables.py [--corpus DIR] [-v] [CARD ...]

DIR holds `cards/*.md` and `labels/*.json`; by default `shared/corpus` beside the repository. Prints
per card and in total: recall and false share of cells (line, value, bold), the share of matched cells with
benchmark and model named right, the tables found; and the slowest cards. Ends with 1 under the targets.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pytest_modelcard.card.benchmarks import Registry
from pytest_modelcard.card.document import read_document
from pytest_modelcard.card.frontmatter import read_front_matter
from pytest_modelcard.card.names import KnownNames
from pytest_modelcard.card.records import Table
from pytest_modelcard.card.tables import read_tables
from pytest_modelcard.model import CardIdentity, Claim

RECALL, FALSE, NAMES, SECONDS = 0.98, 0.01, 0.95, 0.5


@dataclass
class Score:
    labelled: int = 0
    found: int = 0
    matched: int = 0
    named: int = 0
    tables: int = 0
    tables_right: int = 0
    misses: list[str] = field(default_factory=list)

    def add(self, other: Score) -> None:
        for name in ("labelled", "found", "matched", "named", "tables", "tables_right"):
            setattr(self, name, getattr(self, name) + getattr(other, name))

    @property
    def recall(self) -> float:
        return self.matched / self.labelled if self.labelled else 1.0

    @property
    def false(self) -> float:
        return (self.found - self.matched) / self.found if self.found else 0.0

    @property
    def names(self) -> float:
        return self.named / self.matched if self.matched else 1.0


def parse(path: Path) -> tuple[tuple[Table, ...], tuple[Claim, ...], float]:
    """Tables, table claims, and seconds for front matter, body and tables."""
    start = time.perf_counter()
    lines = path.read_bytes().decode("utf-8", "replace").replace("\r\n", "\n").split("\n")
    front = read_front_matter(lines, "README.md")
    document = read_document(lines, "README.md", first_line=front.last_line + 1)
    identity = CardIdentity(str(path), None, None, "README.md", "")
    names = KnownNames.of(identity, front, document.headings)
    tables, claims = read_tables(document, names, REGISTRY)
    return tables, claims, time.perf_counter() - start


def score(label: dict[str, Any], tables: tuple[Table, ...], claims: tuple[Claim, ...]) -> Score:
    out = Score()
    waiting: dict[tuple[int, float | None, bool], list[dict[str, Any]]] = defaultdict(list)
    for table in label["tables"]:
        if table.get("in_code_fence"):
            continue
        out.tables += 1
        ours = [t for t in tables if t.span.line == table["line"]]
        if ours and (ours[0].kind == "benchmark") == (table["kind"] == "benchmark"):
            out.tables_right += 1
        else:
            out.misses.append(
                f"table at line {table['line']}: {table['kind']}, ours {[t.kind for t in ours]}"
            )
        for cell in table["claims"]:
            out.labelled += 1
            waiting[_key(cell["line"], cell["value"], cell["bold"])].append(cell)
    for claim in (c for c in claims if c.kind == "score"):
        out.found += 1
        cells = waiting.get(_key(claim.span.line, claim.value, claim.bold))
        if not cells:
            out.misses.append(
                f"line {claim.span.line}: false {claim.raw!r} {claim.benchmark!r} / {claim.model!r}"
            )
            continue
        right = [
            c for c in cells if _same(c["benchmark"], claim.benchmark) and _same(c["model"], claim.model)
        ]
        cell = right[0] if right else cells[0]
        cells.remove(cell)
        out.matched += 1
        if right:
            out.named += 1
        else:
            out.misses.append(
                f"line {claim.span.line}: named {claim.benchmark!r} / {claim.model!r},"
                f" not {cell['benchmark']!r} / {cell['model']!r}"
            )
    for cells in waiting.values():
        out.misses += [
            f"line {c['line']}: missed {c['raw']!r} {c['benchmark']!r} / {c['model']!r}" for c in cells
        ]
    return out


def _key(line: int, value: float | None, bold: bool) -> tuple[int, float | None, bool]:
    return line, None if value is None else round(float(value), 6), bold


def _same(label: str | None, ours: str | None) -> bool:
    return "".join((label or "").split()) == "".join((ours or "").split())


def main() -> int:
    arguments = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    beside = Path(__file__).resolve().parents[2] / "shared" / "corpus"
    arguments.add_argument("--corpus", type=Path, default=beside)
    arguments.add_argument("-v", "--verbose", action="store_true", help="list what was missed")
    arguments.add_argument("--untimed", action="store_true", help="do not judge how long a card takes")
    arguments.add_argument("cards", nargs="*", help="only cards whose file name holds one of these")
    options = arguments.parse_args()
    if not (options.corpus / "labels").is_dir():
        print(f"no labelled cards in {options.corpus}: give --corpus", file=sys.stderr)
        return 2
    total = Score()
    slowest: list[tuple[float, str]] = []
    for path in sorted((options.corpus / "cards").glob("*.md")):
        if options.cards and not any(word in path.name for word in options.cards):
            continue
        tables, claims, seconds = parse(path)
        slowest.append((seconds, path.name))
        labels = options.corpus / "labels" / f"{path.stem}.json"
        if not labels.exists():
            continue
        one = score(json.loads(labels.read_text(encoding="utf-8")), tables, claims)
        total.add(one)
        _print(path.stem[:48], one)
        if options.verbose:
            print("".join(f"    {miss}\n" for miss in one.misses), end="")
    _print("all", total)
    slowest.sort(reverse=True)
    print("slowest: " + ", ".join(f"{name} {seconds:.3f} s" for seconds, name in slowest[:3]))
    good = total.recall >= RECALL and total.false <= FALSE and total.names >= NAMES
    in_time = options.untimed or slowest[0][0] <= SECONDS
    return 0 if good and in_time else 1


def _print(name: str, s: Score) -> None:
    print(
        f"{name:50} cells {s.matched:5}/{s.labelled:5} recall {s.recall:7.2%}  false {s.false:7.2%}"
        f"  names {s.names:7.2%}  tables {s.tables_right}/{s.tables}"
    )


REGISTRY = Registry.default()

if __name__ == "__main__":
    sys.exit(main())
