"""Further wordings for what a model was made from: weights that were averaged, and where training began."""

from __future__ import annotations

from .phrase import TUNED, Phrase, phrase

#: The sentence goes on about data, not about models.
_NO_DATA = (
    r"(?![^.。]{0,200}?(?:\bdata|\bcorp(?:us|ora)\b|\bsamples|\bconversations|\bdados|\bdatos|数据|语料))"
)
_BLEND = r"(?:blend|mix|mixture|model soup|soup|fusion|merge|average|mean|interpolation)"
_METHOD = (
    r"(?:task arithmetic|model (?:soup(?:ing|s)?|merging)|(?:dare[- ])?(?:slerp|ties|lerp)(?:[- ]merging)?"
    r"|(?:linear |spherical |weight )*interpolation|weight averaging)"
)

AVERAGED: tuple[Phrase, ...] = (
    phrase(
        "blend|mix|soup|fusion|average|mean|interpol",
        rf"\b(?:is|are|was|were|as|being)\s+(?:an?\s+"
        rf"|the\s+)?(?:[\w/%:.-]+\s+){{0,4}}?{_BLEND} (?:of|between)"
        rf"(?: the (?:weights|parameters) of)?\b{_NO_DATA}",
        "merge",
        strong=False,
    ),
    phrase(
        "soup|slerp|ties|lerp|interpol|averaging|arithmetic|merging",
        rf"\b(?:through|via|by|using|with) (?:a |the )?{_METHOD} (?:over|of|between|on|across"
        rf"|from)\b{_NO_DATA}",
        "merge",
        strong=False,
    ),
    phrase(
        "merge|interpolate|average|blend|soup|fuse",
        r"\b(?:we|i) (?:have )?(?:then |also |first )?(?:\w+ly )?(?:(?:merged?|interpolated?)(?: the)?"
        r"|(?:merged?|interpolated?|averaged?|blend(?:ed)?|souped|fused?) the(?= (?:weights|param"
        r"|checkpoints|models)))"
        rf"(?: (?:weights|parameters|checkpoints|models) (?:of|from))?(?: between)?\b{_NO_DATA}",
        "merge",
        strong=False,
    ),
    phrase(
        "combin",
        r"\b(?:combin(?:es?|ed|ing)) the (?:weights|parameters) (?:of|from)\b",
        "merge",
        strong=False,
    ),
    phrase(
        "merges|blends|interpolates|averages|fuses",
        r"\b(?:merges|blends|(?:interpolates|averages|fuses)(?= the (?:weights"
        r"|param)))(?: the (?:weights|parameters) of)?"
        rf"(?: between)?\b{_NO_DATA}",
        "merge",
        strong=False,
    ),
    phrase(
        "merge|blend|soup",
        rf"^\W*(?:{_METHOD} )?(?:merge|blend|model soup|soup)\s*[:：]\s*{_NO_DATA}",
        "merge",
        strong=False,
    ),
    phrase(  # "The weights of X and Y were averaged", "X and Y were merged to create this model"
        "averaged|merged|interpolated|blended|fused|souped|combined",
        r"^(?:the (?:final )?(?:weights|parameters|checkpoints) (?:of"
        r"|from) )(?P<name>.{2,200}?) (?:were|was|are|have been) "
        r"(?:then )?(?:\w+ly )?(?:averaged|merged|interpolated|blended|fused|souped|combined)\b",
        "merge",
        before=True,
    ),
    phrase(
        "merged|averaged|blended|fused|souped",
        r"^(?P<name>.{2,200}?) (?:were|have been|are) (?:then )?(?:\w+ly )?(?:averaged|merged"
        r"|blended|fused|souped)"
        rf"(?: together)? (?:to (?:create|produce|form|obtain|make|get|build|yield)|into) (?:this"
        rf"|our|the (?:final|resulting))\b{_NO_DATA}",
        "merge",
        before=True,
    ),
    phrase(
        "médi|medi|interpola|combina|mistura",
        r"\b(?:(?:média|media)(?: ponderada| simples)?(?: d?[oe] ?los)?(?: dos| de los)? pesos"
        r"|interpola(?:ção|ción)(?: linear| lineal| esférica)?"
        r"(?: (?:dos|de los) pesos)?|combina(?:ção|ción)?(?:ndo)?(?: linear)? (?:d?os|de los|los) pesos)"
        r" (?:d[eoa]s?|del|entre(?: [oa]s?)?)\b",
        "merge",
        strong=False,
    ),
    phrase(
        "mesclamos|fundimos|interpolamos|mezclamos|fusionamos",
        rf"\b(?:mesclamos|fundimos|interpolamos|mezclamos|fusionamos)(?: os pesos d[eoa]s?"
        rf"| los pesos de)?(?: entre)?\b{_NO_DATA}",
        "merge",
        strong=False,
    ),
)

BEGAN: tuple[Phrase, ...] = (
    phrase(
        "weights|parameters",
        r"\b(?:inherits? (?:its|all|the) (?:\w+ )?(?:weights|parameters) (?:from|of)"
        r"|(?:(?:the|its|all) )?(?:weights|parameters)"
        r" (?:come|came|stem|originate|(?:are|were) (?:taken|copied|loaded))"
        r" (?:directly )?from)\b",
        "finetune",
        strong=False,
    ),
    phrase(
        "training of",
        r"\b(?:continues|resumes|extends) (?:the )?(?:pre-?)?training of\b",
        "finetune",
        strong=False,
    ),
    phrase(
        "-trained|-tuned|-aligned",
        r"\b[a-z]{2,8}-(?:trained|tuned|aligned) (?:variant|version|checkpoint|derivative) of\b",
        "finetune",
        strong=False,
    ),
    phrase(
        "took|take|used|use",
        r"\b(?:we|i) (?:took|take|used|use|chose|picked) (?P<name>.{2,120}?),? and (?:then |further )?"
        r"(?:continued (?:pre-?)?training|trained|post-trained|fine-?tuned|aligned)\b",
        "finetune",
        before=True,
    ),
    phrase(
        "with additional|with further|with extra|with more",
        r"\b(?:is|is simply|is just) (?P<name>.{2,120}?) with (?:additional|further|extra|more)"
        r" (?:rlhf|sft|dpo|grpo|rl|training|fine-?tuning|post-?training)\b",
        "finetune",
        before=True,
    ),
    phrase(
        "como",
        r"\b(?:usamos|utilizamos|tomamos|usando|usamos|adotamos) (?:o |a |el )?(?P<name>.{2,120}?) como "
        r"(?:ponto de partida|punto de partida|inicialização)\b",
        "finetune",
        before=True,
    ),
    phrase(
        "lineage|ancestry|parent|linhagem|origem",
        r"^\W*(?:lineage|ancestry|parents?(?: models?)?|linhagem|modelos? de origem)\s*[:：]\s*",
        "unknown",
        strong=False,
    ),
    phrase(
        "applied to",
        r"\b(?:sft|supervised fine-?tuning|fine-?tuning|post-?training|rlhf|dpo|grpo|instruction tuning"
        r"|continu(?:ed|al) pre-?training) (?:was|is|were) applied to\b",
        "finetune",
        strong=False,
    ),
    phrase(
        "training",
        r"\b(?:training|fine-?tuning|post-?training) (?:began|begins|started|starts|continued"
        r"|continues|resumed|resumes"
        r"|was (?:started|resumed|continued|initiali[sz]ed)) (?:from|with|at)(?: the)?\b",
        "finetune",
        strong=False,
    ),
    phrase(  # "X was fine-tuned on ... to obtain this model"
        "tuned|trained",
        rf"^(?P<name>.{{2,120}}?) (?:was|is) (?:then |further )?(?:{TUNED[3:-1]}"
        rf"|(?:pre-?)?trained)\b.{{0,160}}?"
        r"\b(?:to (?:obtain|create|produce|get|yield|build|make)|resulting in|yielding"
        r"|giving) (?:this|our|the (?:final|resulting))\b",
        "finetune",
        before=True,
    ),
    phrase(
        "serve|used as|acts as|acted as",
        r"^(?:here,? )?(?P<name>.{2,120}?),? (?:serves?|served|acts?|acted|is used"
        r"|was used) as (?:an? |the |our |its )?"
        r"(?:base|backbone|foundation|starting (?:point|checkpoint)"
        r"|initiali[sz]ation)(?: model)?+\b(?! (?:for|of|in) (?!this|our))",
        "unknown",
        before=True,
    ),
    phrase(
        "backbone|base|foundation|starting",
        r"\b(?:the|our|its) (?:base(?: (?:model|LLM|checkpoint))?|(?:language )?backbone(?: model)?"
        r"|foundation(?: model)?"
        r"|starting (?:point|checkpoint)|initial checkpoint) (?:is|was)\b",
        "unknown",
        strong=False,
    ),
    phrase(
        "trein|partimos|partindo|modelo part",
        r"\b(?:continu(?:amos|ou-se|ando)(?: com)? o (?:pré-)?trein(?:o|amento) d[eoa]"
        r"|(?:partimos|partindo|modelo part(?:e|iu)) d[eoa])\b",
        "finetune",
        strong=False,
    ),
    phrase(
        "fizemos|realizamos|ajustamos|refinamos|hicimos|ajustamos",
        r"\b(?:(?:fizemos|realizamos|hicimos) (?:o |um |el |un )?(?:ajuste fino|fine-?tuning|pós-treinamento)"
        r"(?: supervisionado)? (?:d[eoa]|del|sobre [oe]l?)|(?:ajustamos|refinamos) (?:o|el))\b",
        "finetune",
        strong=False,
    ),
)

CHINESE: tuple[Phrase, ...] = (
    phrase(
        "合并|融合|混合",
        r"(?:合并|融合|混合)了?\s*(?P<name>[A-Za-z][^，。；！？\n]{1,160}?)\s*(?:得到|而成|而来|而得"
        r"|的(?:模型|权重|参数))",
        "merge",
        before=True,
    ),
    phrase(
        "平均|插值|合并|融合|混合",
        r"(?:是|为)\s*(?P<name>[A-Za-z][^，。；！？\n]{1,160}?)\s*(?:模型)?的?(?:权重"
        r"|参数)?的?(?:加权平均|线性插值|平均|合并|融合|混合)",
        "merge",
        before=True,
    ),
    phrase(
        "平均|插值|合并|融合",
        r"(?:我们)?(?:对|将|把)\s*(?P<name>[A-Za-z][^，。；！？\n]{1,160}?)\s*(?:模型)?的(?:权重"
        r"|参数)(?:按[^，。]{0,15})?"
        r"(?:进行|做|作)?了?(?:线性|球面|加权)?(?:插值|平均|融合|合并)",
        "merge",
        before=True,
    ),
    phrase(
        "初始化|来自|取自",
        r"(?:本模型|模型)?的?(?:初始)?(?:参数|权重)(?:由|从|用|采用|来自"
        r"|取自)于?\s*(?P<name>[A-Za-z][^，。；、！？\n]{1,60}?)"
        r"\s*(?:模型)?(?:的?权重)?\s*(?:(?:进行)?初始化|[，。；]|$)",
        "finetune",
        before=True,
    ),
    phrase(
        "微调|精调|后训练|对齐",
        r"(?:是|为)\s*(?P<name>[A-Za-z][^，。；、！？\n]{1,60}?)\s*(?:模型)?的?(?:指令|全参数"
        r"|中文)?(?:微调|精调|后训练|对齐)(?:后的)?(?:版本|版|模型)",
        "finetune",
        before=True,
    ),
)
