"""What a card's code blocks say: the context served, the files loaded, the remote code trusted."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ...model import Span
from .. import vocabulary as v
from ..document import Document
from ..records import CodeBlock
from .modelnames import is_id
from .parents import ParentReader
from .sentences import Claims
from .subject import Speaker

MAX_BLOCK = 60_000
MAX_PLACES = 50

_SERVED = re.compile(
    r"(?:--(?:max-model-len|max_model_len|context-length|context_length|ctx-size|ctx_size|max-seq-len"
    r"|max_seq_len"
    r"|max-seq-length|session-len|max-context-length|max_seq_length)|\b(?:max_model_len|n_ctx|session_len)"
    r"|\bnum_ctx"
    r"|\"(?:max_model_len|context_length)\")"
    r"(?:\s*[:=]\s*|\s+)[\"']?(?P<number>\d[\d_]{0,10}(?:\.\d+)?)(?:\s*\*\s*(?P<times>\d{1,6}))?(?P<unit>[kK"
    r"mM](?![A-Za-z]))?(?![\w.])"
)
_LLAMA_CONTEXT = re.compile(
    r"\bllama-(?:cli|server|run)\b.{0,400}?\s-c\s+(?P<number>\d{3,9})(?P<times>)(?P<unit>)\b"
)
_TRUST = re.compile(
    r"--trust[-_]remote[-_]code(?!\s*[= ]\s*false)|\btrust_remote_code[\"']?\s*[=:]\s*(?:True|true)\b", re.I
)
_QUOTED_ID = re.compile(r"[\"']([A-Za-z0-9][\w.-]{0,95}/[A-Za-z0-9][\w.-]{0,95})[\"']")
_COMMAND_ID = re.compile(
    r"(?:\bserve|--model(?:[-_](?:path|name|id|name-or-path|name_or_path))?[= ]|\bdownload|\brun|--hf-repo"
    r"|-hf|\bclone)\s*"
    r"[\"']?(?:https?://(?:huggingface\.co"
    r"|hf\.co)/)?([A-Za-z0-9][\w.-]{0,95}/[A-Za-z0-9][\w.-]{0,95})(?![\w/])"
)
_DOWNLOAD = re.compile(r"\b(?:hf_hub_download|cached_download|Llama\.from_pretrained)\s*\(([^()]{0,600})\)")
_KEYWORD = re.compile(r"\b(repo_id|filename)\s*=\s*[\"']([^\"'\n]{1,200})[\"']")
_POSITIONAL = re.compile(r"^\s*[\"']([^\"'\n]{1,200})[\"'](?:\s*,\s*[\"']([^\"'\n]{1,200})[\"'])?")
_GGUF_FILE = re.compile(
    r"\.from_pretrained\s*\(\s*[\"']([^\"'\n]{1,200})[\"'][^()]{0,300}?\bgguf_file\s*=\s*[\"']"
    r"([^\"'\n]{1,200})[\"']"
)
_CLI = re.compile(r"\b(?:huggingface-cli|hf) download\s+([A-Za-z0-9][\w.-]*/[\w.-]+)((?:\s+[^\s-][^\s]*)*)")
_URL = re.compile(
    r"https?://(?:huggingface\.co|hf\.co)/([\w.-]+/[\w.-]+)/(?:resolve|raw"
    r"|blob)/[\w.-]+/([^\s\"'?#)>\]]{1,200})"
)
_HF_FILE = re.compile(r"--hf-file[= ]\s*[\"']?([\w./-]{1,200})")
_RECIPE_MODEL = re.compile(
    r"(?:\bmodel|\bbase_model|\bsource_model)\s*:\s*[\"']?"
    r"(?:([A-Za-z0-9][\w.-]{0,95}/[A-Za-z0-9][\w.-]{0,95})(?![\w/:])"
    r"|[^\s\"'][^\n\"']{0,300}?\bmodels--([A-Za-z0-9][\w.-]{0,95}?)--([A-Za-z0-9][\w.-]{0,95})/)"
)
_LOADED_MODEL = re.compile(
    r"(?:from_pretrained\(\s*|\b(?:base_?model|model)(?:_(?:id|name|path|name_or_path))?\s*=\s*)[\"']"
    r"([A-Za-z0-9][\w.-]{0,95}/[A-Za-z0-9][\w.-]{0,95})[\"']"
)


class CodeReader:
    """Reads the code blocks of one card."""

    def __init__(
        self, document: Document, speaker: Speaker, claims: Claims, own_ids: tuple[str, ...]
    ) -> None:
        self._document = document
        self._speaker = speaker
        self._claims = claims
        self._own = frozenset(i.lower() for i in own_ids)
        self._trust = 0
        self._files: set[str] = set()

    def read(self, parents: ParentReader) -> None:
        for block in self._document.code:
            text = block.text[:MAX_BLOCK]
            self._served(block, text)
            self._trusted(block, text)
            self._loaded(block, text)
            self._recipe(block, text, parents)
            for m in _LOADED_MODEL.finditer(text):
                if is_id(m[1]):
                    parents.mention(m[1], self._span(block, text, m.start(1)), _line_at(text, m.start()))
        self._trusted_in_prose()

    def _span(self, block: CodeBlock, text: str, at: int) -> Span:
        line = block.span.line + text.count("\n", 0, at)
        source = self._document.lines[line - 1] if line <= len(self._document.lines) else ""
        piece = text[at : at + 20].partition("\n")[0]
        return Span(block.span.path, line, max(source.find(piece), 0) + 1)

    def _foreign(self, command: str) -> str | None:
        """The id of another model that a command or call names; None where it names this one, or none."""
        ids = [m[1] for m in (*_COMMAND_ID.finditer(command), *_QUOTED_ID.finditer(command))]
        ids = [i for i in ids if is_id(i)]
        if not ids or not self._own or any(i.lower() in self._own for i in ids):
            return None
        return ids[0]

    def _served(self, block: CodeBlock, text: str) -> None:
        if "-" not in text and "_" not in text:
            return
        for start, command in _commands(text):
            joined = command.replace("\\\n", "  ")
            for m in (*_SERVED.finditer(command), *_LLAMA_CONTEXT.finditer(joined)):
                value = float(m["number"].replace("_", "")) * (int(m["times"]) if m["times"] else 1)
                unit = m["unit"] or ""
                value *= {"k": 1000, "K": 1024, "m": 1e6, "M": 1024 * 1024}.get(unit, 1)
                if not 256 <= value <= 1e8 or self._foreign(joined) or self._foreign_block(text):
                    continue
                span = self._span(block, text, start + m.start())
                self._claims.add(
                    v.SERVED_CONTEXT, f"{value:.0f}", span, _line_at(command, m.start()), value=value
                )

    def _foreign_block(self, text: str) -> bool:
        """Python code gives the model in one statement and its length in another."""
        found = [m[1] for m in _LOADED_MODEL.finditer(text) if is_id(m[1])]
        return bool(found and self._own) and not any(i.lower() in self._own for i in found)

    def _trusted(self, block: CodeBlock, text: str) -> None:
        for start, command in _commands(text):
            for m in _TRUST.finditer(command):
                if self._trust >= MAX_PLACES:
                    return
                line_start = command.rfind("\n", 0, m.start()) + 1
                if re.match(r"\s*(?:#|//)", command[line_start:]):
                    continue
                self._trust += 1
                span = self._span(block, text, start + m.start())
                model = self._foreign(command)
                self._claims.add(v.TRUST_REMOTE_CODE, "", span, _line_at(command, m.start()), model=model)

    def _trusted_in_prose(self) -> None:
        for paragraph in self._document.paragraphs:
            if "trust" not in paragraph.text:
                continue
            for start, end in paragraph.code:
                m = _TRUST.search(paragraph.text[start:end])
                around = paragraph.text[max(start - 60, 0) : end + 60]
                if m is None or self._trust >= MAX_PLACES:
                    continue
                if re.search(r"\b(?:no longer|not|without|don't|never|no)\b|não|不需|无需", around, re.I):
                    continue
                self._trust += 1
                line = paragraph.line_of(start)
                column = max(self._document.lines[line - 1].find(m[0]), 0) + 1
                span = Span(paragraph.span.path, line, column)
                self._claims.add(v.TRUST_REMOTE_CODE, "", span, around.strip())

    def _loaded(self, block: CodeBlock, text: str) -> None:
        if not self._own:
            return
        for m in _DOWNLOAD.finditer(text):
            named: dict[str, str] = dict(_KEYWORD.findall(m[1]))
            positional = _POSITIONAL.match(m[1])
            repo, file = (positional[1], positional[2] or "") if positional else ("", "")
            self._file(named.get("repo_id", repo), named.get("filename", file), block, text, m.start())
        for m in _GGUF_FILE.finditer(text):
            self._file(m[1], m[2], block, text, m.start())
        for m in _CLI.finditer(text):
            for file in m[2].split()[:20]:
                if re.search(r"\.\w{1,12}$", file) and not re.search(r"[*?$<>|;&]", file):
                    self._file(m[1], file, block, text, m.start())
        for m in _URL.finditer(text):
            self._file(m[1], m[2], block, text, m.start())
        for start, command in _commands(text):
            file = _HF_FILE.search(command)
            if file is not None and any(own in command.lower() for own in self._own):
                self._file(next(iter(self._own)), file[1], block, text, start + file.start())

    def _file(self, repo: str, file: str, block: CodeBlock, text: str, at: int) -> None:
        file = file.strip().lstrip("./")
        if (
            repo.lower() not in self._own
            or not file
            or file in self._files
            or re.search(r"[*?{}$<>\[\]]", file)
        ):
            return
        self._files.add(file)
        self._claims.add(v.LOADS_FILE, file, self._span(block, text, at), _line_at(text, at), text=file)

    def _recipe(self, block: CodeBlock, text: str, parents: ParentReader) -> None:
        """A mergekit configuration: `merge_method:` and the models it takes."""
        if "merge_method" not in text:
            return
        named = [
            (m[1] or f"{m[2]}/{m[3]}", self._span(block, text, m.start()), _line_at(text, m.start()))
            for m in _RECIPE_MODEL.finditer(text)
        ]
        parents.merge_recipe(named)


def _commands(text: str) -> Iterator[tuple[int, str]]:
    """(offset, source) of each statement: a shell command with all its lines, a call with its arguments."""
    start = 0
    depth = 0
    at = 0
    for line in text.splitlines(keepends=True):
        at += len(line)
        depth += line.count("(") - line.count(")")
        if line.rstrip().endswith("\\") or (depth > 0 and at - start < 3_000):
            continue
        yield start, text[start:at]
        start, depth = at, 0
    if start < len(text):
        yield start, text[start:]


def _line_at(text: str, at: int) -> str:
    begin = text.rfind("\n", 0, at) + 1
    end = text.find("\n", at)
    return text[begin : end if end >= 0 else len(text)].strip()
