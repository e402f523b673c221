"""What becomes of whole conversations: small talk is left out, a goodbye ends one."""

from collections.abc import Callable, Sequence
from typing import Any

from clone_pipeline.chats import phrases
from clone_pipeline.chats.cleaning_settings import CleaningSettings, Ender

SMALL_TALK, ENDED, AFTER_END = "low_quality_conversation", "conversation_with_ender", "after_ender"


class ConversationRules:
    """Judges whole conversations; made by `conversation_rules`."""

    def __init__(self, settings: CleaningSettings) -> None:
        self._fewest = settings.small_conversation_messages
        self._chars = settings.small_message_chars
        self._ender = settings.ender
        self._goodbyes = goodbyes(settings)

    def judge(self, texts: Sequence[str], goodbye: int | None) -> tuple[int, str]:
        """How many of a conversation's first texts are kept, and why the others are not.

        Args:
            texts: of the conversation.
            goodbye: the place of the first among them that ends it.

        Returns:
            All of them and ""; or 0 and `low_quality_conversation` or `conversation_with_ender`;
            or those up to the goodbye and `after_ender`.
        """
        if len(texts) < self._fewest and all(len(text) < self._chars for text in texts):
            return 0, SMALL_TALK if texts else ""
        if goodbye is None:
            return len(texts), ""
        return _ended(goodbye + 1, len(texts), self._ender)

    def __call__(self, texts: Sequence[str]) -> tuple[int, str]:
        """As `judge` does, for a conversation whose goodbyes were not looked for."""
        return self.judge(texts, next(iter(self._goodbyes(texts)), None))


def conversation_rules(**settings: Any) -> ConversationRules:
    """What judges conversations.

    Args:
        settings: as for `cleaner`.
    """
    return ConversationRules(CleaningSettings(**settings))


def goodbyes(settings: CleaningSettings) -> Callable[[Sequence[str]], list[int]]:
    """A function that gives the places of the messages that end a conversation, ascending."""
    if not settings.enders or settings.ender == "keep":
        return lambda texts: []
    return phrases.goodbyes(settings.enders)


def _ended(until: int, count: int, ender: Ender) -> tuple[int, str]:
    if ender == "drop":
        return 0, ENDED
    return until, AFTER_END if until < count else ""
