"""The Rio case on the loopback Hub, with four layers of each model: the merge, its honest twin, training after it.

`benchmarks/rio_at_true_size.py` runs the same at the true size.
"""

from __future__ import annotations

import pytest

pytest.importorskip("numpy")

from pytest_modelcard.card.benchmarks import Registry
from pytest_modelcard.checks.lineage import RULES
from pytest_modelcard.evidence import Evidence, EvidenceOptions
from pytest_modelcard.lineage import search
from pytest_modelcard.lineage.find import find_lineage
from pytest_modelcard.lineage.record import lineage_dict
from pytest_modelcard.source.catalog import Catalog
from tests.hub import Hub, qwen35
from tests.hub.rio import NEX_ID, QWEN_ID, RIO_ID, Variant, rio_hub

pytestmark = pytest.mark.skipif(
    not qwen35.LAYOUT.is_file(), reason="the shared material lies not beside this checkout"
)
MIB = 1024 * 1024


@pytest.fixture(autouse=True)
def a_little_of_each(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search, "MODEL_BYTES", 400_000)


def opened(hub: Hub, variant: Variant, *, suspects: tuple[str, ...] = (), others: bool = True) -> Evidence:
    rio_hub(variant, hub=hub, layers=4, others=others)
    hub.redirects = True
    catalog = Catalog(endpoint=hub.endpoint)
    options = EvidenceOptions(budget=24 * MIB, suspects=suspects, auto=not suspects)
    return Evidence(catalog.model(RIO_ID), catalog, Registry.default(), options=options)


def outcomes(evidence: Evidence) -> dict[str, str]:
    """Severity of the faults found by the rules about lineage, "clean" or "unknown", by rule."""
    found = {}
    for rule in (made() for made in RULES):
        for subject in rule.subjects(evidence.card):
            verdict = rule.run(subject, evidence)
            found[rule.id] = (
                (verdict.severity or rule.severity) if verdict.state == "fault" else verdict.state
            )
    return found


@pytest.mark.slow
def test_the_hidden_parent_is_found_among_all_siblings(hub: Hub) -> None:
    evidence = opened(hub, "rio")
    lineage = lineage_dict(find_lineage(evidence))
    assert (lineage["verdict"], lineage["method"]) == ("exact-merge", "linear")
    nex, qwen = lineage["parents"]
    assert (nex["id"], nex["declared"], qwen["id"], qwen["declared"]) == (NEX_ID, False, QWEN_ID, True)
    assert nex["interval"][0] <= 0.565 <= nex["interval"][1] <= nex["interval"][0] + 0.0005
    families = {row["family"]: row for row in lineage["per_family"]}
    told = {name: row for name, row in families.items() if row["interval"]}
    assert all(row["interval"][0] <= 0.565 <= row["interval"][1] for row in told.values())
    widths = {name: row["interval"][1] - row["interval"][0] for name, row in told.items()}
    assert max(w for name, w in widths.items() if "norm" not in name) < 0.01
    assert sum(row["fixed"] for row in told.values()) > 0.5 * len(told)
    assert not families["layers.input_layernorm.weight"]["fixed"]
    assert families["layers.input_layernorm.weight"]["slope"] > 0.8  # bent by rounding, as published
    assert families["layers.mlp.experts.down_proj"]["slope"] == pytest.approx(0.571, abs=0.006)
    still = [row for name, row in families.items() if name.startswith(("visual.", "mtp."))]
    assert still and all(row["voting"] == 0 for row in still)
    assert outcomes(evidence) == {
        "MC301": "clean",
        "MC302": "error",
        "MC303": "error",
        "MC304": "warning",
        "MC305": "error",
        "MC307": "clean",
    }
    # large files are asked of the resolver once each, and read from the content server
    asked = [path for path in hub.requests("/resolve/") if ".safetensors" in path and "index" not in path]
    assert len(asked) == len(set(asked)) < len(hub.requests("/content/"))
    assert hub.sent < 8 * MIB


def test_an_honest_twin_is_accused_by_none_of_the_siblings(hub: Hub) -> None:
    evidence = opened(hub, "twin")
    found = find_lineage(evidence)
    assert found.lineage.verdict == "fine-tune"
    assert [p.id for p in found.lineage.parents] == [QWEN_ID]
    assert any("further models made from the same base were looked at" in note for note in found.notes)
    assert set(outcomes(evidence).values()) == {"clean"}


@pytest.mark.slow
def test_training_after_the_merge_is_told_from_the_merge(hub: Hub) -> None:
    evidence = opened(hub, "trained", suspects=(NEX_ID,), others=False)
    lineage = find_lineage(evidence).lineage
    assert lineage.verdict == "merge-then-training"
    assert {p.id: p.declared for p in lineage.parents} == {NEX_ID: False, QWEN_ID: True}
    assert lineage.parents[0].weight == pytest.approx(0.565, abs=0.01)
    found = outcomes(evidence)
    assert (found["MC302"], found["MC303"], found["MC305"]) == ("error", "error", "clean")
