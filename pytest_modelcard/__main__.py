"""`python -m pytest_modelcard explain MC203`, `... docs`, `... index`, `... review`, `... comment`, `... recount`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from .index.command import add_command as add_index
from .post.command import add_command as add_comment
from .review.command import add_command as add_review


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit status (2 for a wrong command line)."""
    parser = argparse.ArgumentParser(prog="python -m pytest_modelcard", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    explain = commands.add_parser("explain", help="print a rule's documentation; all rules without an id")
    explain.add_argument("rule", nargs="?", help="id or name, for example MC203 or bold-not-best")
    docs = commands.add_parser("docs", help="write the rules' documentation page")
    docs.add_argument("--out", type=Path, default=Path("docs/rules.md"))
    docs.add_argument("--check", action="store_true", help="only say whether the page is current")
    add_review(commands)
    add_index(commands)
    add_comment(commands)
    _add_recount(commands)
    options = parser.parse_args(argv)
    if "run" in options:
        return int(options.run(options))

    from .checks import ALL_RULES
    from .report.rule_docs import rule_page, rules_page

    if options.command == "explain":
        if options.rule is None:
            for rule in ALL_RULES:
                print(f"{rule.id}  {rule.severity:8} {rule.name}")
            return 0
        for rule in ALL_RULES:
            if options.rule in (rule.id, rule.name):
                print(rule_page(rule))
                return 0
        print(f"no rule {options.rule!r}; `explain` without an id lists all", file=sys.stderr)
        return 2
    page = rules_page(ALL_RULES)
    if options.check:
        current = options.out.is_file() and options.out.read_text("utf-8") == page
        print(f"{options.out} is {'current' if current else 'out of date'}")
        return 0 if current else 1
    options.out.parent.mkdir(parents=True, exist_ok=True)
    options.out.write_text(page, "utf-8")
    print(f"wrote {len(ALL_RULES)} rules to {options.out}")
    return 0


def _add_recount(commands: Any) -> None:
    recount = commands.add_parser(
        "recount", help="count the single items of sampled runs again, and see whether their verdicts follow"
    )
    recount.add_argument("files", nargs="+", type=Path, metavar="FILE", help="written by --modelcard-store")
    recount.set_defaults(run=_recount)


def _recount(options: argparse.Namespace) -> int:
    """0: every verdict recorded follows from its items; 1: one does not; 2: a file is none of ours."""
    from .errors import CannotTell
    from .report.recounted import recount_file

    status = 0
    for path in options.files:
        try:
            lines, good = recount_file(path)
        except CannotTell as error:
            print(str(error), file=sys.stderr)
            status = 2
            continue
        print("\n".join(lines))
        status = max(status, 0 if good else 1)
    return status


if __name__ == "__main__":
    sys.exit(main())
