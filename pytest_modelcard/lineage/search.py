"""One search for a model's origin: which models are opened, what is sampled of them, and what that has cost."""

from __future__ import annotations

import math
import time
from collections import Counter
from typing import TYPE_CHECKING

from ..errors import CannotTell, CardError
from ..evidence import Evidence
from .progress import Progress
from .record import Found
from .structure import Beside, tied
from .suspects import Suspect
from .traces import cache_folder, reads

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ..weights.opened import Weights
    from ..weights.reader import Reading
    from ..weights.records import Lineage
    from ..weights.stacks import Stack

#: Bytes of one model that a comparison reads at most, headers aside: more adds digits and no certainty.
MODEL_BYTES = 4 * 1024 * 1024


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

    def begin(self) -> None:
        """Read the candidate's headers; raises CannotTell or CardError."""
        self._candidate = self.weights_of(None)

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
        from ..weights.orientation import aligned
        from ..weights.reader import read_samples
        from ..weights.sampling import plan

        left = max(0, self.options.budget - self.spent())
        share = self.share = min(MODEL_BYTES, left // (len(models) + 1))
        tensors = {t.name: (t.shape, t.dtype) for t in self.candidate.tensors.values()}
        blocks = plan(tensors, seed=self.options.seed, budget_bytes=share)
        telling = self.progress.reading(f"reading weights of {self.name} and {len(models)} more")
        return read_samples(
            self.candidate,
            models,
            blocks,
            budget=left,
            seed=self.options.seed,
            alignments={id: aligned(self.candidate, model) for id, model in models.items()},
            progress=telling,
        )


def _usual_dtype(weights: Weights) -> str | None:
    """The dtype that most of a model's elements are stored in."""
    elements = Counter[str]()
    for tensor in weights.tensors.values():
        elements[tensor.dtype] += math.prod(tensor.shape)
    return max(elements, key=elements.__getitem__, default=None)
