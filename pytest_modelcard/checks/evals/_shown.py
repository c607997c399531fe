"""What the rules about runs share: their subjects, and a run in words."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from ..base import Subject, Verdict, clean, fault, unknown

if TYPE_CHECKING:
    from ...evals.choose import Kind
    from ...evals.record import Run
    from ...evidence import Evidence


def run_subjects(evidence: Evidence, kind: Kind) -> Iterable[Subject]:
    """The claims of a kind, largest claimed gain first; none where no run is asked for, and then nothing is imported."""
    if evidence.options.runs is None:
        return
    from ...evals.run import runs_of

    for want in runs_of(evidence).wanted:
        if want.kind == kind:
            claims = (want.claim,) if want.base is None else (want.claim, want.base)
            yield Subject(want.key, want.claim.span, claims=claims, data=want)


def run_verdict(evidence: Evidence, subject: Subject, *, help: str) -> Verdict:
    """Run the claim and tell what came of it. Raises CannotTell where it cannot be run."""
    from ...evals.run import runs_of

    run = runs_of(evidence).run(subject.data)
    said = f"{_claimed(run)} {_found(run)} {_why(run)} {_how(run)}"
    if subject.data.kind == "score":
        from ...evals.recorded import beside

        said += beside(evidence, subject.data.id, subject.data.claim)
    if run.verdict.decision == "refuted":
        return fault(said, help=help)
    if run.verdict.decision == "confirmed":
        return clean(said)
    return unknown(said, help=_open_advice(run))


def _claimed(run: Run) -> str:
    low, high = run.verdict.claimed
    middle = (low + high) / 2
    if run.kind == "difference":
        return f"{run.benchmark}: the card claims {_points(middle)} over {run.other_model}."
    of = f" for {run.other_model}" if run.other_model else ""
    return f"{run.benchmark}: the card claims {_percent(middle)}{of}."


def _found(run: Run) -> str:
    found = run.verdict
    if not found.used:
        return "No item was answered."
    show = _points if run.kind == "difference" else _percent
    low, high = (show(end) for end in found.interval)
    counted = f"{_count(run.correct)} of {found.used} items right"
    if run.other_correct is not None:
        counted = (
            f"{_count(run.correct)} and {_count(run.other_correct)} of the same {found.used} items right"
        )
    unread = []
    if found.unparsed:
        unread.append(f"{found.unparsed} answers not readable")
    if found.missing:
        unread.append(f"{found.missing} not had")
    beside = f" ({', '.join(unread)}: counted neither way)" if unread else ""
    return (
        f"Found: {counted}{beside}; a complete run scores from {low} to {high} ({found.level * 100:.4g} % interval, valid at "
        f"any stop).{_worse_than_guessing(run)}"
    )


def _worse_than_guessing(run: Run) -> str:
    if run.kind != "score" or run.chance is None or run.verdict.interval[1] >= run.chance:
        return ""
    return f" That is worse than guessing ({_percent(run.chance)}): look whether the task's keys and prompt are right."


def _why(run: Run) -> str:
    word = {"refuted": "Refuted", "confirmed": "Confirmed", "undecided": "Undecided"}[run.verdict.decision]
    return f"{word}: {run.stopped or run.verdict.reason}."


def _how(run: Run) -> str:
    found = run.verdict
    alpha = f"alpha {found.alpha:.2g}"
    if run.family > 1:
        alpha += f" ({run.family_alpha:g} over {run.family} claims)"
    from ...evals.record import control_dict, control_words

    told = control_dict(run.control)
    predicted = f", {control_words(told)}" if told else ""
    kept = f", {run.reused} kept from an earlier run" if run.reused else ""
    again = f", {run.retries} tried again" if run.retries else ""
    cut = f", {run.truncated} answers cut off by the token limit" if run.truncated else ""
    return (
        f"{found.used} of N = {found.items} items in an order drawn beforehand ({run.dataset} {run.dataset_revision[:19]}){predicted}; "
        f"{alpha}; tolerance {found.tolerance * 100:.3g} points ({found.tolerance_reason}); model {run.model} by "
        f"{run.engine}; {run.settings_words}; {run.calls} calls{again}{kept}{cut}, {run.seconds:.1f} s."
    )


def _open_advice(run: Run) -> str:
    if run.verdict.unparsed:
        return (
            "Look at the answers that could not be read (their lines in --modelcard-store have null under read), then mend "
            "the task's prompt, scorer or max_tokens."
        )
    if run.verdict.missing:
        return "See that the endpoint answers, and run again: what was had is kept."
    return "Allow more calls or seconds, or several draws an item (draws in the task) where the tolerance is too wide."


def _percent(share: float) -> str:
    return f"{share * 100:.4g} %"


def _points(share: float) -> str:
    return f"{share * 100:+.4g} points"


def _count(value: float) -> str:
    return f"{value:g}" if value == int(value) else f"{value:.1f}"
