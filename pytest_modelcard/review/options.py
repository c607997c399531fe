"""Options that the commands `review` and `comment --hub` share: those of the pytest plugin, and what blocks."""

from __future__ import annotations

import argparse

from ..policy import PROFILES
from .runs import Settings


def add_run_options(parser: argparse.ArgumentParser) -> None:
    """What both runs of a review are given."""
    group = parser.add_argument_group("checks", "as for pytest --modelcard; modelcard.toml counts, too")
    group.add_argument("--profile", choices=PROFILES)
    for name, metavar, help_ in (
        ("select", "IDS", "run only these rules: ids or families, comma-separated"),
        ("ignore", "IDS", "leave these rules out"),
        ("suspect", "org/name", "a model that the weights may come from; repeatable"),
        ("map", "org/name=PATH", "read this model's files from a local folder; repeatable"),
    ):
        group.add_argument(f"--{name}", action="append", default=[], metavar=metavar, help=help_)
    group.add_argument(
        "--suspects", choices=("auto", "off"), help="look for further suspects on the Hub; default: auto"
    )
    group.add_argument(
        "--weights", choices=("on", "off"), help="read weights (a few megabytes by ranges); default: on"
    )
    group.add_argument(
        "--budget", metavar="SIZE", help="bytes of weights that one card may cost; default: 64MiB"
    )
    group.add_argument("--offline", action="store_true", default=None, help="never use the network")


def add_blocking_options(parser: argparse.ArgumentParser, default: str | None) -> None:
    """What a review blocks on."""
    parser.add_argument(
        "--fail-on",
        choices=("error", "warning", "never"),
        default=default and "error",
        help="from which severity on a finding blocks; default: error",
    )
    parser.add_argument(
        "--block",
        choices=("introduced", "all"),
        default=default and "introduced",
        help="whether only what the change introduces blocks, or all there is; default: introduced",
    )


def settings_of(options: argparse.Namespace) -> Settings:
    """The settings given on the command line; empty values count as not given."""
    names = ("profile", "select", "ignore", "map", "offline", "weights", "suspect", "suspects", "budget")
    told = {name: getattr(options, name) for name in names}
    for name in ("select", "ignore", "suspect", "map"):
        # a list in one input of an action: commas, spaces or lines between the entries
        told[name] = [one for given in told[name] for one in given.replace(",", " ").split()]
    told["budget"] = told["budget"] or None
    return Settings(told, options.fail_on or "error", options.block or "introduced")
