"""Local tasks: what a policy may say, what a file may hold, what is asked, and how an answer is read."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from pytest_modelcard.errors import CannotTell, PolicyError
from pytest_modelcard.evals.tasks import Task, tasks_from_dicts
from pytest_modelcard.evals.tasks.items import Item, read_items
from pytest_modelcard.evals.tasks.prompt import messages
from pytest_modelcard.evals.tasks.scorers import read, right

CHOICE = Item("Which?", "B", ("ten", "right", "no", "none"))
NUMBER = Item("How many?", "1,250")


@pytest.mark.parametrize(
    ("entry", "told"),
    [
        ({"file": "x.jsonl"}, "benchmark is missing"),
        ({"benchmark": "a"}, "file is missing"),
        ({"benchmark": "a", "file": "none.jsonl"}, "is no file"),
        ({"benchmark": "a", "file": "x.jsonl", "scorer": "python"}, "scorer 'python'"),
        ({"benchmark": "a", "file": "x.jsonl", "shotz": 1}, "unknown key 'shotz'"),
        ({"benchmark": "a", "file": "x.jsonl", "shots": True}, "shots must be a whole number"),
        ({"benchmark": "a", "file": "x.jsonl", "temperature": -1}, "temperature must be a number"),
        ({"benchmark": "a", "file": "x.jsonl", "scorer": "regex"}, "pattern belongs"),
        ({"benchmark": "a", "file": "x.jsonl", "scorer": "regex", "pattern": "("}, "no regular expression"),
        ({"benchmark": "a", "file": "x.jsonl", "scorer": "regex", "pattern": "x"}, "needs a group"),
        ({"benchmark": "a", "file": "x.jsonl", "prompt": "{question} {answer}"}, "would show the key"),
        ({"benchmark": "a", "file": "x.jsonl", "prompt": "Say it."}, "no place for the question"),
        ({"benchmark": "a", "file": "x.jsonl", "extra": {"messages": []}}, "extra may not set messages"),
        ({"benchmark": "a", "engine": "bash"}, "engine 'bash'"),
    ],
)
def test_a_wrong_task_is_told_with_its_place(tmp_path: Path, entry: dict[str, Any], told: str) -> None:
    (tmp_path / "x.jsonl").write_text("{}\n")
    with pytest.raises(PolicyError, match=told) as caught:
        tasks_from_dicts([entry], tmp_path, "modelcard.toml")
    assert "modelcard.toml: tasks[0]" in str(caught.value)


def items(tmp_path: Path, *lines: Any, scorer: str = "choice") -> Any:
    path = tmp_path / "items.jsonl"
    path.write_text("\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines))
    return read_items(path, Task("a", file=path, scorer=scorer))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("answer", "choices", "key"),
    [
        ("b", ["x", "y"], "B"),
        (1, ["x", "y"], "B"),
        ("y", ["x", "y"], "B"),
        (1, ["1", "2", "3"], "B"),  # a number counts choices from 0, also where a choice reads the same
        ("2", ["1", "2", "3"], "B"),
        ("A", {"A": "x", "B": "y"}, "A"),
        ("B", ["B", "A"], "B"),  # a letter is a letter
    ],
)
def test_keys_in_their_usual_forms(tmp_path: Path, answer: Any, choices: Any, key: str) -> None:
    found = items(tmp_path, {"question": "?", "answer": answer, "choices": choices})
    assert found.items[0].key == key


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("{", "line 2 is not valid JSON"),
        ("[1]", "line 2 is no JSON object"),
        ({"question": "", "answer": "A", "choices": ["x", "y"]}, "line 2 has no text under 'question'"),
        ({"question": "?", "choices": ["x", "y"]}, "line 2 has no answer under 'answer'"),
        ({"question": "?", "answer": "A"}, "line 2 has no list of 2 to 26 choices"),
        (
            {"question": "?", "answer": "C", "choices": ["x", "y"]},
            "line 2: its answer is none of its 2 choices",
        ),
        ({"question": "?", "answer": 2, "choices": ["x", "y"]}, "line 2: answer 2 is none"),
        ({"question": "?", "answer": True, "choices": ["x", "y"]}, "line 2"),
    ],
)
def test_an_item_that_cannot_be_used_is_told_and_never_left_out(tmp_path: Path, line: Any, told: str) -> None:
    good = {"question": "?", "answer": "A", "choices": ["x", "y"]}
    with pytest.raises(CannotTell) as caught:
        items(tmp_path, good, line)
    assert told in str(caught.value)


def test_a_file_is_known_by_the_checksum_of_its_bytes(tmp_path: Path) -> None:
    import hashlib

    found = items(
        tmp_path, {"question": "?", "answer": "x"}, {"question": "?", "answer": "y"}, scorer="exact"
    )
    assert len(found) == 2
    assert found.sha256 == hashlib.sha256((tmp_path / "items.jsonl").read_bytes()).hexdigest()
    with pytest.raises(CannotTell, match="holds no item"):
        items(tmp_path, "")


def test_the_key_is_not_among_what_is_sent() -> None:
    task = Task("a", scorer="numeric", system="Be short. {topic}", prompt="Q: {question} {unknown}")
    item = Item("What is {answer} and {topic}?", "918273", fields={"topic": "ships"})
    example = Item("One and one?", "2")
    sent = messages(task, item, [example])
    assert [m["role"] for m in sent] == ["system", "user", "assistant", "user"]
    assert sent[0]["content"] == "Be short. ships"
    assert sent[2]["content"] == "Answer: 2"
    assert sent[-1]["content"] == "Q: What is {answer} and {topic}? {unknown}", "an item's own braces stay"
    assert "918273" not in json.dumps(sent)


def test_choices_are_shown_with_letters() -> None:
    asked = messages(Task("a", scorer="choice"), CHOICE, [])[-1]["content"]
    assert "A. ten\nB. right\nC. no\nD. none" in asked


@pytest.mark.parametrize(
    ("answer", "found"),
    [
        ("B", "B"),
        (" (b) ", "B"),
        ("**C.**", "C"),
        ("Answer: D", "D"),
        ("The answer is (B).", "B"),
        ("the final answer is **A**", "A"),
        (r"so \boxed{C}", "C"),
        (r"Answer: \boxed{\text{D}}", "D"),
        ("Answer: A\nNo, wait.\nAnswer: B", "B"),
        ("C) no, because it is not", "C"),
        ("B\n\nBecause ten is too many.", "B"),
        ("right", "B"),
        ("<think>Answer: A?</think>\nAnswer: B", "B"),
        ("maybe A</think>Answer: D", "D"),
        ("A resposta é (C)", "C"),
        ("答案：B", "B"),
        ("", None),
        ("I cannot tell.", None),
        ("A. ten: too many\nB. right: it fits\nC. no: not so\nSo it is the second.", None),
        ("Option A is wrong, and I am not sure of the rest.", None),
        ("The answer is not B.", None),
        ("The correct option would be C.", "C"),
        ("The answer is a matter of taste", None),
        ("Answer: E", None),  # there is no such choice
        ("Answer: A or B", None),
        ("A good question! Let us see", None),
        ("<think>Answer: A", None),  # thought, and never said
    ],
)
def test_reading_a_letter(answer: str, found: str | None) -> None:
    assert read(Task("a", scorer="choice"), CHOICE, answer) == found


@pytest.mark.parametrize(
    ("answer", "good"),
    [
        ("1250", True),
        ("Answer: 1,250", True),
        ("Answer: $1250.00", True),
        ("3 + 4 = 7, and so #### 1250", True),
        (r"\boxed{1250}", True),
        ("It takes 3 steps; the result is 1,250.", True),
        ("Answer: 125", False),
        ("Answer: -1250", False),
        ("1.250", False),
        ("First 3.\n**Total = 1250**", True),
        ("We had 10 ships.\n1250 in all", True),
    ],
)
def test_reading_a_number(answer: str, good: bool) -> None:
    task = Task("a", scorer="numeric")
    found = read(task, NUMBER, answer)
    assert found is not None and right(task, NUMBER, found) is good


@pytest.mark.parametrize("answer", ["", "no idea", "many", "Either 12 or 14 of them"])
def test_no_number_is_not_readable(answer: str) -> None:
    assert read(Task("a", scorer="numeric"), NUMBER, answer) is None


def test_a_cut_off_answer_counts_only_where_it_states_its_result() -> None:
    number, choice = Task("a", scorer="numeric"), Task("a", scorer="choice")
    assert read(number, NUMBER, "First, 12 ships with 40", cut_off=True) is None
    assert read(number, NUMBER, "Answer: 1250, since", cut_off=True) == "1250"
    assert read(choice, CHOICE, "B. right is what", cut_off=True) is None
    assert read(choice, CHOICE, "B", cut_off=True) == "B"
    assert read(Task("a", scorer="exact"), Item("?", "x"), "x", cut_off=True) is None


def test_exact_and_regex() -> None:
    exact = Task("a", scorer="exact")
    assert right(exact, Item("?", "New York"), read(exact, Item("?", "New York"), " *new  york.* ") or "")
    pattern = Task("a", scorer="regex", pattern=r"RESULT=(\w+)")
    assert read(pattern, Item("?", "x"), "RESULT=a RESULT=b") == "b"
    assert read(pattern, Item("?", "x"), "none") is None


@pytest.mark.parametrize(
    "text", ["<think>" * 200_000, "1," * 500_000, "Answer: " * 200_000, "(" * 1_000_000, "A or " * 300_000]
)
def test_hostile_answers_are_read_in_bounded_time_and_say_nothing(text: str) -> None:
    """A pattern that backtracks would not come back from these."""
    assert read(Task("a", scorer="choice"), CHOICE, text) is None
    assert not right(
        Task("a", scorer="numeric"), NUMBER, read(Task("a", scorer="numeric"), NUMBER, text) or ""
    )
