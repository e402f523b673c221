r"""The arrays of messages in Telegram's result.json, one chat after the other, in slices.

A full export holds many chats, each with its own array: they are found by their key and read on
at constant memory. An indented array (Telegram indents) is cut at "\n<indent>}" and ends at a "]"
that stands further out: a raw newline can't stand inside a JSON string. Others are walked.
"""

import re
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import BinaryIO

import msgspec

from clone_pipeline.chats.parsers.json_array import SLICE_BYTES, objects
from clone_pipeline.chats.parsers.telegram_fields import Chat
from clone_pipeline.chats.partly import Losses

_OPENING = re.compile(rb'(?<!\\)"messages"\s*+:\s*+\[')
_HEADER = re.compile(
    rb'\{(?P<pairs>(?:\s*+"[^"\\]*+"\s*+:\s*+(?:"(?:[^"\\]|\\.)*+"|-?[\d.]++|null|true|false)\s*+,)*+)\s*+\Z',
    re.DOTALL,
)
_INDENTED = re.compile(rb"[ \t]*+\r?\n([ \t]++)\{")
_CLOSING = re.compile(rb"\s*+,?\s*+\]")
_TAIL = 1 << 13

Slices = Generator[tuple[Chat, bytes], None, bytes | None]


def chats_of(path: Path, losses: Losses) -> Iterator[tuple[Chat, bytes]]:
    """JSON arrays that hold whole messages, each with the chat it is of.

    A chat without messages gives none. A file that is cut short is noted in `losses`.
    """
    with path.open("rb") as file:
        rest: bytes | None = b""
        while rest is not None:
            chat, rest = _next(file, rest)
            if chat is None or rest is None:
                return
            rest = yield from _array(file, rest, chat)
        losses.note("an export that is cut short", "Export it again; what is whole is used.")


def _next(file: BinaryIO, buffer: bytes) -> tuple[Chat | None, bytes | None]:
    """The next chat and what follows the opening of its array; None, None at the file's end."""
    while True:
        if match := _OPENING.search(buffer):
            return _chat(buffer[max(0, match.start() - _TAIL) : match.start()]), buffer[
                match.end() :
            ]
        piece = file.read(SLICE_BYTES)
        if not piece:
            return None, None
        buffer = buffer[-_TAIL:] + piece


def _chat(before: bytes) -> Chat:
    match = _HEADER.search(before)
    pairs = match["pairs"].rstrip().removesuffix(b",") if match else b""
    try:
        return msgspec.json.decode(b"{" + pairs + b"}", type=Chat)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return Chat()


def _array(file: BinaryIO, buffer: bytes, chat: Chat) -> Slices:
    """The slices of one array; returns what follows it, None if it has no end."""
    buffer += file.read(SLICE_BYTES)
    if match := _INDENTED.match(buffer):
        return (yield from _by_indent(file, buffer, chat, match.group(1)))
    return (yield from _by_token(file, buffer, chat))


def _by_indent(file: BinaryIO, buffer: bytes, chat: Chat, indent: bytes) -> Slices:
    border = b"\n" + indent + b"}"
    closing = re.compile(rb"\n[ \t]{0,%d}\]" % (len(indent) - 1))
    seen = 0
    while True:
        end = closing.search(buffer, seen)
        cut = buffer.rfind(border, 0, end.start() if end else len(buffer))
        if cut >= 0:
            cut += len(border)
            yield chat, b"".join((b"[", memoryview(buffer)[buffer.find(b"{") : cut], b"]"))
        if end:
            return buffer[end.end() :]
        buffer = buffer[max(cut, 0) :]
        seen = max(0, len(buffer) - len(indent) - 2)
        piece = file.read(SLICE_BYTES)
        if not piece:
            return None
        buffer += piece


def _by_token(file: BinaryIO, buffer: bytes, chat: Chat) -> Slices:
    more = SLICE_BYTES
    while True:
        if closing := _CLOSING.match(buffer):
            return buffer[closing.end() :]
        spans = list(objects(buffer))
        if spans:
            yield chat, b"[" + buffer[spans[0][0] : spans[-1][1]] + b"]"
            buffer, more = buffer[spans[-1][1] :], SLICE_BYTES
            continue
        piece = file.read(more)
        if not piece:
            return None
        buffer += piece
        more = max(SLICE_BYTES, len(buffer))
