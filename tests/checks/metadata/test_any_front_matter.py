"""Whatever stands in a front matter: every rule gives its verdicts, in bounded time, and never an error."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from pytest_modelcard.checks.metadata import RULES
from pytest_modelcard.checks.metadata._entries import HUB_KEYS, MAX_BASES
from pytest_modelcard.checks.metadata.unresolvable_base_model import UnresolvableBaseModel
from pytest_modelcard.engine import plan, run
from pytest_modelcard.policy import Policy
from tests.support import evidence_for, findings

WORDS = st.sampled_from(
    [
        "mit",
        "other",
        "en",
        "no",
        "acme/model",
        "acme/a-7b",
        "merge",
        "finetune",
        "",
        " ",
        "MIT License",
        "../x",
        "x" * 300,
    ]
)
VALUES: st.SearchStrategy[Any] = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-9, 10**20)
    | st.floats(allow_nan=False)
    | WORDS
    | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["name", "results", "task", "dataset", "metrics", "type", "value", "source"]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)
KEYS = st.sampled_from([*sorted(HUB_KEYS), "license_name", "base_model_relation", "model-index", "other key"])
TEXT = "\n\n# M\n\nThis model is a merge of acme/a-7b and beta/b-7b. It supports English and Portuguese.\n"


@settings(max_examples=150, deadline=None)
@given(st.dictionaries(KEYS, VALUES, max_size=6))
def test_no_front_matter_is_an_error_of_ours(data: dict[str, Any]) -> None:
    card = f"---\n{json.dumps(data, indent=1)}\n---{TEXT}"
    evidence = evidence_for(card, others={"acme/a-7b": {"README.md": card}})
    policy = Policy()
    found = [run(check, evidence, policy) for check in plan(evidence, RULES, policy)]
    assert all(f.message and f.span.line >= 1 for f in found)
    assert all(f.help for f in found if f.outcome in ("fail", "warn"))


def test_thousands_of_parents_are_not_all_looked_up() -> None:
    parents = "".join(f"- acme/m{n}\n" for n in range(5000))
    assert len(findings(UnresolvableBaseModel, f"---\nbase_model:\n{parents}---\n")) == MAX_BASES
