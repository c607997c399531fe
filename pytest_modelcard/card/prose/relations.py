"""Phrases with which cards say what a model was made from: English, Portuguese, Spanish and Chinese."""

from __future__ import annotations

import re

from .phrase import TUNED, Phrase, phrase
from .wordings import AVERAGED, BEGAN, CHINESE

_KIND = r"(?:\s+(?:version|variant|model|checkpoint|derivative|release|edition|copy|instance))?"
_FORMATS = (
    r"(?:gguf|gptq|awq|exl2|exl3|mlx|fp8|fp4|nvfp4|mxfp4|int[48]|w[48]a(?:8|16)|bnb|[248]-?bit|onnx|openvino"
    r"|imatrix)"
)

PHRASES: tuple[Phrase, ...] = (
    # merges
    phrase(
        "merg|interpol|mixture",
        r"\b(?:slerp |(?:dare[- ])?ties |dare |linear |frankenmerge |passthrough |model |weight "
        r"|simple |karcher )*"
        r"(?:frankenmerge|merge|merger|merging|mixture|interpolation) (?:of|between)\b",
        "merge",
    ),
    phrase(
        "merging|interpolating|averaging",
        r"\b(?:by|via|through|from) (?:merging|interpolating|averaging the weights of)\b",
        "merge",
    ),
    phrase("merged", r"\bmerged (?:version of|from|model of)\b", "merge"),
    phrase(
        "mescla|fus|merge|mezcla",
        r"\b(?:mescla|fusão|merge|fusión|mezcla) (?:de|dos?|das?|del?|entre|dos modelos|de los modelos)\b",
        "merge",
    ),
    # adapters
    phrase(
        "lora|dora|peft",
        r"\b(?:q?lora|dora|peft)(?:[- ](?:adapters?|weights|model|checkpoint))?"
        r" (?:for|of|on top of|trained on top of|(?:trained|fine-?tuned) (?:from|for))\b",
        "adapter",
    ),
    phrase("adapter", r"\badapters? (?:for|on top of|trained on top of)\b", "adapter", strong=False),
    phrase("adaptador", r"\badaptador(?:es)? (?:lora )?(?:para|sobre|de)\b", "adapter", strong=False),
    # quantisations
    phrase(
        "quanti",
        r"\b(?:dynamic |static |weighted |official |unofficial )?quanti[sz](?:ed|ation)s?"
        r"(?: (?:versions?|variants?|model|checkpoint|weights|copy|files?|builds?))? (?:of|from)\b",
        "quantized",
    ),
    phrase(
        "version|quant|file|weights|conversion|build",
        rf"\b{_FORMATS}(?:[ /-][\w.]+){{0,3}}? (?:versions?|quants?|files?|weights|quanti[sz]ations?|"
        r"quanti[sz]ed (?:versions?|models?|weights|files?)|conversions?|builds?|format model files"
        r"|model files) (?:of|for)\b",
        "quantized",
    ),
    phrase(
        "quanti|converted",
        r"\b(?:was|were|is) (?:quanti[sz]ed|converted)(?: to [\w -]{1,30}?)?(?: format)? from\b",
        "quantized",
    ),
    phrase(
        "quantizada|cuantizada", r"\bvers(?:ão|ión) (?:quantizada|cuantizada) (?:d[eo]|del|da)\b", "quantized"
    ),
    # distillations
    phrase(
        "distil", r"\bdistill?(?:ed|ation)(?: version| model| variant| student)? (?:of|from)\b", "distilled"
    ),
    phrase(
        "destil",
        r"\b(?:destilad[oa]|destilação|destilación) (?:de|d[oa]|del|a partir d[eoa]l?)\b",
        "distilled",
    ),
    # training on top of
    phrase(
        "tun|trained|aligned",
        rf"\b(?:further |fully |supervised )?{TUNED}{_KIND}(?:, \w+)? (?:of|from|on top of|starting from"
        rf"|upon)\b",
        "finetune",
    ),
    phrase(
        "train",
        r"\b(?:continu(?:ed|al|ous|ally|es?)(?: its)? ?-?(?:pre-?)?train(?:ed|ing)?"
        r"|further (?:pre-?)?trained)"
        r"(?: version| checkpoint)? (?:of|from|on top of|starting from|upon)\b",
        "finetune",
    ),
    phrase(
        "trained",
        r"\b(?:re-?)?(?:pre-?)?trained (?:on top of|starting from|by continuing from|upon)\b",
        "finetune",
    ),
    phrase("trained from", r"\b(?:pre-?)?trained from\b(?! scratch)", "finetune", strong=False),
    phrase(
        "initiali",
        r"\b(?:is|was|are|were|been|has been|weights) initiali[sz]ed (?:from|with|by|using)(?: the)?"
        r"(?: (?:pre-?trained )?(?:weights|checkpoint|parameters) (?:of|from))?\b",
        "finetune",
    ),
    phrase("initiali", r"^initiali[sz]ed (?:from|with)\b", "finetune"),
    phrase(
        "tun|train|sft",
        rf"\b(?:we|i|team) (?:have )?(?:then |further |also )?{TUNED[:-1]}|post-?train|sft)(?: the)?\b",
        "finetune",
    ),
    phrase(
        "tuned on",
        r"\bfine-?tuned on (?=(?:a|the) (?:base|pre-?trained|foundation)\b)",
        "finetune",
        strong=False,
    ),
    phrase(
        "version of|variant of",
        r"\b(?:abliterated|uncensored|pruned|expanded|extended|upscaled|depth-upscaled|modified|decensored"
        r"|sparse)"
        r" (?:version|variant) of\b",
        "finetune",
    ),
    phrase(
        "start",
        r"\bstart(?:ed|ing|s)? from(?: the)?(?: pre-?trained)?(?: weights| checkpoint)?(?: of)?\b",
        "finetune",
        strong=False,
    ),
    phrase(
        "trein|ajust|afin|refin|entren|especializ",
        r"\b(?:pós-treinad|treinad|ajustad|afinad|refinad|entrenad|pós-trein"
        r"|especializad)[oa](?: ainda mais)?"
        r" (?:a partir (?:d[eoa]|del)|sobre(?: o| a| el)?|em cima d[eoa])\b",
        "finetune",
    ),
    phrase(
        "ajust|tun|versão|versión",
        r"\b(?:ajuste fino|fine-?tuning|fine-?tune|versão ajustada|versión ajustada"
        r"|versão instruída) (?:d[eoa]|del|sobre)\b",
        "finetune",
    ),
    phrase(
        "inicializ",
        r"\binicializad[oa] (?:com|a partir d[eoa]l?|desde|con)(?: os pesos d[eoa]| los pesos de)?\b",
        "finetune",
    ),
    # what it stands on
    phrase("based", r"\bbased (?:up)?on\b", "unknown", strong=False),
    phrase("buil", r"\bbuil(?:t|ding|ds) (?:up)?on(?: top of)?\b", "unknown", strong=False),
    phrase("built with", r"\bbuilt with\b", "unknown", strong=False),
    phrase(
        "from",
        r"\b(?:derived|developed|adapted|obtained|created|constructed|upcycled) from\b",
        "unknown",
        strong=False,
    ),
    phrase("derivative", r"\bderivative (?:work )?of\b", "unknown", strong=False),
    phrase("on top of", r"\bon top of\b", "unknown", strong=False),
    phrase(
        "basead|basad", r"\b(?:basead[oa]|basad[oa]) (?:em|n[oa]|en)(?: el| o| a)?\b", "unknown", strong=False
    ),
    phrase(
        "constru|desenvolv|deriv|criad|obtid",
        r"\b(?:construíd[oa]|desenvolvid[oa]|construid[oa]|derivad[oa]|criad[oa]|obtid[oa])"
        r" (?:sobre|a partir d[eoa]l?|com base (?:em|n[oa])|d[eoa]|del)(?: o| a| el)?\b",
        "unknown",
        strong=False,
    ),
    # labels: "Base model: X", "Finetuned from model [optional]: X"
    phrase(
        "model",
        r"^[\W_]*(?:base|parent|foundation|backbone|original|source)[ -]?model(?:\s*\[optional\])?\s*(?:[:：]"
        r"|is\b)\s*",
        "unknown",
    ),
    phrase(
        "from",
        r"^[\W_]*(?:fine-?tuned|post-?trained|trained) from(?: model)?(?:\s*\[optional\])?\s*[:：]\s*",
        "finetune",
    ),
    phrase("teacher", r"^[\W_]*teacher(?: model)?\s*[:：]\s*", "distilled"),
    phrase(
        "modelo|基|底",
        r"^[\W_]*(?:modelo[- ]base|基座模型|基础模型|底座模型|底座|基座)\s*[:：]\s*",
        "unknown",
    ),
    phrase("base", r"[(（]base(?: model)?\s*[:：]\s*", "unknown"),
    # the name stands first: "using X as the base"
    phrase(
        "base|backbone|foundation|starting|initiali",
        r"\b(?:using|with|use|uses|used|took|taking|adopts?|adopting) (?P<name>.{2,120}?) as (?:an? |the "
        r"|its |our )?"
        r"(?:base|backbone|foundation|starting point|initiali[sz]ation|starting checkpoint|base model"
        r"|backbone model)\b",
        "unknown",
        before=True,
    ),
    phrase(
        "como",
        r"\b(?:usando|com|con|utilizando) (?P<name>.{2,120}?) como (?:modelo[- ])?base\b",
        "unknown",
        before=True,
    ),
    # Chinese
    phrase(
        "训练|微调|精调|续训|sft",
        r"(?:基于|在)\s*(?P<name>[A-Za-z][^，。；、！？\n]{1,60}?)\s*(?:模型|大模型|基座|底座"
        r"|权重)*\s*(?:的?基础上|之上|上)?\s*"
        r"(?:进行|经过|通过|继续|全参数|指令|使用|增量)?(?:了|过)?\s*(?:微调|精调|训练|预训练"
        r"|后训练|增量训练|指令微调|续训|继续预训练|SFT)",
        "finetune",
        before=True,
    ),
    phrase(
        "基于",
        r"基于\s*(?P<name>[A-Za-z][^，。；、！？\n]{1,60}?)\s*(?:模型|大模型|基座"
        r"|底座)*\s*(?:开发|构建|打造|研发|而来|得到)",
        "unknown",
        before=True,
    ),
    phrase(
        "以",
        r"以\s*(?P<name>[A-Za-z][^，。；、！？\n]{1,60}?)\s*(?:模型)?\s*(?:为|作为)(?:初始"
        r"|基础)?(?:基座|底座|基础|骨干|初始化)",
        "unknown",
        before=True,
    ),
    phrase(
        "初始化",
        r"(?:从|由|使用|用)\s*(?P<name>[A-Za-z][^，。；、！？\n]{1,60}?)\s*(?:模型)?(?:的?权重"
        r")?\s*(?:进行)?初始化",
        "finetune",
        before=True,
    ),
    phrase(
        "蒸馏",
        r"(?:从|由)\s*(?P<name>[A-Za-z][^，。；、！？\n]{1,60}?)\s*(?:模型)?\s*(?:中)?(?:进行)?蒸馏",
        "distilled",
        before=True,
    ),
    phrase(
        "合并|融合",
        r"(?:由|将|把)\s*(?P<name>[A-Za-z][^，。；！？\n]{1,120}?)\s*(?:模型)?\s*(?:进行)?(?:合并|融合)",
        "merge",
        before=True,
    ),
    phrase(
        "量化|gptq|awq|gguf",
        r"(?P<name>[A-Za-z][^，。；、！？\n]{1,60}?)\s*(?:模型)?的(?:\w{0,6})(?:量化|GPTQ|AWQ"
        r"|GGUF)(?:版本|模型)",
        "quantized",
        before=True,
    ),
    *AVERAGED,
    *BEGAN,
    *CHINESE,
)

#: Right before a phrase: it is denied, only possible, or somebody else's doing.
DENIED = re.compile(
    r"(?:\b(?:not|never|isn't|isn’t|wasn't|without|no|non|neither|nor|rather than|instead of|unlike|não"
    r"|nunca|sin|sem"
    r"|can|could|may|might|should|would|will|must|cannot|if|whether|how to|to be|inspired|easily|easy to"
    r"|pode|puede"
    r"|versus|vs\.?|than|compared (?:to|with)|against|similar to|outperforms?|outperforming|surpass(?:es"
    r"|ing)?)"
    r"(?:\s+(?:be|been|being|a|an|the|any|is|was|directly|simply|just|then|also|further|easily|as|other"
    r"|models|ser|é)){0,4}"
    r"|不是|并非|未|没有|可以|可|如果|如何|能|不|支持)\W*$",
    re.I,
)
#: Words that may stand between a phrase and the name it speaks of.
LEAD = re.compile(
    r"(?:(?:the|a|an|our|my|its|their|two|three|four|both|o|a|el|la|do|da|modelo|modelos|previous|original"
    r"|official"
    r"|pre-?trained|pretrained|open(?:-source|-weights?|-weight)?|base|foundation|backbone"
    r"|instruct(?:ion)?(?:-tuned)?"
    r"|large|small|dense|sparse|moe|language|vision|vision-language|multimodal|visual|text|encoder|decoder"
    r"|reasoning|chat"
    r"|teacher|stronger|larger|bigger|rp|merged|unmerged|quantized|model|models|checkpoint|checkpoints"
    r"|weights|llm|vlm"
    r"|version|variant|of|from|following|family|series|architecture's|\d+(?:\.\d+)?[bm]|[A-Z]\w+(?:'s|’s)"
    r"|meta's)\b"
    r"[\s,:：(\"“'`*_\[]*){0,9}",
    re.I,
)
#: Behind a name: what is listed no longer belongs to the phrase, but begins a new statement.
BEGINS_ANEW = re.compile(r"\s+(?:is|was|are|were|has|have|can|will|[a-z]{3,}(?:s|es|ed))\b")
#: Behind a name: the model was used for something else.
OTHER_USE = re.compile(
    r"\s+(?:as|for) (?:a |an |the |our )?(?:\w+ )?(?:baselines?|judges?|reward|evaluat\w+|comparisons?"
    r"|verifiers?|reference|graders?)\b"
    r"|[\s-]+(?:outputs?|generated|data|dataset|tokenizer|architecture|responses|traces|codebase|paper"
    r"|recipe)\b",
    re.I,
)
SEPARATOR = re.compile(
    r"[)）]?(?:\s*[(（][^()（）]{0,80}[)）])?[\"”'`*_\])）]*"
    r"(?:\s*(?:,|，|、|;)\s*(?:and|&|e|y|和)?|\s+(?:and|&|\+|plus|e|y)\b|\s*[&+]|\s*(?:和|与|以及|及))\s*",
    re.I,
)
MERGE_SEPARATOR = re.compile(
    r"(?:\s*[(（][^()（）]{0,80}[)）])?\s+(?:with(?: (?:those|the ones|that) of)?|into|com|con|x|×"
    r"|on top of)\s+",
    re.I,
)
