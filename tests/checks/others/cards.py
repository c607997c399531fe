"""Small cards for the rules about other models' cards."""

from __future__ import annotations

BASE_ID = "acme/base-7b"


def card(
    table: str, header: str = f"base_model: {BASE_ID}", title: str = "# Child 7B", text: str = ""
) -> str:
    return f"---\nlicense: mit\n{header}\n---\n{title}\n\n{text}\n\n{table}\n"


def table(columns: str, *rows: str) -> str:
    """A pipe table: "Child 7B, base-7b" and rows "GSM8K, 83.0, 77.1"."""

    def line(text: str) -> str:
        return "| " + " | ".join(cell.strip() for cell in text.split(",")) + " |"

    head = line(f"Benchmark, {columns}")
    rule = "|" + "---|" * (head.count("|") - 1)
    return "\n".join([head, rule, *map(line, rows)])


def own(
    *rows: str, name: str = "base-7b", columns: str = "", heading: str = "## Evaluation"
) -> dict[str, str]:
    """The files of another model whose card gives these scores of itself."""
    body = table(columns or name, *rows)
    return {"README.md": f"---\nlicense: mit\n---\n# {name}\n\n{heading}\n\n{body}\n"}
