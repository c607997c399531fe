"""Whether a log is of this model: harnesses write its id, a path, or only the name that a server gave it."""

from __future__ import annotations

import re
from collections.abc import Iterable

from ...card.names import key
from .records import PriorResult

_ARGUMENT = re.compile(r"(?:^|,)\s*(?:pretrained|model|peft)\s*=\s*([^,]{1,300})")


def names_in(prior: PriorResult) -> tuple[str, ...]:
    """The names that a log gives its model: of lm-eval's arguments those of the model, else the whole."""
    told = tuple(m.strip() for m in _ARGUMENT.findall(prior.model))
    return told or ((prior.model,) if prior.model else ())


def is_of(prior: PriorResult, repo_id: str | None, names: Iterable[str], served: Iterable[str] = ()) -> bool:
    """Whether a log names this model.

    repo_id: "org/name", None where not known. names: the card's own. served: names that the user says it is served
    under. An inspect-ai name begins with its provider ("vllm/org/name", "openai-api/service/name"), so that only a
    name of lm-eval with one slash tells an organisation.
    """
    told = names_in(prior)
    if not told or (len(told) > 1 and len({key(t) for t in told}) > 1):
        return False  # no name, or an adapter on another model
    text = told[0].rstrip("/")
    last = text.rpartition("/")[2]
    if text in served or last in served:
        return True
    own = {key(n) for n in (repo_id or "", *names)} - {""}
    if key(last) not in own:
        return False
    plain_id = prior.source == "lm-eval" and text.count("/") == 1 and not text.startswith((".", "/"))
    if plain_id and repo_id and "/" in repo_id:
        return text.partition("/")[0].lower() == repo_id.partition("/")[0].lower()
    return True
