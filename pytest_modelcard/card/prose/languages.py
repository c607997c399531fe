"""Names of languages in English, Portuguese, Spanish and Chinese, and their ISO 639-1 codes."""

from __future__ import annotations

import re

_NAMES = {
    "af": "afrikaans",
    "ar": "arabic|árabe|阿拉伯语|阿语",
    "bg": "bulgarian|búlgaro|保加利亚语",
    "bn": "bengali|bangla|bengalí|孟加拉语",
    "ca": "catalan|catalán|catalão",
    "cs": "czech|checo|tcheco|捷克语",
    "cy": "welsh|galés|galês",
    "da": "danish|danés|dinamarquês|丹麦语",
    "de": "german|alemão|alemán|德语",
    "el": "greek|grego|griego|希腊语",
    "en": "english|inglês|inglés|英语|英文",
    "es": "spanish|español|espanhol|西班牙语|西语",
    "et": "estonian|estônio|estonio",
    "eu": "basque|basco|euskera|vasco",
    "fa": "persian|farsi|persa|波斯语",
    "fi": "finnish|finlandês|finlandés|finés|芬兰语",
    "fr": "french|francês|francés|法语",
    "ga": "irish",
    "gl": "galician|gallego|galego",
    "gu": "gujarati",
    "he": "hebrew|hebraico|hebreo|希伯来语",
    "hi": "hindi|印地语",
    "hr": "croatian|croata",
    "hu": "hungarian|húngaro|匈牙利语",
    "hy": "armenian|armenio|armênio",
    "id": "indonesian|indonésio|indonesio|印尼语|印度尼西亚语",
    "is": "icelandic|islandês|islandés",
    "it": "italian|italiano|意大利语",
    "ja": "japanese|japonês|japonés|日语|日文",
    "jv": "javanese",
    "ka": "georgian|georgiano",
    "kk": "kazakh|哈萨克语",
    "km": "khmer|高棉语",
    "kn": "kannada",
    "ko": "korean|coreano|韩语|韩文|朝鲜语",
    "lo": "lao|老挝语",
    "lt": "lithuanian|lituano",
    "lv": "latvian|letón|letão",
    "mk": "macedonian",
    "ml": "malayalam",
    "mn": "mongolian|蒙古语",
    "mr": "marathi",
    "ms": "malay|malaio|malayo|马来语",
    "mt": "maltese",
    "my": "burmese|缅甸语",
    "ne": "nepali",
    "nl": "dutch|holandês|neerlandés|holandés|荷兰语",
    "no": "norwegian|norueguês|noruego|挪威语",
    "pa": "punjabi",
    "pl": "polish|polonês|polaco|波兰语",
    "pt": "portuguese|português|portugués|葡萄牙语|葡语",
    "ro": "romanian|romeno|rumano|罗马尼亚语",
    "ru": "russian|russo|ruso|俄语",
    "sk": "slovak|eslovaco",
    "sl": "slovenian|slovene|esloveno",
    "sq": "albanian",
    "sr": "serbian|sérvio|serbio",
    "sv": "swedish|sueco|瑞典语",
    "sw": "swahili",
    "ta": "tamil|泰米尔语",
    "te": "telugu",
    "th": "thai|tailandês|tailandés|泰语",
    "tl": "tagalog|filipino|菲律宾语|他加禄语",
    "tr": "turkish|turco|土耳其语",
    "uk": "ukrainian|ucraniano|乌克兰语",
    "ur": "urdu|乌尔都语",
    "uz": "uzbek",
    "vi": "vietnamese|vietnamita|越南语",
    "yo": "yoruba",
    "zh": "chinese|mandarin|chinês|chino|中文|汉语|中国语",
    "zu": "zulu",
}
_BY_NAME = {name: code for code, names in _NAMES.items() for name in names.split("|")}
_ASCII = [n for n in _BY_NAME if not re.search(r"[\u4e00-\u9fff]", n)]
_CHINESE = sorted((n for n in _BY_NAME if re.search(r"[\u4e00-\u9fff]", n)), key=len, reverse=True)
_PATTERN = re.compile(
    r"(?<![\w-])(?:"
    + "|".join(sorted(map(re.escape, _ASCII), key=len, reverse=True))
    + r")(?![\w-])|"
    + "|".join(_CHINESE),
    re.I,
)
#: "中英双语", "中、英、日": a list of one-character names.
_SHORT = {
    "中": "zh",
    "英": "en",
    "日": "ja",
    "韩": "ko",
    "法": "fr",
    "德": "de",
    "俄": "ru",
    "西": "es",
    "葡": "pt",
}
_SHORT_LIST = re.compile(r"([中英日韩法德俄西葡](?:[、/ ]?[中英日韩法德俄西葡])+)(?:双语|文|语|等)")


def language_codes(text: str) -> list[str]:
    """ISO 639-1 codes of the languages named in a text, in the order of their first mention."""
    found: dict[str, int] = {}
    for m in _PATTERN.finditer(text):
        found.setdefault(_BY_NAME[m[0].lower()], m.start())
    for m in _SHORT_LIST.finditer(text):
        for c in m[1]:
            if c in _SHORT:
                found.setdefault(_SHORT[c], m.start())
    return sorted(found, key=lambda code: found[code])
