"""The pytest front: options, and nothing else until a card is asked for.

Imports the standard library and pytest alone: every pytest run on the machine pays for this module.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Sequence
from importlib.machinery import ModuleSpec, PathFinder
from pathlib import Path
from types import ModuleType

import pytest

#: `CARD::MC301`, `CARD::MC301[key]` on the command line
_NODE_ID = re.compile(r"^(?P<card>.+?)::(?P<check>MC\d{1,3}(?:\[.*\])?)$", re.DOTALL)


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("modelcard", "model cards (pytest-modelcard)")
    group.addoption(
        "--modelcard",
        action="append",
        default=[],
        metavar="CARD",
        help="test this model card: a Hub id (org/name, org/name@revision), a folder or a Markdown file; "
        "repeatable. Without paths of their own, the project's tests are not collected.",
    )
    group.addoption(
        "--modelcard-json", metavar="FILE", help="write the report as JSON (schemas/report-v1.json)"
    )
    group.addoption(
        "--modelcard-sarif",
        metavar="FILE",
        help="write the faults as SARIF 2.1.0, for code scanning and editors",
    )
    group.addoption(
        "--modelcard-select",
        action="append",
        default=[],
        metavar="IDS",
        help="run only these rules: ids or families, comma-separated (MC203,MC1)",
    )
    group.addoption(
        "--modelcard-ignore",
        action="append",
        default=[],
        metavar="IDS",
        help="leave these rules out: ids or families, comma-separated",
    )
    group.addoption(
        "--modelcard-profile",
        metavar="NAME",
        help="which checks to run: default, release (a lab's pre-release checklist), eu-gpai",
    )
    group.addoption(
        "--modelcard-map",
        action="append",
        default=[],
        metavar="org/name=PATH",
        help="read this model's files from a local folder; repeatable",
    )
    group.addoption(
        "--modelcard-offline",
        action="store_true",
        default=None,
        help="never use the network; what needs it is skipped with the reason",
    )
    group.addoption(
        "--modelcard-weights",
        choices=("on", "off"),
        help="whether weights are read (a few megabytes by ranges) to check declared base models; default: on",
    )
    group.addoption(
        "--modelcard-suspect",
        action="append",
        default=[],
        metavar="org/name",
        help="a model that the weights may come from, beside those the card names; repeatable",
    )
    group.addoption(
        "--modelcard-suspects",
        choices=("auto", "off"),
        help="whether further suspects are looked for among the base models' descendants on the Hub; default: auto",
    )
    group.addoption(
        "--modelcard-index",
        metavar="FILE",
        help="look for suspects in this index of models, too (python -m pytest_modelcard index add)",
    )
    group.addoption(
        "--modelcard-budget", metavar="SIZE", help="bytes of weights that one card may cost; default: 64MiB"
    )
    group.addoption(
        "--modelcard-recipe", metavar="FILE", help="write the recipe found as a mergekit configuration"
    )
    group.addoption(
        "--modelcard-full",
        nargs="?",
        const="modelcard-certificate.json",
        metavar="FILE",
        help="replay the recipe found, or printed in the card, over every byte of the weights and write a certificate "
        "(torch); write it with '='; default: modelcard-certificate.json",
    )
    group.addoption(
        "--modelcard-full-download",
        metavar="SIZE",
        help="bytes of weights that --modelcard-full may download; default: none, only what is mapped or cached is read",
    )
    group.addoption(
        "--modelcard-engine",
        choices=("local", "ray"),
        help="who computes --modelcard-full: this machine, or a Ray cluster (RAY_ADDRESS); default: local",
    )
    group.addoption(
        "--modelcard-plot",
        metavar="FILE",
        help="draw weight and agreement over layers (.png or .svg; matplotlib)",
    )
    group.addoption(
        "--modelcard-run",
        action="store_true",
        default=None,
        help="run claimed benchmarks item by item until each claim is confirmed or refuted; asks the model behind "
        "--modelcard-endpoint. With --collect-only: what that would cost",
    )
    group.addoption(
        "--modelcard-identity",
        action="store_true",
        default=None,
        help="ask the model behind --modelcard-endpoint who it is, without its system prompt (126 questions in English, "
        "Portuguese and Chinese), and test whether it names a model that the card does not declare",
    )
    group.addoption(
        "--modelcard-endpoint",
        metavar="URL",
        help="an OpenAI-compatible server that serves the model (vLLM, SGLang, llama.cpp, a provider); a key is read from "
        "MODELCARD_API_KEY or OPENAI_API_KEY",
    )
    group.addoption(
        "--modelcard-served-model", metavar="NAME", help="the name it is served under; default: the only one"
    )
    group.addoption("--modelcard-model", metavar="PATH", help="a local model, for engines that load one")
    group.addoption(
        "--modelcard-calls", metavar="N", help="calls of models that one card may cost; default: 5000"
    )
    group.addoption("--modelcard-seconds", metavar="S", help="seconds of runs for one card; default: 3600")
    group.addoption("--modelcard-concurrency", metavar="N", help="requests side by side; default: 16")
    group.addoption(
        "--modelcard-alpha",
        metavar="A",
        help="probability of any wrong verdict among a card's runs; default: 0.01",
    )
    group.addoption(
        "--modelcard-tolerance",
        metavar="POINTS",
        help="how far below its claim a complete run may score; default: from the noise between two runs",
    )
    group.addoption(
        "--modelcard-store",
        metavar="FILE",
        help="keep each item's result in this file (JSON lines) and go on from it; default: in pytest's cache, for a day",
    )
    group.addoption(
        "--modelcard-eval-logs",
        action="append",
        default=[],
        metavar="PATH",
        help="compare the card's scores with these logs of inspect-ai or lm-eval: a folder or a file; repeatable",
    )
    group.addoption(
        "--modelcard-write-eval-results",
        metavar="FOLDER",
        help="write decided runs as .eval_results of the model repository: estimates with their interval in the notes",
    )
    group.addoption(
        "--modelcard-write-every-eval-ever",
        metavar="FOLDER",
        help="write decided runs as every-eval-ever 0.3.0 records, with their items and without their texts",
    )
    parser.addini("modelcard_cards", "cards to test beside the project's own tests", type="args", default=[])


class _PlainImports:
    """Finds this package's modules without pytest's assertion rewriting, those imported later included.

    pytest rewrites every module of an installed plugin. Ours hold no assertions to explain, and where Python may
    not write its cache (containers often forbid it) the rewriting would be paid again by every run.
    """

    @staticmethod
    def find_spec(
        name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        return PathFinder.find_spec(name, path, target) if name.startswith(f"{__package__}.") else None


def _node_ids(args: Sequence[str]) -> dict[str, re.Match[str]]:
    """Those arguments that are node ids of cards."""
    return {arg: match for arg in args if (match := _NODE_ID.match(arg))}


def _as_typed(config: pytest.Config, card: str) -> str:
    """The card of a node id as it was asked for: pytest prints ids relative to the current folder ("../org/name")."""
    here, root = config.invocation_params.dir, config.rootpath
    if here == root or not card.startswith("..") or Path(card).exists():
        return card
    return Path(os.path.relpath(here / card, root)).as_posix()


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> None:
    """Keep pytest from executing a conftest.py that came with a model repository.

    Runs before conftest files are loaded. A run of cards alone needs no conftest of the cards' folders; one
    that lies in the current folder is loaded only where that folder is no card's.
    """
    known = early_config.known_args_namespace
    node_ids = _node_ids(known.file_or_dir)
    cards = [*known.modelcard, *(m["card"] for m in node_ids.values())]
    known.file_or_dir = [path for path in known.file_or_dir if path not in node_ids]
    if not cards or known.file_or_dir:
        return
    here = Path.cwd()
    folders = [p if p.is_dir() else p.parent for p in map(Path, cards) if p.exists()]
    if any(here.is_relative_to(folder.resolve()) for folder in folders):
        known.noconftest = True
    inside = early_config.inipath is not None and any(
        early_config.inipath.is_relative_to(f.resolve()) and not here.is_relative_to(f.resolve())
        for f in folders
    )
    if inside:
        raise pytest.UsageError(
            f"{early_config.inipath} lies in the card's folder and would configure this run; write "
            "--modelcard=PATH (with '='), and give no path into that folder"
        )


@pytest.hookimpl(trylast=True)
def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line(
        "markers", "modelcard(rule, name, family): a claim of a model card (pytest-modelcard)"
    )
    handed = getattr(config, "workerinput", {}).get("modelcard")  # an xdist worker is told by its controller
    if handed is None:
        chosen = _node_ids(config.args)
        wanted = [(_as_typed(config, m["card"]), m["check"]) for m in chosen.values()]
        asked = [*config.getoption("--modelcard"), *(card for card, _ in wanted)]
        cards = list(dict.fromkeys([*asked, *config.getini("modelcard_cards")]))
        if not cards:
            return
        rest = [arg for arg in config.args if arg not in chosen]
        explicit = config.args_source == config.ArgsSource.ARGS and rest
        handed = {
            "cards": cards,
            "wanted": wanted,
            "alone": bool(asked) and not explicit,
        }
        config.args[:] = rest
    if handed["alone"]:
        config.args.clear()

    sys.meta_path.insert(0, _PlainImports)
    config.add_cleanup(lambda: sys.meta_path.remove(_PlainImports))
    from .session import CardSession

    config.pluginmanager.register(CardSession(config, handed), "modelcard-session")
