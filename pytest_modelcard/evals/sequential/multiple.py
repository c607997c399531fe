"""Several claims of one card at once.

Each claim is refuted wrongly with probability alpha; among many honest claims one is refuted sooner or later. Two
corrections, both valid however the claims depend on each other and however each run was stopped:

- Holm on anytime p-values (the reciprocal of the largest evidence): which claims may be called refuted so that the
  probability of any false one is alpha at most. A claim alone in a run needs evidence 1/alpha; the strongest of m
  needs m/alpha, the next (m-1)/alpha, and so on. Run each claim with alpha/m to be sure that it can be reached.
- Averages of evidence: the evidence against "all claims are honest" is the plain mean. Taken over all sets that a
  claim belongs to (closed testing; Vovk and Wang 2021) it corrects each claim. Evidence has to be taken where each
  run stopped, not at its largest; the time to stop must not look at results still held in the reorder buffer.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate
from math import inf


def holm(p_values: Sequence[float]) -> list[float]:
    """Corrected p-values, in the order given: refute a claim where its own is alpha or less."""
    if not all(0 <= p <= 1 for p in p_values):
        raise ValueError("p-values are from 0 to 1")
    m = len(p_values)
    ranked = sorted(range(m), key=p_values.__getitem__)
    stepped = accumulate((min((m - i) * p_values[at], 1.0) for i, at in enumerate(ranked)), max)
    return _back(ranked, list(stepped))


def mean_evidence(evidence: Sequence[float]) -> float:
    """Evidence (not its logarithm) against "all claims are honest"."""
    _check(evidence)
    return sum(evidence) / len(evidence)


def averaged(evidence: Sequence[float]) -> list[float]:
    """Corrected evidence for each claim: the smallest mean over all sets of claims that it belongs to. Refute
    where it is 1/alpha or more."""
    _check(evidence)
    ranked = sorted(range(len(evidence)), key=evidence.__getitem__)
    found = []
    # the smallest mean of a set that holds claim k adds the weakest others, as long as that lowers it
    for rank, at in enumerate(ranked):
        own, best, total = evidence[at], evidence[at], evidence[at]
        for count, other in enumerate(ranked[:rank], start=2):
            total += evidence[other]
            best = min(best, total / count)
        found.append(best if own < inf or rank == 0 else inf)
    return _back(ranked, found)


def _check(evidence: Sequence[float]) -> None:
    if not evidence or not all(e >= 0 for e in evidence):
        raise ValueError("evidence is zero or more, for one claim or more")


def _back(ranked: Sequence[int], values: Sequence[float]) -> list[float]:
    """Values in ranked order, put back into the order of the claims."""
    found = [0.0] * len(values)
    for at, value in zip(ranked, values, strict=True):
        found[at] = value
    return found
