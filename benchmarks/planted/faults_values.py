# ruff: noqa: F541
"""Faults of single scores: impossible, out of range, in another unit, and against other places and other cards."""

from __future__ import annotations

import random
from collections.abc import Iterator

from .case import Case, Release, grid
from .faults_tables import SCORE, cell, row_of
from .releases import AUK, HOBBY, SKUA, TERN

_ROWS = tuple(f"| {benchmark} |" for benchmark in SKUA)
_CELLS = (
    "<td>MMLU-Pro</td>",
    "<td>GSM8K</td>",
    "<td>HumanEval</td>",
    "| MMLU-Pro |",
    "| GSM8K |",
    "| HumanEval |",
)
RANGE = (*SCORE, "MC201", "MC211", "MC210")


def cases(all_of: dict[str, Release], draw: random.Random) -> Iterator[Case]:
    yield from _range(all_of)
    yield from _contradictions(all_of)
    yield from _possible(all_of)
    yield from _others(all_of)


def _range(all_of: dict[str, Release]) -> Iterator[Case]:
    skua, pt, zh, merlin, _wren = all_of.values()
    for benchmark, column, text in (
        ("GSM8K", 1, "841.0"),
        ("HumanEval", 2, "161.0"),
        ("MMLU-Pro", 3, "155.6"),
        ("IFEval", 4, "-72.9"),
    ):
        wrong = cell(skua, benchmark, column, text)
        yield Case("MC201", f"{benchmark} {text}", wrong, row_of(wrong, benchmark), also=RANGE)
    yield Case(
        "MC201", "HTML 824", pt.swap("<td><b>82.4</b></td>", "<td><b>824</b></td>"), "<b>824</b>", also=RANGE
    )
    yield Case("MC201", "sentence", skua.say("Skua 8B Instruct scores 103.4 on MMLU."), "103.4", also=RANGE)
    yield Case("MC201", "model-index", merlin.swap("value: 62.0", "value: 6200"), "value: 6200", also=RANGE)
    wrong = zh.swap("| 71.2 | 78.4 |", "| 171.2 | 78.4 |") if "| 71.2 | 78.4 |" in zh.text else zh
    yield Case("MC201", "transposed", wrong, "| Jinque-13B |", also=RANGE)
    table = grid(
        ["Benchmark", "Skua 8B Instruct", "Auk 8B (base)"],
        [["MT-Bench", "814.2", "7.6"], ["Arena-Hard", "141.5", "22.7"]],
    )
    yield Case("MC201", "MT-Bench 814", skua.say(table), "| MT-Bench", also=RANGE)
    yield Case(
        "MC201", "Arena-Hard 141.5", skua.say(table.replace("814.2", "8.1")), "| Arena-Hard", also=RANGE
    )
    percent = grid(
        ["Own test", "Skua 8B Instruct", "Auk 8B (base)"],
        [["Gull-QA", "114.5%", "71.2%"], ["Tide-QA", "61.0%", "55.1%"]],
    )
    yield Case("MC201", "unknown benchmark, %", skua.say(percent), "114.5", also=RANGE)
    # units
    for benchmark, column, text in (
        ("GSM8K", 1, "0.841"),
        ("HumanEval", 3, "0.701"),
        ("MMLU-Pro", 2, "0.501"),
        ("IFEval", 4, "0.729"),
    ):
        wrong = cell(skua, benchmark, column, text)
        yield Case("MC202", f"{benchmark} {text}", wrong, row_of(wrong, benchmark), also=RANGE)
    yield Case("MC202", "HTML", pt.swap("<td>58.3</td>", "<td>0.583</td>"), "<td>0.583</td>", also=RANGE)
    wrong = cell(zh, "Liuhe-14B", 3, "0.851")
    yield Case("MC202", "transposed", wrong, row_of(wrong, "Liuhe-14B"), also=RANGE)


def _contradictions(all_of: dict[str, Release]) -> Iterator[Case]:
    skua, pt, zh, merlin, wren = all_of.values()
    also = ("MC204", "MC208", "MC251", "MC203", "MC205", "MC210")
    wrong = cell(skua, "MMLU-Pro", 2, "55.8", nth=1)
    yield Case("MC207", "two tables, own", wrong, row_of(wrong, "MMLU-Pro", 1), also=also)
    wrong = cell(skua, "IFEval", 1, "66.2", nth=1)
    yield Case("MC207", "two tables, base", wrong, row_of(wrong, "IFEval", 1), also=(*also, "MC212"))
    wrong = cell(pt, "MMLU-Pro", 2, "63,7")
    yield Case("MC207", "HTML and pipe, comma", wrong, row_of(wrong, "MMLU-Pro"), also=also)
    for said in (
        "Skua 8B Instruct achieves 57.3 on MMLU-Pro.",
        "It scores 81.7% on HumanEval.",
        "With a score of 76.0 on MATH-500, Skua 8B Instruct is strong in mathematics.",
        "On IFEval, the model reaches 83.1.",
        "The model obtains **89.4** on GSM8K.",
        "Skua 8B Instruct gets 89.4% accuracy on GSM8K.",
        "- GPQA Diamond: 46.5",
        "Our model attains an accuracy of 89.4% on the GSM8K benchmark.",
        "MMLU-Pro rises from 50.1 to 58.3.",
        "Skua 8B Instruct (57.3 on MMLU-Pro) is our best model.",
        "Skua 8B Instruct reaches 57.3 points on MMLU-Pro and 79.5 on IFEval.",
        "The model's MMLU-Pro score is 57.3.",
    ):
        yield Case("MC207", said, skua.say(said), (said, *_ROWS), "warning", also=also)
    for said in (
        "O Gaivota 30B A3B alcança 65,2 no MMLU-Pro.",
        "O modelo obtém 65,2% no MMLU-Pro.",
        "O modelo atinge 94.5 em GSM8K.",
        "No HumanEval, o modelo alcança 89,0%.",
        "O Gaivota 30B A3B tem 65,2 pontos no MMLU-Pro.",
    ):
        yield Case("MC207", said, pt.say(said), (said, *_CELLS), "warning", also=also)
    for said in (
        "Jinque-13B 在 MMLU 上取得 74.8 分。",
        "本模型在 GSM8K 上达到 91.2%。",
        "在 C-Eval 上，Jinque-13B 得分为 83.0。",
        "Jinque-13B 在 HumanEval 上的得分为 78.0。",
        "本模型的 MMLU 成绩为 75.9。",
    ):
        yield Case("MC207", said, zh.say(said), (said, "| Jinque-13B |"), "warning", also=also)
    yield Case(
        "MC207",
        "model-index",
        merlin.swap("value: 62.0", "value: 66.0"),
        ("value: 66.0", "| MATH-500 |"),
        "warning",
        also=also,
    )
    yield Case(
        "MC207",
        "model-index as share",
        merlin.swap("value: 0.677", "value: 0.732"),
        ("value: 0.732", "| HumanEval |"),
        "warning",
        also=also,
    )
    yield Case(
        "MC207",
        "model-index as text",
        merlin.swap("value: 62.0", "value: '64.6'"),
        ("value: '64.6'", "| MATH-500 |"),
        "warning",
        also=(*also, "MC102"),
    )
    share = merlin.swap("value: 62.0", "value: 0.654")
    yield Case(
        "MC207", "model-index as share, other", share, ("value: 0.654", "| MATH-500 |"), "warning", also=also
    )
    path = ".eval_results/gpqa.yaml"
    for value in ("44.4", "0.444", "31.3"):
        planted = merlin.file(path, str(merlin.files[path]).replace("38.4", value))
        yield Case("MC207", f"eval_results {value}", planted, "| GPQA Diamond |", "warning", also=also)
    extra = "- dataset:\n    id: TIGER-Lab/MMLU-Pro\n    task_id: mmlu_pro\n  value: 59.1\n"
    yield Case(
        "MC207",
        "eval_results MMLU-Pro",
        skua.file(".eval_results/mmlu-pro.yaml", extra),
        "| MMLU-Pro |",
        "warning",
        also=also,
    )
    table = grid(
        ["Model", "MMLU-Pro", "IFEval"], [["Skua 8B Instruct", "54.3", "75.9"], ["Tern 2 8B", "55.6", "77.4"]]
    )
    yield Case("MC207", "transposed second table", skua.say(table), ("| IFEval |", "| 75.9 |"), also=also)
    two = grid(
        ["Test set (WER ↓)", "Wren ASR Large"], [["TED-LIUM", "3.6"], ["LibriSpeech test-clean", "2.4"]]
    )
    yield Case("MC207", "error rates", wren.say(two), ("| TED-LIUM |",), also=also)


def _possible(all_of: dict[str, Release]) -> Iterator[Case]:
    skua, _pt, _zh, _merlin, _ = all_of.values()
    also = (*RANGE, "MC212")
    forms = (
        ("GPQA Diamond (1 run)", "41.17", ""), ("HumanEval (avg@2)", "73.25", ""), ("AIME 2025 (pass@1, 1 run)", "24.5", ""),
        ("AIME 2024 (avg@4)", "71.3", ""), ("MATH-500 (single run)", "68.5", ""), ("GPQA Diamond (single run)", "41.2", ""),
        ("HumanEval (1 run)", "73.5", ""), ("AIME 2024 (avg@8)", "61.1", ""),
    )  # fmt: skip
    for label, text, _ in forms:
        table = grid(["Benchmark", "Skua 8B Instruct"], [[label, text], ["MMLU-Redux", "70.1"]])
        yield Case("MC208", f"{label} {text}", skua.say(table), f"| {label} |", "warning|note", also=also)
    single = skua.swap("Zero-shot, one run each.", "All scores are from a single run.")
    for benchmark, text in (
        ("AIME 2025", "24.2"),
        ("MATH-500", "68.5"),
        ("HumanEval", "73.6"),
        ("GPQA Diamond", "41.7"),
    ):
        wrong = cell(
            cell(single, benchmark, 1, f"**{text}**" if benchmark != "AIME 2025" else f"<u>{text}</u>"),
            benchmark,
            2,
            text,
            nth=1,
        )
        base = SKUA[benchmark][1]
        wrong = cell(wrong, benchmark, 3, f"{float(text) - base:+.1f}", nth=1)
        yield Case(
            "MC208",
            f"single run, {benchmark} {text}",
            wrong,
            row_of(wrong, benchmark),
            "warning|note",
            also=also,
        )
    for label, text in (
        ("GPQA Diamond", "41.414"),
        ("HumanEval", "73.171"),
        ("AIME 2025", "23.333"),
        ("MATH-500", "68.400"),
        ("GSM8K", "84.117"),
    ):
        table = grid(["Benchmark", "Skua 8B Instruct"], [[label, text], ["MMLU-Redux", "70.1"]])
        yield Case("MC209", f"{label} {text}", skua.say(table), f"| {label} | {text}", "note", also=also)


def _others(all_of: dict[str, Release]) -> Iterator[Case]:
    skua, _pt, _zh, merlin, _wren = all_of.values()
    also = ("MC207", "MC204", "MC203", "MC205", "MC208", "MC212", "MC252", "MC211")
    for benchmark, true in (
        ("MMLU-Pro", "53.6"),
        ("MATH-500", "60.2"),
        ("IFEval", "76.9"),
        ("HumanEval", "67.1"),
        ("GPQA Diamond", "39.9"),
    ):
        card = str(skua.others[AUK]["README.md"]).replace(
            f"| {benchmark} | {SKUA[benchmark][1]:.1f} |", f"| {benchmark} | {true} |"
        )
        yield Case(
            "MC251",
            f"{benchmark} {true} of the base",
            skua.other(AUK, card),
            f"| {benchmark} |",
            "warning",
            also=also,
        )
    for benchmark, true in (
        ("MMLU-Pro", "58.6"),
        ("MATH-500", "66.2"),
        ("IFEval", "81.9"),
        ("HumanEval", "77.4"),
        ("GPQA Diamond", "44.4"),
    ):
        card = str(skua.others[TERN]["README.md"]).replace(
            f"| {benchmark} | {SKUA[benchmark][2]:.1f} |", f"| {benchmark} | {true} |"
        )
        yield Case(
            "MC252",
            f"{benchmark} {true} of a competitor",
            skua.other(TERN, card),
            f"| {benchmark} |",
            "note",
            also=also,
        )
    for ours, theirs, base in (
        ("AIME 2025", "AIME 2024", "10.0"),
        ("Terminal-Bench 2.1", "Terminal-Bench 2.0", "22.5"),
        ("LiveCodeBench v6", "LiveCodeBench v5", "31.4"),
        ("BFCL v4", "BFCL v3", "44.7"),
        ("ARC-AGI-2", "ARC-AGI-1", "7.3"),
    ):
        table = grid(
            ["Benchmark", "Skua 8B Instruct", "Auk 8B (base)"],
            [[ours, "24.1" if ours != "AIME 2025" else "23.3", base], ["MMLU-Redux", "70.1", "66.0"]],
        )
        card = (
            f"---\nlicense: apache-2.0\n---\n# Auk 8B\n\n"
            + grid(["Benchmark", "Auk 8B"], [[theirs, base], ["MMLU-Redux", "66.0"]])
            + "\n"
        )
        yield Case(
            "MC253",
            f"{ours} is {theirs}",
            skua.say(table).other(AUK, card),
            f"| {ours} |",
            "warning",
            also=(*also, "MC210"),
        )
    for _n, changes in enumerate(
        (
            {"MMLU-Pro": 55.1},
            {"HumanEval": 69.5},
            {"MATH-500": 64.4, "IFEval": 77.0},
            {"MMLU-Pro": 55.1, "MATH-500": 64.4, "HumanEval": 69.5, "IFEval": 77.0},
            {"GPQA Diamond": 40.4, "MATH-500": 64.4, "IFEval": 77.0},
        )
    ):
        planted = merlin
        for benchmark, value in changes.items():
            own = planted.text.split("\n")[row_of(planted, benchmark) - 1].split(" | ")[1].strip("*")
            planted = cell(cell(planted, benchmark, 2, f"**{value}**"), benchmark, 1, own)
        card = str(merlin.others[HOBBY]["README.md"])
        for benchmark, value in changes.items():
            old = merlin.text.split("\n")[row_of(merlin, benchmark) - 1].split(" | ")[2]
            card = card.replace(f"| {benchmark} | {old} |", f"| {benchmark} | {value} |")
        at = tuple(f"| {benchmark} |" for benchmark in changes)
        yield Case(
            "MC254",
            f"{sorted(changes)}",
            planted.other(HOBBY, card),
            at,
            "warning" if len(changes) > 2 else "note",
            also=also,
        )
