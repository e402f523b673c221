import pytest

from clone_pipeline.chats.parsers.whatsapp_notices import is_notice, kind_and_text
from clone_pipeline.chats.parsers.whatsapp_words import meaning_of, without_marks

OWN = "\u200e"


@pytest.mark.parametrize(
    ("body", "kind", "text"),
    [
        ("<Media omitted>", "file", ""),
        (f"{OWN}GIF omitted", "image", ""),
        ("<View once voice message omitted>", "voice", ""),
        ("<View once message omitted>", "file", ""),
        (f"{OWN}Bild weggelassen", "image", ""),
        ("<Multimedia omitido>", "file", ""),
        ("<Mídia oculta>\nolha isso", "text", "olha isso"),
        ("изображение отсутствует", "image", ""),
        ("画像は含まれていません", "image", ""),
        ("이미지 생략됨", "image", ""),
        ("图片已省略", "image", ""),
        ("لم يتم إدراج الصورة", "image", ""),
        ("सстикер", "text", "सстикер"),
        ("стикер не добавлен", "sticker", ""),
        (f"{OWN}figurinha omitida", "sticker", ""),
        ("audio omesso", "voice", ""),
        ("Contact card omitted", "file", ""),
        (f"plan.pdf • 3 pages {OWN}document omitted", "file", "plan.pdf"),
        ("plan.pdf • 3 Seiten Dokument weggelassen", "file", "plan.pdf"),
        ("photo.jpg (file attached)", "image", ""),
        ("Anna.vcf (file attached)", "file", ""),
        ("plan.pdf (Datei angehängt)", "file", "plan.pdf"),
        ("DOC-20240313-WA0001.pdf (any words here)", "file", ""),
        ("STK-20240313-WA0001.webp (fichier joint)", "sticker", ""),
        ("PTT-20240313-WA0001.opus (archivo adjunto)", "voice", ""),
        ("see notes.txt (very good)", "text", "see notes.txt (very good)"),
        ("<attached: 00000012-VIDEO-2024.mp4>\nlook", "text", "look"),
        (f"{OWN}<Anhang: 00000012-STICKER-2024-03-13.webp>", "sticker", ""),
        (f"look {OWN}<添付ファイル: 00000012-PHOTO-2024.jpg>", "text", "look"),
        (f"plan.pdf • {OWN}3 pages {OWN}<attached: 00000012-plan.pdf>", "file", "plan.pdf"),
        ("<3", "text", "<3"),
        ("<sigh>", "text", "<sigh>"),
        ("You deleted this message.", "deleted", ""),
        ("Diese Nachricht wurde gelöscht.", "deleted", ""),
        ("このメッセージは削除されました。", "deleted", ""),
        ("null", "deleted", ""),
        (f"{OWN}Voice call, 5 min", "call", "Voice call, 5 min"),
        (f"{OWN}Missed group video call", "call", "Missed group video call"),
        ("Verpasster Videoanruf", "call", "Verpasster Videoanruf"),
        ("voice call tonight?", "text", "voice call tonight?"),
        (f"{OWN}Ben added you", "system", "Ben added you"),
        (f"{OWN}Anna liittyi ryhmään", "system", "Anna liittyi ryhmään"),
        (f"{OWN}so said he", "text", "so said he"),
        ("she added sugar", "text", "she added sugar"),
        ("I omitted the image", "text", "I omitted the image"),
        (f"noon {OWN}<This message was edited>", "text", "noon"),
        ("mittags <Diese Nachricht wurde bearbeitet>", "text", "mittags"),
        (f"klo 12 {OWN}<Tätä viestiä muokattiin>", "text", "klo 12"),
        ("Location: https://maps.google.com/?q=-1.5,2", "location", "-1.5,2"),
        ("Sijainti: https://maps.google.com/?q=1,2", "location", "1,2"),
        ("we meet here: https://maps.google.com/?q=1,2", "text", None),
        ("Live location shared", "location", ""),
        (f"{OWN}Cafe Roma (Via 1): https://foursquare.com/v/4b0", "location", "Cafe Roma (Via 1)"),
        (f"{OWN}POLL:\nWhen?\n{OWN}OPTION: noon (2 votes)\n{OWN}OPTION: 8 (0 votes)", "text",
         "When?\n- noon\n- 8"),
        ("UMFRAGE: Wann?\nOPTION: um 8 (1 Stimme)\nOPTION: um 9 (0 Stimmen)", "text",
         "Wann?\n- um 8\n- um 9"),
        ("Todo:\nmilk: 2\nbread: 1", "text", "Todo:\nmilk: 2\nbread: 1"),
        ("", "text", ""),
    ],
)  # fmt: skip
def test_lines_of_the_app_are_told_from_what_people_write(
    body: str, kind: str, text: str | None
) -> None:
    assert kind_and_text(body, "Anna") == (kind, body if text is None else text)


def test_phrases_are_compared_without_marks_case_and_end() -> None:
    assert meaning_of("IMAGE  omitted.") == "image"
    assert meaning_of("\u200e<\u200fMedia omitted>") == "media"
    assert meaning_of("x" * 1000) == ""


def test_joiners_of_emoji_are_no_marks() -> None:
    assert without_marks("\u2068👩‍🚀\u2069 م\u200cن") == "👩‍🚀 م\u200cن"


def test_an_open_quotation_is_part_of_a_notice() -> None:
    assert is_notice('Ben made "Trip')
    assert not is_notice('Ben "Benny" K.')
