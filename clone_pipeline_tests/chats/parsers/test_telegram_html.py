from datetime import UTC, datetime
from html import escape
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clone_pipeline.chats.parsers import telegram, telegram_local
from clone_pipeline.records import Message
from clone_pipeline_tests.chats.samples import read_partly

TIME = "14.03.2024 18:0{n}:00 UTC+01:00"


def page(*messages: str, chat: str = "Anna &amp; Ben ") -> str:
    joined = "\n".join(messages)
    return (
        '<!DOCTYPE html>\n<html>\n\n <head>\n  <meta charset="utf-8"/>\n<title>Exported'
        ' Data</title>\n </head>\n <body onload="CheckLocation();">\n  <div class="page_wrap">\n'
        f'<div class="page_header"><a class="content block_link" href="../../lists/chats.html">'
        f'<div class="text bold">\n{chat}\n</div></a></div>\n'
        f'<div class="page_body chat_page">\n<div class="history">\n{joined}\n</div></div>'
        "</div>\n </body>\n</html>\n"
    )


def said(number: int, inner: str, *, name: str = "Anna", time: str = "") -> str:
    start = f'<div class="from_name">\n{name} \n       </div>' if name else ""
    joined = "" if name else " joined"
    return (
        f'<div class="message default clearfix{joined}" id="message{number}">\n'
        '<div class="pull_left userpic_wrap"><div class="userpic userpic1"><div class="initials">\n'
        'A</div></div></div>\n<div class="body">\n'
        f'<div class="pull_right date details" title="{time or TIME.format(n=number)}">\n18:00'
        "</div>"
        f"\n{start}\n{inner}\n</div>\n</div>"
    )


def text(words: str) -> str:
    return f'<div class="text">\n{words}\n       </div>'


def media(name: str, title: str, status: str = "") -> str:
    return (
        f'<div class="media_wrap clearfix"><a class="media clearfix pull_left block_link {name}" '
        f'href="x"><div class="fill pull_left"></div><div class="body"><div class="title bold">\n'
        f'{title}\n</div><div class="status details">\n{status}\n</div></div></a></div>'
    )


def service(number: int, words: str) -> str:
    return (
        f'<div class="message service" id="message{number}">\n<div class="body details">\n'
        f"{words}\n</div>\n</div>"
    )


def read(source: str, folder: Path, *, lost: int | None = None) -> list[Message]:
    path = folder / "member-0001"
    path.write_text(source, encoding="utf-8")
    assert telegram.matches(path, path.read_bytes())
    found, told = read_partly(telegram, path, source_file="ChatExport/messages.html")
    assert (told.lost if told else None) == lost
    return found


def test_a_page_is_read(tmp_path: Path) -> None:
    found = read(
        page(
            service(-1, "14 March 2024"),
            said(1, text("hi &lt;b&gt;<br>there <a href='x'>t.me</a> <strong>now</strong>")),
            said(2, '<div class="reply_to details">\nIn reply to <a href="messages.html'
                    '#go_to_message1">this message</a>\n</div>' + text("yes"), name=""),
            service(3, "Anna created group &laquo;Trip&raquo;"),
            said(4, text("me too"), name="Ben via @quiz"),
            said(5, text("really"), name=""),
        ),
        tmp_path,
    )  # fmt: skip
    assert [(m.message_id, m.author, m.kind, m.text, m.reply_to) for m in found] == [
        ("telegram:Anna & Ben/1", "Anna", "text", "hi <b>\nthere t.me now", None),
        ("telegram:Anna & Ben/2", "Anna", "text", "yes", "telegram:Anna & Ben/1"),
        ("telegram:Anna & Ben/3", "", "system", "Anna created group «Trip»", None),
        ("telegram:Anna & Ben/4", "Ben", "bot", "me too", None),
        ("telegram:Anna & Ben/5", "Ben", "bot", "really", None),
    ]
    assert found[0].timestamp == datetime(2024, 3, 14, 17, 1, tzinfo=UTC)
    assert found[2].timestamp == found[1].timestamp
    assert {m.channel for m in found} == {"Anna & Ben"}


def test_what_was_passed_on_is_a_forward_of_who_passed_it_on(tmp_path: Path) -> None:
    inner = (
        '<div class="pull_left forwarded userpic_wrap"></div><div class="forwarded body">'
        '<div class="from_name">\nCarl <span class="date details" title="01.01.2024 10:00:00 '
        'UTC+01:00"> 01.01.2024 10:00:00</span>\n</div>' + text("news") + "</div>"
    )
    found = read(page(said(1, inner), said(2, text("see?"), name="")), tmp_path)
    assert [(m.author, m.kind, m.text) for m in found] == [
        ("Anna", "forward", "news"),
        ("Anna", "text", "see?"),
    ]


POLL = (
    '<div class="media_wrap clearfix"><div class="media_poll"><div class="question bold">\nQ?\n'
    '</div><div class="details">Anonymous poll</div><div class="answer">\n- a '
    '<span class="details">1 vote</span>\n</div><div class="answer">\n- b\n</div>'
    '<div class="total details">1 vote</div></div></div>'
)


@pytest.mark.parametrize(
    ("inner", "kind", "words"),
    [
        ('<div class="media_wrap clearfix"><a class="photo_wrap clearfix pull_left"></a></div>',
         "image", ""),
        ('<div class="media_wrap"><a class="photo_wrap"></a></div>' + text("look"), "text", "look"),
        ('<div class="media_wrap clearfix"><a class="sticker_wrap"></a></div>', "sticker", ""),
        ('<div class="media_wrap clearfix"><a class="video_file_wrap"></a></div>', "video", ""),
        ('<div class="media_wrap clearfix"><a class="animated_wrap"></a></div>', "image", ""),
        (media("media_photo", "Sticker", "🐸, 12.3 KB"), "sticker", "🐸"),
        (media("media_photo", "Photo", "Not included"), "image", ""),
        (media("media_video", "Animation"), "image", ""),
        (media("media_video", "Video message", "00:07"), "video", ""),
        (media("media_voice_message", "Voice message", "00:07"), "voice", ""),
        (media("media_audio_file", "P – T", "03:00"), "file", "P – T"),
        (media("media_file", "plan.pdf", "1.0 MB"), "file", "plan.pdf"),
        (media("media_contact", "Ben B", "+49"), "file", ""),
        (media("media_location", "Location", "1.5, -2"), "location", "1.5,-2"),
        (media("media_venue", "Cafe"), "location", "Cafe"),
        (media("media_game", "Chess"), "link", "Chess"),
        (media("media_invoice", "Fee", "1 EUR"), "system", "Fee"),
        (media("media_call", "Ben", "Missed"), "call", "missed call"),
        (media("media_call success", "Ben", "Outgoing (7 seconds)"), "call", "outgoing call"),
        (POLL, "text", "Q?\n- a\n- b"),
        ("", "text", ""),
    ],
)  # fmt: skip
def test_kinds_are_told_by_the_classes(tmp_path: Path, inner: str, kind: str, words: str) -> None:
    found = read(page(said(1, inner)), tmp_path)
    assert [(m.kind, m.text) for m in found] == [(kind, words)]


def test_a_page_that_is_cut_short_is_read_to_there(tmp_path: Path) -> None:
    whole = page(*(said(n, text(f"number {n}")) for n in range(1, 9)))
    found = read(whole[: whole.index('id="message8"')], tmp_path, lost=0)
    assert [m.text for m in found] == [f"number {n}" for n in range(1, 8)]


def test_a_message_without_a_time_is_lost_and_counted(tmp_path: Path) -> None:
    broken = said(2, text("b"), time="99.99.2024 18:00:00 UTC+01:00")
    found = read(page(said(1, text("a")), broken, said(3, text("c"))), tmp_path, lost=1)
    assert [m.text for m in found] == ["a", "c"]


def test_titles_without_an_offset_tell_the_wall_clocks_time(tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_text(page(said(1, text("a"), time="14.03.2024 18:00:00")), encoding="utf-8")
    assert not telegram.matches(path, path.read_bytes())
    assert telegram_local.matches(path, path.read_bytes())
    found, _ = read_partly(telegram_local, path)
    assert found[0].timestamp == datetime(2024, 3, 14, 18, 0, tzinfo=UTC)


def test_a_list_of_chats_holds_no_messages(tmp_path: Path) -> None:
    listed = page('<a class="entry block_link" href="x"><div class="body">Anna</div></a>')
    assert read(listed.replace("chat_page", "list_page"), tmp_path) == []


WORDS = st.text(st.characters(codec="utf-8", categories=["L", "N", "P", "S"]), min_size=1)


@settings(max_examples=50, deadline=None)
@given(st.lists(st.lists(WORDS, min_size=1, max_size=3).map("\n".join), max_size=5))
def test_texts_are_read_back_as_they_were_written(
    tmp_path_factory: pytest.TempPathFactory, texts: list[str]
) -> None:
    rows = [
        said(n, text(escape(words).replace("\n", "<br>")), time=TIME.format(n=0))
        for n, words in enumerate(texts)
    ]
    path = tmp_path_factory.getbasetemp() / "round.html"
    path.write_text(page(*rows), encoding="utf-8")
    found, told = read_partly(telegram, path)
    assert told is None
    assert [m.text for m in found] == texts
