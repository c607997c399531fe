"""What a benchmark needs beside a model that answers, so that a claim without a task is skipped with its reason."""

from __future__ import annotations

import re
from typing import Literal, NamedTuple

from ..card.benchmarks import Benchmark
from ..errors import CannotTell
from . import harnesses
from .choose import Wanted
from .sequential import ScoreClaim
from .setup import scale

Kind = Literal["agent", "vision", ""]


class _Need(NamedTuple):
    ids: re.Pattern[str]  #: of the registry
    missing: str
    advice: str
    kind: Kind = ""


_NEEDS: tuple[_Need, ...] = (
    _Need(
        re.compile(
            r"(terminal-bench|swe-|multi-swe|deepswe|swt-bench|agentbench|mcp|toolathlon|vitabench|agentcompany|apex-agents|vibe)"
        ),
        "it is agentic and runs in a sandbox of its own",
        'run its own harness, or give a [[tasks]] entry with engine = "inspect-ai" where its sandbox is at hand',
        "agent",
    ),
    _Need(
        re.compile(r"(osworld|androidworld|webarena|webvoyager|screenspot)"),
        "it needs a computer or browser to be used by the model",
        "run its own harness",
        "agent",
    ),
    _Need(
        re.compile(r"(tau\d?-bench|bfcl|acebench|complexfuncbench|nexus|api-bank|vending-bench|gdpval)"),
        "it needs tools and a simulated user",
        'run its own harness, or give a [[tasks]] entry with engine = "inspect-ai"',
        "agent",
    ),
    _Need(
        re.compile(
            r"(gaia|browsecomp|xbench-deepsearch|webwalker|widesearch|deepsearchqa|finsearchcomp|seal-0|deepresearch)"
        ),
        "it needs search on the web",
        "run its own harness",
        "agent",
    ),
    _Need(
        re.compile(
            r"(humaneval|mbpp|evalplus|multipl-e|livecodebench|bigcodebench|ds-1000|aider|scicode|ojbench|fullstackbench"
            r"|codeforces|artifactsbench|codeeditorbench|spider|bird-sql|seccodebench|cruxeval-o)"
        ),
        "it runs code that the model writes, which needs a sandbox",
        'give a [[tasks]] entry with engine = "inspect-ai" where its sandbox is at hand',
    ),
    _Need(
        re.compile(
            r"(arena-hard|alpacaeval|mt-bench|alignbench|writingbench|eq-bench|lmarena|wildbench|creative-writing|healthbench"
            r"|imo-proofbench|multichallenge|hle|simpleqa)"
        ),
        "a second model judges its answers",
        'give a [[tasks]] entry with engine = "inspect-ai" and its judge',
    ),
    _Need(
        re.compile(
            r"(mmmu|math(?:vista|vision|verse)|ai2d|chartqa|docvqa|infovqa|textvqa|ocr|omnidoc|mmbench|mmstar|mm-vet|mme|realworldqa"
            r"|charxiv|scienceqa|vqav2|gqa|vizwiz|pope|simplevqa|zerobench|countbench|blink|muirbench|erqa|video|mvbench|mlvu"
            r"|lvbench|mmvu|egoschema|odinw|refcoco|microvqa|hallusionbench)"
        ),
        "it needs vision",
        "give a [[tasks]] entry for an engine that sends images",
        "vision",
    ),
    _Need(
        re.compile(
            r"(librispeech|aishell|wenetspeech|gigaspeech|tedlium|voicebench|mmau|fleurs|common-voice|voxpopuli|kespeech|speechio)"
        ),
        "it needs speech",
        "run its own harness",
    ),
    _Need(
        re.compile(r"(gpqa)"),
        "no [[tasks]] entry says how to run it, and its data set is gated: it cannot be fetched without consent",
        "accept its terms, export the items as JSON lines and name the file in a [[tasks]] entry",
    ),
)
_ADVICE = (
    'describe it in modelcard.toml: [[tasks]] benchmark = "{id}", file = "items.jsonl", scorer = "choice"'
)


def why_not(want: Wanted, benchmark: Benchmark | None) -> str:
    """Why a claim on a benchmark without a task is not run, and what would make it run."""
    id = benchmark.id if benchmark else want.key
    if benchmark is not None:
        told = harnesses.why_not(benchmark.id, _score_claim(want, benchmark))
        if told is not None:
            return told
        for need in _NEEDS:
            if need.ids.match(benchmark.id):
                return f"{need.missing}; {need.advice}"
    return f"no [[tasks]] entry says how; {_ADVICE.format(id=id)}"


def kind_of(benchmark: str) -> Kind:
    """What makes an answer to a benchmark's question (by its id) long: an agent's many requests, a picture."""
    return next((need.kind for need in _NEEDS if need.ids.match(benchmark)), "")


def _score_claim(want: Wanted, benchmark: Benchmark) -> ScoreClaim | None:
    """The claim, for the number of tasks that a run by hand would take; None where that cannot be told."""
    claim = want.claim
    if benchmark.items is None or claim.value is None:
        return None
    try:
        out_of = scale(claim, benchmark)
        made = ScoreClaim.from_printed(claim.value, claim.decimals, benchmark.items, out_of=out_of)
    except (CannotTell, ValueError):
        return None
    return made if made.low > 0 else None
