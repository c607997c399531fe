"""MC404: a claimed score that a recorded run of the benchmark contradicts."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from ...card.records import Card
from ...errors import CannotTell, CardError
from ...model import Span
from ..base import Rule, Subject, Verdict, clean, fault, slug, unknown

if TYPE_CHECKING:
    from ...evals.recorded import Recorded
    from ...evidence import Evidence

#: Names that logs have; whether a file is one is seen when it is read.
_LOG = re.compile(r"\.eval$|(?:^|/)(?:results_|\d{4}-\d\d-\d\dT)[^/]*\.json$")
_HELP = (
    "Look which of the two is right, and print the score that the released weights reach, with its settings (shots, "
    "prompt, temperature, thinking)."
)


class RecordedRunContradicts(Rule):
    """A log of the benchmark, run on this model, scores lower than the card claims.

    ## What it does
    Compares the card's scores with logs of inspect-ai (`.eval`) and lm-eval (`results_*.json`, with the samples beside
    it): those of `--modelcard-eval-logs`, and those in the repository where it is a local folder. Nothing is run.
    A log speaks only if it names this model (`--modelcard-served-model` gives the name it was served under), covers all
    items of the benchmark or a random sample, and was read, answer by answer, nearly in full; and if it lies further
    below the claim than two runs of one model differ. Any metric or filter of the log that bears the claim out is
    enough. Settings that card and log both tell (shots, temperature, thinking, pass@k) have to be the same; where one
    of them does not tell, the finding is a warning and lists what was assumed. Several logs that disagree decide nothing.

    ## Why it matters
    Somebody has already measured it, maybe the card's own maker, and the card says something else.

    ## Example
    ```
    | Benchmark    | Acme 7B |
    |--------------|---------|
    | GPQA Diamond | 70.8    |   <- logs/gpqa.eval: 43.9 % of 198 items
    ```

    ## What to do instead
    Print what the released weights reach, and say beside it how it was measured.
    """

    id = "MC404"
    name = "recorded-run-contradicts"
    severity = "error"
    needs = frozenset({"files"})

    def subjects(self, card: Card) -> Iterable[Subject]:
        return ()  # which logs there are is for the user and the repository to say: see `planned`

    def planned(self, evidence: Evidence) -> Iterable[Subject]:
        if not evidence.options.logs and not _logs_beside(evidence):
            return
        from ...evals.choose import own_scores
        from ...evals.recorded import WRITTEN, of_claim, others_of, recordings

        found = recordings(evidence)
        matched = False
        for claim in own_scores(evidence.card):
            key = slug(claim.benchmark_id or claim.benchmark, claim.setting)
            if any(one.prior.source not in WRITTEN for one in of_claim(evidence, claim)):
                matched = True
                yield Subject(key, claim.span, claims=(claim,))
            elif others := others_of(evidence, claim):
                matched = True
                yield Subject(key, claim.span, claims=(claim,), data=_of_others(claim.benchmark, others))
        first = Span(evidence.card.identity.path, 1)
        for trouble in found.unread[:50]:
            yield Subject("logs", first, data=f"{trouble}.")
        if found.logs and not matched:
            names = ", ".join(dict.fromkeys(r.benchmark for r in found.logs[:20]))
            yield Subject(
                "logs", first, data=f"No log is of a benchmark that the card gives a score on: {names}."
            )

    def run(self, subject: Subject, evidence: Evidence) -> Verdict:
        from ...evals.recorded import best_of_run, keep, of_claim, runs_in

        if isinstance(subject.data, str):
            return unknown(subject.data)
        (claim,) = subject.claims
        found = of_claim(evidence, claim)
        keep(evidence, f"{self.id}[{subject.key}]", claim, found)
        runs = [best_of_run(run) for run in runs_in(found)]
        lower = [one for one in runs if one.comparison.agreement == "lower"]
        good = [one for one in runs if one.comparison.agreement in ("agrees", "higher")]
        said = f"{claim.benchmark}: the card claims {claim.raw.strip()[:40]}."
        if lower and good:
            return unknown(f"{said} Recorded runs disagree: {_told(lower[0])} But {_told(good[0])}")
        if lower:
            return _contradicted(said, lower)
        if good:
            return clean(f"{said} {_told(good[0])}")
        return unknown(f"{said} {' '.join(_told(one) for one in runs[:3])}")


def _contradicted(said: str, lower: list[Recorded]) -> Verdict:
    """The run nearest to the claim speaks; a setting that had to be assumed softens the verdict."""
    one = max(lower, key=lambda one: one.prior.value)
    more = " ".join(_told(other) for other in lower[:4] if other is not one)
    return fault(
        f"{said} {_told(one)}{f' So also {more}' if more else ''}",
        help=_HELP,
        severity=None if one.sure else "warning",
    )


def _told(one: Recorded) -> str:
    from ...evals.formats.compare import LEVEL
    from ...evals.recorded import words

    span, decided = "", one.comparison.agreement != "cannot tell"
    if one.span is not None and decided:
        low, high = one.span
        span = f"; another run would score from {low * 100:.3g} to {high * 100:.3g} % ({LEVEL * 100:g} % interval)"
    assumed = f"; assumed: {', '.join(one.protocol.assumed)}" if one.protocol.assumed else ""
    return f"{words(one, score=False)}: {one.comparison.reason}{span}{assumed if decided else ''}."


def _of_others(benchmark: str | None, others: tuple[str, ...]) -> str:
    named = ", ".join(others[:5]) + (f" and {len(others) - 5} more" if len(others) > 5 else "")
    return (
        f"{benchmark}: its recorded runs name another model ({named}); if that is how this one was served, say so with "
        "--modelcard-served-model=NAME."
    )


def _logs_beside(evidence: Evidence) -> bool:
    """Whether a local repository holds logs; a repository on the Hub is not listed for this alone."""
    if getattr(evidence.source, "root", None) is None:
        return False
    try:
        return any(_LOG.search(f.path) for f in evidence.files())
    except (CannotTell, CardError):
        return False
