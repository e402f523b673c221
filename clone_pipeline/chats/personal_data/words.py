"""What the words before a number say it is: a thing's number, a person's, a phone's, a secret.

The words are Presidio's context words (MIT) and their counterparts in other languages.
"""

import re
from collections.abc import Iterable

from clone_pipeline.chats.personal_data.finding import REACH, listed

_WORD = re.compile(r"[^\W\d_]+")
_SENTENCE = re.compile(r"[.!?\n](?=\s|$)(?<!\b[Nn]o\.)(?<!\b[Nn]r\.)(?<!\b[Tt]el\.)")
_LINKS = frozenset(
    listed(
        "º ª number numbers num no nr nummer nummern numero número núm nro n code código codigo "
        "id de del of von der is was ist lautet es era est è é to le la el the a als as und "
        "and für for 's номер numer"
    )
)
_THINGS = listed(
    "order bestell auftrag pedido orden commande ordine zamówien заказ invoice rechnung "
    "factura facture fattura ticket tracking sendung paket parcel seguimiento envío envio "
    "serial serien article artikel artículo product produkt producto versi build commit issue "
    "txid vorgang aktenzeichen referen timestamp version modell"
)
_THING = frozenset(
    listed(
        "isbn issn ean upc gtin sku serie hash bug block bloque height case ref score seed "
        "unix epoch row line zeile file item lot part model modelo appid pr v rev page seite "
        "página request job run process pid userid user"
    )
)
_THINGS_CJK = ("订单", "訂單", "单号", "單號", "快递", "运单", "编号", "型号", "版本", "注文")
_PHONES = listed(
    "telef teléf téléph mobil móvil rufnummer anruf handy llám звон телефон cellphone whatsapp"
)
_PHONE = frozenset(
    listed(
        "tel tél phone phones fon mob mobile cell call calling called text ring dial fax "
        "signal ruf ruft rufe durchwahl movil celular cel llama llamar marca portable appelle "
        "appeler cellulare chiama chiamami liga zadzwoń whats sms"
    )
)
_PHONES_CJK = ("电话", "電話", "手机", "手機", "号码", "號碼", "联系", "打给", "전화", "携帯")
_MINE = frozenset(
    listed(
        "my your his her our their new meine deine seine ihre unsere neue mein mi tu su mon "
        "ton son moi mia tua minha мой"
    )
)


def before(text: str, start: int, reach: int = REACH) -> list[str]:
    """The words before a place in its sentence, in small letters, the nearest first."""
    piece = text[max(0, start - reach) : start]
    if len(piece) == reach:
        piece = piece.partition(" ")[2] or piece
    ends = [sentence.end() for sentence in _SENTENCE.finditer(piece)]
    return _WORD.findall(piece[ends[-1] if ends else 0 :].casefold())[::-1]


def ends_with(text: str, start: int, words: Iterable[str], reach: int = 12) -> bool:
    """Whether one of the words, of a language without spaces, stands right before the place."""
    piece = text[max(0, start - reach) : start]
    return not piece.isascii() and any(word in piece for word in words)


def is_of_a_thing(text: str, start: int) -> bool:
    """Whether the words before name a thing that has a number, such as an order."""
    if text.endswith("#", 0, start) or ends_with(text, start, _THINGS_CJK):
        return True
    nearest = text[max(0, start - REACH) : start].rpartition(" ")
    if not nearest[2]:
        nearest = nearest[0].rpartition(" ")
    word = nearest[2].casefold()
    if word.isalpha() and not _may_be_of_a_thing(word):
        return False
    for word in before(text, start):
        if word in _THING or word.startswith(_THINGS):
            return True
        if word not in _LINKS:
            return False
    return False


def _may_be_of_a_thing(word: str) -> bool:
    return word in _LINKS or word in _THING or word.startswith(_THINGS)


def is_of_a_phone(text: str, start: int) -> bool:
    """Whether the words before speak of a phone, or of somebody's number."""
    words = before(text, start)[:5]
    if any(word in _PHONE or word.startswith(_PHONES) for word in words):
        return True
    numbered = any(word.startswith(("num", "núm")) for word in words)
    return (numbered and any(word in _MINE for word in words)) or ends_with(
        text, start, _PHONES_CJK
    )


def names(text: str, start: int) -> list[str]:
    """The words before without those that only link, joined in ones and twos, the nearest first."""
    words = [word for word in before(text, start) if word not in _LINKS][:3]
    return [
        *words[:1],
        *(f"{second} {first}" for first, second in zip(words, words[1:], strict=False)),
    ][:2]
