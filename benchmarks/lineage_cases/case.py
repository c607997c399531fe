"""One case: a release, what its card declares, and what is true."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

#: Writes the weights of a case into the folder given.
Make = Callable[[Path], None]


@dataclass(frozen=True)
class Case:
    """name: of its folder. parents: true weight by model id, the base's included; empty where there are none.

    verdict: the right one; accepted: others that are true as well, or a fair abstention. declared, relation
    and prose: what the card says. honest: whether that is the truth; None where people would differ. hidden:
    models that are not offered as suspects (the release itself under its other name). kind: "dense" or "moe".
    replay: mergekit can give it back byte for byte. truth: what else is known, kept as it is.
    """

    name: str
    make: Make
    parents: Mapping[str, float]
    verdict: str
    declared: tuple[str, ...]
    honest: bool | None
    accepted: tuple[str, ...] = ()
    method: str | None = None
    relation: str | None = "finetune"
    prose: str = "We fine-tuned the base model on our own data."
    hidden: tuple[str, ...] = ()
    kind: str = "dense"
    replay: bool = False
    truth: dict[str, object] = field(default_factory=dict)

    def card(self) -> str:
        """The README with its front matter."""
        lines = ["---", "license: apache-2.0", "library_name: transformers"]
        if self.declared:
            lines += ["base_model:", *(f"  - {d}" for d in self.declared)]
        if self.declared and self.relation:
            lines.append(f"base_model_relation: {self.relation}")
        named = ", ".join(f"[{d}](https://huggingface.co/{d})" for d in self.declared)
        return "\n".join(
            [
                *lines,
                "---",
                "",
                f"# {self.name}",
                "",
                self.prose,
                *(["", f"Made from {named}."] if named else []),
                "",
            ]
        )
