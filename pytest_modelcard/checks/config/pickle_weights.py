"""MC610: weights are offered as pickles, without safetensors."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from ...card.records import Card
from ...errors import CardError
from ...model import Span
from ...source.base import FileEntry
from ..base import Rule, Subject, Verdict, clean, fault

if TYPE_CHECKING:
    from ...evidence import Evidence

_ENDS = (".bin", ".pt", ".pth", ".ckpt", ".pkl", ".pickle", ".joblib")
#: Names under which the transformers and diffusers libraries keep pickled weights.
_SURE = re.compile(
    r"(?:pytorch_model|adapter_model|diffusion_pytorch_model)(?:[.-].*)?\.bin$|\.(?:pkl|pickle)$"
)
#: State of training, no weights that a reader loads.
_STATE = re.compile(r"(?:training_args|optimizer|scheduler|rng_state|scaler|trainer_state)", re.I)
#: A zip archive (torch.save since 1.6), or a pickle of protocol 2 to 5 (before).
_MAGIC = (b"PK\x03\x04", b"\x80\x02", b"\x80\x03", b"\x80\x04", b"\x80\x05")
#: So many files of unsure kind are looked into.
MAX_LOOKS = 8


class PickleWeights(Rule):
    """The weights come as Python pickles, and there are no safetensors files.

    ## What it does

    Lists weight files in pickle formats (`pytorch_model.bin`, `.pt`, `.pth`, `.ckpt`, `.pkl`; by name, and
    otherwise by their first bytes, since `.bin` is used for much else) in a repository that has no
    safetensors file.

    ## Why it matters

    Loading a pickle can run any code its author put in. Many tools refuse them, and recent versions of the
    transformers library load some of them only on request.

    ## Example

        pytorch_model.bin

    as the only weights of a repository.

    ## What to do instead

    Convert the weights with `save_pretrained(..., safe_serialization=True)`, or with the Hub's converter.
    """

    id = "MC610"
    name = "pickle-weights"
    severity = "warning"
    needs = frozenset({"files"})

    def subjects(self, card: Card) -> Iterable[Subject]:
        yield Subject("weights", Span(card.identity.path, 1), quote=card.name)

    def run(self, subject: Subject, evidence: Evidence) -> Verdict:
        files = evidence.files()
        candidates = [f for f in files if f.path.lower().endswith(_ENDS) and not _STATE.search(f.path)]
        safe = [f.path for f in files if f.path.endswith(".safetensors")]
        if not candidates:
            return clean("The repository has no pickled weights.")
        if safe:
            return clean(f"There are safetensors files ({safe[0]}) beside {candidates[0].path}.")
        pickled = [f for f in candidates if _SURE.search(f.path)]
        if not pickled:
            pickled = [f for f in candidates[:MAX_LOOKS] if _is_pickle(f, evidence)]
        if not pickled:
            return clean(f"{candidates[0].path} does not begin as a pickle does.")
        more = f" and {len(pickled) - 1} more" if len(pickled) > 1 else ""
        return fault(
            f"The weights are pickles ({pickled[0].path}{more}), and there are no safetensors files. "
            "Loading a pickle can run code.",
            help="Offer the weights as safetensors (`save_pretrained(..., safe_serialization=True)`).",
            span=Span(pickled[0].path, 1),
        )


def _is_pickle(entry: FileEntry, evidence: Evidence) -> bool:
    if entry.pointer or (entry.size or 0) < 4:
        return False
    try:
        return evidence.source.read_range(entry.path, 0, 4).startswith(_MAGIC)
    except CardError:
        return False
