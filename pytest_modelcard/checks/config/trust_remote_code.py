"""MC611: the card tells people to run code from the repository with trust_remote_code."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from ...card.records import Card
from ...card.vocabulary import TRUST_REMOTE_CODE
from ...errors import CannotTell
from ..base import Rule, Subject, Verdict, clean, fault
from .claims import also_at, another_model, own_claims

if TYPE_CHECKING:
    from ...evidence import Evidence

#: Files whose `auto_map` makes a loader run Python of the repository.
_MAPS = (
    "config.json",
    "tokenizer_config.json",
    "processor_config.json",
    "preprocessor_config.json",
    "generation_config.json",
)
_OFF = re.compile(r"trust[_-]remote[_-]code\s*[=:]\s*[\"']?false", re.I)


class TrustRemoteCode(Rule):
    """The card tells people to switch on `trust_remote_code`.

    ## What it does

    Looks whether the repository has code to trust: an `auto_map` in its configuration files, or Python
    files. Where it has none, the instruction is needless (a warning). Where it has, a note names the files
    that will run on the reader's machine; code that comes from yet another repository is a warning.

    ## Why it matters

    The switch lets the repository, today or after its next commit, run any code on the reader's machine.
    People who copy a needless one switch off a protection for nothing.

    ## Example

        vllm serve acme/acme-7b --trust-remote-code

    for a model whose `config.json` has no `auto_map`.

    ## What to do instead

    Remove the option where it is not needed. Where it is, say which code runs and recommend pinning
    `revision=`.
    """

    id = "MC611"
    name = "trust-remote-code"
    severity = "warning"
    needs = frozenset({"files"})

    def subjects(self, card: Card) -> Iterable[Subject]:
        claims = tuple(
            c
            for c in own_claims(card, TRUST_REMOTE_CODE)
            if not _OFF.search(c.raw) and another_model(card, c.span) is None
        )
        if claims:
            yield Subject("trust-remote-code", claims[0].span, claims=claims)

    def run(self, subject: Subject, evidence: Evidence) -> Verdict:
        scripts = [f.path for f in evidence.files() if f.path.endswith(".py")]
        if not evidence.has_file("config.json") and not scripts:
            raise CannotTell("the repository has no config.json")
        wanted = {v for path in _MAPS for v in _auto_map(evidence, path)}
        elsewhere = sorted({w.split("--", 1)[0] for w in wanted if "--" in w})
        related = also_at(subject.claims, "also told here")
        if elsewhere:
            return fault(
                f"trust_remote_code runs code of another repository: {', '.join(elsewhere[:3])} (auto_map).",
                help="Ship the code in this repository, and recommend pinning revision= and code_revision=.",
                related=related,
            )
        if wanted:
            loaded = sorted({w.rpartition(".")[0].replace(".", "/") + ".py" for w in wanted})
            shown = ", ".join([p for p in loaded if p in scripts][:4]) or "files that are not there"
            return fault(
                f"trust_remote_code is needed: loading this model runs {shown} on the reader's machine.",
                help="Say so beside the instruction, and recommend pinning revision= to a reviewed commit.",
                related=related,
                severity="note",
            )
        if scripts:
            return clean(f"The repository has Python files ({', '.join(scripts[:4])}) and no auto_map.")
        return fault(
            "The card tells people to use trust_remote_code, but the repository has no code to trust: "
            "no auto_map in its configuration and no Python file.",
            help="Remove the option: the model loads without it.",
            related=related,
        )


def _auto_map(evidence: Evidence, path: str) -> list[str]:
    """The classes that `auto_map` of a file names; raises CannotTell where the file cannot be read."""
    data: Any = evidence.json(path)
    mapped = data.get("auto_map") if isinstance(data, Mapping) else None
    values = mapped.values() if isinstance(mapped, Mapping) else [mapped]
    flat = [v for value in values for v in (value if isinstance(value, list) else [value])]
    return [v for v in flat if isinstance(v, str)]
