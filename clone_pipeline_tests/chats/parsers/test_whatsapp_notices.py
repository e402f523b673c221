import pytest

from clone_pipeline.chats.parsers.whatsapp_notices import kind_and_text


@pytest.mark.parametrize(
    ("body", "kind", "text"),
    [
        ("<Media omitted>", "file", ""),
        ("\u200eGIF omitted", "image", ""),
        ("\u200eBild weggelassen", "image", ""),
        ("<Multimedia omitido>", "file", ""),
        ("plan.pdf • 3 pages \u200edocument omitted", "file", ""),
        ("photo.jpg (file attached)", "image", ""),
        ("<attached: 00000012-VIDEO-2024.mp4>\nlook", "text", "look"),
        ("You deleted this message.", "deleted", ""),
        ("\u200eVoice call, 5 min", "call", ""),
        ("voice call tonight?", "text", "voice call tonight?"),
        ("\u200eBen added you", "system", "Ben added you"),
        ("she added sugar", "text", "she added sugar"),
        ("I omitted the image", "text", "I omitted the image"),
        ("noon \u200e<This message was edited>", "text", "noon"),
        ("", "text", ""),
    ],
)
def test_lines_of_the_app_are_told_from_what_people_write(body: str, kind: str, text: str) -> None:
    assert kind_and_text(body) == (kind, text)
