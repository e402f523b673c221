"""Postal addresses, as far as a street's word and a house number stand together.

Towns, and streets without such a word, have no pattern: a spaCy model finds some of them.
"""

import re

from clone_pipeline.chats.personal_data.finding import Finder, Look, compiled, listed, whole
from clone_pipeline.chats.personal_data.hints import STREET

_NAME = r"[A-ZÀ-ÖØ-ÞŁ][\w'’.\-]{1,24}"
_ENGLISH = (
    r"[0-9]{1,5}[A-Za-z]?,? (?:(?:[NSEW]\.?|North|South|East|West) )?"
    rf"(?:{_NAME} ){{1,3}}(?:Street|St|Avenue|Ave|Road|Rd|Boulevard|Blvd|Lane|Ln|Drive|Dr|Court|Ct"
    r"|Terrace"
    r"|Place|Pl|Square|Sq|Close|Crescent|Way|Highway|Hwy|Parkway|Pkwy|Circle|Grove|Gardens|Mews)\b\.?"
    r"(?:,? (?:#|Apt\.?|Apartment|Unit|Suite|Ste\.?|Flat) ?[0-9A-Z]{1,5})?"
)
_GERMAN = (
    r"(?:[A-ZÄÖÜ][\wß\-]{1,30}(?:stra(?:ß|ss)e|str\.|weg|platz|gasse|allee|damm|ufer|ring|chaussee)"
    r"|(?:[A-ZÄÖÜ][\wß\-]{1,24} ){1,2}"
    r"(?:Stra(?:ß|ss)e|Str\.|Weg|Platz|Gasse|Allee|Damm|Ufer|Ring|Chaussee))"
    r" [0-9]{1,4} ?(?:[a-hA-H](?![\w]))?"
)
_ROMANCE = (
    r"(?:(?i:calle|avenida|avda\.|plaza|paseo|carrer|c/|carretera|camino|rue|avenue|boulevard|chemin|via"
    r"|viale"
    r"|piazza|corso|rua|travessa)) (?:(?:de|del|la|las|los|el|du|des|della|dei|da|do|dos) ){0,2}"
    rf"{_NAME}(?: (?:(?:de|del|la|da|do|du) )?{_NAME}){{0,3}},? (?:n[.º°] ?)?[0-9]{{1,4}}(?![\w.])"
    r"|[0-9]{1,4}(?: ?(?:bis|ter))?,? (?:rue|avenue|boulevard|chemin|place|impasse|quai) "
    rf"(?:(?:de|du|des|la|le|les|l'|d') ?){{0,2}}{_NAME}(?: {_NAME}){{0,2}}"
)
_CHINESE = (
    r"[\u4e00-\u9fff]{2,12}(?:路|街|大道|巷|弄)[0-9]{1,5}(?:号|號|弄)"
    r"(?:[0-9]{1,4}(?:室|楼|号楼|栋|单元)){0,4}"
)
# A postcode and a town behind it.
_TOWN = rf"(?:,? (?:[A-Z]{{1,2}}-)?[0-9]{{4,5}} {_NAME}(?: {_NAME})?)?"

_STREET = compiled(
    rf"(?<![\w/.,\-])(?:(?:{_ENGLISH}|{_GERMAN}|{_ROMANCE}){_TOWN}|{_CHINESE})(?!\w)"
)
_NUMBER = re.compile(
    r"[^\W\d_][.,)]?\s{1,2}[0-9]|[0-9][A-Za-z]?,? [^\W\d_]|[路街道巷弄][0-9]"
).search
_WORDS = frozenset(
    listed(
        "street st avenue ave road rd boulevard blvd lane ln drive dr court ct terrace place pl "
        "square sq close crescent way highway hwy parkway pkwy circle grove gardens mews straße "
        "strasse str weg platz gasse allee damm ufer ring chaussee calle avenida avda plaza paseo "
        "carrer c carretera camino rue chemin via viale piazza corso rua travessa impasse quai"
    )
)
_ENDS = listed("straße strasse str weg platz gasse allee damm ufer ring chaussee")

_WORD = re.compile(r"[^\W\d_]+").findall


def _street(look: Look) -> bool:
    if not _NUMBER(look.text):
        return False
    words = frozenset(_WORD(look.small))
    if not _WORDS.isdisjoint(words) or any(word.endswith(_ENDS) for word in words):
        return True
    return not look.text.isascii() and any(sign in look.text for sign in "路街道巷弄")


ADDRESS = Finder("ADDRESS", STREET, _street, _STREET, whole)
