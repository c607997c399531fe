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
from . import first, guard
from .indexed import indexed_suspects
from .progress import Progress
from .record import Found
from .shared import once
from .structure import Beside, tied
from .summation import with_summation
from .suspects import Suspect, declared_bases, found_suspects, known_suspects
from .traces import cache_folder, reads

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

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

    def find() -> Found:
        return Search(evidence).run()

    folder = evidence.options.shared
    return evidence.compute(
        "lineage", find if folder is None else lambda: once(folder, evidence.source.label, find)
    )


class Search:
    """One search, with what it has spent."""

    def __init__(self, evidence: Evidence) -> None:
        self.evidence = evidence
        self.options = evidence.options
        self.started = time.monotonic()
        self.notes: list[str] = []
        self.progress = Progress(evidence.tell)
        self.opened: dict[str, Weights] = {}
        self.stack: Stack | None = None  #: whole layers of the opened models that the candidate consists of
        self.closed: list[Weights] = []  #: suspects that were only looked at
        self._candidate: Weights | None = None
        self.name = evidence.source.repo_id or evidence.source.label
        self.share = 0  #: bytes of each model that the last samples were planned for
        self.beside: list[Beside] = []  #: what is common to files, told without weights

    def run(self) -> Found:
        if not self.options.weights:
            raise CannotTell("weights were not read (--modelcard-weights=off)")
        if importlib.util.find_spec("numpy") is None:
            raise CannotTell("evidence from weights needs numpy: pip install 'pytest-modelcard[weights]'")
        known = known_suspects(self.evidence)
        if not known and self.options.index is None:
            raise CannotTell("the card names no other model, and none was given (--modelcard-suspect)")
        if (told := first.by_files(self, known)) is not None:
            return told
        self._candidate = self.weights_of(None)
        for suspect in known:
            self.open(suspect)
        for suspect in indexed_suspects(self):
            self.open(suspect)
        if not self.opened:
            raise CannotTell("; ".join(self.notes) or "no other model is known to compare the weights with")
        reading = self.read()
        lineage = self.decide(reading)
        if lineage.verdict not in EXPLAINED or lineage.declared_complete is None:
            lineage, reading = self.widen(lineage, reading, known)
        lineage = self.directed(lineage, reading)
        lineage = with_summation(guard.without(lineage, *self.declared(reading)), reading.samples)
        if lineage.method == "sparse":
            from .sparse_settings import with_settings

            lineage = with_settings(lineage, reading.samples)
        return self.found(replace(lineage, left_out=(*lineage.left_out, *reading.left_out)))

    def found(self, lineage: Lineage) -> Found:
        """The verdict with what was read for it."""
        weights = [*self.weights(), *self.closed]
        return Found(
            lineage=lineage,
            revisions=self.revisions(),
            requests=sum(w.meter.requests for w in weights),
            bytes_read=sum(w.meter.bytes_read for w in weights),
            bytes_kept=sum(w.meter.bytes_kept for w in weights),
            seconds=time.monotonic() - self.started,
            seed=self.options.seed,
            budget=self.options.budget,
            share=self.share,
            notes=tuple(dict.fromkeys(self.notes)),
            reads=reads(weights),
            beside=tuple(self.beside),
            dtype=_usual_dtype(self._candidate) if self._candidate else None,
        )

    @property
    def candidate(self) -> Weights:
        """The candidate's headers."""
        assert self._candidate is not None
        return self._candidate

    def weights(self) -> list[Weights]:
        """The candidate and the models opened beside it; the candidate is missing where its weights were not needed."""
        return [*([self._candidate] if self._candidate else []), *self.opened.values()]

    def revisions(self) -> dict[str, str | None]:
        return {
            id: self.evidence.other(id).source.revision for id in {*self.opened, *(b.id for b in self.beside)}
        }

    def spent(self) -> int:
        """Bytes used so far, those kept from an earlier run included, so that every run reads the same places."""
        return sum(w.meter.size for w in (*self.weights(), *self.closed))

    def declared(self, reading: Reading) -> tuple[list[str], list[str]]:
        """The declared bases that could not be compared, and those that could."""
        known, told = guard.compared(reading.samples), (list[str](), list[str]())
        for id in declared_bases(self.evidence.card):
            told[id in known].append(id)
        return told

    def directed(self, lineage: Lineage, reading: Reading) -> Lineage:
        """The verdict with the Hub's dates, where nothing else tells which of two models was first."""
        if (
            lineage.verdict not in ("copy", "permuted-copy", "pruned")
            or lineage.declared_complete is not None
        ):
            return lineage
        older = first.older(self, [p.id for p in lineage.parents])
        return self.decide(reading, older) if older else lineage

    def open(self, suspect: Suspect) -> Weights | None:
        """The suspect's headers; None, with a note, where they cannot be had."""
        if suspect.id in self.opened:
            return self.opened[suspect.id]
        try:
            # every shard is opened: what the candidate has in one layer may lie in another one there
            self.progress.say(f"opening {suspect.id}")
            weights = self.weights_of(suspect.id)
        except (CannotTell, CardError) as error:
            if suspect.origin != "found":
                self.notes.append(f"{suspect.id} was not compared: {error}")
            return None
        self.opened[suspect.id] = weights
        return weights

    def weights_of(self, id: str | None, wanted: Iterable[str] | None = None) -> Weights:
        """The headers of a model, of the candidate for None; raises CannotTell or CardError."""
        from ..weights.opened import open_weights

        evidence = self.evidence if id is None else self.evidence.other(id)
        return open_weights(
            evidence.source,
            model=id,
            wanted=wanted,
            tied=tied(evidence),
            cache=cache_folder(evidence.source, self.options.cache),
        )

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

        telling = self.progress.reading(f"looking for the layers of {self.name}")
        places = layers.locate(self.candidate, self.opened, seed=self.options.seed, progress=telling)
        if places is None or not (places.moved or places.stack):
            return reading or self.sample(self.opened)
        self.notes += layers.told(places)
        moved = {id: layers.renumbered(self.opened[id], places.maps[id]) for id in places.moved}
        reading = self.sample({**self.opened, **moved})
        if places.stack is not None:
            self.stack = layers.confirmed(places.stack, reading.samples)
            changed = layers.changed_outside(reading.samples) if self.stack else ()
            self.notes += (
                [f"{', '.join(changed[:4])}: equal to those of none of the models"] if changed else []
            )
        return reading

    def sample(self, models: dict[str, Weights]) -> Reading:
        """Samples of the candidate and these models, within what is left of the budget."""
        from ..weights.reader import read_samples
        from ..weights.sampling import plan

        left = max(0, self.options.budget - self.spent())
        share = self.share = min(MODEL_BYTES, left // (len(models) + 1))
        tensors = {t.name: (t.shape, t.dtype) for t in self.candidate.tensors.values()}
        blocks = plan(tensors, seed=self.options.seed, budget_bytes=share)
        telling = self.progress.reading(f"reading weights of {self.name} and {len(models)} more")
        return read_samples(
            self.candidate, models, blocks, budget=left, seed=self.options.seed, progress=telling
        )

    def decide(self, reading: Reading, older: Sequence[str] = ()) -> Lineage:
        from ..weights.decide import decide

        offered = [id for id in self.opened if id in guard.compared(reading.samples)]
        self.notes += guard.why_not(reading.left_out, [id for id in self.opened if id not in offered])
        return decide(
            reading.samples,
            self.candidate.id,
            [id for id in declared_bases(self.evidence.card) if id in offered],
            offered,
            {id: w.revision for id, w in self.opened.items()},
            config={"older": tuple(older)},
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
        seen = scan(self, base, more, reading.samples)
        if seen.looked_at:
            self.notes.append(f"{seen.looked_at} further models made from the same base were looked at")
        if seen.copy is not None:
            return first.copied(self, seen.copy), reading
        if not [id for id in seen.chosen if self.open(Suspect(id, "suspect")) is not None]:
            return lineage, reading
        reading = self.read()
        return self.decide(reading), reading


def _usual_dtype(weights: Weights) -> str | None:
    """The dtype that most of a model's elements are stored in."""
    elements = Counter[str]()
    for tensor in weights.tensors.values():
        elements[tensor.dtype] += math.prod(tensor.shape)
    return max(elements, key=elements.__getitem__, default=None)
