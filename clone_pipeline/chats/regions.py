"""In which regions of the world a chat may be written, judged by its words, letters and numbers.

A phone number without a country code means something only where it is dialled. Region codes are
ISO 3166's; the numbering plans are those of the ITU's E.164 list.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence

# Where a chat may be written; a chat of unknown regions has `ANYWHERE`.
Regions = frozenset[str]
ANYWHERE: Regions = frozenset()

# How many texts of a chat, and how many of their characters, are looked at.
TEXTS = 400
CHARACTERS = 200
# So many words of a language must be there, and so many times as many as of the next one.
LEAST_WORDS = 8
LEAD = 1.5

REGIONS: dict[str, str] = {
    "en": "US CA GB IE AU NZ ZA IN", "de": "DE AT CH", "es": "ES MX AR CO CL PE VE",
    "fr": "FR BE CH CA", "it": "IT CH", "pt": "BR PT", "nl": "NL BE", "pl": "PL", "cs": "CZ SK",
    "sv": "SE FI", "no": "NO DK", "fi": "FI", "tr": "TR", "id": "ID MY", "vi": "VN", "ro": "RO",
    "hu": "HU",
    "ru": "RU UA KZ", "el": "GR", "he": "IL", "ar": "SA AE EG", "hi": "IN", "th": "TH", "ko": "KR",
    "ja": "JP", "zh": "CN TW HK",
}  # fmt: skip

_WORDS = {
    "en": "the and you that for with have this are not what your just was but they",
    "de": "und ich nicht das ist die der auch wir mit aber noch mal ein schon hast dann wie",
    "es": "que los una por pero con para está como más mi muy del las porque bien eso hola",
    "fr": "je les pas une est vous pour dans c'est avec mais des tu sur qui oui j'ai suis",
    "it": "che non sono per una con mi ma di anche ho questo bene della ciao il perché",
    "pt": "que não uma você com para mais mas está isso eu também por muito tem obrigado um",
    "nl": "het een niet van ik dat en je ook maar voor met zijn nog wel heb wat",
    "pl": "nie się że jest to na jak ale mam tak już czy dla mnie może będzie",
    "cs": "je se že to na jsem ale tak už jak není jsou jen ještě mám",
    "sv": "och att det är jag inte en som på har du för med men vi så",
    "no": "og jeg ikke det er på har som med til av så men vi du meg",
    "fi": "ja on ei se että mutta niin olen kun mitä tai vielä nyt sitten",
    "tr": "bir ve bu ne için çok ben var mı ama değil evet gibi şey",
    "id": "yang dan di ini itu tidak aku saya ada untuk sudah bisa kamu juga",
    "vi": "không là tôi của và có bạn này cho được một đi thì mình",
    "ro": "și nu că este sunt mai dar pentru cu din ce am la să",
    "hu": "nem hogy egy és van már csak meg mert még ez azt",
}
_SPOKEN = {
    word: [language for language, words in _WORDS.items() if word in words.split()]
    for words in _WORDS.values()
    for word in words.split()
}
_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?")
# Letters that only some languages are written with.
_SCRIPTS = {
    "ja": re.compile("[\u3040-\u30ff]"),
    "ko": re.compile("[\uac00-\ud7af]"),
    "zh": re.compile("[\u4e00-\u9fff]"),
    "ru": re.compile("[\u0400-\u04ff]"),
    "el": re.compile("[\u0370-\u03ff]"),
    "he": re.compile("[\u0590-\u05ff]"),
    "ar": re.compile("[\u0600-\u06ff]"),
    "hi": re.compile("[\u0900-\u097f]"),
    "th": re.compile("[\u0e00-\u0e7f]"),
}
_DIALLED = re.compile(r"(?<![\w+])(?:\+|00)([1-9][0-9]{0,2})[ \-.0-9(]{6}")

_CALLING = (
    "1:US,CA 7:RU,KZ 20:EG 27:ZA 30:GR 31:NL 32:BE 33:FR 34:ES 36:HU 39:IT 40:RO 41:CH 43:AT "
    "44:GB 45:DK 46:SE 47:NO 48:PL 49:DE 51:PE 52:MX 54:AR 55:BR 56:CL 57:CO 58:VE 60:MY "
    "61:AU 62:ID 63:PH 64:NZ 65:SG 66:TH 81:JP 82:KR 84:VN 86:CN 90:TR 91:IN 92:PK 351:PT "
    "353:IE 358:FI 380:UA 420:CZ 421:SK 852:HK 886:TW 966:SA 971:AE 972:IL"
)
CALLING = {
    code: countries.split(",")
    for code, _, countries in (each.partition(":") for each in _CALLING.split())
}


def judged(texts: Sequence[str]) -> Regions:
    """Where a chat with such texts may be written; `ANYWHERE` if they say too little.

    Up to `TEXTS` texts, spread over all of them, are looked at. The language counts by its most
    frequent words or its letters, a country also by its code in phone numbers.
    """
    step = max(1, len(texts) // TEXTS)
    sample = [text[:CHARACTERS] for text in texts[::step][:TEXTS]]
    found: set[str] = set()
    for language in _languages(sample):
        found.update(REGIONS[language].split())
    if found:
        for text in sample:
            for dialled in _DIALLED.finditer(text):
                found.update(_countries(dialled[1]))
    return frozenset(found)


def calling_code(digits: str) -> str:
    """The known country code that the digits begin with, or ""."""
    return next((digits[:n] for n in (1, 2, 3) if digits[:n] in CALLING), "")


def _countries(digits: str) -> Iterable[str]:
    return CALLING.get(calling_code(digits), [])


def _languages(sample: Sequence[str]) -> list[str]:
    """The language of the sample, and another one that is nearly as frequent."""
    counts: Counter[str] = Counter()
    for text in sample:
        for word in _WORD.findall(text.casefold()):
            counts.update(_SPOKEN.get(word, ()))
        if not text.isascii():
            counts.update({name: len(each.findall(text)) for name, each in _SCRIPTS.items()})
    if counts["ja"]:
        counts["ja"] += counts.pop("zh", 0)
    ranked = [(language, n) for language, n in counts.most_common() if n >= LEAST_WORDS]
    return [language for language, n in ranked if n * LEAD >= ranked[0][1]][:3]
