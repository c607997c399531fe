"""What the steps of the ladder share: the cleaned samples, the models in order, and how a verdict is put together."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from .agreement import agree, gram, moments
from .fit import Fit, Predict
from .formats import KNOWN
from .merges import closest
from .records import Agreement, LeftOut, Lineage, Method, Parent, TensorEvidence, TensorSample, Verdict
from .votes import spectrum, vote

_EIGHT = ("F8", "I8", "U8")


@dataclass(frozen=True, slots=True)
class Case:
    """One candidate with the models it may come from; `ids` are those present, declared first, twins removed."""

    candidate: str
    samples: Sequence[TensorSample]
    ids: tuple[str, ...]
    declared: tuple[str, ...]
    revisions: Mapping[str, str | None]
    older: Collection[str]
    seed: int
    left_out: tuple[LeftOut, ...] = ()
    notes: tuple[str, ...] = ()
    offered: tuple[str, ...] = ()
    _ranked: dict[str, list[tuple[str, float]]] = field(default_factory=dict)
    _correlations: dict[str, float] = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        samples: Sequence[TensorSample],
        candidate: str,
        declared: Sequence[str],
        offered: Sequence[str],
        revisions: Mapping[str, str | None],
        config: Mapping[str, object],
        seed: int,
    ) -> Case:
        kept, left = [], []
        for s in samples:
            cleaned = _finite(s)
            if s.dtype not in KNOWN:
                left.append(LeftOut(s.name, f"its number format {s.dtype} is not known here"))
            elif cleaned is None:
                left.append(LeftOut(s.name, "its sampled values are not finite, or of no offered model"))
            else:
                kept.append(cleaned)
        wanted = [i for i in dict.fromkeys([*declared, *offered]) if i != candidate]
        present = [i for i in wanted if any(i in s.others for s in kept)]
        ids, notes = _without_twins(kept, present)
        older = config.get("older")
        return cls(
            candidate,
            kept,
            tuple(ids),
            tuple(i for i in ids if i in declared),
            revisions,
            tuple(older) if isinstance(older, (list, tuple, set, frozenset)) else (),
            seed,
            tuple(left),
            tuple(notes),
            tuple(wanted),
        )

    @property
    def base(self) -> str | None:
        return self.declared[0] if self.declared else None

    def bases(self) -> Sequence[str]:
        """The declared models; without any, the closest offered ones."""
        return self.declared or sorted(self.ids, key=lambda i: -self.correlation(i))[:2]

    def plain(self) -> Case:
        """Only tensors that are stored as ordinary floating-point numbers in the candidate."""
        plain = [s for s in self.samples if not s.dtype.startswith(_EIGHT) and "" not in s.scales]
        return replace(self, samples=plain)

    def matrices(self) -> list[TensorSample]:
        return [s for s in self.samples if len(s.shape) >= 2]

    def told(self) -> bool:
        """Enough elements of matrices to say that two models have nothing in common."""
        return sum(len(s.candidate) for s in self.matrices()) >= 5_000

    def correlation(self, model: str) -> float:
        """Of values, the median over matrices."""
        if model not in self._correlations:
            found = []
            for s in self.matrices() or self.samples:
                if model in s.others and len(s.candidate) >= 16:
                    a, b = s.candidate - s.candidate.mean(), s.others[model] - s.others[model].mean()
                    size = float(np.linalg.norm(a) * np.linalg.norm(b))
                    found.append(float(a @ b) / size if size > 0 else 0.0)
            self._correlations[model] = float(np.median(found)) if found else 0.0
        return self._correlations[model]

    def traces(self, model: str) -> int:
        """Tensors that two strangers would not have in common: values that go together, or the same values in any
        order. A permutation too wide for the sample to undo leaves these.
        """
        found = 0
        for s in self.samples:
            if model not in s.others or len(s.candidate) < 16:
                continue
            mine, theirs = s.candidate, s.others[model]
            if len(np.unique(mine)) < 16 or len(np.unique(theirs)) < 16:
                continue
            whole = len(mine) == int(np.prod(s.shape))
            alike = float(np.corrcoef(mine, theirs)[0, 1]) >= max(0.3, 5 / len(mine) ** 0.5)
            found += alike or (whole and bool(np.mean(np.sort(mine) == np.sort(theirs)) >= 0.9))
        return found

    def ranked(self, base: str) -> list[tuple[str, float]]:
        """The other models by the cosine of their change of the base with the candidate's."""
        if base not in self._ranked:
            self._ranked[base] = closest(self.samples, base, [i for i in self.ids if i != base])
        return self._ranked[base]

    def greedy(self, base: str, number: int) -> list[str]:
        """`number` models that together explain most of the change, each added to those before."""
        ids = [i for i, _ in self.ranked(base)[:12]]
        if not ids:
            return []
        products = gram(self.samples, base, ids)
        chosen: list[int] = []
        while len(chosen) < min(number, len(ids)):
            best, least = -1, np.inf
            for k in range(len(ids)):
                if k in chosen:
                    continue
                use = [*chosen, k]
                inner, cross = products[np.ix_(use, use)], products[use, -1]
                weights = np.linalg.lstsq(inner, cross, rcond=None)[0]
                rest = float(products[-1, -1] - weights @ cross)
                if rest < least:
                    best, least = k, rest
            chosen.append(best)
        return [ids[k] for k in chosen]

    def equal_enough(self, model: str) -> bool:
        same = [np.mean(s.candidate == s.others[model]) for s in self.samples if model in s.others]
        return bool(same) and float(np.mean(same)) >= 0.9999

    def parent(self, model: str, weight: float | None, interval: tuple[float, float] | None = None) -> Parent:
        return Parent(model, self.revisions.get(model), weight, interval, model in self.declared)

    def complete(self, model: str) -> bool | None:
        """Whether the declared list is complete with this model as the only parent: unknown where neither it nor the
        candidate is known to be older.
        """
        return True if model in self.declared else False if model in self.older else None

    def parents(self, fit: Fit) -> tuple[Parent, ...]:
        """Those with a part in the blend, the largest first."""
        found = [
            self.parent(i, w, span)
            for i, w, span in zip(fit.ids, fit.weights, fit.intervals, strict=True)
            if abs(w) >= 0.005
        ]
        return tuple(sorted(found, key=lambda p: -abs(p.weight or 0.0)))

    def lineage(
        self,
        verdict: Verdict,
        sentence: str,
        *,
        method: Method | None = None,
        parents: Sequence[Parent] = (),
        complete: bool | None = None,
        agreement: Agreement | None = None,
        recipe: Mapping[str, object] | None = None,
        pair: tuple[str, str] | None = None,
        notes: Sequence[str] = (),
    ) -> Lineage:
        """pair: base and parent for the evidence of each tensor."""
        return Lineage(
            candidate=self.candidate,
            verdict=verdict,
            sentence=sentence,
            method=method,
            parents=tuple(parents),
            declared_complete=complete,
            agreement=agreement,
            per_tensor=_evidence(self.samples, pair),
            spectrum=spectrum(self.samples, *pair) if pair else (),
            recipe=recipe,
            left_out=self.left_out,
            candidates=self.offered,
            notes=(*self.notes, *notes),
        )

    def cannot_tell(self, missing: str, notes: Sequence[str] = ()) -> Lineage:
        sentence = f"Where {self.candidate} comes from cannot be told: {missing}."
        return replace(self.lineage("cannot-tell", sentence, notes=notes), missing=missing)


def moving(fit: Fit) -> bool:
    """At least two models have a part in the blend."""
    return sum(abs(w) >= 0.01 for w in fit.weights) >= 2


def contains(samples: Sequence[TensorSample], base: str, model: str) -> bool:
    """The change is that of `model` as it stands, and something that has nothing to do with it: slope one everywhere."""
    good = total = 0
    for s in samples:
        if base not in s.others or model not in s.others:
            continue
        m = moments(s, base, model)
        if not m.cosine > 0:
            continue
        error = (m.slope / m.cosine) * float(np.sqrt((1 - m.cosine**2) / max(1, m.elements)))
        total += 1
        good += abs(m.slope - 1) <= max(0.015, 2.5 * error) and error < 0.05
    return total >= 5 and good >= 0.8 * total


def _evidence(samples: Sequence[TensorSample], pair: tuple[str, str] | None) -> tuple[TensorEvidence, ...]:
    out = []
    for s in samples:
        if pair is None or any(i not in s.others for i in pair):
            out.append(TensorEvidence(s.name, s.family, s.layer, len(s.candidate)))
            continue
        base, parent = pair
        votes = vote([s], base, parent)
        found = None
        if votes.voting and np.isfinite(votes.weight):
            found = agree([s], _blend(base, parent, votes.weight), pair)
        out.append(
            TensorEvidence(s.name, s.family, s.layer, len(s.candidate), votes, moments(s, *pair), found)
        )
    return tuple(out)


def _blend(base: str, parent: str, weight: float) -> Predict:
    return lambda s: s.others[base] + weight * (s.others[parent] - s.others[base])


def _finite(s: TensorSample) -> TensorSample | None:
    """Only elements that are finite in the candidate and in all models that are mostly finite there."""
    others = {i: v for i, v in s.others.items() if np.isfinite(v).mean() >= 0.9} if len(s.candidate) else {}
    good = np.isfinite(s.candidate)
    for values in others.values():
        good = good & np.isfinite(values)
    if not others or not good.any() or good.mean() < 0.5:
        return None
    if good.all() and len(others) == len(s.others):
        return s
    return replace(
        s,
        positions=s.positions[good],
        candidate=s.candidate[good],
        others={i: v[good] for i, v in others.items()},
        scales={i: v[good] for i, v in s.scales.items() if i in others or i == ""},
    )


def _without_twins(samples: Sequence[TensorSample], ids: Sequence[str]) -> tuple[list[str], list[str]]:
    """Models that equal an earlier one in every sampled element add nothing, and would make weights ambiguous."""
    kept: list[str] = []
    notes = []
    for model in ids:
        twin = next((k for k in kept if _twins(samples, k, model)), None)
        if twin is None:
            kept.append(model)
        else:
            notes.append(f"{model} has the same weights as {twin} where sampled; only {twin} is named")
    return kept, notes


def _twins(samples: Sequence[TensorSample], first: str, second: str) -> bool:
    compared = 0
    for s in samples:
        if (first in s.others) != (second in s.others):
            return False
        if first in s.others:
            if not np.array_equal(s.others[first], s.others[second]):
                return False
            compared += 1
    return compared > 0
