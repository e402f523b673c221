"""Orders that come over a platform, and what becomes of them."""

from collections.abc import Awaitable, Sequence
from typing import Protocol

from clone_pipeline.bots import forgetting, orders, status
from clone_pipeline.bots.bot import Bot
from clone_pipeline.bots.heard import Platform
from clone_pipeline.bots.items import Item
from clone_pipeline.bots.limits import plain
from clone_pipeline.bots.wishes import is_operator

NOT_YOU = "Only operators may order that."


class Regenerate(Protocol):
    """Writes a reply anew; see `connector.Ears.regenerate`."""

    def __call__(self, message_id: str, *, author: str) -> Awaitable[str]:
        """A sentence about what was done."""


async def command(
    words: str, *, author: str, platform: Platform, operators: Sequence[str], bot: Bot,
    regenerate: Regenerate,
) -> str:  # fmt: skip
    """Do what was ordered; a sentence in answer.

    Args:
        words: "stop", which anybody may say for themselves, and "forget me"; of operators
            "pause", "resume", "status", "forget ID", "regenerate MESSAGE-ID".
        author: who orders it.
        platform: where.
        operators: ids or names of those who may.
        bot: whose queue.
        regenerate: writes a reply anew.
    """
    order, _, rest = " ".join(words.split()).partition(" ")
    file, now = bot.queue.file, bot.now()
    may = is_operator(author, operators)
    whom = plain(rest) if platform == "reddit" else rest
    match order.casefold():
        case "stop":
            forgetting.stop(file, platform=platform, author=author, now=now)
            return "I never write to you again."
        case "forget" if not rest or rest.casefold() == "me" or plain(rest) == plain(author):
            erased = forgetting.forget_user(file, platform=platform, author=author, now=now)
            return f"Forgotten: what you wrote in {erased} messages is erased here."
        case "regenerate":
            return await regenerate(rest, author=author)
        case "forget" | "pause" | "resume" | "status" if not may:
            return NOT_YOU
        case "forget":
            erased = forgetting.forget_user(file, platform=platform, author=whom, now=now)
            return f"Forgotten: {erased} messages."
        case "pause":
            paused = orders.pause(file, bot.name, now=now)
            return "Paused until you say resume." if paused else "Paused already."
        case "resume":
            return "Going on." if orders.resume(file, bot.name) else "Not paused."
        case "status":
            midnight = now.astimezone(bot.budget.zone).replace(hour=0, minute=0, second=0)
            stands = status.status(file, bot.name, since=midnight, budget=bot.budget, now=now)
            return f"Today: {status.status_line(stands)}"
    return "I know: stop, forget me; operators also: pause, resume, status, forget, regenerate."


def may_regenerate(item: Item, *, author: str, operators: Sequence[str]) -> bool:
    """Who was answered, and operators, may have a reply written anew."""
    return is_operator(author, operators) or plain(item.heard.author) == plain(author)
