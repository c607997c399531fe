"""What tells one measurement of a benchmark from another: shots, modes, harness, section, source."""

from __future__ import annotations

import re
from typing import Any

from ...card.names import KnownNames
from ...card.records import Card
from ...model import Claim

#: Words around a score that make it another measurement.
_MODES = re.compile(
    r"(?<![a-z])(?:base|pre-?train(?:ed|ing)?|foundation|instruct|chat|post-?train(?:ed|ing)?|sft|dpo"
    r"|rlhf|aligned|(?:non-?|no-?|without )?(?:think(?:ing)?|reasoning|cot)|quanti[sz](?:ed|ation)"
    r"|int[48]|fp8"
    r"|fp16|bf16|gguf|awq|gptq|nf4|[2-8]-?bits?|q[2-8]_\w+|tools?|search|python|agent(?:ic|less)?"
    r"|lite|mini|hard"
    r"|val(?:idation)?|dev"
    r"|public|private|official|reproduced|reported|internal|leaderboard|open ?llm|lm[- ]?eval\w*"
    r"|opencompass|helm"
    r"|old|new|previous|preview|v\d+(?:\.\d+)*|low|medium|high|max|heavy|pass@\d+|avg@\d+|mean@\d+|maj@\d+"
    r"|cons@\d+|pass\^\d+|zero[- ]shot|few[- ]shot|\d+k|greedy|temperature|english|chinese|multilingual"
    r"|strict|loose|prompt[- ]level|instruction[- ]level|f1|acc_norm|mc[12]|char|raw|norm(?:alized)?"
    r"|基座|对话|量化|思考|开源|官方)(?![a-z0-9])",
    re.IGNORECASE,
)
#: The same in a heading, where "Agentic Coding" or "Multilingual" only names a topic.
_HEADING_MODES = re.compile(
    r"(?<![a-z])(?:base|pre-?train(?:ed|ing)?|foundation|instruct|chat|post-?train(?:ed|ing)?|sft|dpo"
    r"|rlhf|(?:non-?|no-?|without )?(?:think(?:ing)?|reasoning mode|cot)|quanti[sz](?:ed|ation)"
    r"|int[48]|fp8|gguf"
    r"|awq|gptq|official|reproduced|reported|internal|leaderboard|open ?llm|lm[- ]?eval\w*"
    r"|opencompass|helm|old"
    r"|new|previous|v\d+(?:\.\d+)*|zero[- ]shot|few[- ]shot|\d+[- ]?shots?|\d+k|基座|对话|量化|思考|官方)"
    r"(?![a-z0-9])",
    re.IGNORECASE,
)
#: Words of a sentence that compare and set no other measurement apart.
_OF_SENTENCES = frozenset(("base", "new", "old", "previous", "reported"))
#: Whole names that say how something was measured, and not on what.
_METRIC = re.compile(
    r"(?:(?:mean|avg\.?|average|macro|micro|weighted|overall|top[- ]?[15]|test|val|dev|eval) ?[-_]?)*"
    r"(?:acc(?:uracy|\.)?|f1(?:[- ]?score)?|precision|recall|(?:m?ap|ar|mrr|n?dcg|hit|r|p|recall|ndcg"
    r"|map)(?:@ ?[\d.:]+)?"
    r"|m?iou|dice|auc|auroc|roc[- ]auc|em|exact match|wer|cer|ter|mer|bleu(?:-?\d)?|chrf(?:\+\+)?|comet"
    r"|rouge[-_ ]?[12l]?(?:sum)?"
    r"|meteor|fid|clip[- ]?score|psnr|ssim|lpips|mos|loss|perplexity|ppl|mae|mse|rmse|mcc|kappa|pearson"
    r"|spearman"
    r"|corr(?:ect)?|sub|del|ins|err|s\.err|snt|wrd|score|rank|latency|speed|fps|throughput|win[- ]?rate"
    r"|time|size|params?)"
    r"(?: ?\(?[%↑↓sm]{1,2}\)?| ?\[[%\w]+\])*"
)
_SUITE = re.compile(r"[a-z0-9]-?bench(?!mark)|[a-z]eval(?![a-z])|leaderboard", re.IGNORECASE)
_SHOTS = re.compile(r"([0-9]{1,3})[- ]?shots?(?![a-z])", re.IGNORECASE)


def another_topic(card: Card, a: Claim, b: Claim) -> bool:
    """Whether a name that no registry knows stands in two tables under different headings."""
    if a.benchmark_id or b.benchmark_id or a.table is None or b.table is None:
        return False
    return _norm(card.tables[a.table].heading) != _norm(card.tables[b.table].heading)


def only_a_metric(card: Card, a: Claim, b: Claim) -> bool:
    """Whether two tables name only a metric ("Score"), which says nothing of the data set."""
    if a.benchmark_id or b.benchmark_id or a.table is None or b.table is None:
        return False
    return a.table != b.table and _METRIC.fullmatch(_norm(b.benchmark)) is not None


def source_of(card: Card, claim: Claim) -> str:
    """Whose measurement a `model-index` value is, "" where it does not say."""
    if not claim.id.startswith("model-index"):
        return ""
    at = next(
        (p for p, span in card.front_matter.spans.items() if span == claim.span and p[-1:] == ("value",)), ()
    )
    step: Any = card.front_matter.data
    for key in at[:4]:  # model-index, its number, results, its number
        step = step[key]
    told = step.get("source") if isinstance(step, dict) else None
    name = told.get("name") or told.get("url") if isinstance(told, dict) else None
    return str(name)[:80] if name else ""


def comparable(a: Claim, b: Claim) -> bool:
    """Whether two places with the same words around may speak of one measurement."""
    if a.table is not None and b.table is not None and _norm(a.setting) != _norm(b.setting):
        return False
    if _suite(a) != _suite(b):
        return False
    shots_a, shots_b = _shots(a), _shots(b)
    return not (shots_a and shots_b and shots_a != shots_b)


def settings_differ(a: Claim, b: Claim) -> bool:
    """Whether one place tells a number of shots and the other does not."""
    return _shots(a) != _shots(b)


def _suite(claim: Claim) -> str:
    """The suite of benchmarks a section stands for: IFEval of VoiceBench is spoken."""
    section = _norm(claim.section)
    return section if _SUITE.search(section) else ""


def _shots(claim: Claim) -> frozenset[str]:
    told = {value for name, value in claim.settings if name == "shots"}
    found = _SHOTS.findall(f"{claim.benchmark} {claim.setting or ''} {' '.join(claim.header_path)}")
    return frozenset([*found, *(re.sub(r"\D", "", t) for t in told)]) - {""}


def _norm(text: str | None) -> str:
    return " ".join((text or "").lower().split())


def modes_of(card: Card, claim: Claim) -> frozenset[str]:
    """The words around a score that tell one measurement from another."""
    if claim.table is None or claim.table >= len(card.tables):
        if claim.kind == "prose":
            said = _without_names(card, claim.raw)
            return frozenset(m.lower() for m in _HEADING_MODES.findall(said)) - _OF_SENTENCES
        told = " ".join(value for name, value in claim.settings if name in ("config", "notes"))
        return _words(f"{claim.benchmark} {told}")
    table = card.tables[claim.table]
    # a gains table's heading speaks of the base it compares with, not of a setting
    heading = "" if table.is_gains else _without_names(card, table.heading)
    near = " ".join((claim.benchmark or "", claim.section or "", *claim.header_path))
    return _words(_without_names(card, near)) | frozenset(m.lower() for m in _HEADING_MODES.findall(heading))


class _Memory:
    """The names of the card seen last: they are asked for with every score."""

    card: Card | None = None
    names: re.Pattern[str] | None = None


def _without_names(card: Card, text: str) -> str:
    """A text without this model's and its base's names: "X-8B-Instruct scores ..." tells no mode."""
    if _Memory.card is not card:
        known = KnownNames.of(card.identity, card.front_matter, card.headings)
        parts = [re.findall(r"\w[\w.]*", n.rsplit("/", 1)[-1])[:12] for n in (*known.own, *known.bases)[:20]]
        forms = [r"[\s_-]{0,2}".join(re.escape(w) for w in words) for words in parts if words]
        whole = rf"(?<![^\W_])(?:{'|'.join(forms)})(?![^\W_])"
        _Memory.names = re.compile(whole, re.IGNORECASE) if forms else None
        _Memory.card = card
    return _Memory.names.sub(" ", text) if _Memory.names is not None else text


def _words(text: str) -> frozenset[str]:
    return frozenset(m.lower() for m in _MODES.findall(text))
