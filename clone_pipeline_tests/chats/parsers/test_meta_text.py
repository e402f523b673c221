import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from clone_pipeline.chats.parsers.meta_text import mended, notice
from clone_pipeline_tests.chats.parsers.test_messenger import mojibake

WRITTEN = st.text(st.characters(exclude_categories=["Cs"]))


@given(text=WRITTEN)
@example(text="Zoë 🌱 пять")
def test_what_was_written_comes_back(text: str) -> None:
    assert mended(mojibake(text)) == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "plain",
        "naïve café",
        "«MANHÃ»",
        "Ångström ÆØÅ",
        "«so»",
        "пять",
        "🌱",
        "a\u2028b",
        "5 °C",
    ],
)
def test_what_is_no_mojibake_stays(text: str) -> None:
    assert mended(text) == text


@pytest.mark.parametrize(
    ("broken", "meant"),
    [
        (mojibake("café 🌱")[:-1], "café \ufffd"),
        (mojibake("für ") + "\u009f" + mojibake("dich"), "für \ufffddich"),
        (mojibake("🌱")[2:] + mojibake(" über"), "\ufffd\u00b1 über"),
    ],
)
def test_broken_sequences_are_mended_where_they_can_be(broken: str, meant: str) -> None:
    assert mended(broken) == meant


@given(text=st.text(st.characters(max_codepoint=0x2FF)))
def test_any_text_is_mended_or_left(text: str) -> None:
    assert isinstance(mended(text), str)


@given(text=st.text(), sender=st.text(max_size=5))
@example(text="a " * 5000, sender="a")
@example(text="Anna changed " + "a " * 140 + ".", sender="Anna")
def test_any_text_may_be_asked_about(text: str, sender: str) -> None:
    assert notice(text, sender) in (None, "system", "call", "sent")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Liked a message", "system"),
        ("Ben liked your message", "system"),
        ("Reacted ❤️ to Ben’s message", "system"),
        ("Anna created the group.", "system"),
        ("Anna pinned a message.", "system"),
        ("Anna removed Ben from the group.", "system"),
        ("You can now message and call each other and see info.", "system"),
        ("Anna missed a video call.", "call"),
        ("You called Ben.", "call"),
        ("Audio call ended", "call"),
        ("Anna sent 3 photos.", "sent"),
        ("Anna Kern hat einen Anhang gesendet.", "sent"),
        ("Vous avez envoyé une pièce jointe.", "sent"),
        ("Você enviou um anexo.", "sent"),
        ("Hat mit ❤️ auf deine Nachricht reagiert", "system"),
        ("A aimé un message", "system"),
        ("Curtiu uma mensagem", "system"),
        ("Anna hat einen Anhang gesendet, schau mal", None),
        ("Reagiert auf deine Nachricht hat keiner", None),
        ("Anna sent a message to the council", None),
        ("Anna named the group Beans", None),
        ("You called me.\nWhy?", None),
        ("I missed your call.", None),
        ("", None),
    ],
)
def test_notices_are_told_from_what_people_write(text: str, told: str | None) -> None:
    assert notice(text, "Anna Kern") == told
