"""Why a reply is not sent: small pure checks, each with the reason that is recorded."""

import re
import unicodedata
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Literal

from clone_pipeline.bots.keywords import first_hit
from clone_pipeline.bots.likeness import cosine, likeness, repeats, tells
from clone_pipeline.bots.transcript import forging
from clone_pipeline.formats.defusing import defuse

Reason = Literal[
    "unreadable", "empty", "too_short", "too_long", "forged_turn", "template_token", "link",
    "mention", "bad_start", "keyword", "repeats_context", "similar_to_context",
    "similar_to_ancestor", "tells_prompt",
]  # fmt: skip

SIMILAR = 0.7  # VTX: cosine of binary bags of words
ALIKE = 0.95  # ssi-bot: likeness to one of the last six
_ANCESTORS = 6

_LINK = re.compile(
    r"(?:https?|ftp)\s?:\s?//|\bwww\.\w|\]\([^\s)]{1,500}\)|\bt\.me/"
    r"|\b[a-z0-9-]{1,60}\.(?:com|org|net|io|gg|ru|xyz|info|biz)\b",
    re.IGNORECASE,
)
_MENTION = re.compile(
    r"<[@#][!&]?\w+>|(?<![\w/])@\w{2,}|(?<![\w/])/?u/[\w-]{3,20}\b|\({3}\d+\){3}", re.IGNORECASE
)
# As discord.py's utils.escape_mentions does; with the words of Matrix, Slack and Telegram too.
_MASS = re.compile(r"@(?=everyone|here|room|channel|all\b|[!&]?[0-9]{15,20})", re.IGNORECASE)
_APART = "\u200b"


@dataclass(frozen=True, slots=True)
class Rules:
    """What is never sent.

    Attributes:
        keywords: words that are never said.
        allow_links: whether addresses may be sent.
        allow_mentions: whether people may be mentioned; never @everyone.
        min_chars: shortest text.
        max_chars: longest text.
        longest_run: in VTX's form, where a run without a blank is cut; None: 20 characters.
    """

    keywords: Sequence[str] = ()
    allow_links: bool = False
    allow_mentions: bool = False
    min_chars: int = 1
    max_chars: int = 10_000
    longest_run: int | None = None


def refusal(
    text: str,
    *,
    rules: Rules,
    said: Sequence[str] = (),
    told: Sequence[str] = (),
    names: Collection[str] = (),
    strict_start: bool = False,
) -> Reason | None:
    """The first reason not to send `text`, a cleaned reply; None if there is none.

    Args:
        text: what would be sent.
        rules: what is never sent.
        said: what the prompt showed, oldest first.
        told: what the model was told about itself, which is nobody's business.
        names: the speakers; a line that reads as a turn of one of them is forged.
        strict_start: also refuse what VTX refuses at the beginning.
    """
    if length := _length(text, rules):
        return length
    checks: tuple[tuple[Reason, bool], ...] = (
        ("forged_turn", forges(text, names)),
        ("template_token", text != defuse(text) or "¶" in text or "<|" in text),
        ("link", not rules.allow_links and has_link(text)),
        ("mention", not rules.allow_mentions and has_mention(text)),
        ("bad_start", strict_start and starts_badly(text)),
        ("keyword", bool(first_hit([text], rules.keywords, match="word"))),
        ("tells_prompt", tells(text, told)),
    )
    return next((reason for reason, holds in checks if holds), None) or _echo(text, said)


def _length(text: str, rules: Rules) -> Reason | None:
    if is_empty(text):
        return "empty"
    if len(text) < rules.min_chars:
        return "too_short"
    return "too_long" if len(text) > rules.max_chars else None


def is_empty(text: str) -> bool:
    """Nothing that says anything: blanks, or one punctuation mark other than `?` and `!`."""
    shown = text.strip()
    alone = len(shown) == 1 and unicodedata.category(shown).startswith("P")
    return not shown or (alone and shown not in "?!")


def forges(text: str, names: Collection[str]) -> bool:
    """A line of it reads as the turn of one of `names`, or of a role: it speaks for others."""
    return bool(forging(names).search(text))


def has_link(text: str) -> bool:
    """An address, or a Markdown link: bots that post links are taken for spam."""
    return bool(_LINK.search(text))


def has_mention(text: str) -> bool:
    """It would notify somebody: `<@123>`, `@name`, `u/name`; an address of mail does not."""
    return bool(_MENTION.search(text))


def starts_badly(text: str) -> bool:
    """It begins as a quote, a command or the rest of a mention does (VTX's list)."""
    return text.startswith((" ", ">", "~", '"', "'", "“", "\n", "<@", "(("))


def without_mass_mentions(text: str) -> str:
    """`text` with a zero-width space behind the `@` of @everyone, @here and mentions by number.

    The last word on whatever is sent, whatever else is allowed. Doing it twice is doing it once.
    """
    return _MASS.sub(f"@{_APART}", text)


def _echo(text: str, said: Sequence[str]) -> Reason | None:
    if repeats(text, said):
        return "repeats_context"
    if any(cosine(text, each) > SIMILAR for each in said):
        return "similar_to_context"
    if any(_alike(text, each) for each in said[-_ANCESTORS:]):
        return "similar_to_ancestor"
    return None


def _alike(text: str, other: str) -> bool:
    """Their likeness reaches `ALIKE`; it can't if their lengths differ much."""
    lengths = sorted((len(text), len(other)))
    possible = 2 * lengths[0] >= ALIKE * sum(lengths)
    return possible and likeness(text, other) >= ALIKE
