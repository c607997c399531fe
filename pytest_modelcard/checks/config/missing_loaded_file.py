"""MC609: the card tells people to load a file that the repository does not have."""

from __future__ import annotations

import re
from collections.abc import Iterable
from difflib import get_close_matches
from posixpath import normpath
from typing import TYPE_CHECKING

from ...card.records import Card
from ...card.vocabulary import LOADS_FILE
from ...model import Claim
from ..base import Rule, Subject, Verdict, clean, fault, slug
from .claims import also_at, another_model, own_claims

if TYPE_CHECKING:
    from ...evidence import Evidence

_PLACEHOLDER = re.compile(r"[<>{}*?$|]|\.\.\.|…|path/to|your[_-]|\bxxx|://", re.I)
_MODEL_FILE = re.compile(
    r"\.(?:safetensors|bin|pt|pth|ckpt|gguf|ggml|onnx|json|py|model|jinja|txt|ya?ml|h5|msgpack|tflite|npz|zip)$",
    re.I,
)


class MissingLoadedFile(Rule):
    """The card tells people to load a file that is not in the repository.

    ## What it does

    Looks up each file of this repository that the card's code loads or downloads. Placeholders, files of
    other repositories and files that are no part of a model are left alone.

    ## Why it matters

    The first thing a reader tries fails.

    ## Example

        hf_hub_download("acme/acme-7b", filename="acme-7b.Q4_K_M.gguf")

    in a repository without that file.

    ## What to do instead

    Upload the file, or name the one that is there (upper and lower case count).
    """

    id = "MC609"
    name = "missing-loaded-file"
    needs = frozenset({"files"})

    def subjects(self, card: Card) -> Iterable[Subject]:
        groups: dict[str, list[Claim]] = {}
        for claim in own_claims(card, LOADS_FILE):
            path = normpath((claim.text or "").strip().removeprefix("./"))
            if _PLACEHOLDER.search(path) or not _MODEL_FILE.search(path) or path.startswith(("/", "..", "~")):
                continue
            if another_model(card, claim.span) is None:
                groups.setdefault(path, []).append(claim)
        for path, claims in groups.items():
            yield Subject(slug(path), claims[0].span, claims=tuple(claims), data=path)

    def run(self, subject: Subject, evidence: Evidence) -> Verdict:
        path: str = subject.data
        files = [f.path for f in evidence.files()]
        if path in files:
            return clean(f"{path} is in the repository.")
        name = path.rsplit("/", 1)[-1]
        same = [f for f in files if f.rsplit("/", 1)[-1] == name]
        near = (
            same
            or [f for f in files if f.lower() == path.lower()]
            or get_close_matches(path, files[:2_000], 1)
        )
        hint = f" There is {near[0]}." if near else ""
        return fault(
            f"The card tells people to load {path}; the repository's {len(files)} files lack it.{hint}",
            help=f"Name {near[0]} instead, or upload {path}."
            if near
            else f"Upload {path}, or remove the instruction.",
            related=also_at(subject.claims, "loaded here, too"),
            severity="warning" if same else None,
        )
