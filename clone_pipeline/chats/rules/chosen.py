"""The rules that settings switch on, in the order in which they are applied."""

from collections.abc import Collection

from clone_pipeline.chats.rules import folding, links, markup, pings, plainer, wordings
from clone_pipeline.chats.rules.at_signs import without_at_signs
from clone_pipeline.chats.rules.code_blocks import without_code_blocks
from clone_pipeline.chats.rules.commands import bot_commands, command_prefixes
from clone_pipeline.chats.rules.lengths import too_long, too_short
from clone_pipeline.chats.rules.quotes import without_quotes
from clone_pipeline.chats.rules.repetition import repetition
from clone_pipeline.chats.rules.rule import NOT_ASCII, Change, Drop
from clone_pipeline.chats.rules.spaces import without_double_spaces, without_odd_spaces

_LINKS = {
    "shorten": links.shortened_links(),
    "remove": links.links_as(""),
    "placeholder": links.links_as("[link]"),
}
_EMOJI = {
    "name": Change("custom_emoji", ">", markup.named_emoji),
    "remove": Change("custom_emoji", ":", markup.without_custom_emoji),
}
# Switched on by true; the order matters: what one leaves, a later one reads.
_SWITCHED = (
    Change("odd_spaces", "\t", without_odd_spaces),
    Change("odd_spaces", NOT_ASCII, without_odd_spaces),
    Change("code_blocks", "```", without_code_blocks),
    Change("quotes", "> ", without_quotes),
    Change("fancy_letters", NOT_ASCII, folding.plain_letters),
    Change("accents", NOT_ASCII, folding.without_accents),
    Change("laughter", "", plainer.without_laughter),
    Change("emoji_names", NOT_ASCII, plainer.emoji_as_names),
    Change("unsupported_characters", "", plainer.without_rare_signs),
    Change("long_repeats", "", plainer.without_long_repeats),
    Change("space_before_punctuation", "", plainer.without_space_before_punctuation),
    Change("leading_signs", "", plainer.without_leading_signs),
    Change("double_spaces", "", without_double_spaces),
)
_CALLS = (
    Change("mentions", ">", markup.without_mentions),
    Change("remove_at_signs", "@", without_at_signs),
)


def changes(*, on: Collection[str], link: str, custom_emoji: str) -> list[Change]:
    """The changes of texts but those of calls.

    Args:
        on: the keys that are true.
        link: shorten, remove, placeholder or keep.
        custom_emoji: name, remove or keep.
    """
    found = [change for change in _SWITCHED if change.name in on]
    if link != "keep":
        found.insert(0, Change("links", "://", _LINKS[link]))
    if custom_emoji != "keep":
        found.append(_EMOJI[custom_emoji])
    return found


def changes_of_calls(*, on: Collection[str]) -> list[Change]:
    """The changes after which it can't be seen any more who was called."""
    return [change for change in _CALLS if change.name in on]


def drops_of_calls(*, on: Collection[str], names: Collection[str]) -> list[Drop]:
    """What leaves texts out for their calls."""
    found = [pings.pings_of_everybody()] if "pings_of_everybody" in on else []
    return [*found, pings.pings(names)] if "pings" in on else found


def drops(
    *,
    on: Collection[str],
    prefixes: Collection[str],
    unsaid: Collection[str],
    blocked: Collection[str],
    least: int,
    most: int,
) -> list[Drop]:
    """What leaves texts out for what they are."""
    found = [too_short(least)] if least > 1 else []
    found += [too_long(most)] if most else []
    found += [bot_commands()] if "bot_commands" in on else []
    found += [command_prefixes(prefixes)] if prefixes else []
    found += [wordings.non_responses(unsaid)] if unsaid else []
    found += [wordings.welcomes()] if "welcomes" in on else []
    found += [wordings.with_words(blocked, reason="blocked_word")] if blocked else []
    return [*found, repetition()] if "repetition" in on else found
