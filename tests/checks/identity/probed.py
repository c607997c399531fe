"""A rule's verdict on answers that are given, without an endpoint."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pytest_modelcard.checks.base import Rule
from pytest_modelcard.engine import plan, run
from pytest_modelcard.identity.asked import Asked
from pytest_modelcard.identity.names import names_of
from pytest_modelcard.identity.questions import questions
from pytest_modelcard.identity.record import counted
from pytest_modelcard.identity.system import system_of
from pytest_modelcard.lineage.record import Found
from pytest_modelcard.model import Finding
from pytest_modelcard.policy import Policy
from pytest_modelcard.weights.records import Lineage
from tests.identity.personas import NOBODY, spoken
from tests.identity.probes import evidence
from tests.support import Files

Speaker = tuple[str, str]


def finding(
    rule: type[Rule],
    text: str,
    says: Sequence[tuple[int, Speaker]],
    *,
    files: Files | None = None,
    answers: int | None = None,
    asked: Mapping[str, Any] | None = None,
    lineage: Lineage | None = None,
    **more: Any,
) -> Finding:
    """Of a model that answers as these (name, maker) in so many questions each, and as nobody in the rest."""
    made = evidence(text, None, files=files, weights=lineage is not None, **more)
    if lineage is not None:
        made.compute("lineage", lambda: Found(lineage, {}))
    system = system_of(made)
    speakers = [who for count, who in says for _ in range(count)]
    given = {}
    # spread over all questions, so that languages and kinds are mixed
    order = questions().order("test")[:answers]
    for place, index in enumerate(order):
        question = questions().all[index]
        given[index] = (
            spoken(*speakers[place], question.text) if place < len(speakers) else NOBODY[question.language]
        )
    record = Asked(
        **{
            "model": "m",
            "where": "http://localhost/v1",
            "version": "0",
            "seed": "s",
            "sent": system.sent,
            "answers": given,
            "lost": {},
        }
        | dict(asked or {})
    )
    made.compute("identity", lambda: counted(record, system, names_of(made)))
    policy = Policy(select=(rule.id,))
    (check,) = plan(made, [rule], policy)
    return run(check, made, policy)
