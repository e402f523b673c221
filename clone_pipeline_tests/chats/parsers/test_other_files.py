"""Files that are no chats are claimed by no parser, whatever dates and brackets are in them."""

import json
from pathlib import Path

import pytest

from clone_pipeline.chats import parsers

_SECONDS = [f"{number:02d}" for number in range(30)]


def _each(form: str) -> str:
    """A file of thirty lines, "%" being a number of two digits."""
    return "\n".join(form.replace("%", second) for second in _SECONDS) + "\n"


OTHERS = {
    "access.log": _each('192.0.2.% - - [12/Mar/2023:06:25:% +0000] "GET /a?b=% HTTP/1.1" 200 9'),
    "error.log": _each("[Sun Mar 12 06:25:%.123456 2023] [core:notice] [pid 1] AH00094: started"),
    "server.log": _each("[2023-03-12 06:25:%] INFO: worker % is up"),
    "levels.log": _each("12/03/2023 06:25 - ERROR: disk % is full"),
    "named.log": _each("2023-03-12 06:25:% - root: epoch % is done"),
    "windows.log": _each("3/12/2023 6:25:% AM - Information: service % started"),
    "python.log": _each("2023-03-12 06:25:%,123 - root - INFO - message: step %"),
    "monolog.log": _each('[2023-03-12T06:25:%.123456+00:00] app.WARNING: key {"a": %} []'),
    "game.log": _each("[06:25:%] [Server thread/INFO]: <Player%> hello"),
    "build.log": _each("[06:25:%] Starting 'build%'..."),
    "system.log": _each("Mar 12 06:25:% host sshd[%]: accepted a key from 192.0.2.1"),
    "kernel.log": _each("[    %.123456] usb 1-1: new device number %"),
    "packages.log": _each("2023-03-12 06:25:% status installed libc6:amd64 2.%"),
    "git.log": _each(
        "commit %\nAuthor: A <a@example.org>\nDate:   Mon Mar 12 06:25:% 2023\n\n    x\n"
    ),
    "film.srt": _each("%\n00:00:%,000 --> 00:01:%,000\n<i>Hello there.</i>\n"),
    "film.vtt": "WEBVTT\n\n" + _each("00:00:%.000 --> 00:01:%.000\n<v Bob>Hello there.\n"),
    "film.ass": "[Script Info]\n\n[Events]\n" + _each("Dialogue: 0,0:00:%.00,0:01:%.00,A,Bob,,hi"),
    "song.lrc": _each("[00:%.00]A line of a song"),
    "words.lrc": _each("[00:%.00] <00:%.10> a <00:%.50> line"),
    "mail.mbox": _each(
        "From a@example.org Mon Mar 12 06:25:% 2023\nFrom: A\nSubject: x\n\nhello\n"
    ),
    "meeting.txt": _each("10:00:%\t Anna Bell:\thello %"),
    "transcript.txt": _each("00:%:10 Speaker 1: we talk about this and that"),
    "day.txt": _each("10:% * Talk %: how to do it"),
    "list.html.txt": _each("<li> something %"),
    "tags.xml": "<list>\n" + _each("<item> something %"),
    "page.html": "<html><head><title>Exported Data</title></head><body>12.03.2023</body></html>",
    "notes.md": "# To do\n- [ ] 2023-03-12 buy milk\n- [x] 2023-03-13: call Anna: the car\n",
    "changes.md": "## [1.2.0] - 2023-03-12\n\n* Fixes a thing.\n* Adds another.\n",
    "changes.txt": "2023-03-12  A B  <a@example.org>\n\n\t* foo.c (bar): Fix.\n\t* baz.c: New.\n",
    "trace.txt": 'Traceback (most recent call last):\n  File "x.py", line 1\nValueError: no\n',
    "code.c": "#include <stdio.h>\n/*\n * a comment: here\n * and there\n */\nint x;\n" * 9,
    "prices.csv": "date,open,close\n" + _each("2023-03-%,1,2"),
    "calendar.ics": "BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:20230312T100000Z\nEND:VEVENT\n",
    "setup.ini": "[2023-03-12 10:00]\nkey: value\n" * 9,
    "package.json": json.dumps({"name": "x", "version": "1.0.0", "scripts": {}}),
    "service.json": json.dumps({"type": "service", "messages": ["a"], "date": "2023-01-01"}),
    "prompts.json": json.dumps({"messages": [{"role": "user", "content": "hi"}]}),
    "map.json": json.dumps({"type": "FeatureCollection", "features": []}),
    "people.json": json.dumps([{"id": 1, "name": "A", "username": "b", "email": "a@example.org"}]),
}


@pytest.mark.parametrize("name", OTHERS)
def test_a_file_that_is_no_chat_is_claimed_by_nobody(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_text(OTHERS[name], encoding="utf-8")
    assert parsers.find(path) is None
