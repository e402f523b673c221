from pathlib import Path

from clone_pipeline.chats.parsers import irc
from clone_pipeline.chats.parsers.irc_lines import line_of, nick_change, place_of


def test_codes_are_stripped_and_a_line_knows_its_place() -> None:
    line = line_of("[12:00] <@an\x02na> \x0304,01red\x03 beans\x0f\n")
    assert (line.kind, line.nick, line.text) == ("said", "anna", "red beans")
    assert place_of(line_of("12:00 -!- anna [~a@host] has joined #garden")) == "#garden"
    assert place_of(line_of("Session Ident: #garden")) == "#garden"
    assert place_of(line_of("12:00 <a> ben joined #garden")) == ""


def test_both_forms_of_a_nick_change() -> None:
    assert nick_change("a is now known as b") == ("a", "b")
    assert nick_change("Nick change: a -> b") == ("a", "b")
    assert nick_change("a changed nick to b") == ("a", "b")
    assert nick_change("a is now known as the gardener") is None


def test_signs_of_quassel_and_words_of_mirc_are_known() -> None:
    renamed = line_of("[10:00:00] <-> ben is now known as ben_away")
    assert (renamed.kind, renamed.text) == ("event", "ben is now known as ben_away")
    waves = line_of("[10:00:00] -*- ben waves")
    assert (waves.kind, waves.nick, waves.text) == ("action", "ben", "waves")
    assert line_of("[10:05] * ben (~b@host) Quit (Ping timeout)").kind == "event"


def test_a_tab_behind_the_stamp_opens_a_column_though_a_space_follows() -> None:
    line = line_of("2004-01-05 12:00:00\t ben\thi")
    assert (line.kind, line.nick, line.text) == ("said", "ben", "hi")


def test_lines_of_a_script_or_a_list_are_none_of_irc(tmp_path: Path) -> None:
    for text in (
        "# Title\n* one\n* two\n* three\n",
        "<p> a\n<p> b\n<p> c</p>\n",
        "[12:00:00] [Server thread/INFO]: <ben> hi\n" * 3,
        "2004-01-05 12:00:00 INFO started\n" * 5,
        '{"author": "a", "text": "[12:00] <a> hi"}\n',
        "12:00 - 12:30 lunch\n",
        "",
    ):
        path = tmp_path / "x"
        path.write_text(text)
        assert not irc.matches(path, text.encode())
