"""What header and label words mean, in the languages cards are written in. Hints: none decides alone."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Literal

from .. import vocabulary as v

Axis = Literal["model", "benchmark", "setting", "section", "index", "note"]

_NAME_WORDS = r"(?:\s*(?:name|names|型号|名称|名))?"
_HEADERS: tuple[tuple[Axis, re.Pattern[str]], ...] = (
    (
        "index",
        re.compile(r"^(?:#|no\.?|id|idx|index|t|序号|编号|nº|n°|№)$", re.I),
    ),
    (
        "section",
        re.compile(
            r"^(?:categor(?:y|ies)|topics?|areas?|domains?|groups?|types?|model types?|task (?:type|category)|capabilit(?:y|ies) group"
            r"|skills?|类别|类型|领域|分类|方向|能力维度|categoria|área|tipo|model family|family|series|modality)$",
            re.I,
        ),
    ),
    (
        "setting",
        re.compile(
            r"^(?:#\s*)?(?:n[- ]?shots?|(?:few[- ])?shots?|num(?:ber of)?[ _]?shots?|nº de shots|metrics?|lang(?:uage)?s?|settings?"
            r"|setting\s*/\s*length|versions?|filters?|modes?|infer(?:ence)?\.? modes?|splits?|subsets?|partitions?|framework|scaffold"
            r"|harness|agent(?: framework)?|agent scaffold|tools?|thinking|prompt(?:ing)?|cot|eval(?:uation)? (?:type|method|setting|mode)"
            r"|quant(?:ization|isation)?(?: (?:method|type))?|precision|dtype|bits?|input[ _]length|context(?:[ _-]length)?"
            r"|idioma|língua|métrica|指标|评测指标|评价指标|度量|语言|设置|样本数|框架|评测方式|评测设置|train lang|alignment|max tokens"
            r"|temperature|turns?|rounds?|轮次|seed|decoding strategy|resolution|input size|image size|decoding|higher is better|尺寸|分辨率|direction)$",
            re.I,
        ),
    ),
    (
        "model",
        re.compile(
            rf"^(?:(?:\S+\s+)?(?:base )?(?:models?|modelos?|模型){_NAME_WORDS}(?: size)?(?:\s*[\d(/\[].*)?|methods?|métodos?|systems?|系统|方法|backbones?|llms?"
            r"|checkpoints?|hf checkpoints?|model (?:id|path|variant)s?|variants?|engines?|providers?|encoders?|tokenizers?|merges?"
            r"|模型名称?|模型名字|基座模型|names?|名称|algorithms?|approach(?:es)?|participants?|quantization|quant|precision|精度|量化"
            r"|quant(?:ization)? (?:type|method)|モデル|모델|modèle|modell)$",
            re.I,
        ),
    ),
    (
        "benchmark",
        re.compile(
            r"^(?:(?:\S+\s+)?(?:benchmarks?|bench|datasets?|data ?sets?|tasks?|test ?sets?|tests?|eval(?:uation)?s?|evals?|subjects?|questions?)"
            r"(?:\s+(?:names?|suites?))?(?:\s*[(/（\[].*)?"
            r"|metrics?(?:\s*\(.*\))?|capabilit(?:y|ies)|benchmark\s*\(metric\)|语料|基准(?:测试|名称)?|数据集|评测集|测试集|评测(?:基准|任务|项目?|数据集)?|任务"
            r"|测试(?:项目?|任务|基准)|能力|榜单|tarefas?|avaliaç(?:ão|ões)|conjunto(?: de dados)?|テスト|タスク|ベンチマーク|벤치마크|exams?|provas?|context type)$",
            re.I,
        ),
    ),
    (
        "note",
        re.compile(
            r"^(?:links?|downloads?|download links?|url|notes?|remarks?|comments?|descriptions?|details?|source|sources|license|licence|open"
            r"|notebook|paper|reference|references|organization|organisation|developer|vendor|creator|weights?|repo(?:sitory)?|hugging ?face|modelscope"
            r"|备注|说明|描述|下载(?:地址|链接|方式)?|链接|许可(?:协议|证)?|开源/闭源|来源|机构|观察|observações|notas?|descrição|fonte|licença|status|availability|±|\+/-)$",
            re.I,
        ),
    ),
)

_TAIL = r"\s*[†*‡]*\s*(?:[(（\[][^()（）\[\]]*[)）\]])?\s*[†*‡]*\s*:?$"
#: Label of an attribute -> its name in the vocabulary, "" where it has none there.
_ATTRIBUTES: tuple[tuple[str, re.Pattern[str]], ...] = (
    (
        v.ACTIVE_PARAMETERS,
        re.compile(
            r"^(?:#\s*)?(?:num(?:ber)? of )?(?:(?:activated|active|act\.?|activation|effective)\s*(?:params?|parameters?|parâmetros)(?: count| size)?(?: per token)?"
            r"|parâmetros ativos|激活(?:的)?参数(?:量|规模|数)?|每\s?token\s?激活参数量?|params? (?:activated|active)|parameters active)" + _TAIL,
            re.I,
        ),
    ),
    (
        "",
        re.compile(
            r"^(?:#\s*)?(?:num(?:ber)? of )?(?:non-?\s?emb(?:ed(?:ding)?s?)?\.?\s*(?:params?|parameters?)|非\s?embedding\s?参数量?|trainable (?:params?|parameters?)"
            r"|#?\s*activated\s*/\s*#?\s*total(?: params?)?|total\s*/\s*activ(?:e|ated)(?: params?)?)" + _TAIL,
            re.I,
        ),
    ),
    (
        v.TOTAL_PARAMETERS,
        re.compile(
            r"^(?:#\s*)?(?:(?:total\s+|model\s+)?(?:num(?:ber)? of |# ?of )?(?:total\s+|model\s+)?(?:params?|parameters?|parâmetros)\.?(?: count| size| \(total\))?(?: in total)?"
            r"|(?:model )?sizes?|parameter (?:count|size)s?|parâmetros totais|(?:total|número) de parâmetros|tamanho(?: do modelo)?|模型大小|模型规模|(?:总|模型)?参数(?:总)?(?:量|规模|数|量级)?|大小|规模)" + _TAIL,
            re.I,
        ),
    ),
    (
        v.CONTEXT_LENGTH,
        re.compile(
            r"^(?:(?:max(?:imum)?\.?|native|model|input|supported|extended|default)\s+)*(?:(?:context|sequence|seq\.?)(?:[ _-]?(?:length|len|size|window))(?: supported)?|context|ctx(?: len(?:gth)?)?|max(?:imum)?[ _]?(?:length|tokens|position embeddings)"
            r"|上下文(?:长度|窗口)?|最大(?:上下文)?长度|长?上?下文长度|序列长度|(?:tamanho|comprimento|janela) (?:do |de )?contexto|训练上下文长度)" + _TAIL,
            re.I,
        ),
    ),
    (v.LICENSE, re.compile(r"^(?:model |weights? )?(?:licen[sc]es?|licença|许可(?:协议|证)?|开源协议|协议|授权协议)" + _TAIL, re.I)),
    (
        v.BASE_MODEL,
        re.compile(
            r"^(?:base model(?:s|\(s\))?|base models?|(?:fine-?tuned|post-?trained|built|derived|distilled|trained|quantized|merged) (?:from|on)(?: model)?|parent models?|backbone(?: model)?|foundation model|modelo base|基座模型|基础模型|底座模型|合并所需基模型|source model|base model structure)"
            + _TAIL,
            re.I,
        ),
    ),
    (v.LANGUAGES, re.compile(r"^(?:(?:supported )?languages?(?:\(s\))?(?: supported)?|language\(s\)(?: \(nlp\))?|idiomas?|línguas?|支持语言|语言|语种)" + _TAIL, re.I)),
    (v.ARCHITECTURE, re.compile(r"^(?:model )?(?:architectures?|architecture type|model type|arquitetura|架构|模型架构|模型结构|模型类型)" + _TAIL, re.I)),
    (v.DTYPE, re.compile(r"^(?:d-?type|torch[_ ]dtype|tensor type|data type|weights? (?:precision|format|dtype)|precision|精度|数据类型)" + _TAIL, re.I)),
    (
        v.LAYERS,
        re.compile(
            r"^(?:(?:#\s*|num(?:ber)?[ _](?:of[ _])?|n[ _])?(?:hidden[ _])?(?:transformer )?(?:layers|layer count|layer number|camadas|层数|depth)(?: \(.*\))?|n_layers?|num_hidden_layers|número de camadas|num layers)"
            + _TAIL,
            re.I,
        ),
    ),
    (
        v.ACTIVE_EXPERTS,
        re.compile(
            r"^(?:#\s*|num(?:ber)?[ _](?:of[ _])?)?(?:(?:activated|active|selected) experts?(?: per token)?|experts? (?:activated|active|selected|used)(?: per token)?|experts?[ _]per[ _]tok(?:en)?|num_experts_per_tok|激活专家数?|top-?k)"
            + _TAIL,
            re.I,
        ),
    ),
    (v.EXPERTS, re.compile(r"^(?:#\s*|num(?:ber)?[ _](?:of[ _])?|total )?(?:routed |total )?(?:experts?|专家数?量?|especialistas)(?: count)?" + _TAIL, re.I)),
    (v.VOCABULARY, re.compile(r"^(?:vocab(?:ulary)?(?:[ _]sizes?)?|词表大?小?|vocabulário|tamanho do vocabulário)" + _TAIL, re.I)),
    (
        v.HIDDEN_SIZE,
        re.compile(
            r"^(?:(?:attention |model )?hidden[ _](?:sizes?|dim(?:ension)?s?)(?: size)?|d_?model|model dim(?:ension)?|attention hidden dimension|隐藏层(?:维度|大小)|n_embd)" + _TAIL,
            re.I,
        ),
    ),
    (
        "",
        re.compile(
            r"^(?:(?:embedding |emb\.? |output |vector )?dim(?:ension)?s?(?:ality)?|embedding size|维度|(?:release|training|cutoff|knowledge) ?(?:dates?|cut-?off)|dates?|release(?:d)?|year"
            r"|(?:pre-?)?train(?:ing|ed)?(?: on)? (?:tokens?|data|steps?|set|corpus|method|objective|language|lang)s?|tokens?|steps?|# ?of pretrained tokens|token count|epochs?|lr|learning rate|hybrid reasoning"
            r"|gqa|heads?|attention heads?.*|n_heads|num_attention_heads|头数.*|kv heads?|tie embedding|生成长度|generation length|max new tokens|file ?size|disk(?: size)?|size on disk|branch"
            r"|open(?:[- ](?:source|weights?))?\??|open/closed|type|kind|modalit(?:y|ies)|organization|developer|download.*|link|url|date released|training time|multilingual|optimizer|batch ?size|warmup.*|tokenizer"
            r"|input modalities|output modalities|knowledge cutoff|attention(?: mechanism)?|activation(?: function)?|position(?:al)? (?:embedding|encoding)|rope.*|发布日期|发布时间|训练数据.*|词元数|训练\s?token.*|训练长度|训练任务"
            r"|status|feature|gpu|device|hardware|hybrid|thinking|reasoning)" + _TAIL,
            re.I,
        ),
    ),
)

_RESOURCE = re.compile(
    r"(?:(?<![a-z])(?:memory|vram|ram|gpus?|throughput|latency|speed(?:up)?|seconds?|hours?|tokens?\s*/\s*s(?:ec)?|tokens? per second"
    r"|tok/s|tps|ttft|tpot|rtf|real[- ]time factor|it/s|power (?:consumption|\()|carbon|co2|emissions?|emitted|costs?|price|pricing"
    r"|usd|params?|flops|macs|qps|fps|file ?size|footprint|disk|batch(?:[ _]?size)?|learning rate|weight decay|downloads?|nodes?"
    r"|epochs?|gb|gib|mb|kwh|bpw|vocab(?:ulary)? size|runtime|elapsed|duration|loss|grad(?:ient)? norm|compression (?:ratio|rate)"
    r"|acceptance length|contribution|weights?|densit(?:y|ies)|proportion|mixture|sampling(?: weight)?|(?:samples|steps)_per_second)(?![a-z])|^time\b|(?:training|inference|generation|wall|total|decode|prefill) time\b|^steps?$"
    r"|bs\s*=|batch\s*=|sl\s*=|显存|内存|速度|时间|耗时|吞吐|延迟|价格|成本|模型大小|加速比|memória|velocidade|custo)",
    re.I,
)
_TRAINER = re.compile(
    r"^(?:e?(?:train|eval|training|validation|val)[_ ](?:loss|runtime|samples_per_second|steps_per_second)|epochs?|num epochs|steps?|grad(?:ient)? norm"
    r"|learning rate|lr|(?:global |train |eval |micro )?batch[_ ]?size|warm-?up(?: \w+)?|weight decay|betas|optimizer|dropout|gradient accumulation.*)$", re.I)
_AUX_WHOLE = re.compile(
    r"^(?:(?:lc )?std\.?\s*(?:err(?:or)?|dev(?:iation)?)?\.?|stderr|.*standard (?:error|deviation)|.*std\.? ?err(?:or)?\.?|±|ci|95% ci|confidence interval|variance|counts?|n"
    r"|(?:avg\.?|average|mean)\s*(?:response |output |generation )?(?:length|len|tokens?)(?:\s*\(.*\))?|length|(?:#\s*|num(?:ber)?(?: of)? |total )?(?:samples|items|examples|questions|instances|matches|votes|battles)"
    r"|(?:base |model )?wins|loss(?:es)?|ties|draws|rank(?:ing)?|position|排名|名次|样本数量?|数量|total matches)$",
    re.I,
)
_DELTA = re.compile(
    r"^(?:[Δ∆δ](?![a-z]).*|delta\b.*|diff(?:erence|\.)?s?\b.*|(?:abs(?:olute)?\.? |rel(?:ative)?\.? |avg\.? |performance |score )*(?:gains?|improvements?|improv\.?|change|uplift|increase|degradation)\b.*"
    r"|\+/-|vs\.? (?:the )?base(?: model)?.*|over base.*|提升.*|增益|差值|差异|变化|ganhos?\b.*|diferença\b.*|melhoria\b.*|variação\b.*)$",
    re.I,
)
_AGGREGATE = re.compile(
    r"^(?:avg|average|averages?|mean|overall|macro[- ]?(?:avg|average)|micro[- ]?(?:avg|average)|total|sum|geomean|média|geral|平均(?:分|值)?|总分|总体|综合(?:得分)?|总平均|英文均分|中文均分|均分|均值|moyenne|gesamt|rank|平均排名)(?:[\s.(（:：_-].*)?$"
    r"|(?:^|[\s_-])(?:avg\.?|average|mean|均分|平均)(?:\s*[(（].*)?$",
    re.I,
)
_BENCHMARK_WORD = re.compile(r"bench|data ?set|task|test ?set|基准|数据集|评测集|测试集|conjunto|tarefa", re.I)
_GENERIC_VALUE = re.compile(
    r"^(?:values?|scores?|results?|performance|accuracy|acc\.?|得分|分数|成绩|结果|表现|valor(?:es)?|pontuação|resultados?|acurácia|our results?|metric value|值|准确率|percentage|%|score\s*[(（%].*|accuracy\s*[(（].*|value\s*[(（].*|acc\s*[(（].*)\s*[↑↓]?$",
    re.I,
)
_METRIC = re.compile(
    r"^(?:acc(?:uracy)?\.?(?:[,_].*)?|acc_norm|em|exact[_ ]match.*|f1(?:[- ]score)?|bleu|chrf\+*|rouge(?:[- ]?[12l])?|wer|cer|pass@\d+|avg@\d+|maj@\d+|cons@\d+|mc[12]|score|win[- ]?rate|elo|ppl|perplexity"
    r"|bpb|ndcg(?:@\d+)?|map(?:@\d+)?|mrr(?:@\d+)?|recall(?:@\d+)?|precision(?:@\d+)?|iou|miou|psnr|ssim|fid|auc|mcc|spearman|pearson|mae|rmse|mse|correct|resolved|percentile|rating|test|val(?:id(?:ation)?)?|dev"
    r"|zh|en|low-level|high-level|overall|avg\.?|average|short|medium|long|easy|hard|multiple_choice_grade|strict|loose|准确率|\d+-?shot|n=\d+)\b[\s↑↓%().,\w-]{0,12}$",
    re.I,
)
_SETTING_VALUE = re.compile(
    r"^\(?(?:\d+(?:\s*/\s*\d+)*[- ]?shots?(?:@\d+)?(?:,?\s*(?:cot|em|acc\w*|f1|pass@\d+))?|(?:zero|one|few|five)[- ]shot|em|acc\.?|accuracy|f1|pass@\d+|avg@\d+|maj@\d+|cot|\d+-?shot cot|bleu|rouge-?l?|n=\d+|k=\d+|准确率|[↑↓]|prompt-level|strict|/|-|–|—|)\)?$",
    re.I,
)
_BENCHMARK_NAME = re.compile(
    r"(?:^|[^a-z])(?:mmlu|mmmlu|cmmlu|c-?eval|gpqa|gsm-?8k|math(?:-?500|bench|vista|vision|verse)?|bbh|big-?bench|humaneval|mbpp|arc|hellaswag|hella swag|winogrande|truthfulqa|piqa|siqa|boolq|race|squad|drop|quac|triviaqa"
    r"|naturalquestions|nq|agieval|gaokao|livecodebench|lcb|swe|aime|hmmt|cnmo|imo|ifeval|if-?eval|ifbench|alpacaeval|arena|mt-?bench|tau|bfcl|nexus|toolathlon|browsecomp|hle|humanity|simpleqa|supergpqa|multipl-?e|evalplus"
    r"|cruxeval|bigcodebench|codeforces|aider|terminal-?bench|longbench|ruler|niah|needle|mrcr|infinitebench|frames|gaia|mteb|sts|retrieval|reranking|clustering|summarization|classification|pair ?classification|librispeech|fleurs"
    r"|common ?voice|wenetspeech|aishell|gigaspeech|voxpopuli|tedlium|mmmu|mm-?vet|mmbench|mmstar|mme|ai2d|chartqa|docvqa|infovqa|textvqa|ocrbench|realworldqa|hallusionbench|seed-?bench|refcoco|omnidocbench|olmocr|video-?mme|mvbench"
    r"|egoschema|odinw|coco|imagenet|wmt|flores|mgsm|polymath|xcopa|xwino|xnli|lambada|openbookqa|obqa|commonsenseqa|csqa|copa|rte|wic|wsc|cola|sst|qqp|mnli|qnli|mrpc|glue|superglue|toxigen|bbq|bold|crows|wikitext|c4|ptb|pile|lm-?eval"
    r"|tydiqa|spider|bird|wildbench|livebench|zebralogic|autologi|gdpval|mcp|osworld|webarena|screenspot|androidworld|charxiv|mathqa|medqa|medmcqa|pubmedqa|jglue|jcommonsense|jsquad|kmmlu|haerae|hae-?rae|kobest|enem|bluex|oab|assin|faquad|portuguese|alignbench"
    r"|hotpotqa|musique|2wiki\w*|qasper|narrativeqa|multifieldqa\w*|dureader|gov ?report|qmsum|vcsum|trec|samsum|lsht|passage\w*|repobench\w*|lcc|gpt4all|open ?llm|eq-?bench|magi-?hard|tmmlu|svamp|asdiv|mawps|tabmwp|gsm-?hard|gsm"
    r"|ceval|olympiadbench|minerva|apex|beir|msmarco|ms marco|miracl|cmteb|c-mteb|nli)(?:[^a-z]|$)|bench(?:mark)?(?:[^a-z]|$)|(?:[a-z]{2,}|[A-Z])(?:qa|eval|vqa)(?:[^a-z]|$)|(?:^|[^a-z])acc(?:uracy)?(?:[^a-z]|$)|[a-z]\s*\(?(?:acc|em|f1|wer|cer|bleu|pass@\d+|win rate)[.)%↑↓\s]*$",
    re.I,
)
_MODEL_NAME = re.compile(
    r"(?:^|[^a-z])(?:gpt|chatgpt|text-davinci|davinci|claude|sonnet|opus|haiku|gemini|palm|bard|llama|alpaca|vicuna|wizard(?:lm|coder|math)?|qwen\w*|qwq|qvq|codeqwen|mistral|mixtral|ministral|magistral|devstral|codestral|pixtral|zephyr|deepseek|yi|chatglm\w*|glm|codegeex|baichuan\w*|internlm\w*"
    r"|internvl\w*|intern|falcon\w*|gemma\w*|phi|kimi|moonlight|moonshot|minimax|abab|grok|o[134]|whisper\w*|bert|roberta|deberta|bge|gte|e5|m3e|text2vec|ada|voyage|cohere|command|aya|olmo\w*|tulu|granite|nemotron|nemo|exaone|solar|smollm\w*|tinyllama\w*|stablelm\w*"
    r"|starcoder\w*|codellama|santacoder|replit|mpt|bloomz?|opt|gpt-?neo\w*|gpt-?j|pythia|cerebras|dolly|dbrx|arctic|jamba|jais|hunyuan\w*|ernie|doubao|seed|step|skywork|orion\w*|aquila\w*|xverse|bluelm|yayi\w*|minicpm\w*|openchat\w*|openhermes\w*|hermes|nous|neuralhermes|starling|platypus|orca|dolphin"
    r"|xwin\w*|tucano|sabi[aá]\w*|gerv[aá]sio\w*|rio|nex|longcat|ling|ring|mimo|dots|paddleocr\w*|mineru\w*|marker|nougat|llava\w*|blip\w*|cogvlm\w*|idefics\w*|molmo|paligemma|florence|clip|siglip|dinov\d|sam|wav2vec\w*|hubert|seamless\w*|canary|parakeet|nova|titan|amazon|apertus|viking|eurollm|teuken|swallow\w*|elyza\w*|rinna|plamo\w*|kanana|sea-?lion)"
    r"(?:[^a-z]|$)",
    re.I,
)
_SIZE_TOKEN = re.compile(r"(?:^|[^a-z0-9.])\d+(?:\.\d+)?x?\d*[bm](?:[^a-z0-9]|$)", re.I)
_VARIANT = re.compile(
    r"(?:^(?:ours?|human(?:s| experts?)?|random|baseline|best baseline|base(?: model)?|original|teacher|student|sota|other best|previous|fp16|bf16|fp8|fp32|f16|int[48]|nf4|q\d(?:_\w+)*|\d-?bits?|w\d+a\d+\S*|gptq\S*|awq\S*|gguf|instruct|chat|sft|dpo|rl)$"
    r"|[-_ ](?:instruct|chat|base|it|sft|dpo|rlhf|preview|thinking|inst\.?|gptq|awq|gguf|int[48]|hf)\b|\((?:bf16|fp16|fp8|int[48]|ours?|base|chat|sft|rl|dpo|high|low|med(?:ium)?|thinking|non-thinking)\))",
    re.I,
)
_CATEGORY = re.compile(
    r"^(?:knowledge|math(?:ematics|s)?|maths?|logic(?: reason+ing)?|cod(?:e|ing)|reasoning|general(?: tasks| knowledge)?|english|chinese|multilingual(?:ism)?|agent(?:ic)?(?: \w+)?|safety|science|stem|language|understanding|examination|exams?|comprehension|commonsense.*|reading.*"
    r"|long[- ]context|instruction following|tool[- ]use|vision|image|video|audio|text|overall|factuality|alignment|creative writing|writing|chat|world knowledge|humanities|social sciences?|other|知识|数学|代码|推理|通用|英文|中文|英语|语言|理解|综合|对话|安全)(?:\s+(?:tasks?|benchmarks?|abilities|ability))?$",
    re.I,
)


_SPECIFICATION = re.compile(
    r"^(?:(?:hyper-?\s?)?param(?:eter)?s?(?: name)?|hparams?|specs?(?:ification)?s?(?: name)?|config(?:uration)?s?|arg(?:ument)?s?|options?|fields?|attributes?"
    r"|property|properties|keys?|items?|settings?|flags?|components?|features?|variables?|details?|hardware|超参数?|参数|配置|配置项|字段|选项|属性|hiperparâmetros?|parâmetros?|configuração|campo|propriedade)$",
    re.I,
)


def is_specification(header: str) -> bool:
    """Heads a column of parameters, options or properties, not of benchmarks."""
    return _search(_SPECIFICATION, header.strip())


@lru_cache(maxsize=4096)
def header_kind(header: str) -> Axis | None:
    """What the column under a header word names, None where the word says nothing."""
    plain = header.strip(" :：").strip()
    if not plain or len(plain) > 60:
        return None
    return next((axis for axis, pattern in _HEADERS if pattern.match(plain)), None)


@lru_cache(maxsize=4096)
def attribute_name(label: str) -> str | None:
    """The vocabulary name of a specification's label, "" for one without a name there, None for no attribute."""
    plain = " ".join(label.split())
    if not plain or len(plain) > 80:
        return None
    return next((name for name, pattern in _ATTRIBUTES if pattern.match(plain)), None)


def _search(pattern: re.Pattern[str], text: str, limit: int = 120) -> bool:
    return pattern.search(text[:limit]) is not None


def is_resource(header: str) -> bool:
    """Speaks of memory, time, speed, money or training rather than of quality."""
    return _search(_RESOURCE, header)


def is_trainer_header(header: str) -> bool:
    return _search(_TRAINER, header)


def is_auxiliary(header: str) -> bool:
    """A helper number: count, standard error, length, rank."""
    return _search(_AUX_WHOLE, header)


def is_delta(header: str) -> bool:
    return _search(_DELTA, header)


def is_aggregate(label: str) -> bool:
    return _search(_AGGREGATE, label)


def is_benchmark_word(header: str) -> bool:
    """Heads a column of benchmarks beyond doubt: "Benchmark", "Dataset", "评测集"; not "Metric" or "Capability"."""
    return _search(_BENCHMARK_WORD, header)


def is_generic_value(header: str) -> bool:
    """"Value", "Score", "Accuracy (%)": names no model."""
    return _search(_GENERIC_VALUE, header)


def is_metric(header: str) -> bool:
    return _search(_METRIC, header)


def is_setting_value(text: str) -> bool:
    return _search(_SETTING_VALUE, text)


def is_category(text: str) -> bool:
    return _search(_CATEGORY, text)


@lru_cache(maxsize=8192)
def looks_like_benchmark(name: str) -> bool:
    return _search(_BENCHMARK_NAME, name) or is_aggregate(name) or is_metric(name)


@lru_cache(maxsize=8192)
def looks_like_model(name: str) -> bool:
    return names_a_model(name) or _search(_VARIANT, name)


@lru_cache(maxsize=4096)
def names_a_model(name: str) -> bool:
    """Holds a model family or a size, and not only a variant such as "Int4" or "SFT"."""
    return _search(_MODEL_NAME, name) or _search(_SIZE_TOKEN, name)
