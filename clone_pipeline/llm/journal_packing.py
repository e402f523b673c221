"""How the journal writes texts small: compressed, and long pieces that many prompts share apart.

A prompt's demonstrations are the same for a whole step, a passage for all questions about it.
So a request is kept as a skeleton, JSON `[envelope, [role, piece, ...], ...]`: the envelope is all
but the messages and the vote; a piece is a text, or the number of one that is stored once.
"""

import re
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import orjson

LONG_CHARS = 192  # a shorter piece costs less where it stands than a row of its own

# What nearly every reply holds, the likeliest last. Part of the file format: a change makes
# files unreadable and needs a new version.
DICTIONARY = (
    b"**QUESTION:** **ANSWER:** Final judgment: PASS Therefore, the answer is ACCURATE. "
    b"The question is RELEVANT. In conclusion, according to the text, which is mentioned in the "
    b"passage and the provided information. First, I will check whether the question can be "
    b"answered using the text. Step 1. Analyze the Text: the text states that the answer matches "
    b'exactly\\n\\n### Step 2. \\n\\n**\\n\\n2. **\\n\\n1. \\u2019\\u201c\\u201d\\u2014 \\"\\"\\"'
    b'{"model":"","temperature":0.0,"top_p":1.0,"max_tokens":1000,"stop":[],"extra":{},'
    b'"answer_format":"chat"}[1,["system",2],["user",3,"\\n\\nQuestion: \\n\\nAnswer: "],'
    b'["assistant",4],"object":"chat.completion","created":17,"model":"gpt-4o-mini-2024-07-18",'
    b'"system_fingerprint":"fp_","service_tier":"default","usage":{"prompt_tokens":1,'
    b'"completion_tokens":1,"total_tokens":1,"prompt_tokens_details":{"cached_tokens":0,'
    b'"audio_tokens":0},"completion_tokens_details":{"reasoning_tokens":0,"audio_tokens":0,'
    b'"accepted_prediction_tokens":0,"rejected_prediction_tokens":0}},"annotations":[]'
    b'{"id":"chatcmpl-","object":"chat.completion","created":17,"model":"","choices":[{"index":0,'
    b'"message":{"role":"assistant","content":"","refusal":null},"logprobs":null,'
    b'"finish_reason":"stop"}]'
)
_LEVEL, _WINDOW_BITS, _MEMORY = 6, 13, 6  # half the CPU of zlib's own for texts of a few kB
_AFTER_A_BLANK_LINE = re.compile(r"(?<=\n\n)(?!\n)")

Piece = str | int


@dataclass(frozen=True, slots=True)
class Packed:
    """A request cut into pieces.

    Attributes:
        envelope: JSON of all that is neither a message nor the vote.
        messages: (role, pieces), or a whole message that has no such form.
        vote: the vote's number.
        model: who was asked.
    """

    envelope: bytes
    messages: tuple[tuple[str, tuple[str, ...]] | dict[str, Any], ...]
    vote: int
    model: str


def compress(content: bytes) -> bytes:
    """`content` as a zlib stream with the journal's dictionary."""
    stream = zlib.compressobj(_LEVEL, zlib.DEFLATED, _WINDOW_BITS, _MEMORY, zdict=DICTIONARY)
    return stream.compress(content) + stream.flush()


def decompress(content: bytes) -> bytes:
    """What was compressed.

    Raises:
        zlib.error: this is no whole stream, or its checksum is wrong.
    """
    stream = zlib.decompressobj(zdict=DICTIONARY)
    whole = stream.decompress(content)
    if not stream.eof:
        raise zlib.error("the stream ends too early")
    return whole


def pack(plain: Mapping[str, Any]) -> Packed:
    """Cut a request into pieces.

    Args:
        plain: its fields; `messages` and `model` at least.

    Raises:
        TypeError: something in it can't be JSON, such as half of a surrogate pair.
    """
    envelope = {name: plain[name] for name in plain if name not in ("messages", "vote")}
    messages = plain["messages"]
    last = len(messages) - 1
    return Packed(
        orjson.dumps(envelope, option=orjson.OPT_SORT_KEYS),
        tuple(_cut(message, whole=number < last) for number, message in enumerate(messages)),
        int(plain.get("vote", 0)),
        str(plain["model"]),
    )


def _cut(message: dict[str, Any], *, whole: bool) -> tuple[str, tuple[str, ...]] | dict[str, Any]:
    """A message's role and pieces; only the last message has its paragraphs apart."""
    orjson.dumps(message)  # fails here, for the caller, or nowhere
    content = message.get("content")
    if len(message) != 2 or not isinstance(content, str) or not isinstance(message["role"], str):
        return message
    if whole:
        return message["role"], (content,)
    paragraphs = groupby(
        _AFTER_A_BLANK_LINE.split(content), key=lambda piece: len(piece) >= LONG_CHARS
    )
    pieces: list[str] = []
    for is_long, group in paragraphs:
        pieces += group if is_long else ["".join(group)]
    return message["role"], tuple(pieces)


def skeleton_of(packed: Packed, number_of: Callable[[bytes], int]) -> bytes:
    """The skeleton's JSON, with `number_of` for each long piece."""

    def shorter(text: str) -> Piece:
        return number_of(text.encode()) if len(text) >= LONG_CHARS else text

    long = len(packed.envelope) >= LONG_CHARS
    envelope = number_of(packed.envelope) if long else orjson.loads(packed.envelope)
    messages = [
        message if isinstance(message, dict) else [message[0], *map(shorter, message[1])]
        for message in packed.messages
    ]
    return orjson.dumps([envelope, *messages])


def unpack(skeleton: bytes, vote: int, text_of: Callable[[int], bytes]) -> dict[str, Any]:
    """The request as it was, with `text_of` for each number."""
    envelope, *messages = orjson.loads(skeleton)
    if isinstance(envelope, int):
        envelope = orjson.loads(text_of(envelope))
    whole = [message if isinstance(message, dict) else _joined(message, text_of)
             for message in messages]  # fmt: skip
    return {**envelope, "messages": whole, "vote": vote}


def _joined(message: list[Any], text_of: Callable[[int], bytes]) -> dict[str, str]:
    pieces = (piece if isinstance(piece, str) else text_of(piece).decode() for piece in message[1:])
    return {"role": message[0], "content": "".join(pieces)}


def numbers_in(skeleton: bytes) -> Iterator[int]:
    """The numbers of the texts that a skeleton names."""
    envelope, *messages = orjson.loads(skeleton)
    if isinstance(envelope, int):
        yield envelope
    for message in messages:
        if isinstance(message, list):
            yield from (piece for piece in message if isinstance(piece, int))
