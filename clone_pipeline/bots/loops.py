"""The loop guard: bots that answer bots, endless threads, and words that come round again."""

from collections import Counter
from collections.abc import Sequence

from pydantic import Field

from clone_pipeline.bots.heard import Heard, Said
from clone_pipeline.bots.reasons import Reason
from clone_pipeline.settings import Settings

BOT_ENDINGS = ("ssi", "bot", "gpt2")
BOT_FLAIR = "verified gpt-2"
# Shorter texts come again by themselves: "thanks", "see you tomorrow".
SHORTEST_REPEAT = 20
# How many messages back a repetition is looked for.
BACK = 6


class LoopSettings(Settings):
    """When a conversation goes round in circles."""

    max_depth: int = Field(
        12, ge=1, le=1000, description="deepest comment that is answered; 1: on the submission"
    )
    answer_bots: bool = Field(
        False, description="answer those whom the platform marks as bots, too"
    )
    max_bot_turns: int = Field(
        3,
        ge=0,
        le=1000,
        description="what the bot says in a row of messages that only bots, by mark or by name, "
        "and itself wrote",
    )
    max_similarity: float = Field(
        0.95,
        gt=0,
        le=1,
        description="a message as similar as this to what the bot, or its writer, said just "
        "before is not answered; 1: the same letters",
    )
    max_unanswered: int = Field(
        1, ge=1, le=100, description="remarks of the bot in a row while nobody else speaks"
    )


def looping(
    heard: Heard, *, max_depth: int, answer_bots: bool, max_bot_turns: int, max_similarity: float
) -> Reason | None:
    """Why an answer would feed a loop, None if it would not."""
    if heard.kind == "comment" and heard.depth > max_depth:
        return "too_deep"
    if heard.author_is_bot and not answer_bots:
        return "other_bot"
    if (heard.author_is_bot or looks_like_bot(heard)) and bot_turns(heard) >= max_bot_turns:
        return "bot_loop"
    if repeats(heard, max_similarity=max_similarity):
        return "repeats"
    return None


def looks_like_bot(heard: Heard) -> bool:
    """ssi-bot's guess, by the flair and the end of the name: "Abbot" may be a person."""
    name = (heard.name or heard.author).casefold()
    return BOT_FLAIR in heard.flair.casefold() or name.endswith(BOT_ENDINGS)


def bot_turns(heard: Heard) -> int:
    """How often this bot spoke since anyone spoke who is neither it nor a bot.

    In `heard.context` a bot is the author of `heard`, or who has a bot's name.
    """
    turns = 0
    for said in reversed(heard.context):
        if not (said.ours or _bot_like(said, heard.author)):
            break
        turns += said.ours
    return turns


def repeats(heard: Heard, *, max_similarity: float) -> bool:
    """Whether the message is, but for a little, what the bot or its author said just before."""
    if len(heard.text) < SHORTEST_REPEAT:
        return False
    before = [said for said in heard.context[-BACK:] if said.ours or said.author == heard.author]
    return any(similarity(said.text, heard.text) >= max_similarity for said in before)


def similarity(one: str, other: str) -> float:
    """How alike two texts are, 0 to 1: the share of runs of three letters that they have in common.

    Case and white space do not count. It takes time in proportion to the texts' lengths.
    """
    first, second = _runs(one), _runs(other)
    total = first.total() + second.total()
    return 2 * (first & second).total() / total if total else 1.0


def _runs(text: str) -> Counter[str]:
    plain = " ".join(text.casefold().split())
    return Counter(_windows(f" {plain} ") if plain else ())


def _windows(text: str) -> Sequence[str]:
    return [text[start : start + 3] for start in range(len(text) - 2)]


def _bot_like(said: Said, author: str) -> bool:
    return said.author == author or (said.name or said.author).casefold().endswith(BOT_ENDINGS)
