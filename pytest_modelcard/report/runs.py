"""Sampled runs as data and as lines for a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from .safe import visible

if TYPE_CHECKING:
    from ..evidence import Evidence


def runs_told(evidence: Evidence, checks: Iterable[str]) -> tuple[dict[str, Any], ...]:
    """The runs of these checks as plain data; () without any import where none were asked for."""
    if evidence.options.runs is None:
        return ()
    from ..evals.record import run_dict

    found = (evidence.peek(("run", id)) for id in checks)
    return tuple(run_dict(run) for run in found if run is not None)


def recorded_told(evidence: Evidence, checks: Iterable[str]) -> tuple[dict[str, Any], ...]:
    """What these checks compared of others' results."""
    return once(told for id in checks for told in evidence.peek(("recorded", id)) or ())


def once(found: Iterable[Mapping[str, Any]]) -> tuple[dict[str, Any], ...]:
    """Each result beside a claim once, however many checks compared it."""
    kept: dict[tuple[str, ...], dict[str, Any]] = {}
    for told in found:
        mark = [str(told[k]) for k in ("claim", "source", "path", "task", "metric", "value")]
        kept.setdefault((*mark, str(told["settings"].get("filter"))), dict(told))
    return tuple(kept.values())


def corrected(runs: Sequence[Mapping[str, Any]]) -> tuple[dict[str, Any], ...]:
    """The runs with p-values for all of them together (Holm), "p_refute_together" and "refuted_together".

    A claim that missed its own share of alpha may be refuted by its place among the others: then only the second
    key says so, because the test of the claim alone had ended before.
    """
    if not runs:
        return ()
    from ..evals.sequential import holm

    together = holm([run["p_refute"] for run in runs])
    return tuple(
        {
            **run,
            "p_refute_together": p,
            "refuted_together": p <= run["alpha_together"] and not run["doubted"],
        }
        for run, p in zip(runs, together, strict=True)
    )


def run_lines(runs: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """One line a claim: claimed, found, verdict, cost; then the sum."""
    width = max((len(visible(r["id"], 40)) for r in runs), default=0)
    yield f"{'sampled run':<{width}}  {'claimed':>9}  {'found':>8}  {'complete run':>16}  {'items':>13}  {'calls':>6}  verdict"
    for run in runs:
        shown = _points if run["kind"] == "difference" else _percent
        low, high = run["interval"]
        claimed = (run["claimed"][0] + run["claimed"][1]) / 2
        found = "-" if run["score"] is None else shown(run["score"])
        unread = run["unparsed"] + run["errors"]
        beside = f", {unread} not read or not had" if unread else ""
        if run["verdict"] == "undecided" and run.get("refuted_together"):
            beside += ", refuted together with the others (Holm)"
        yield (
            f"{visible(run['id'], 40):<{width}}  {shown(claimed):>9}  {found:>8}  {shown(low)} to {shown(high):>6}  "
            f"{run['used']:>5} of {run['items']:<5}  {run['calls']:>6}  {run['verdict']}{beside}"
        )
    from ..evals.record import control_words

    for run in runs:
        if told := run.get("control"):
            yield f"{visible(run['id'], 40)}: {visible(control_words(told), 300)}"
    calls, seconds = sum(r["calls"] for r in runs), sum(r["seconds"] for r in runs)
    tokens = sum(r["tokens"]["prompt"] + r["tokens"]["completion"] for r in runs)
    kept = sum(r["reused"] for r in runs)
    again = f", {kept} results of an earlier run" if kept else ""
    yield f"runs: {calls:,} calls, {tokens:,} tokens, {seconds:.1f} s{again}"


def _percent(share: float) -> str:
    return f"{share * 100:.1f}"


def _points(share: float) -> str:
    return f"{share * 100:+.1f}"
