"""Which rules of cleaning are on: every key switches one, docs/cleaning.md shows each at work."""

from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, Field, StringConstraints, model_validator

from clone_pipeline.chats.kinds import KindSettings
from clone_pipeline.chats.phrases import ENDERS, NON_RESPONSES
from clone_pipeline.settings import Settings


def _off(value: object, *, means: object) -> object:
    return means if value is False else value


def _none(value: object) -> object:
    return _off(value, means=())


def _keep(value: object) -> object:
    return _off(value, means="keep")


Ender = Literal["drop", "cut_after", "keep"]
Links = Literal["shorten", "remove", "placeholder", "keep"]
CustomEmoji = Literal["name", "remove", "keep"]

Word = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
Words = Annotated[tuple[Word, ...], BeforeValidator(_none)]


class CleaningSettings(Settings):
    """What is left out or changed between messages and conversations; false switches a rule off."""

    # messages that are left out
    kinds: KindSettings = Field(
        default_factory=KindSettings, description="what becomes of images, links, calls ..."
    )
    pings: bool = Field(True, description="drop messages that only call somebody")
    pings_of_everybody: bool = Field(True, description="drop messages with @everyone or @here")
    bot_commands: bool = Field(True, description="drop commands to bots: !price, /start, pls meme")
    command_prefixes: Words = Field((), description="drop messages that begin with one of these")
    non_responses: Words = Field(
        NON_RESPONSES, description="messages dropped when they are nothing else; [] drops none"
    )
    welcomes: bool = Field(False, description="drop messages with `welcome` in them")
    blocked_words: Words = Field((), description="drop messages with one of these as whole words")
    min_chars: int = Field(1, ge=0, le=10_000, description="drop shorter messages, in characters")
    max_chars: int = Field(
        8000, ge=0, le=10_000_000, description="drop longer messages, in characters; 0: none is"
    )
    repetition: bool = Field(
        True, description="drop messages half of which is one passage over and over"
    )
    spam_repeats: int = Field(
        3, ge=0, le=1000, description="drop an author's same text from this time on; 0: never"
    )
    spam_window: int = Field(
        4, ge=1, le=10_000, description="messages, of everybody, within which that is counted"
    )
    exact_duplicates: bool = Field(
        True, description="drop later copies of texts of at least near_duplicate_chars characters"
    )
    near_duplicates: bool = Field(
        True, description="drop later copies of long texts that differ in signs, case or few words"
    )
    near_duplicate_chars: int = Field(
        40, ge=1, le=100_000, description="letters and digits from which a text counts as long"
    )
    languages: Words = Field(
        (), description="keep only messages in these, such as [en, de]; needs py3langid"
    )
    language_chars: int = Field(
        25, ge=1, le=10_000, description="letters from which a message's language is judged"
    )
    profanity: bool = Field(False, description="drop messages with a word of the built-in list")
    profane_words: Words = Field((), description="more words for it")
    toxicity_classifier: str | None = Field(
        None, min_length=1, description="drop what this classifier of texts holds for toxic"
    )
    toxicity_threshold: float = Field(0.9, ge=0, le=1, description="a score above it is toxic")
    toxicity_labels: Words = Field((), description="labels that count; left out: the harmful ones")
    # changes of texts
    code_blocks: bool = Field(True, description="take out code between triple backticks")
    quotes: bool = Field(True, description="take out lines that quote others with `> `")
    links: Annotated[Links, BeforeValidator(_keep)] = Field(
        "shorten",
        description="addresses in a text: shorten (out, or their host where a sentence needs it), "
        "remove, placeholder ([link]) or keep",
    )
    mentions: bool = Field(True, description="take out Discord's <@123>, <#123>, <t:123>")
    custom_emoji: Annotated[CustomEmoji, BeforeValidator(_keep)] = Field(
        "name", description="<:pepe:123> as its name (:pepe:), remove it and :pepe:, or keep it"
    )
    odd_spaces: bool = Field(True, description="tabs and odd blanks as spaces, no unseen signs")
    double_spaces: bool = Field(False, description="several spaces as one")
    fancy_letters: bool = Field(False, description="letters of odd typefaces as plain ones")
    accents: bool = Field(False, description="Latin letters without their accents")
    laughter: bool = Field(False, description="take haha and lol out of texts")
    emoji_names: bool = Field(False, description="emoji as :their_name:")
    unsupported_characters: bool = Field(
        False, description="take out all but letters, digits, punctuation and emoji"
    )
    space_before_punctuation: bool = Field(False, description="take out spaces before . , ! ?")
    long_repeats: bool = Field(False, description="noooooo! as nooo!")
    leading_signs: bool = Field(False, description="take out ! . , ^ # before the first letter")
    remove_at_signs: bool = Field(
        True, description="remove every @, so that a clone names people without pinging them"
    )
    # whole conversations
    ender: Annotated[Ender, BeforeValidator(_keep)] = Field(
        "drop",
        description="a conversation with a goodbye: drop it, cut_after the goodbye, or keep it",
    )
    enders: Words = Field(ENDERS, description="the goodbyes, in messages of <= 8 words")
    small_conversation_messages: int = Field(
        5, ge=0, le=1000, description="conversations of fewer messages must have a long one"
    )
    small_message_chars: int = Field(
        30, ge=0, le=10_000, description="characters from which a message counts as long there"
    )

    @model_validator(mode="after")
    def _possible(self) -> Self:
        if self.kinds.link == "caption" and self.links != "keep":
            raise ValueError("`kinds.link: caption` keeps addresses that `links` takes out again")
        if self.spam_repeats == 1:
            raise ValueError("`spam_repeats: 1` would drop everything: 2 or more, or 0")
        return self
