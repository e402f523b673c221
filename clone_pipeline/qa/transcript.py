"""A written conversation: read into turns, and held against the pairs that it is to teach.

The format is Verustoolkit's: `**User:**` and `**AI Assistant:**` on lines of their own.
"""

import re
from collections.abc import Sequence
from typing import Literal

from clone_pipeline.qa import marks
from clone_pipeline.records import Pair, QaTurn

TranscriptRefusal = Literal[
    "no_turns", "cut_off", "empty_turn", "too_few_turns", "pair_missing", "answer_leaked"
]

SHARED = 15  # characters in a row that show a text is the given one
LEAKED = 100  # characters in a row that show an answer holds another pair's
_MARK = re.compile(
    r"^[ \t]*(?:\#+[ ]*)?\*\*[ ]*(User|Human|AI Assistant|Assistant|AI)[ ]*"
    r"(?:[:：][ ]*\*\*|\*\*[ ]*[:：]|\*\*[ ]*$)",
    re.M | re.I,
)
# Without bold, for replies that have none in bold: `User: ...`, `### User`.
_PLAIN_MARK = re.compile(
    r"^[ \t]*(?:\#+[ ]*)(User|Human|AI Assistant|Assistant|AI)[ ]*[:：]?[ \t]*$"
    r"|^(User|Human|AI Assistant|Assistant)[:：](?=\s)",
    re.M | re.I,
)


def parse_conversation(text: str, *, cut_off: bool = False) -> list[QaTurn] | TranscriptRefusal:
    """The turns of a reply: human and gpt alternating, human first, gpt last.

    A greeting of the assistant before the first question and a user's last thanks are left out;
    neighbouring turns of one speaker are joined. Other bold names are part of a turn's text.

    Args:
        text: the reply; what precedes the first name is left out.
        cut_off: the reply ended at its token limit.
    """
    if cut_off:
        return "cut_off"
    turns: list[QaTurn] = []
    for name, said in marks.split(text, _MARK) or marks.split(text, _PLAIN_MARK):
        role: Literal["human", "gpt"] = "human" if name in ("USER", "HUMAN") else "gpt"
        if not said:
            return "empty_turn"
        if turns and turns[-1].role == role:
            turns[-1] = QaTurn(role, f"{turns[-1].text}\n\n{said}")
        else:
            turns.append(QaTurn(role, said))
    if turns and turns[0].role == "gpt":
        turns = turns[1:]
    if turns and turns[-1].role == "human":
        turns = turns[:-1]
    return turns or "no_turns"


def fault(turns: Sequence[QaTurn], pairs: Sequence[Pair]) -> TranscriptRefusal | None:
    """Why `turns` don't teach `pairs`, or None if they do.

    There are at least two turns a pair; in order, each pair has an exchange whose question and
    answer share `SHARED` characters in a row with the pair's own (upper case and spacing aside);
    and its answer holds no `LEAKED` characters of another pair's answer that its own has not.

    Args:
        turns: alternating, human first, gpt last.
        pairs: all that the conversation is to hold, in order; at least one.
    """
    if len(turns) < 2 * len(pairs):
        return "too_few_turns"
    answers = []
    for pair, exchange in zip(pairs, _taught(turns, pairs), strict=True):
        if exchange is None:
            return "pair_missing"
        answers.append((pair, exchange[1]))
    for pair, said in answers:
        if any(leaks(said, of=other, own=pair) for other in pairs if other != pair):
            return "answer_leaked"
    return None


def missing(turns: Sequence[QaTurn], pairs: Sequence[Pair]) -> Pair | None:
    """The first of `pairs` that `turns` don't teach in their order, None if they teach all."""
    found = zip(pairs, _taught(turns, pairs), strict=True)
    return next((pair for pair, exchange in found if exchange is None), None)


def _taught(turns: Sequence[QaTurn], pairs: Sequence[Pair]) -> list[tuple[str, str] | None]:
    """For each pair the first exchange after the one before that teaches it, else None."""
    exchanges = [(turns[i].text, turns[i + 1].text) for i in range(0, len(turns) - 1, 2)]
    found: list[tuple[str, str] | None] = []
    place = 0
    for pair in pairs:
        while place < len(exchanges) and not _teaches(exchanges[place], pair):
            place += 1
        found.append(exchanges[place] if place < len(exchanges) else None)
        place += 1
    return found


def shares(one: str, other: str, *, length: int) -> bool:
    """Whether both hold the same `length` characters in a row; a shorter text is held whole."""
    one, other = _flat(one), _flat(other)
    length = min(length, len(other))
    windows = {other[i : i + length] for i in range(len(other) - length + 1)}
    return length > 0 and any(one[i : i + length] in windows for i in range(len(one) - length + 1))


def leaks(said: str, *, of: Pair, own: Pair) -> bool:
    """Whether `said` holds `LEAKED` characters of `of`'s answer that `own`'s answer has not."""
    said, answer, mine = _flat(said), _flat(of.answer), _flat(own.answer)
    windows = (answer[i : i + LEAKED] for i in range(len(answer) - LEAKED + 1))
    return any(window in said and window not in mine for window in windows)


def plain(pairs: Sequence[Pair]) -> list[QaTurn]:
    """The pairs as they are: one question, one answer, in turn."""
    return [
        turn
        for pair in pairs
        for turn in (QaTurn("human", pair.question), QaTurn("gpt", pair.answer))
    ]


def _teaches(exchange: tuple[str, str], pair: Pair) -> bool:
    return shares(exchange[0], pair.question, length=SHARED) and shares(
        exchange[1], pair.answer, length=SHARED
    )


def _flat(text: str) -> str:
    return " ".join(text.casefold().split())
