"""The way from a card's declarations to a verdict: open, sample, decide; look for further suspects; decide again."""

from __future__ import annotations

import importlib.util
import math
import time
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from ..errors import CannotTell, CardError
from ..evidence import Evidence
from .record import Found
from .suspects import Suspect, declared_bases, found_suspects, known_suspects

if TYPE_CHECKING:
    from ..weights.opened import Weights
    from ..weights.reader import Reading
    from ..weights.records import Lineage
    from ..weights.stacks import Stack

#: Bytes of one model that a comparison reads at most, headers aside: more adds digits and no certainty.
MODEL_BYTES = 4 * 1024 * 1024
#: Verdicts that leave nothing to look for.
EXPLAINED = {
    "copy",
    "quantised-copy",
    "exact-merge",
    "merge-then-training",
    "permuted-copy",
    "pruned",
    "adapter",
}


def find_lineage(evidence: Evidence) -> Found:
    """The verdict on the evidence's model, computed once a run; raises CannotTell with what is missing."""
    return evidence.compute("lineage", lambda: Search(evidence).run())


class Search:
    """One search, with what it has spent."""

    def __init__(self, evidence: Evidence) -> None:
        self.evidence = evidence
        self.options = evidence.options
        self.started = time.monotonic()
        self.notes: list[str] = []
        self.opened: dict[str, Weights] = {}
        self.stack: Stack | None = None  #: whole layers of the opened models that the candidate consists of
        self.side_bytes = self.side_requests = 0  #: spent on suspects that were only looked at

    def run(self) -> Found:
        if not self.options.weights:
            raise CannotTell("weights were not read (--modelcard-weights=off)")
        if importlib.util.find_spec("numpy") is None:
            raise CannotTell("evidence from weights needs numpy: pip install 'pytest-modelcard[weights]'")
        from ..weights.opened import open_weights

        self.candidate = open_weights(self.evidence.source, cache=self.options.cache)
        known = known_suspects(self.evidence)
        for suspect in known:
            self.open(suspect)
        if not self.opened:
            raise CannotTell("; ".join(self.notes) or "no other model is known to compare the weights with")
        reading = self.read()
        lineage = self.decide(reading)
        if lineage.verdict not in EXPLAINED or lineage.declared_complete is None:
            lineage, reading = self.widen(lineage, reading, known)
        return Found(
            lineage=replace(lineage, left_out=(*lineage.left_out, *reading.left_out)),
            revisions={id: w.revision for id, w in self.opened.items()},
            requests=sum(w.meter.requests for w in self.weights()) + self.side_requests,
            bytes_read=self.spent(),
            seconds=time.monotonic() - self.started,
            seed=self.options.seed,
            budget=self.options.budget,
            notes=tuple(dict.fromkeys(self.notes)),
            dtype=_usual_dtype(self.candidate),
        )

    def weights(self) -> list[Weights]:
        return [self.candidate, *self.opened.values()]

    def spent(self) -> int:
        return sum(w.meter.bytes_read for w in self.weights()) + self.side_bytes

    def open(self, suspect: Suspect) -> Weights | None:
        """The suspect's headers; None, with a note, where they cannot be had."""
        from ..weights.opened import open_weights

        if suspect.id in self.opened:
            return self.opened[suspect.id]
        try:
            source = self.evidence.other(suspect.id).source
            # every shard is opened: what the candidate has in one layer may lie in another one there
            weights = open_weights(source, model=suspect.id, cache=self.options.cache)
        except (CannotTell, CardError) as error:
            if suspect.origin != "found":
                self.notes.append(f"{suspect.id} was not compared: {error}")
            return None
        self.opened[suspect.id] = weights
        return weights

    def read(self) -> Reading:
        """Samples of the candidate and the opened models; layers that lie elsewhere are found first."""
        from . import layers

        self.stack = None
        if layers.other_depth(self.candidate, self.opened.values()):
            return self.read_in_place(None)
        reading = self.sample(self.opened)
        return self.read_in_place(reading) if layers.strangers(reading.samples) else reading

    def read_in_place(self, reading: Reading | None) -> Reading:
        """Samples with every layer compared with the one it resembles most; `reading` where that changes nothing."""
        from . import layers

        places = layers.locate(self.candidate, self.opened, seed=self.options.seed)
        if places is None or not (places.moved or places.stack):
            return reading or self.sample(self.opened)
        self.notes += layers.told(places)
        moved = {id: layers.renumbered(self.opened[id], places.maps[id]) for id in places.moved}
        reading = self.sample({**self.opened, **moved})
        if places.stack is not None:
            self.stack = layers.confirmed(places.stack, reading.samples)
            changed = layers.changed_outside(reading.samples) if self.stack else ()
            self.notes += [f"{', '.join(changed[:4])}: equal to those of none of the models"] if changed else []
        return reading

    def sample(self, models: dict[str, Weights]) -> Reading:
        """Samples of the candidate and these models, within what is left of the budget."""
        from ..weights.reader import read_samples
        from ..weights.sampling import plan

        left = max(0, self.options.budget - self.spent())
        share = min(MODEL_BYTES, left // (len(models) + 1))
        tensors = {t.name: (t.shape, t.dtype) for t in self.candidate.tensors.values()}
        blocks = plan(tensors, seed=self.options.seed, budget_bytes=share)
        return read_samples(self.candidate, models, blocks, budget=left, seed=self.options.seed)

    def decide(self, reading: Reading) -> Lineage:
        from ..weights.decide import decide

        offered = list(self.opened)
        return decide(
            reading.samples,
            self.candidate.id,
            [id for id in declared_bases(self.evidence.card) if id in self.opened],
            offered,
            {id: w.revision for id, w in self.opened.items()},
            seed=self.options.seed,
            stack=self.stack,
        )

    def widen(
        self, lineage: Lineage, reading: Reading, known: tuple[Suspect, ...]
    ) -> tuple[Lineage, Reading]:
        """Look at further suspects, and decide again with the one that explains the change best, if any does."""
        from .scan import scan

        base = next((id for id in declared_bases(self.evidence.card) if id in self.opened), None)
        if base is None:
            return lineage, reading
        more = found_suspects(self.evidence, known, self.notes)
        best, looked_at = scan(self, base, more)
        if looked_at:
            self.notes.append(f"{looked_at} further models made from the same base were looked at")
        if best is None:
            return lineage, reading
        reading = self.read()
        return self.decide(reading), reading


def _usual_dtype(weights: Weights) -> str | None:
    """The dtype that most of a model's elements are stored in."""
    elements = Counter[str]()
    for tensor in weights.tensors.values():
        elements[tensor.dtype] += math.prod(tensor.shape)
    return max(elements, key=elements.__getitem__, default=None)
