"""From an item to the messages that are sent: system text, examples as turns, the question."""

from __future__ import annotations

import re
from collections.abc import Sequence

from .items import LETTERS, Item
from .spec import Task

_PLACE = re.compile(r"\{(\w+)\}")
#: What is asked where the task gives no prompt of its own. The last line fixes how the answer can be read.
DEFAULTS = {
    "choice": "{question}\n\n{choices}\n\nAnswer with the letter of the right choice. End with a line 'Answer: X'.",
    "numeric": "{question}\n\nEnd with a line 'Answer: N' where N is the number asked for.",
    "exact": "{question}\n\nGive the answer alone.",
    "regex": "{question}",
}

Message = dict[str, str]


def messages(task: Task, item: Item, examples: Sequence[Item]) -> list[Message]:
    """Chat messages; the item's key is not among them."""
    found: list[Message] = []
    if task.system:
        found.append({"role": "system", "content": fill(task, task.system, item)})
    template = task.prompt if task.prompt is not None else DEFAULTS[task.scorer]
    for example in examples:
        found.append({"role": "user", "content": fill(task, template, example)})
        found.append({"role": "assistant", "content": shown_answer(task, example)})
    found.append({"role": "user", "content": fill(task, template, item)})
    return found


def fill(task: Task, template: str, item: Item) -> str:
    """The template with its places filled once: braces within an item's own text stay as they are."""
    values = {
        **(item.fields or {}),
        "question": item.question,
        task.question: item.question,
        "choices": "\n".join(f"{LETTERS[n]}. {c}" for n, c in enumerate(item.choices)),
    }
    return _PLACE.sub(lambda found: values.get(found[1], found[0]), template)


def shown_answer(task: Task, example: Item) -> str:
    """What the model is shown as the answer to an example: in the form that the scorer reads."""
    return f"Answer: {example.key}" if task.scorer in ("choice", "numeric") else example.key
