"""Messages -> clean conversations: what a clone should not learn is left out, and counted.

The filters are those of the friend-clone recipe: single pings, non-responses, conversations of
nothing but small talk, conversations with a goodbye in them, "@" signs.
"""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from typing import Literal, get_args

from pydantic import Field

from clone_pipeline.chats import phrases
from clone_pipeline.chats.partly import digest
from clone_pipeline.chats.phrases import ENDERS, NON_RESPONSES
from clone_pipeline.chats.sessions import grouped, turns_of
from clone_pipeline.records import Kind, Message, Turn
from clone_pipeline.settings import Settings

Ender = Literal["drop", "cut_after", "keep"]

_DROPPED_KINDS = frozenset(get_args(Kind)) - {"text"}
_MENTION = re.compile(r"<(?:@[!&]?|#)\d+>")
_EMOJI = re.compile(r"<a?(:\w+:)\d+>")
_SIGNS = re.compile(r"[\W_]+")
_PINGS = re.compile(r"(?:@\S+(?:\s+|\Z))+\Z")


class CleaningSettings(Settings):
    """What is left out between messages and conversations."""

    near_duplicates: bool = Field(
        True, description="drop later copies of long texts that differ in nothing but signs or case"
    )
    near_duplicate_chars: int = Field(
        40, ge=1, le=100_000, description="letters and digits from which a text counts as long"
    )
    non_responses: tuple[str, ...] = Field(
        NON_RESPONSES, description="messages dropped when they are nothing else; [] drops none"
    )
    ender: Ender = Field(
        "drop",
        description="a conversation with a goodbye: drop it, cut_after the goodbye, or keep it",
    )
    enders: tuple[str, ...] = Field(ENDERS, description="the goodbyes, in messages of <= 8 words")
    small_conversation_messages: int = Field(
        5, ge=0, le=1000, description="conversations of fewer messages must have a long one"
    )
    small_message_chars: int = Field(
        30, ge=0, le=10_000, description="characters from which a message counts as long there"
    )
    remove_at_signs: bool = Field(
        True, description="remove every @, so that a clone names people without pinging them"
    )


def clean_conversations(
    messages: Sequence[Message],
    *,
    gap_seconds: int,
    near_duplicates: bool = True,
    near_duplicate_chars: int = 40,
    non_responses: Collection[str] = NON_RESPONSES,
    ender: Ender = "drop",
    enders: Collection[str] = ENDERS,
    small_conversation_messages: int = 5,
    small_message_chars: int = 30,
    remove_at_signs: bool = True,
) -> tuple[list[Turn], Counter[str]]:
    """The clean messages as conversations of turns.

    The unit that enters is messages: each is in exactly one turn's `message_ids`, or counted
    under one reason. The arguments are `CleaningSettings` and `SessionSettings`.
    """
    kept, dropped = clean_messages(
        messages, non_responses=non_responses, remove_at_signs=remove_at_signs
    )
    if near_duplicates:
        kept = _without_copies(kept, near_duplicate_chars, dropped)
    groups = []
    for group in grouped(kept, gap_seconds=gap_seconds):
        if _is_small(group, small_conversation_messages, small_message_chars):
            dropped["low_quality_conversation"] += len(group)
            continue
        rest = _ended(group, ender, enders)
        reason = "after_ender" if rest else "conversation_with_ender"
        dropped[reason] += len(group) - len(rest)
        groups.append(rest)
    return [turn for group in groups for turn in turns_of(group)], +dropped


def clean_messages(
    messages: Iterable[Message], *, non_responses: Collection[str], remove_at_signs: bool
) -> tuple[list[Message], Counter[str]]:
    """The messages that say something, each text stripped of pings and "@" signs.

    Returns:
        What is kept, in order, and the rest by reason: a kind that is no text ("system", "bot",
        "image", "link" ...), "empty", "ping", "non_response".
    """
    listed = list(messages)
    names = frozenset(message.author.casefold() for message in listed if message.author)
    unsaid = frozenset(phrases.squeezed(word) for word in non_responses)
    kept: list[Message] = []
    dropped: Counter[str] = Counter()
    for message in listed:
        if message.kind in _DROPPED_KINDS:
            dropped[message.kind] += 1
            continue
        text = message.text.strip()
        if reason := _useless(text, names, unsaid):
            dropped[reason] += 1
            continue
        text = _tidied(text, remove_at_signs)
        if not text:
            dropped["empty"] += 1
            continue
        kept.append(message if text == message.text else replace(message, text=text))
    return kept, dropped


def _useless(text: str, names: Collection[str], unsaid: Collection[str]) -> str | None:
    if not text:
        return "empty"
    if text[0] in "@<" and _is_ping(text, names):
        return "ping"
    return "non_response" if len(text) <= 40 and phrases.squeezed(text) in unsaid else None


def _is_ping(text: str, names: Collection[str]) -> bool:
    without = _MENTION.sub("", text).strip()
    if not without:
        return True
    return text[0] == "@" and bool(_PINGS.match(text) or text[1:].casefold() in names)


def _tidied(text: str, remove_at_signs: bool) -> str:
    if "<" in text:
        text = _EMOJI.sub(r"\1", _MENTION.sub("", text)).strip()
    if remove_at_signs and "@" in text:
        text = text.replace("@", "").strip()
    return text


def _without_copies(
    messages: Sequence[Message], near_duplicate_chars: int, dropped: Counter[str]
) -> list[Message]:
    """The messages less later copies of long texts, compared by their letters and digits."""
    seen: set[str] = set()
    kept = []
    for message in messages:
        if len(message.text) >= near_duplicate_chars:
            letters = _SIGNS.sub("", message.text.casefold())
            if len(letters) >= near_duplicate_chars:
                mark = digest(letters)
                if mark in seen:
                    dropped["near_duplicate"] += 1
                    continue
                seen.add(mark)
        kept.append(message)
    return kept


def _is_small(group: Sequence[Message], fewest: int, chars: int) -> bool:
    return len(group) < fewest and all(len(message.text) < chars for message in group)


def _ended(group: list[Message], ender: Ender, enders: Collection[str]) -> list[Message]:
    if ender == "keep" or not enders:
        return group
    says_goodbye = phrases.goodbye(enders)
    for place, message in enumerate(group):
        if says_goodbye(message.text):
            return group[: place + 1] if ender == "cut_after" else []
    return group
