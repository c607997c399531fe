"""inspect-ai itself behind the interface, against an endpoint on loopback; faults included."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pytest_modelcard.errors import CannotTell
from pytest_modelcard.evals.engine import Target
from pytest_modelcard.evals.engines.inspect_ai import InspectEngine
from pytest_modelcard.evals.options import Place
from pytest_modelcard.evals.sequential import Outcome
from pytest_modelcard.evals.tasks import Task
from tests.evals.server import Fake, Say, serving

pytest.importorskip("inspect_ai", reason="needs pytest-modelcard[inspect]")

TASKS = r"""
from inspect_ai import Task, task
from inspect_ai.dataset import MemoryDataset, Sample
from inspect_ai.scorer import pattern
from inspect_ai.solver import generate

@task
def numbers(n: int = 40):
    samples = [Sample(input=f"number {i}", target=str(i)) for i in range(n)]
    return Task(dataset=MemoryDataset(samples), solver=generate(), scorer=pattern(r"is (\d+)"))

@task
def empty():
    return Task(dataset=MemoryDataset([]), solver=generate(), scorer=pattern(r"(x)"))

@task
def broken():
    raise RuntimeError("no such data")

@task
def boxed():
    return Task(dataset=[Sample(input="x", target="y")], solver=generate(), scorer=pattern(r"(x)"), sandbox="docker")

@task
def at_home():
    return Task(dataset=[Sample(input="x", target="y", sandbox="local")], solver=generate(), scorer=pattern(r"(x)"))
"""

FAILING = r"""
from inspect_ai import Task, task
from inspect_ai.dataset import MemoryDataset, Sample
from inspect_ai.scorer import accuracy, scorer
from inspect_ai.solver import generate

@scorer(metrics=[accuracy()])
def broken():
    async def score(state, target):
        raise ValueError("the scorer is broken")
    return score

@task
def failing():
    samples = [Sample(input=f"number {i}", target=str(i)) for i in range(40)]
    return Task(dataset=MemoryDataset(samples), solver=generate(), scorer=broken())
"""


@pytest.fixture
def named(tmp_path: Path) -> Iterator[str]:
    path = tmp_path / "mine.py"
    path.write_text(TASKS)
    yield f"{path}@numbers"


def _answer(request: dict[str, Any], before: int) -> Say:
    """Right for even numbers, wrong for odd ones and slower; nothing readable for 7, an error once for 8."""
    number = int(re.findall(r"number (\d+)", str(request["messages"][-1]["content"]))[-1])
    if number == 7:
        return Say("no idea")
    if number == 8 and not before:
        return Say(status=500)
    if number == 9:
        return Say("is 9", finish="length")
    if number == 11:
        return Say("is 12", finish="length")
    return Say(f"is {number}" if number % 2 == 0 else "is 1000", delay=0.05 * (number % 2))


def _engine(named: str, fake: Fake, **options: Any) -> InspectEngine:
    task = Task(benchmark="numbers", engine="inspect-ai", options={"task": named}, **options)
    return InspectEngine(task, Target("org/acme", url=fake.url, served="acme"), key="k-123", at_once=4)


def test_every_index_comes_back_once_with_its_outcome(named: str) -> None:
    with serving(_answer) as fake:
        engine = _engine(named, fake)
        assert engine.items() == 40
        asked = [30, 7, 8, 9, 11, 3, 2, 21, 0, 14, 13]
        found = {r.index: r for r in engine.run(iter(asked))}
    assert sorted(found) == sorted(asked)
    wrong = {i for i, r in found.items() if r.outcome == Outcome.wrong()}
    unread = {i for i, r in found.items() if r.outcome == Outcome.not_parsed()}
    assert (wrong, unread) == ({3, 21, 13}, {7, 11})
    assert found[9].truncated == 1 and found[9].outcome == Outcome.right()
    assert found[2].answers == ("is 2",) and found[2].read == ("2",)
    assert fake.most_at_once <= 4
    keys = {v for h in fake.headers for k, v in h.items() if k.lower() == "authorization"}
    assert keys == {"Bearer k-123"}


def test_indices_are_pulled_as_there_is_room_and_the_run_ends_with_them(named: str) -> None:
    pulled: list[int] = []
    with serving(_answer) as fake:
        results = []

        def indices() -> Iterator[int]:
            for index in range(0, 40, 2):
                if len(results) >= 6:
                    return
                pulled.append(index)
                yield index

        for result in _engine(named, fake).run(indices()):
            results.append(result)
            assert len(pulled) <= len(results) + 4
    assert [r.index for r in sorted(results, key=lambda r: r.index)] == sorted(pulled)
    assert len(pulled) < 20


def test_closing_drops_what_is_under_way_and_a_second_run_works(named: str) -> None:
    with serving(_answer) as fake:
        engine = _engine(named, fake)
        running = engine.run(iter(range(0, 40, 2)))
        next(running)
        running.close()  # type: ignore[attr-defined]
        asked = len(fake.asked)
        assert asked < 20
        assert {r.index for r in engine.run(iter([4, 6]))} == {4, 6}
        assert list(engine.run(iter([]))) == []


def test_settings_and_epochs_reach_the_endpoint(named: str) -> None:
    with serving(_answer) as fake:
        engine = _engine(
            named, fake, temperature=0.25, max_tokens=9, draws=3, thinking=False, extra={"min_p": 0.1}
        )
        (result,) = engine.run(iter([3]))
    assert result.outcome == Outcome.of_draws(0, 3)
    assert len(fake.asked) == 3
    request = fake.asked[0]
    assert (request["temperature"], request["min_p"]) == (0.25, 0.1)
    assert 9 in (request.get("max_tokens"), request.get("max_completion_tokens"))
    assert request["chat_template_kwargs"] == {"enable_thinking": False}
    told = engine.describe()
    assert (told.engine, told.task, told.model, told.settings["draws"]) == (
        "inspect-ai",
        "mine.py@numbers",
        "acme",
        3,
    )
    assert told.revision.startswith("sha256:") and str(Path(named).parent) not in str(told)


def test_the_revision_is_that_of_the_items(named: str) -> None:
    def revision(n: int) -> str:
        task = Task(benchmark="x", engine="inspect-ai", options={"task": named, "args": {"n": n}})
        return InspectEngine(task, Target("a/b", url="http://127.0.0.1:9/v1")).describe().revision

    assert revision(5) == revision(5) != revision(6)


@pytest.mark.parametrize(
    ("name", "words"),
    [("empty", "no samples"), ("broken", "no such data"), ("absent", "cannot load|names 0 tasks")],
)
def test_a_task_that_cannot_be_had_says_so(named: str, name: str, words: str) -> None:
    task = Task(benchmark="x", engine="inspect-ai", options={"task": named.replace("numbers", name)})
    with pytest.raises(CannotTell, match=words):
        InspectEngine(task, Target("a/b", url="http://127.0.0.1:9/v1")).items()


def test_a_sandboxed_task_without_docker_is_not_run(named: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    task = Task(benchmark="x", engine="inspect-ai", options={"task": named.replace("numbers", "boxed")})
    with pytest.raises(CannotTell, match="sandbox"):
        InspectEngine(task, Target("a/b", url="http://127.0.0.1:9/v1")).items()


def test_a_task_that_runs_code_outside_a_container_is_not_run(named: str) -> None:
    task = Task(benchmark="x", engine="inspect-ai", options={"task": named.replace("numbers", "at_home")})
    with pytest.raises(CannotTell, match="on this very machine"):
        InspectEngine(task, Target("a/b", url="http://127.0.0.1:9/v1")).items()


def test_a_run_that_gets_nothing_at_all_stops(named: str) -> None:
    with serving(lambda request, before: Say(status=400)) as fake:
        results = []
        with pytest.raises(CannotTell, match="gets no answer"):
            for result in _engine(named, fake).run(iter(range(40))):
                results.append(result)
    assert len(results) == 5
    assert {r.outcome for r in results} == {Outcome.not_had()}


def test_the_mean_of_several_answers_through_the_whole_run(named: str, tmp_path: Path) -> None:
    """avg@4: epochs of inspect-ai, an item counted when all its answers are there, in the order of dispatch."""
    from tests.evals.runs import Bench, card

    def answer(request: dict[str, Any], before: int) -> Say:
        number = re.findall(r"number (\d+)", str(request["messages"][-1]["content"]))[-1]
        # one of four right; wrong ones slower
        return Say(f"is {number}") if before % 4 == 1 else Say("is 99999", delay=0.02)

    task = Task(
        benchmark="harbour-qa", engine="inspect-ai", draws=4, options={"task": named, "args": {"n": 60}}
    )
    with serving(answer, models=("acme/acme-7b",)) as fake:
        report = Bench(tmp_path, 60).report(
            card(["| HarbourQA (avg@4) | 52.5 | 80.0 |"]),
            fake,
            tasks=[task],
            place=Place(fake.url, "acme/acme-7b"),
        )
    (run,) = report.runs
    assert (run["engine"], run["verdict"]) == ("inspect-ai", "refuted")
    assert run["draws"] == 4 * run["used"] and run["correct"] == run["used"] / 4
    assert run["errors"] == run["unparsed"] == 0


def test_a_scorer_that_fails_is_one_clear_line(tmp_path: Path) -> None:
    path = tmp_path / "bad.py"
    path.write_text(FAILING)
    task = Task(benchmark="x", engine="inspect-ai", options={"task": f"{path}@failing"})
    with serving(lambda request, before: Say("is 1")) as fake:
        engine = InspectEngine(task, Target("a/b", url=fake.url, served="acme"), at_once=4)
        with pytest.raises(CannotTell, match=r"gets no answer for .*: .*the scorer is broken"):
            list(engine.run(iter(range(20))))
