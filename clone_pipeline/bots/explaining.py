"""Why a bot did or did not speak: the life of an item, told from its first step to its last."""

import difflib
from collections.abc import Mapping
from datetime import UTC, datetime, tzinfo

from clone_pipeline.bots.forgetting import DELETED, FORGOTTEN, STOPPED
from clone_pipeline.bots.item_rows import items, steps
from clone_pipeline.bots.items import Item
from clone_pipeline.bots.queue import Queue

_LONGEST = 500  # characters of a text that are shown
_LATEST = 2000  # ids among which a misspelt one is sought

_ENDINGS = {
    STOPPED: "its writer told the bot to stop",
    FORGOTTEN: "its writer wished to be forgotten",
    DELETED: "it was deleted on the platform",
}
_UNCERTAIN = (
    "the bot was stopped while it was sending, and {platform} can't be asked what became of it: "
    "it is not sent again. Look there yourself."
)


def explain(
    queue: Queue, message_id: str, *, reasons: Mapping[str, str], zone: tzinfo = UTC
) -> str:
    """The story of a message, for somebody who knows neither the queue nor the rules.

    Args:
        queue: open for reading is enough.
        message_id: the platform's id of what was heard, or of what the bot sent; `reddit:t1_x`
            means that platform only.
        reasons: a sentence for each reason of a decision, such as `reasons.REASONS`.
        zone: in which times are shown.

    Returns:
        Lines of text; for an id that no bot heard, which ids are like it.
    """
    found = _found(queue, message_id)
    if not found:
        return _unknown(queue, message_id)
    return "\n\n".join(_story(queue, item, reasons, zone) for item in found)


def _found(queue: Queue, message_id: str) -> list[Item]:
    where = "(message_id = ?1 or sent_id = ?1)"
    found = items(queue.file, where, message_id)
    platform, colon, plain = message_id.partition(":")
    if not found and colon:
        found = items(queue.file, f"{where} and platform = ?2", plain, platform)
    return found


def _unknown(queue: Queue, message_id: str) -> str:
    query = "select message_id from items order by number desc limit ?"
    known = [heard for (heard,) in queue.file.rows(query, _LATEST)]
    asked = clean(_quoted(message_id))
    if not known:
        return f"No bot heard {asked}, nor anything else yet."
    close = difflib.get_close_matches(message_id, known, n=3, cutoff=0.6)
    hint = "The closest ids are" if close else "The last ones that were heard are"
    listed = ", ".join(clean(known_id) for known_id in close or known[:3])
    return f"No bot heard {asked}. It takes the platform's own id of a message. {hint}: {listed}."


def _story(queue: Queue, item: Item, reasons: Mapping[str, str], zone: tzinfo) -> str:
    platform, bot, message_id = item.key
    what = "a message" if item.task == "reply" else "a post of its own"
    lines = [f"{clean(message_id)} on {platform}: {what}, in the queue of {clean(bot)}"]
    for at, state, note in steps(queue.file, item.key):
        sentence = _sentence(item, state, note, reasons, zone)
        lines.append(f"  {_time(at, zone)}  {clean(sentence)}")
    return "\n".join([*lines, f"  {clean(_now(item, zone))}"])


def _sentence(item: Item, state: str, note: str, reasons: Mapping[str, str], zone: tzinfo) -> str:
    platform = item.key.platform
    match state:
        case "seen":
            return _heard(item)
        case "silent":
            return f"decided not to speak. {_why(item, note, reasons)}"
        case "decided":
            speaker = f" as {item.speaker}" if item.speaker else ""
            return f"decided to speak{speaker}. {_why(item, note, reasons)}"
        case "generating":
            return "began to write"
        case "generated":
            written = "(erased)" if item.text is None else _quoted(item.text)
            return f"written by the model {note}: {written}"
        case "sending":
            return f"handed to {platform}, marked {item.nonce}"
        case "sent":
            return f"sent: {platform} calls it {note}"
        case "again":
            return f"put off until it can be tried again: {note or '(erased)'}"
        case "failed":
            return f"given up: {_ENDINGS.get(note, note)}"
    return _UNCERTAIN.format(platform=platform)


def _heard(item: Item) -> str:
    heard = item.heard
    if item.task == "post":
        return f"planned a post in {heard.channel}"
    who = "the bot itself" if heard.ours else heard.author
    shown = "(erased)" if item.erased else _quoted(f"{heard.title}\n\n{heard.text}".strip())
    return f"heard in {heard.channel} from {who}: {shown}"


def _why(item: Item, reason: str, reasons: Mapping[str, str]) -> str:
    sentence = reasons.get(reason, "")
    chance = "" if item.probability is None else f" (probability {item.probability:g})"
    return f"{reason}: {sentence}{chance}" if sentence else f"{reason}{chance}"


def _now(item: Item, zone: tzinfo) -> str:
    if item.state == "seen":
        return "Now: not yet decided upon."
    if item.state in ("silent", "sent", "failed", "uncertain"):
        return f"Now: {item.state}, nothing more will happen."
    tried = f", begun {item.attempts} times" if item.attempts > 1 else ""
    return f"Now: {item.state}{tried}; due at {_time(item.due, zone)}."


def _time(moment: datetime | None, zone: tzinfo) -> str:
    return f"{moment.astimezone(zone):%Y-%m-%d %H:%M:%S %Z}" if moment else "-"


def _quoted(text: str) -> str:
    """In quotes, cut to what a person reads."""
    if len(text) <= _LONGEST:
        return f'"{text}"'
    return f'"{text[:_LONGEST]}..." ({len(text):,} characters)'


def clean(text: str) -> str:
    """On one line, without what a terminal obeys: nobody's message forges a line of the story."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)
