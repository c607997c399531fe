"""One card as a pytest collector, one check as a pytest item."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from .engine import Check, plan, run
from .errors import CardError, Reason
from .evidence import Evidence
from .lineage.record import lineage_dict
from .model import Finding, Span
from .report.identity import identity_told
from .report.runs import recorded_told, runs_told
from .report.text import finding_text, headline

if TYPE_CHECKING:
    from .session import CardSession


#: What to do about a card that cannot be read, by the error's reason.
_ADVICE: dict[Reason, str] = {
    "network": "check the network, or HF_ENDPOINT; with --modelcard-offline a cached or mapped copy is used",
    "busy": "wait a little and run again",
    "offline": "run without --modelcard-offline, or give a local folder (--modelcard-map org/name=PATH)",
    "gated": "ask for access on the model's page and log in (hf auth login, or HF_TOKEN)",
    "other": "give a Hub id, a folder with a README.md, or a Markdown file that can be read",
}


#: The rule whose test carries the verdict from weights to the controller.
CARRIER = "MC302"


class CardFailure(Exception):
    """Carries a failed finding to `repr_failure`."""

    def __init__(self, finding: Finding, text: str) -> None:
        super().__init__(text)
        self.finding = finding


class CardCollector(pytest.Collector):
    """A model card. `path` is an existing folder (pytest's --nf needs one); the node id is what the user typed."""

    run_of: CardSession
    evidence: Evidence

    @classmethod
    def build(
        cls, session: pytest.Session, run_of: CardSession, label: str, evidence: Evidence
    ) -> CardCollector:
        node: CardCollector = cls.from_parent(session, name=label, nodeid=label, path=session.config.rootpath)
        node.run_of = run_of
        node.evidence = evidence
        return node

    def collect(self) -> Iterator[CardItem]:
        wanted = self.run_of.wanted(self.nodeid)
        try:
            self.evidence.card  # noqa: B018  (parses it)
        except CardError as error:
            yield UnreadableItem.build(self, error)
            return
        for check in plan(self.evidence, self.run_of.rules, self.run_of.policy):
            if wanted is None or check.id in wanted or check.rule.id in wanted:
                yield CardItem.build(self, check)


class CardItem(pytest.Item):
    """One check of one card."""

    check: Check
    finding: Finding | None = None

    @classmethod
    def build(cls, parent: CardCollector, check: Check) -> CardItem:
        item: CardItem = cls.from_parent(parent, name=check.id, nodeid=f"{parent.nodeid}::{check.id}")
        item.check = check
        rule = check.rule
        item.add_marker(pytest.mark.modelcard(rule=rule.id, name=rule.name, family=rule.id[:3]))
        item.extra_keyword_matches.update({rule.id, rule.name})
        return item

    @property
    def card(self) -> CardCollector:
        assert isinstance(self.parent, CardCollector)
        return self.parent

    def runtest(self) -> None:
        self.settle(run(self.check, self.card.evidence, self.card.run_of.policy))

    def settle(self, finding: Finding) -> None:
        """Keep the finding for the report and end the test by its outcome."""
        self.finding = finding
        self.user_properties.append(("modelcard", f"{finding.rule} {finding.name} {finding.outcome}"))
        if finding.outcome == "fail":
            raise CardFailure(finding, finding_text(finding, self.shown_path(finding.span)))
        if finding.outcome == "skip":
            raise pytest.skip.Exception(headline(finding))

    def shown_path(self, span: Span) -> str:
        """The span's file as a person can open it: below the current folder where local, else `org/name/file`."""
        source = self.card.evidence.source
        root = getattr(source, "root", None)
        if root is None:
            return f"{source.repo_id or source.label}/{span.path}"
        return os.path.relpath(Path(root) / span.path)

    def span(self) -> Span:
        return self.finding.span if self.finding else self.check.subject.span

    def reportinfo(self) -> tuple[str, int, str]:
        span = self.check.subject.span
        return os.path.abspath(self.shown_path(span)), span.line - 1, self.name  # noqa: PTH100  (resolve would follow links)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        if not isinstance(excinfo.value, CardFailure):
            text = super().repr_failure(excinfo)
            return f"{text}\n\nThis is a bug of pytest-modelcard, not of the card: please report it."
        shown = excinfo.getrepr(style="value")
        crash = getattr(shown, "reprcrash", None)
        if crash is not None:  # tools that read pytest's output point at the card, not at our code
            finding = excinfo.value.finding
            crash.path = self.shown_path(finding.span)
            crash.lineno = finding.span.line
            crash.message = headline(finding)
        return shown

    def as_dict(self) -> dict[str, Any]:
        """What the report of this test carries; plain, so that it survives xdist."""
        assert self.finding is not None
        data: dict[str, Any] = {"card": self.card.nodeid, "finding": asdict(self.finding)}
        for told in runs_told(self.card.evidence, (self.check.id,)):
            data["run"] = told
        if recorded := recorded_told(self.card.evidence, (self.check.id,)):
            data["recorded"] = recorded
        if self.finding.rule.startswith("MC5") and (probe := identity_told(self.card.evidence)) is not None:
            data["identity"] = probe
        found = self.card.evidence.peek("lineage") if self.finding.rule == CARRIER else None
        return data if found is None else data | {"lineage": lineage_dict(found)}


class UnreadableItem(CardItem):
    """The one failing test of a card that cannot be read."""

    error: CardError

    @classmethod
    def build(cls, parent: CardCollector, error: CardError) -> UnreadableItem:  # type: ignore[override]
        from .checks.base import Subject
        from .checks.card.unreadable_card import UnreadableCard

        check = Check(UnreadableCard(), Subject("card", Span(parent.evidence.source.card_path, 1)))
        item = super().build(parent, check)
        assert isinstance(item, UnreadableItem)
        item.error = error
        return item

    def runtest(self) -> None:
        rule = self.check.rule
        self.settle(
            Finding(
                rule=rule.id,
                name=rule.name,
                key=self.check.subject.key,
                outcome="fail",
                severity="error",
                message=str(self.error),
                help=_ADVICE.get(self.error.reason, _ADVICE["other"]),
                span=self.check.subject.span,
            )
        )
