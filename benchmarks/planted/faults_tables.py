"""Faults within tables, and sentences that the tables contradict."""

from __future__ import annotations

import random
from collections.abc import Iterator

from .case import Case, Release
from .releases import GAIVOTA, JINQUE, SKUA, WREN

#: What a changed score rightly sets off beside the fault that is planted.
SCORE = ("MC203", "MC204", "MC205", "MC206", "MC207", "MC208", "MC251", "MC252", "MC254")


def cell(release: Release, row: str, column: int, text: str, nth: int = 0) -> Release:
    """A cell (0 is the label) of the `nth` pipe-table row whose label is `row`, replaced."""
    lines = release.text.split("\n")
    at = [n for n, line in enumerate(lines) if line.startswith(f"| {row} |")][nth]
    cells = lines[at].strip("| ").split(" | ")
    cells[column] = text
    return release.swap(lines[at], "| " + " | ".join(cells) + " |") if nth == 0 else Release(
        release.name, release.repo_id, "\n".join([*lines[:at], "| " + " | ".join(cells) + " |", *lines[at + 1 :]]), release.files, release.others
    )  # fmt: skip


def row_of(release: Release, row: str, nth: int = 0) -> int:
    return [n for n, line in enumerate(release.text.split("\n"), 1) if line.startswith(f"| {row} |")][nth]


def cases(all_of: dict[str, Release], draw: random.Random) -> Iterator[Case]:
    yield from _emphasis(all_of, draw)
    yield from _arithmetic(all_of, draw)
    yield from _sentences(all_of)
    yield from _gains(all_of, draw)


def _emphasis(all_of: dict[str, Release], draw: random.Random) -> Iterator[Case]:
    skua, pt, zh, merlin, wren = all_of.values()
    for benchmark in draw.sample(["MMLU-Pro", "AIME 2025", "GSM8K"], 3):
        values = SKUA[benchmark]
        best = values.index(max(values))
        wrong = cell(
            cell(skua, benchmark, best + 1, f"{values[best]:.1f}"), benchmark, 1, f"**{values[0]:.1f}**"
        )
        yield Case("MC203", f"own bold on {benchmark}", wrong, row_of(wrong, benchmark))
    for benchmark in draw.sample(["GPQA Diamond", "IFEval", "HumanEval"], 2):
        values = SKUA[benchmark]
        second = sorted(values, reverse=True)[1]
        third = sorted(values, reverse=True)[2]
        wrong = cell(skua, benchmark, values.index(second) + 1, f"{second:.1f}")
        wrong = cell(wrong, benchmark, values.index(third) + 1, f"<u>{third:.1f}</u>")
        yield Case("MC203", f"underlined third on {benchmark}", wrong, row_of(wrong, benchmark))
    for benchmark in ("LibriSpeech test-other", "TED-LIUM"):
        values = WREN[benchmark]
        wrong = wren
        for n, value in enumerate(values):
            wrong = cell(wrong, benchmark, n + 1, f"**{value}**" if value == max(values) else f"{value}")
        yield Case("MC203", f"highest error rate bold on {benchmark}", wrong, row_of(wrong, benchmark))
    for old, new in (
        ("<td>48.5</td>", "<td><b>48.5</b></td>"),
        ("<td>81.7</td>", "<td><strong>81.7</strong></td>"),
    ):
        best = "<td><b>50.0</b></td>" if "48" in old else "<td><b>83.5</b></td>"
        wrong = pt.swap(old, new).swap(best, best.replace("<b>", "").replace("</b>", ""))
        yield Case("MC203", f"HTML {old}", wrong, new)
    wrong = cell(cell(zh, "Jinque-13B-Base", 2, "78.9"), "Jinque-13B", 2, "**78.4**")
    yield Case("MC203", "transposed, a column's best", wrong, row_of(wrong, "Jinque-13B"))
    wrong = cell(cell(zh, "Liuhe-14B", 1, "72.0"), "Jinque-13B", 1, "__71.2__")
    yield Case("MC203", "transposed, bold by underscores", wrong, row_of(wrong, "Jinque-13B"))
    wrong = cell(cell(merlin, "IFEval", 1, "75.0"), "IFEval", 2, "**74.1**")
    yield Case("MC203", "a competitor's bold", wrong, row_of(wrong, "IFEval"))


def _arithmetic(all_of: dict[str, Release], draw: random.Random) -> Iterator[Case]:
    skua, pt, zh, merlin, _ = all_of.values()
    for benchmark, text in (
        ("MMLU-Pro", "+5.2"),
        ("MATH-500", "**+18.5**"),
        ("IFEval", "+10.3"),
        ("GSM8K", "+1.1"),
        ("SimpleQA", "+0.9"),
        ("HumanEval", "🔼 +14.2"),
    ):
        wrong = cell(skua, benchmark, 3, text, nth=1)
        yield Case("MC204", f"{benchmark} {text}", wrong, row_of(wrong, benchmark, 1), also=("MC211",))
    for benchmark, text in (("MMLU-Pro", "+4,3"), ("GSM8K", "+0,4")):
        wrong = cell(pt, benchmark, 3, text)
        yield Case("MC204", f"comma {benchmark} {text}", wrong, row_of(wrong, benchmark))
    inline = skua
    for benchmark, v in SKUA.items():
        inline = cell(
            inline,
            benchmark,
            2,
            f"{v[0]:.1f} ({v[0] - v[1] + (3 if benchmark == 'AIME 2025' else 0):+.1f})",
            nth=1,
        )
    yield Case("MC204", "in the score's cell", inline, row_of(inline, "AIME 2025", 1))
    relative = skua.swap("| Δ |", "| Gain (%) |")
    for benchmark, v in SKUA.items():
        change = 100 * (v[0] - v[1]) / v[1] + (4 if benchmark == "IFEval" else 0)
        relative = cell(relative, benchmark, 3, f"{change:+.1f}%", nth=1)
    yield Case("MC204", "relative", relative, row_of(relative, "IFEval", 1))
    points = skua.swap("| Δ |", "| Improvement |")
    for benchmark, v in SKUA.items():
        points = cell(
            points, benchmark, 3, f"{v[0] - v[1] + (2 if benchmark == 'MMLU-Pro' else 0):+.1f} pp", nth=1
        )
    yield Case("MC204", "percentage points", points, row_of(points, "MMLU-Pro", 1))
    html = pt.text.index("| Teste |")
    end = pt.text.index("\n\n", html)
    lines = ["<table>", "<tr><th>Teste</th><th>Base</th><th>Gaivota 30B</th><th>Ganho</th></tr>"]
    for group in GAIVOTA.values():
        for b, v in group.items():
            wrong_by = 1.5 if b == "HumanEval" else 0
            lines.append(
                f"<tr><td>{b}</td><td>{v[1]}</td><td>{v[0]}</td><td>{v[0] - v[1] + wrong_by:+.1f}</td></tr>"
            )
    planted = Release(
        pt.name,
        pt.repo_id,
        pt.text[:html] + "\n".join([*lines, "</table>"]) + pt.text[end:],
        pt.files,
        pt.others,
    )
    yield Case("MC204", "HTML", planted, "<td>+7.6</td>")
    # averages
    rights = [sum(v[i] for v in SKUA.values()) / len(SKUA) for i in range(4)]
    for column, text in ((1, f"**{rights[0] + 1.3:.1f}**"), (4, f"{rights[3] - 2:.1f}")):
        wrong = cell(skua, "Average", column, text)
        yield Case("MC205", f"row, column {column}", wrong, row_of(wrong, "Average"), also=SCORE)
    means = {m: sum(v) / len(v) for m, v in JINQUE.items()}
    for model, by in (("Jinque-13B", 1.4), ("Baiyan-12B", -2.0), ("Jinque-13B-Base", 2.0)):
        wrong = cell(cell(zh, model, 6, f"{means[model] + by:.1f}"), "1", 2, "73.7")
        yield Case("MC205", f"transposed, {model}", wrong, row_of(wrong, model), also=SCORE)
    three = [[x[i] for g in GAIVOTA.values() for x in g.values()] for i in range(3)]
    averages = [sum(v) / len(v) for v in three]
    averages[0] += 1.2
    row = '<tr><td colspan="2">Média</td>' + "".join(f"<td>{a:.1f}</td>" for a in averages) + "</tr>"
    yield Case("MC205", "HTML Média", pt.swap("</tbody>", row + "\n</tbody>"), ">Média<", also=SCORE)
    row = (
        "| **Mean** | "
        + " | ".join(
            f"{sum(v) / 5 + (1.1 if n == 0 else 0):.2f}"
            for n, v in enumerate(
                zip(
                    (52.9, 38.4, 62.0, 67.7, 75.0),
                    (51.8, 37.4, 60.4, 66.5, 74.1),
                    (50.1, 35.4, 52.6, 61.0, 70.2),
                    strict=True,
                )
            )
        )
        if False
        else ""
    )
    columns = ((52.9, 38.4, 62.0, 67.7, 75.0), (51.8, 37.4, 60.4, 66.5, 74.1), (50.1, 35.4, 52.6, 61.0, 70.2))
    row = (
        "| **Mean** | "
        + " | ".join(f"{sum(c) / 5 + (1.1 if n == 0 else 0):.2f}" for n, c in enumerate(columns))
        + " |"
    )
    wrong = merlin.swap("| IFEval | **75.0** | 74.1 | 70.2 |", "| IFEval | **75.0** | 74.1 | 70.2 |\n" + row)
    yield Case("MC205", "bold label", wrong, "| **Mean** |", also=SCORE)
    # ranks
    order = ["1", "2", "3", "4"]
    for a, b, form in (("1", "2", "first two"), ("2", "3", "middle"), ("3", "4", "last two")):
        if form == "last two":
            continue
        wrong = zh
        lines = wrong.text.split("\n")
        i, j = row_of(wrong, a) - 1, row_of(wrong, b) - 1
        lines[i], lines[j] = (
            lines[i].replace(f"| {a} |", f"| {b} |", 1),
            lines[j].replace(f"| {b} |", f"| {a} |", 1),
        )
        planted = Release(zh.name, zh.repo_id, "\n".join(lines), zh.files, zh.others)
        yield Case("MC206", f"swapped {form}", planted, row_of(planted, a), also=("MC206",))
    for head, marks in (
        ("Rank", order),
        ("Place", ["1st", "2nd", "3rd", "4th"]),
        ("Ranking", order),
        ("Posição", ["1º", "2º", "3º", "4º"]),
    ):
        board = [("Skua 8B Instruct", 54.0), ("Tern 2 8B", 56.5), ("Puffin 7B", 47.2), ("Auk 8B", 46.6)]
        said = f"| {head} | Model | Score |\n|---|---|---|\n" + "\n".join(
            f"| {m} | {n} | {v} |" for m, (n, v) in zip(marks, board, strict=True)
        )
        yield Case(
            "MC206",
            f"leaderboard {head} {marks[0]}",
            skua.say(said),
            f"| {marks[0]} | Skua",
            also=("MC205", "MC206", "MC207"),
        )


def _sentences(all_of: dict[str, Release]) -> Iterator[Case]:
    skua, pt, zh, *_ = all_of.values()
    all_forms = (
        "Skua 8B Instruct outperforms its base model on all benchmarks.",
        "It surpasses its base on every benchmark by a large margin.",
        "Skua 8B Instruct beats Auk 8B across the board.",
        "Our model consistently exceeds the base model on all evaluations.",
        "Compared with its base, Skua 8B Instruct is better on every task.",
        "Skua 8B Instruct improves over its base model on each benchmark.",
        "Every benchmark improves over the base model.",
        "We see gains over the base model on all benchmarks.",
        "It outperforms Auk 8B in all tests.",
        "Skua 8B Instruct is better than Auk 8B everywhere.",
        "On every benchmark, Skua 8B Instruct outperforms its parent model.",
        "The base model is outperformed on all benchmarks.",
    )
    for form in all_forms:
        yield Case("MC211", form, skua.say(form), form)
    for form in (
        "Skua 8B Instruct surpasses its base model by significant margins.",
        "It outperforms its base model by a large margin.",
        "The model substantially improves on its base model.",
    ):
        yield Case("MC211", form, skua.say(form), form, "warning")
    for form, severity in (
        ("O Gaivota 30B A3B supera o modelo base em todos os testes.", "error"),
        ("O modelo ultrapassa seu modelo base em todas as avaliações.", "error"),
        ("Ele é superior ao modelo base em todos os benchmarks.", "error"),
        ("O modelo supera o Gaivota 30B A3B Base em todos os testes.", "error"),
        ("Nosso modelo supera amplamente o modelo base.", "warning"),
        ("O Gaivota 30B A3B supera seu modelo base por larga margem.", "warning"),
    ):
        yield Case("MC211", form, pt.say(form), form, severity)
    for form, severity in (
        ("Jinque-13B 在所有评测上全面超越其基座模型。", "error"),
        ("本模型在所有基准上均优于基座模型。", "error"),
        ("Jinque-13B 在各项评测中均超过 Jinque-13B-Base。", "error"),
        ("与基座模型相比，本模型在所有测试中都有提升。", "error"),
        ("Jinque-13B 大幅超越其基础模型。", "warning"),
    ):
        yield Case("MC211", form, zh.say(form), form, severity)
    for host, form in (
        (skua, "Skua 8B Instruct achieves state-of-the-art performance."),
        (skua, "Skua 8B Instruct sets a new state of the art on all benchmarks."),
        (skua, "It delivers SOTA results across all benchmarks."),
        (skua, "Our model is the state of the art."),
        (skua, "Skua 8B Instruct outperforms all other models on every benchmark."),
        (skua, "It ranks first on all benchmarks."),
        (pt, "O Gaivota 30B A3B alcança o estado da arte."),
        (pt, "O modelo atinge desempenho no estado da arte em todos os testes."),
        (zh, "Jinque-13B 达到了最先进水平。"),
        (zh, "本模型取得了 SOTA 性能。"),
    ):
        yield Case("MC213", form, host.say(form), form, "warning|note")


def _gains(all_of: dict[str, Release], draw: random.Random) -> Iterator[Case]:
    skua, pt, *_ = all_of.values()

    def without(release: Release, rows: tuple[str, ...]) -> Release:
        heading = release.text.index("### ")
        head, tail = release.text[:heading], release.text[heading:]
        kept = [line for line in tail.split("\n") if not any(line.startswith(f"| {r} |") for r in rows)]
        return Release(release.name, release.repo_id, head + "\n".join(kept), release.files, release.others)

    for rows, title, severity in (
        (("GSM8K", "SimpleQA"), "### Gains over the base model", "error"),
        (("GSM8K", "SimpleQA", "IFEval"), "### Improvements", "error"),
        (("GSM8K", "SimpleQA", "HumanEval"), "### Comparison with the base", "error"),
        (("SimpleQA",), "### Improvement over Auk 8B", "warning"),
        (("GSM8K", "SimpleQA"), "### Key gains", "note"),
    ):
        planted = without(skua, rows).swap("### Change from the base model", title)
        yield Case("MC210", f"{title} without {rows}", planted, "| Benchmark | Auk 8B | Skua", severity)
    planted = without(pt, ("GSM8K",)).swap(
        "### Mudança em relação ao modelo base", "### Ganhos sobre o modelo base"
    )
    yield Case("MC210", "Portuguese", planted, "| Teste | Modelo base")
    for benchmark, own, base in (
        ("GPQA Diamond", 41.4, 40.4),
        ("HumanEval", 73.2, 70.7),
        ("MATH-500", 68.4, 66.2),
        ("AIME 2025", 23.3, 20.0),
        ("SimpleQA", 8.9, 8.8),
    ):
        planted = cell(skua, benchmark, 1, f"{base:.1f}", nth=1)
        planted = cell(planted, benchmark, 2, f"{own:.1f}", nth=1)
        planted = cell(planted, benchmark, 3, f"{own - base:+.1f}", nth=1)
        yield Case(
            "MC212",
            f"{benchmark} {base} to {own}",
            planted,
            row_of(planted, benchmark, 1),
            "note",
            also=SCORE,
        )
