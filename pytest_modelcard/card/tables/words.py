"""What header and label words mean, in the languages cards are written in. Hints: none decides alone.

The lists are in `data/table-words.json`; here are the few patterns that no list can hold.
"""

from __future__ import annotations

import json
import re
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, Literal, cast

Axis = Literal["index", "section", "setting", "model", "benchmark", "note"]

#: Longer texts are no names.
_MAX = 120

_TAIL = re.compile(r"\s*(?:[(（\[][^()（）\[\]]*[)）\]])?[\s†*‡:：?]*$")
_LEAD = re.compile(r"^(?:#\s*|no\. of |nº de )")
_LETTERS = re.compile(r"[^\W\d_]+")
_SIZE = re.compile(r"(?<![a-z0-9.])\d+(?:\.\d+)?x?\d*[bm](?![a-z0-9])", re.I)
_SHORT_MODEL = re.compile(
    r"(?<![a-z0-9])(?:o[134]|e5|m3e|text2vec|k2|r1|v[23]|gpt4\w*|gpt-?3\.5)(?![a-z0-9])", re.I
)
_VARIANT = re.compile(
    r"^(?:ours?|human(?:s| experts?)?|random|baseline|best baseline|base(?: model)?|original|teacher"
    r"|student|sota"
    r"|other best|previous|instruct|chat|sft|dpo|rl)$"
    r"|\bllm$"
    r"|^(?:fp16|bf16|fp8|fp32|f16|int[48]|nf4|q\d(?:_\w+)*|\d-?bits?\b.*|w\d+a\d+\S*|gptq\S*|awq\S*|gguf)$"
    r"|[-_ ](?:instruct|chat|base|it|sft|dpo|rlhf|preview|thinking|inst\.?|gptq|awq|gguf|int[48]|hf)\b"
    r"|\((?:bf16|fp16|fp8|int[48]|ours?|base|chat|sft|rl|dpo|high|low|med(?:ium)?|(?:non-)?thinking)\)",
    re.I,
)
_BENCHMARK_MARK = re.compile(
    r"(?<![a-z])task[ _-]?\d|(?:arc|math|tau|τ|𝜏)[²2]?[-_ ][a-z0-9]|big-?bench|c-?eval|open ?llm"
    r"|eq-?bench|(?<![a-z])acc(?![a-z])"
    r"|[a-z]\s*\(?(?:acc|em|f1|wer|cer|bleu|pass@\d+|win rate)[.)%↑↓\s]*$",
    re.I,
)
_RESOURCE = re.compile(
    r"(?<![a-z])(?:memory|vram|ram|gpus?|throughput|latency|speed(?:up)?(?! control)|seconds|hours?"
    r"|tokens?\s*/\s*s(?:ec)?"
    r"|tokens? per second|tok/s|tps|ttft|tpot|rtfx?|real[- ]time factor|it/s|power (?:consumption|\()"
    r"|carbon|co2|emissions?"
    r"|emitted|costs?|price|pricing|usd|(?<!\d[bm] )params?|(?:input|output) tokens|samples?/(?:p/)?s(?:ec)?"
    r"|[gtmp]?flops|macs|qps|fps|file ?size|footprint|disk"
    r"|batch(?:[ _]?size)?"
    r"|learn(?:ing)? rate|weight decay|downloads?|nodes?|epochs?|bytes?|gb|gib|mb|kwh|bpw"
    r"|vocab(?:ulary)? size|runtime|elapsed"
    r"|duration|loss|grad(?:ient)? norm|compression (?:ratio|rate)|acceptance length|contribution"
    r"|weights?|density"
    r"|densities|proportion|mixture|sampling(?: weight)?|(?:samples|steps)_per_second)(?![a-z])"
    r"|^time\b|(?:training|inference|generation|wall|total|decode|prefill) time\b|^steps?$|bs\s*="
    r"|batch\s*=|sl\s*="
    r"|显存|定价|内存|速度|时间|耗时|吞吐|延迟|价格|成本|模型大小|加速比|memória|velocidade|custo",
    re.I,
)
_TRAINER = re.compile(
    r"^(?:e?(?:train|eval|training|validation|val)[_ ](?:loss|runtime|samples_per_second"
    r"|steps_per_second)|epochs?"
    r"|num epochs|steps?|grad(?:ient)? norm|learn(?:ing)? rate|lr|(?:global |train |eval "
    r"|micro )?batch[_ ]?size"
    r"|warm-?up(?: \w+)?|weight decay|betas|optimizer|dropout|gradient accumulation.*"
    r"|branch|gs|damp ?%?|act order|gptq dataset|seq len|exllama|file ?names?|quant (?:type|method)"
    r"|file size"
    r"|max ram required|use case|desc)$",
    re.I,
)
_AUXILIARY = re.compile(
    r"^(?:(?:lc )?std\.?\s*(?:err(?:or)?|dev(?:iation)?)?\.?|stderr|.*standard (?:error|deviation)"
    r"|.*std\.? ?err(?:or)?\.?"
    r"|±|ci|95% ci|confidence interval|variance|counts?|n|length|(?:base |model )?wins|loss(?:es)?"
    r"|ties|draws"
    r"|(?:avg\.?|average|mean)\s*(?:response |output |generation )?(?:length|len"
    r"|tokens?)(?:\s*\(.*\))?|total matches"
    r"|(?:#\s*|num(?:ber)?(?: of)? |total )?(?:samples|items|examples|questions|instances|matches"
    r"|votes|battles)"
    r"|support|(?:accuracy )?(?:recovery|retention)(?: rate)?(?:\s*\(.*\))?|rank(?:ing)?|position"
    r"|排名|名次|样本数量?|数量)$",
    re.I,
)
_DELTA = re.compile(
    r"^(?:[Δ∆δ](?![a-z]).*|delta\b.*|diff(?:erence|\.)?s?\b.*|\+/-|vs\.? (?:the )?base(?: model)?.*"
    r"|over base.*"
    r"|(?:abs(?:olute)?\.? |rel(?:ative)?\.? |avg\.? |performance |score )*"
    r"(?:gains?|improvements?|improv\.?|change|uplift|increase|degradation)\b.*"
    r"|提升.*|增益|差值|差异|变化|ganhos?\b.*|diferença\b.*|melhoria\b.*|variação\b.*)$",
    re.I,
)
_AGGREGATE = re.compile(
    r"^(?:avg|average|averages?|mean|overall|macro[- ]?(?:avg|average)|micro[- ]?(?:avg|average)"
    r"|total|sum|geomean|média"
    r"|geral|平均(?:分|值)?|总分|总体|综合(?:得分)?|总平均|英文均分|中文均分|均分|均值|moyenne"
    r"|gesamt|rank|平均排名)"
    r"(?:[\s.(（:：_-].*)?$"
    r"|(?:^|[\s_-])(?:avg\.?|average|mean|均分|平均)(?:\s*[(（].*)?$",
    re.I,
)
_GENERIC_VALUE = re.compile(
    r"^(?:values?|scores?|results?|performance|accuracy|acc\.?|得分|分数|成绩|结果|表现|valor(?:es)?"
    r"|pontuação"
    r"|resultados?|acurácia|our results?|metric value|值|准确率|percentage|%|(?:score|accuracy|value"
    r"|acc|performance|results?)\s*[(（%].*)\s*[↑↓]?$",
    re.I,
)
_METRIC = re.compile(
    r"^(?:acc(?:uracy)?\.?(?:[,_].*)?|acc_norm|em|exact[_ ]match.*|f1(?:[- ]score)?|bleu|chrf\+*"
    r"|rouge(?:[- ]?[12l])?"
    r"|wer|cer|r@\d+|mr|(?:pass|avg|maj|cons|hit)@\d+|mc[12]|score|win[- ]?rate|elo|ppl|perplexity|bpb"
    r"|ndcg(?:@\d+)?|map(?:@\d+)?"
    r"|mrr(?:@\d+)?|hits?@\d+|recall(?:@\d+)?|precision(?:@\d+)?|iou|miou|psnr|ssim|fid|auc|mcc|spearman"
    r"|pearson|mae|rmse|mse"
    r"|correct|resolved|percentile|rating|test|val(?:id(?:ation)?)?|dev|zh|en|low-level|high-level"
    r"|overall|avg\.?"
    r"|average|short|medium|long|easy|hard|multiple_choice_grade|strict|loose|准确率|\d+-?shot"
    r"|n=\d+)\b[\s↑↓%().,\w-]{0,12}$",
    re.I,
)
_SETTING_VALUE = re.compile(
    r"^\(?(?:\d+(?:\s*/\s*\d+)*[- ]?shots?(?:@\d+)?(?:,?\s*(?:cot|em|acc\w*|f1|pass@\d+))?|(?:zero"
    r"|one|few|five)[- ]shot"
    r"|em|acc\.?|accuracy|f1|(?:pass|avg|maj)@\d+|cot|\d+-?shot cot|bleu|rouge-?l?|n=\d+|k=\d+"
    r"|准确率|[↑↓]|prompt-level"
    r"|strict|/|-|–|—|)\)?$",
    re.I,
)
_CATEGORY = re.compile(
    r"^(?:knowledge|math(?:ematics|s)?|maths?|logic(?: reason+ing)?|cod(?:e|ing)|reasoning"
    r"|general(?: tasks| knowledge)?"
    r"|english|chinese|multilingual(?:ism)?|agent(?:ic)?(?: \w+)?|safety|science|stem|language"
    r"|understanding|examination"
    r"|exams?|comprehension|commonsense.*|reading.*|long[- ]context|instruction following"
    r"|tool[- ]use|vision|image|video"
    r"|audio|text|overall|factuality|alignment|creative writing|writing|chat|world knowledge|humanities"
    r"|social sciences?|others?|知识|数学|代码|推理|通用|英文|中文|英语|语言|理解|综合|对话|安全|.* tasks)"
    r"(?:\s+(?:tasks?|benchmarks?|abilities|ability))?$",
    re.I,
)
_BENCHMARK_WORD = re.compile(
    r"bench|data ?set|task|test ?set|基准|数据集|评测集|测试集|conjunto|tarefa", re.I
)
_SPECIFICATION = re.compile(
    r"^(?:(?:hyper-?\s?)?param(?:eter)?s?(?: name)?|hparams?|specs?(?:ification)?s?(?: name)?"
    r"|config(?:uration)?s?"
    r"|arg(?:ument)?s?|options?|fields?|attributes?|property|properties|keys?|items?|settings?"
    r"|flags?|components?"
    r"|features?|variables?|details?|hardware|超参数?|参数|配置|配置项|字段|选项|属性"
    r"|hiperparâmetros?|parâmetros?"
    r"|configuração|campo|propriedade)$",
    re.I,
)


@cache
def _data() -> dict[str, Any]:
    path = Path(__file__).resolve().parents[2] / "data" / "table-words.json"
    return cast("dict[str, Any]", json.loads(path.read_text(encoding="utf-8")))


@cache
def _headers() -> dict[Axis, frozenset[str]]:
    return {axis: frozenset(words) for axis, words in _data()["headers"].items()}


@cache
def _attributes() -> dict[str, str]:
    return {word: name for name, words in _data()["attributes"].items() for word in words}


@cache
def _words(kind: str) -> frozenset[str]:
    return frozenset(_data()[kind])


def _forms(label: str) -> list[str]:
    """A label as printed, and without its number sign, remark in parentheses and footnote marks."""
    plain = " ".join(label.lower().split()).strip(" :：")
    bare = _LEAD.sub("", _TAIL.sub("", plain)).strip()
    return [plain, bare] if bare and bare != plain else [plain]


@lru_cache(maxsize=4096)
def header_kind(header: str) -> Axis | None:
    """What the column under a header word names, None where the word says nothing."""
    if not header.strip() or len(header) > 60:
        return None
    forms = _forms(header)
    for axis, known in _headers().items():
        if any(form in known for form in forms):
            return axis
    words = re.split(r"[\s\\/]+", forms[-1])
    if len(words) <= 3:
        if words[-1] in ("model", "models", "模型", "modelo") and words[0] not in (
            "benchmark",
            "dataset",
            "datasets",
        ):
            return "model"
        if words[0] in ("model", "models") and words[-1][:1].isdigit():
            return "model"
        if words[0] in ("gptq", "training", "train", "calibration", "source", "pretraining", "pre-training"):
            return "note"
        if words[-1] in ("benchmark", "benchmarks", "dataset", "datasets", "bench") or words[0] in (
            "dataset",
            "datasets",
        ):
            return "benchmark"
    return None


@lru_cache(maxsize=4096)
def attribute_name(label: str) -> str | None:
    """The vocabulary name of a specification's label, "" for an attribute without one, else None."""
    if not label.strip() or len(label) > 80:
        return None
    known = _attributes()
    return next((known[form] for form in _forms(label) if form in known), None)


def _search(pattern: re.Pattern[str], text: str) -> bool:
    return pattern.search(text[:_MAX]) is not None


def is_specification(header: str) -> bool:
    """Heads a column of parameters, options or properties, not of benchmarks."""
    return _search(_SPECIFICATION, header.strip())


def is_resource(header: str) -> bool:
    """Speaks of memory, time, speed, money or training rather than of quality."""
    return _search(_RESOURCE, header)


def is_trainer_header(header: str) -> bool:
    """A column or row of a training log."""
    return _search(_TRAINER, header.strip())


def is_auxiliary(header: str) -> bool:
    """A helper number: count, standard error, length, rank."""
    return _search(_AUXILIARY, header)


_AMOUNT = re.compile(
    r"(?<![a-z\d-])(?:tokens?|toks?|length|len|turns|steps|calls|seconds|minutes|hours|chars|words)(?![a-z])"
    r"|长度|词元数",
    re.IGNORECASE,
)


def is_amount(header: str) -> bool:
    """Speaks of how much was written or done: tokens, length, calls."""
    return _AMOUNT.search(header) is not None


def is_delta(header: str) -> bool:
    return _search(_DELTA, header)


def is_aggregate(label: str) -> bool:
    return _search(_AGGREGATE, label)


def is_benchmark_word(header: str) -> bool:
    """Heads a column of benchmarks beyond doubt: "Benchmark", "Dataset"; not "Metric" or "Capability"."""
    return _search(_BENCHMARK_WORD, header)


def is_generic_value(header: str) -> bool:
    """Names no model: "Value", "Score", "Accuracy (%)"."""
    return _search(_GENERIC_VALUE, header)


def is_metric(header: str) -> bool:
    return _search(_METRIC, header)


def is_setting_value(text: str) -> bool:
    return _search(_SETTING_VALUE, text)


def is_category(text: str) -> bool:
    return _search(_CATEGORY, text)


@lru_cache(maxsize=8192)
def looks_like_benchmark(name: str) -> bool:
    runs = _LETTERS.findall(name[:_MAX].lower())
    known, endings = _words("benchmark_names"), tuple(_words("benchmark_endings"))
    return (
        any(run in known or (len(run) > 2 and run.endswith(endings)) for run in runs)
        or _search(_BENCHMARK_MARK, name)
        or is_aggregate(name)
        or is_metric(name)
    )


@lru_cache(maxsize=4096)
def names_a_model(name: str) -> bool:
    """Holds a model family or a size, and not only a variant such as "Int4" or "SFT"."""
    known = _words("model_names")
    return (
        any(run in known for run in _LETTERS.findall(name[:_MAX].lower()))
        or _search(_SIZE, name)
        or _search(_SHORT_MODEL, name)
    )


@lru_cache(maxsize=8192)
def looks_like_model(name: str) -> bool:
    return names_a_model(name) or _search(_VARIANT, name)
