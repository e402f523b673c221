"""Times of day as the world's locales write them: the halves of the day in twelve-hour clocks.

Source: the dayPeriod names of Unicode CLDR 48, and those of older releases where they differ.
They are compared without case, spaces, full stops and invisible marks: "p. m." is "PM".
"""

import re
from functools import lru_cache

MARKS = "\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff\u00ad"

_DROPPED = re.compile(rf"[\s.．·{MARKS}]+")
_MORNING = (
    "am|aм|ам|ص|صباحا|ق.ظ|قبل‌ازظهر|قبل دوپہر|ب.ن|صبح|上午|午前|오전|上晝|sa|pg|vm|vorm|dop|pop|"
    "fm|f.h|i.b|r.n|öö|дп|до обед|пр.об|претпл|преподне|пре подне|prije podne|prepodne|пд|ү.ө|"
    "таңғы|тң|то|to|կա|կեսօրից առաջ|π.μ|ap|aamup|priekšp|priešpiet|p.d|paradite|a.k|de|délelőtt|"
    "moies|पूर्वाह्न|म.पू|सकाळी|পূর্বাহ্ণ|পূৰ্বাহ্ন|ਪੂ.ਦੁ|પૂર્વાહ્ન|முற்பகல்|పూర్వాహ్నం|ಪೂರ್ವಾಹ್ನ|"
    'പൂർവ്വാഹ്നം|පෙ.ව|ก่อนเที่ยง|ກ່ອນທ່ຽງ|ព្រឹក|နံနက်|ጥዋት|ቅ.ቀ|לפנה״צ|לפנה"צ|פֿאַרמיטאָג|चिसो|भोर|'
    "an|sf|wd|gh|isuk|asubuhi|antemeridian|da manhã|du matin|de la mañana|in the morning|morgens"
)
_AFTERNOON = (
    "pm|pм|пм|م|مساء|ب.ظ|بعدازظهر|بعد دوپہر|د.ن|شام|下午|午後|오후|下晝|ch|ptg|nm|nam|nachm|odp|"
    "em|e.h|e.m|e.b|i.n|ös|пп|следобед|сл.об|попл|поподне|по подне|po podne|popodne|пс|ү.х|"
    "түстен кейін|тк|tk|կհ|կեսօրից հետո|μ.μ|ip|iltap|pēcp|popiet|m.d|pasdite|g.m|du|délután|"
    "nomëttes|अपराह्न|म.उ|दुपारी|অপরাহ্ণ|অপৰাহ্ন|ਬਾ.ਦੁ|અપરાહ્ન|பிற்பகல்|అపరాహ్నం|ಅಪರಾಹ್ನ|"
    'അപരാഹ്നം|ප.ව|หลังเที่ยง|ຫຼັງທ່ຽງ|ល្ងាច|ညနေ|ከሰዓት|ድ.ቀ|אחה״צ|אחה"צ|נאָכמיטאָג|बेलुकी|सांझ|'
    "anw|ym|wb|gd|wengi|alasiri|postmeridian|da tarde|de l’après-midi|de la tarde|"
    "in the afternoon|nachmittags"
)
# Names of stretches of the day that do not fall together with its halves: first and last hour.
_STRETCHES = {
    "凌晨": (0, 5),
    "清晨": (4, 8),
    "早上": (4, 11),
    "中午": (10, 14),
    "傍晚": (16, 20),
    "晚上": (17, 23),
    "深夜": (0, 5),
    "半夜": (0, 5),
    "da noite": (17, 23),
    "de la noche": (17, 23),
    "at night": (17, 23),
    "in the evening": (17, 23),
    "noon": (12, 12),
    "midnight": (0, 0),
}
_BETWEEN = (
    "um|à|à s|às|as|at|alle|alle ore|ore|a las|kl|klo|u|o|о|в|la|om|ê|ga|г|г.|год|р|lúc|be|ce|"
    "b.e|พ.ศ|พศ|年|น|م"
)


def _plain(text: str) -> str:
    return _DROPPED.sub("", text).casefold()


def _table() -> dict[str, tuple[int, int]]:
    table = {_plain(name): hours for name, hours in _STRETCHES.items()}
    for names, hours in ((_MORNING, (0, 11)), (_AFTERNOON, (12, 23))):
        table |= {_plain(name): hours for name in names.split("|")}
    return table


_HALVES = _table()
_GLUE = frozenset(_plain(word) for word in _BETWEEN.split("|")) | {"", ",", "،", "，", "-"}


@lru_cache(maxsize=1 << 10)
def half_of(text: str) -> tuple[int, int] | None:
    """First and last hour of the part of the day that `text` names, None if it names none."""
    return _HALVES.get(_plain(text))


@lru_cache(maxsize=1 << 10)
def glue_and_half(text: str) -> tuple[int, int] | bool:
    """What stands between a date and a time: a part of the day, or nothing but glue.

    Returns:
        First and last hour of the part of the day, True for glue such as ", um " alone, False
        for anything else: then it is no date and time.
    """
    plain = _plain(text).strip(",،，")
    if plain in _GLUE:
        return True
    return _HALVES.get(plain, False)


def hour_of(hour: int, half: tuple[int, int] | None) -> int:
    """The hour of 24, from an hour of 12 in a part of the day; as it stands without one."""
    if half is None:
        return hour
    first, last = half
    early = hour % 12
    return early if first <= early <= last else early + 12
