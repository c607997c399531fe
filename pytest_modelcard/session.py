"""One pytest run over some cards: opens them, adds them to the collection, and closes with summary and report."""

from __future__ import annotations

import hashlib
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Generator, Iterable
from contextlib import nullcontext
from dataclasses import replace
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from .card.benchmarks import Registry
from .checks import ALL_RULES
from .errors import CardError, ModelCardError, UnknownCard
from .evidence import Evidence
from .items import CardCollector, CardItem
from .model import Cost, Finding, Report
from .policy import Policy, load_policy
from .report.records import finding_from_dict
from .report.runs import corrected, once
from .report.safe import visible
from .source.base import Source
from .source.broken import BrokenSource
from .source.catalog import Catalog

#: Seconds that results of sampled runs count where no file was named for them: a model behind an address may change.
STORE_SECONDS = 86_400.0


class CardSession:
    """The plugin object of a run that tests cards; not registered otherwise."""

    def __init__(self, config: pytest.Config, handed: dict[str, Any]) -> None:
        self.config = config
        self.handed = handed
        self.is_worker = hasattr(config, "workerinput")
        self.rules = ALL_RULES
        self.started = time.monotonic()
        try:
            self.policy: Policy = load_policy(config.invocation_params.dir, config.rootpath, _options(config))
            self.registry = Registry.default().extended(self.policy.benchmarks)
        except ModelCardError as error:
            raise pytest.UsageError(str(error)) from error
        if self.policy.full is not None and (missing := self.policy.full.missing()):
            raise pytest.UsageError(f"--modelcard-full: {missing}")
        if handed.get("shared"):
            options = replace(self.policy.evidence, shared=Path(handed["shared"]))
            self.policy = replace(self.policy, evidence=options)
        self.shared: tempfile.TemporaryDirectory[str] | None = (
            None  #: for workers to tell each other verdicts
        )
        self.catalog = Catalog(self.policy.maps, offline=self.policy.offline, pins=handed.get("pins"))
        self.cards: dict[str, Evidence] = {}
        self.findings: dict[str, tuple[str, Finding]] = {}  #: node id -> (card, finding); a rerun replaces
        self.lineages: dict[str, dict[str, Any]] = {}  #: card -> verdict from its weights
        self.runs: dict[str, dict[str, dict[str, Any]]] = {}  #: card -> check -> sampled run
        self.identities: dict[str, dict[str, Any]] = {}  #: card -> identity probe
        self.recorded: dict[str, dict[str, Any]] = {}  #: card -> test -> results of others beside its claim
        self.spent_by_workers = Counter[str]()

    # --- opening

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionstart(self) -> None:
        """Resolve and pin every card before xdist starts its workers."""
        others: dict[str, Evidence] = {}
        for target in self.handed["cards"]:
            sources: tuple[Source, ...]
            try:
                sources = self.catalog.open(target)
            except UnknownCard as error:
                raise pytest.UsageError(str(error)) from None
            except CardError as error:  # there is such a card, but it cannot be opened: one failing test
                sources = (BrokenSource(target, error),)
            for source in sources:
                evidence = Evidence(source, self.catalog, self.registry, others, self.policy.evidence)
                evidence.tell = None if self.is_worker else self.tell
                self._keep_results(evidence)
                self.cards.setdefault(source.label, evidence)

    def _keep_results(self, evidence: Evidence) -> None:
        """Where no file is named for results of sampled runs, they are kept in pytest's cache for a day."""
        asked = {
            k: o for k in ("runs", "identity") if (o := getattr(evidence.options, k)) and o.store is None
        }
        cache = getattr(self.config, "cache", None)
        if not asked or cache is None:
            return
        name = hashlib.sha256(evidence.source.label.encode("utf-8", "backslashreplace")).hexdigest()[:16]
        store = Path(cache.mkdir("modelcard-runs")) / f"{name}.jsonl"
        kept = {k: replace(o, store=store, store_age=STORE_SECONDS) for k, o in asked.items()}
        evidence.options = replace(evidence.options, **kept)

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Runs share one error probability: those that -k, -m and node ids left are counted. A worker of xdist
        collects all of them, too."""
        chosen: dict[str, set[str]] = {}
        for item in session.items:
            if isinstance(item, CardItem):
                chosen.setdefault(item.card.nodeid, set()).add(item.check.id)
        for label, evidence in self.cards.items():
            evidence.chosen = frozenset(chosen.get(label, ()))

    def tell(self, line: str) -> None:
        """A line on long work in the terminal, past the capturing of the test that does it."""
        reporter = self.config.pluginmanager.getplugin("terminalreporter")
        capture = self.config.pluginmanager.getplugin("capturemanager")
        if reporter is None or self.config.getoption("verbose") < -1:
            return
        with capture.global_and_fixture_disabled() if capture else nullcontext():
            reporter.ensure_newline()
            reporter.write_line(f"modelcard: {visible(line, 200)}")

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node: Any) -> None:
        if self.shared is None:
            self.shared = tempfile.TemporaryDirectory(prefix="modelcard-", ignore_cleanup_errors=True)
        handed = {**self.handed, "pins": self.catalog.pins(), "shared": self.shared.name}
        node.workerinput["modelcard"] = handed

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        """A worker has ended: count what it spent."""
        self.spent_by_workers.update(getattr(node, "workeroutput", {}).get("modelcard", {}))

    # --- collection

    @pytest.hookimpl(hookwrapper=True)
    def pytest_make_collect_report(self, collector: pytest.Collector) -> Generator[None, Any, None]:
        outcome = yield
        if isinstance(collector, pytest.Session):
            report = outcome.get_result()
            report.result = [
                *(report.result or ()),
                *(CardCollector.build(collector, self, label, ev) for label, ev in self.cards.items()),
            ]

    def wanted(self, label: str) -> set[str] | None:
        """The checks named on the command line for this card; None for all."""
        named = {check for card, check in self.handed["wanted"] if card == label}
        return named or None

    # --- results

    @pytest.hookimpl(hookwrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Generator[None, Any, None]:
        outcome = yield
        if not isinstance(item, CardItem) or call.when != "call" or item.finding is None:
            return
        report = outcome.get_result()
        report.modelcard = item.as_dict()
        if report.skipped:
            span = item.span()
            reason = call.excinfo.value.msg if call.excinfo else ""  # type: ignore[attr-defined]
            report.longrepr = (item.shown_path(span), span.line, f"Skipped: {reason}")

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        data = getattr(report, "modelcard", None)
        if data is not None:
            self.findings[report.nodeid] = (data["card"], finding_from_dict(data["finding"]))
            if "lineage" in data:
                self.lineages[data["card"]] = data["lineage"]
            if "recorded" in data:
                self.recorded.setdefault(data["card"], {})[report.nodeid] = data["recorded"]
            if "run" in data:
                self.runs.setdefault(data["card"], {})[data["run"]["id"]] = data["run"]
            if "identity" in data:
                self.identities.setdefault(data["card"], data["identity"])

    @pytest.hookimpl(tryfirst=True)
    def pytest_report_teststatus(
        self, report: pytest.TestReport
    ) -> tuple[str, str, tuple[str, dict[str, bool]]] | None:
        data = getattr(report, "modelcard", None)
        if data is not None and report.when == "call" and data["finding"]["outcome"] == "warn":
            return "warned", "w", ("WARNED", {"yellow": True})
        return None

    # --- closing

    def reports(self) -> list[Report]:
        """One report for each card that could be read, findings in the order of rules."""
        order = {rule.id: n for n, rule in enumerate(self.rules)}
        cost = Cost(
            seconds=time.monotonic() - self.started,
            requests=self.catalog.requests + self.spent_by_workers["requests"],
            bytes_read=self.catalog.bytes_read + self.spent_by_workers["bytes_read"],
        )
        by_card: dict[str, list[Finding]] = {}
        for card, finding in self.findings.values():
            by_card.setdefault(card, []).append(finding)
        made = []
        for label, evidence in self.cards.items():
            found = by_card.get(label, [])
            found.sort(key=lambda f: order.get(f.rule, len(order)))
            try:
                report = evidence.report(tuple(found), profile=self.policy.profile, cost=cost)
                runs = tuple(self.runs.get(label, {}).values())
                identity = self.identities.get(label)
                calls = sum(one["calls"] for one in (*runs, *([identity] if identity else [])))
                made.append(
                    replace(
                        report,
                        lineage=self.lineages.get(label),
                        runs=corrected(runs),
                        identity=identity,
                        recorded=once(r for told in self.recorded.get(label, {}).values() for r in told),
                        cost=replace(cost, model_calls=calls),
                    )
                )
            except (
                Exception
            ):  # a bug of ours, shown as a collection error; the other cards keep their reports
                continue
        return made

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self) -> None:
        if self.is_worker:
            self.config.workeroutput["modelcard"] = {  # type: ignore[attr-defined]
                "requests": self.catalog.requests,
                "bytes_read": self.catalog.bytes_read,
            }
            return
        if self.shared is not None:
            self.shared.cleanup()
        if not self.config.getoption("collectonly"):
            from .outputs import write_all

            write_all(self)

    def _tell_costs(self, terminalreporter: Any) -> None:
        """Of a run that only collects: what sampled runs and the identity probe would cost."""
        if self.is_worker:
            return
        told: list[tuple[str, Callable[[Evidence], Iterable[str]]]] = []
        if self.policy.evidence.runs is not None:
            from .evals.cost import cost_lines

            told.append(("sampled runs", cost_lines))
        if self.policy.evidence.identity is not None:
            from .identity.cost import identity_cost_lines

            told.append(("identity probe", identity_cost_lines))
        for (what, lines), (label, evidence) in product(told, self.cards.items()):
            terminalreporter.section(f"{what} of {visible(label)}", sep="=")
            try:
                for line in lines(evidence):
                    terminalreporter.write_line(visible(line, 300))
            except CardError as error:
                terminalreporter.write_line(visible(str(error)))

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        if self.is_worker or self.config.getoption("collectonly"):
            self._tell_costs(terminalreporter)
            return
        from .report.summary import summary_lines

        complete = not (
            self.handed["wanted"] or self.policy.select or terminalreporter.stats.get("deselected")
        )
        lines = summary_lines(
            self.reports(), self.policy, verbose=self.config.getoption("verbose"), complete=complete
        )
        for text, markup in lines:
            if markup.get("section"):
                terminalreporter.section(text, sep="=")
            else:
                terminalreporter.write_line(text, **{k: v for k, v in markup.items() if k != "section"})


def _options(config: pytest.Config) -> dict[str, Any]:
    """What the command line says, by the policy's keys: `--modelcard-served-model` is "served-model"."""
    given = {
        name.removeprefix("modelcard_").replace("_", "-"): value
        for name, value in vars(config.option).items()
        if name.startswith("modelcard_")
    }
    return {"collect": config.getoption("collectonly"), **given}
