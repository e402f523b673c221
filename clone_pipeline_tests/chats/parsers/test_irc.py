from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from clone_pipeline.chats.parsers import irc
from clone_pipeline.records import Message
from clone_pipeline.settings import FaultyInput
from clone_pipeline_tests.chats.samples import read_partly

IRSSI = """--- Log opened Mon Jan 05 12:00:00 2004
12:00 -!- anna [~a@host] has joined #garden
12:01 <@anna> the beans came up
12:02  * ben waves
12:02 -!- mode/#garden [+o ben] by anna
12:03 -!- ben is now known as ben_away
12:04 <+ben_away> good
12:05 -NickServ(NickServ@services.)- you are known
12:06 -!- Irssi: #garden: Total of 2 nicks
--- Day changed Tue Jan 06 2004
00:10 < anna> still up?
--- Log closed Tue Jan 06 00:20:00 2004
"""
WEECHAT = (
    "2004-01-05 12:00:00\t-->\tanna (~a@host) has joined #garden\n"
    "2004-01-05 12:01:00\t@anna\tthe beans came up\n"
    "2004-01-05 12:02:00\t *\tben waves\n"
    "2004-01-05 12:03:00\t--\tben is now known as ben_away\n"
    "2004-01-05 12:04:00\t+ben_away\tgood\n"
    "2004-01-05 12:05:00\t--\tNotice(NickServ): you are known\n"
    "2004-01-06 00:10:00\t@anna\tstill up?\n"
    "2004-01-06 00:11:00\t<--\tben_away (~b@host) has quit (bye)\n"
)
HEXCHAT = (
    "**** BEGIN LOGGING AT Mon Jan  5 12:00:00 2004\n\n"
    "Jan 05 12:00:00 *\tanna (~a@host) has joined\n"
    "Jan 05 12:01:00 <anna>\tthe beans came up\n"
    "Jan 05 12:02:00 *\tben waves\n"
    "Jan 05 12:03:00 *\tben is now known as ben_away\n"
    "Jan 05 12:04:00 <ben_away>\tgood\n"
    "Jan 05 12:05:00 -NickServ-\tyou are known\n"
    "Jan 06 00:10:00 <anna>\tstill up?\n"
    "**** ENDING LOGGING AT Tue Jan  6 00:20:00 2004\n"
)
MIRC = (
    "\r\nSession Start: Mon Jan 05 12:00:00 2004\r\nSession Ident: #garden\r\n"
    "03[12:00] * Now talking in #garden\r\n"
    "[12:01] <@anna> the \x0304,01beans\x03 came \x02up\x02\r\n"
    "[12:02] * ben waves\r\n"
    "[12:03] * ben is now known as ben_away\r\n"
    "[12:04] <ben_away> good\r\n"
    "[12:05] -NickServ- you are known\r\n"
    "Session Time: Tue Jan 06 00:00:00 2004\r\n"
    "[00:10] <@anna> still up?\r\n"
    "Session Close: Tue Jan 06 00:20:00 2004\r\n"
)
ZNC = """[12:00:00] *** Joins: anna (~a@host)
[12:01:00] <anna> the beans came up
[12:02:00] * ben waves
[12:03:00] *** ben is now known as ben_away
[12:04:00] <ben_away> good
[12:05:00] -NickServ- you are known
[23:59:00] *** Quits: ben_away (~b@host) (bye)
[00:10:00] <anna> still up?
"""
EGGDROP = """[00:00] --- Mon Jan  5 2004
[12:00] anna (~a@host) joined #garden.
[12:01] <anna> the beans came up
[12:02] Action: ben waves
[12:03] Nick change: ben -> ben_away
[12:04] <ben_away> good
[12:05] -NickServ- you are known
[12:06] #garden: mode change '+o ben_away' by anna!~a@host
[00:00] --- Tue Jan  6 2004
[00:10] <anna> still up?
"""
LOGS = {
    "irssi": ("irc/#garden.log", IRSSI),
    "weechat": ("irc.net.#garden.weechatlog", WEECHAT),
    "hexchat": ("net-#garden.log", HEXCHAT),
    "mirc": ("log.txt", MIRC),
    "znc": ("net/#garden/2004-01-05.log", ZNC),
    "eggdrop": ("garden.log", EGGDROP),
}


def parse(path: Path, text: str | bytes, source_file: str = "x.log") -> list[Message]:
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    assert irc.matches(path, path.read_bytes()[: 1 << 16])
    return list(irc.parse(path, source_file=source_file))


@pytest.mark.parametrize("client", LOGS)
def test_the_same_talk_is_read_from_the_log_of_every_client(tmp_path: Path, client: str) -> None:
    source_file, text = LOGS[client]
    found = parse(tmp_path / "1", text, source_file)
    talk = [(m.kind, m.author, m.author_id, m.text) for m in found if m.kind != "system"]
    assert talk == [
        ("text", "anna", "anna", "the beans came up"),
        ("text", "ben", "ben", "waves"),
        ("text", "ben_away", "ben", "good"),
        ("bot", "NickServ", "NickServ", "you are known"),
        ("text", "anna", "anna", "still up?"),
    ]
    times = {m.text: m.timestamp for m in found}
    assert times["waves"] == datetime(2004, 1, 5, 12, 2, tzinfo=UTC)
    assert times["still up?"] == datetime(2004, 1, 6, 0, 10, tzinfo=UTC)
    assert {m.channel for m in found} == {"#garden"}
    assert all(not m.author for m in found if m.kind == "system")
    assert any("is now known as" in m.text or "Nick change" in m.text for m in found)


def test_a_log_of_ubuntus_form_has_actions_without_a_stamp(tmp_path: Path) -> None:
    text = (
        "[12:18] <|ann|> morning\n=== |ann| waters the beans\n"
        "=== ben[]  [~b@host]  has joined #garden\n[12:59] <ben[] > hello\n"
        "=== mode/#garden [-b *!*@host]  by ann\n[01:02] <ben[] > anyone?\n[01:03] <opteron>\n"
    )
    found = parse(tmp_path / "1", text, "2004-11-15_03.raw.txt")
    assert [(m.kind, m.author, m.text) for m in found] == [
        ("text", "|ann|", "morning"),
        ("text", "|ann|", "waters the beans"),
        ("system", "", "ben[]  [~b@host]  has joined #garden"),
        ("text", "ben[]", "hello"),
        ("system", "", "mode/#garden [-b *!*@host]  by ann"),
        ("text", "ben[]", "anyone?"),
        ("text", "opteron", ""),
    ]
    minutes = [m.timestamp.strftime("%d %H:%M") for m in found if m.timestamp]
    assert minutes == ["15 00:18"] * 3 + ["15 00:59"] * 2 + ["15 01:02", "15 01:03"]


def test_without_a_date_there_are_no_times(tmp_path: Path) -> None:
    found = parse(tmp_path / "1", "[12:18] <a> x\n[12:19] <b> y\n", "garden.log")
    assert [(m.timestamp, m.channel) for m in found] == [(None, "garden")] * 2
    assert len({m.message_id for m in found}) == 2


def test_a_log_without_stamps_keeps_its_order(tmp_path: Path) -> None:
    found = parse(tmp_path / "1", "<a> x\n<b> y\n* a waves\n<a> z\n")
    assert [(m.author, m.text) for m in found] == [
        ("a", "x"),
        ("b", "y"),
        ("a", "waves"),
        ("a", "z"),
    ]


def test_what_a_bouncer_plays_back_has_its_own_times(tmp_path: Path) -> None:
    text = (
        "[08:00:00] <***> Buffer Playback...\n[08:00:00] <a> [23:10:00] late\n"
        "[08:00:01] <a> [07:10:00] early\n[08:00:02] <***> Playback Complete.\n"
        "[08:00:03] <a> [07:11:00] quoted\n"
    )
    found = parse(tmp_path / "1", text, "#g.2004-01-05.log")
    assert [(m.text, m.timestamp) for m in found if m.kind == "text"] == [
        ("late", datetime(2004, 1, 4, 23, 10, tzinfo=UTC)),
        ("early", datetime(2004, 1, 5, 7, 10, tzinfo=UTC)),
        ("[07:11:00] quoted", datetime(2004, 1, 5, 8, 0, 3, tzinfo=UTC)),
    ]


def test_bytes_that_are_no_utf8_are_read_as_irc_clients_do_and_told(tmp_path: Path) -> None:
    path = tmp_path / "1"
    path.write_bytes("[12:00] <a> caf\u00e9\n".encode("cp1252") + b"[25:61] <a> x\n[12:01] <a> y\n")
    found, told = read_partly(irc, path)
    assert [m.text for m in found] == ["caf\u00e9", "y"]
    assert told is not None
    assert told.lost == 1
    assert "1 lines with bytes that are not UTF-8 (read as cp1252)" in str(told)


@settings(max_examples=60, deadline=None)
@given(
    lines=st.lists(st.sampled_from("".join(t for _, t in LOGS.values()).split("\n")), max_size=8),
    junk=st.binary(max_size=60),
)
@example(lines=[], junk=b"[99:99] <a> b")
@example(
    lines=[], junk=b"Jan 99 12:00:00 <a> b\n--- Day changed Xxx Feb 31 2004\n0000-00-00 12:00 <a> x"
)
def test_any_mixture_of_lines_is_read_or_refused(
    lines: list[str], junk: bytes, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("irc") / "x"
    path.write_bytes("\n".join(lines).encode() + b"\n" + junk)
    irc.matches(path, path.read_bytes())
    try:
        found = list(irc.parse(path, source_file="x.log"))
    except FaultyInput:
        return
    assert all(m.timestamp is None or m.timestamp.tzinfo is UTC for m in found)
