"""Sampled runs in the report: all claims together, and the table in the terminal."""

from __future__ import annotations

from typing import Any

from pytest_modelcard.report.runs import corrected, run_lines


def run(id: str, p: float, verdict: str = "undecided", **more: Any) -> dict[str, Any]:
    return {
        "id": id,
        "kind": "score",
        "claimed": [0.7075, 0.7085],
        "score": 0.5,
        "interval": [0.4, 0.6],
        "items": 198,
        "used": 50,
        "unparsed": 0,
        "errors": 0,
        "calls": 60,
        "seconds": 1.0,
        "reused": 0,
        "tokens": {"prompt": 10, "completion": 5},
        "verdict": verdict,
        "p_refute": p,
        "alpha_together": 0.01,
        "doubted": False,
        **more,
    }


def test_claims_are_corrected_together_by_holm() -> None:
    found = corrected([run("a", 0.001, "refuted"), run("b", 0.009), run("c", 0.5)])
    assert [r["p_refute_together"] for r in found] == [0.003, 0.018, 0.5]
    assert [r["refuted_together"] for r in found] == [True, False, False]
    later = corrected([run("a", 0.0001, "refuted"), run("b", 0.004)])
    assert later[1]["refuted_together"], "the second of two needs 0.01 alone"
    assert not corrected([run("a", 0.0001, doubted=True)])[0]["refuted_together"]
    assert corrected([]) == ()


def test_a_line_a_claim_and_the_sum() -> None:
    runs = corrected([run("MC401[gpqa-diamond]", 0.001, "refuted"), run("MC401[mmlu]", 0.004, unparsed=3)])
    lines = list(run_lines(runs))
    assert (
        "70.8" in lines[1] and "50.0" in lines[1] and "40.0 to" in lines[1] and lines[1].endswith("refuted")
    )
    assert "3 not read or not had" in lines[2] and "refuted together" in lines[2]
    assert lines[-1] == "runs: 120 calls, 30 tokens, 2.0 s"


def test_a_difference_has_a_sign() -> None:
    (_, line, _) = run_lines([run("MC402[mmlu]", 0.5, kind="difference", claimed=[0.18, 0.184], score=-0.02)])
    assert "+18.2" in line and "-2.0" in line
