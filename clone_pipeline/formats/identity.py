"""What a clone says of itself: its own name, what it is, what it does not know.

A base model was taught a name of its own, and a chat rarely asks its people who they are. The rows
are short and their weight is bounded, so that they teach facts and not a way of writing.
"""

import dataclasses
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from clone_pipeline.formats import segments, sharegpt
from clone_pipeline.formats.rows import make_row
from clone_pipeline.records import Dialogue, DialogueTurn, Form, Row

COLLECTION = "identity"
SHARE = 0.1  # of the persona's own rows at most, and of the characters that it says in them
MOST = 3.0  # the highest weight: more repetitions teach a name no better

HONESTY = (
    "I'm a bot: a model that learned from chats to write like {name}. What was never said there "
    "I don't know, and I may be wrong."
)

_OTHER = "Friend"
_WHO = (
    ("Who are you?", "I'm {name}."),
    ("who are you", "{name}."),
    ("What's your name?", "My name is {name}."),
    ("whats your name", "{name}"),
    ("who is this?", "It's {name}."),
    ("Hi! Who am I talking to?", "Hi, I'm {name}."),
    ("what should i call you?", "{name}."),
    ("And you are?", "I'm {name}."),
    ("hey, what are you called?", "I'm called {name}."),
    ("do you have a name", "Yes, {name}."),
)
_NO_OTHER = (
    "Are you ChatGPT?", "are you siri or something", "Which assistant are you?",
    "who made you, what model are you?",
)  # fmt: skip
_A_BOT = (
    "Are you a bot?", "are you a bot", "are you real?", "Are you a real person?",
    "am I talking to a human or an AI?", "is this really {name}?", "is this an ai", "are you human",
    "What don't you know?", "what dont you know about {name}", "Do you remember everything?",
    "Can I rely on what you say?", "how do you know all that?",
)  # fmt: skip
_ABOUT = ("Tell me about yourself.", "tell me something about you", "what should i know about you?")


@dataclass(frozen=True, slots=True)
class Identity:
    """A persona's name and system prompt, and what it says of itself; `{name}` may stand in it."""

    name: str
    system_prompt: str
    facts: tuple[str, ...] = ()
    honesty: str = HONESTY


def rows(identities: Mapping[str, Identity], *, beside: Iterable[Row], form: Form) -> list[Row]:
    """Questions and answers of each persona that has rows to be trained on.

    Args:
        identities: by persona key.
        beside: the other rows; those of a persona in `form` bound the weight of its identity.
        form: "sharegpt" or "segments".

    Returns:
        Rows of the collection "identity", each persona's in one group of the split.
    """
    taught: dict[str, list[Row]] = {}
    for row in beside:
        if row.collection == "persona" and row.form == form:
            taught.setdefault(row.persona or "", []).append(row)
    made: list[Row] = []
    for key, identity in identities.items():
        if own := taught.get(key):
            found = list(_rows(key, identity, own, form))
            weight = _weight(found, own)
            made += [dataclasses.replace(row, weight=weight) for row in found]
    return made


def questions(identity: Identity) -> Iterator[tuple[str, str]]:
    """What may be asked, in several words, and the answers."""
    honesty = identity.honesty.strip()
    pairs = list(_WHO)
    pairs += [(asked, f"No, I'm {{name}}. {honesty}".strip()) for asked in _NO_OTHER[:2]]
    pairs += [(asked, f"I'm {{name}}. {honesty}".strip()) for asked in _NO_OTHER[2:]]
    pairs += [(asked, honesty) for asked in _A_BOT if honesty]
    facts = [fact.strip() for fact in identity.facts if fact.strip()]
    pairs += [(asked, f"I'm {{name}}. {' '.join(facts)}") for asked in _ABOUT if facts]
    pairs += [(_ABOUT[place % len(_ABOUT)], fact) for place, fact in enumerate(facts)]
    for asked, answer in pairs:
        yield asked.replace("{name}", identity.name), answer.replace("{name}", identity.name)


def _weight(found: Sequence[Row], own: Sequence[Row]) -> float:
    """Of each row found, so that all of them stay within the share, in rows and in characters."""
    by_rows = sum(row.weight for row in own) / max(len(found), 1)
    return min(MOST, SHARE * by_rows, SHARE * _said(own) / max(_said(found), 1))


def _said(rows: Iterable[Row]) -> float:
    """How many characters the persona says in the rows, each times the row's weight."""
    total = 0.0
    for row in rows:
        content = json.loads(row.content)
        texts = [
            turn["value"] for turn in content.get("conversations", ()) if turn["from"] == "gpt"
        ]
        texts += [part["text"] for part in content.get("segments", ()) if part["label"]]
        total += row.weight * sum(map(len, texts))
    return total


def _rows(key: str, identity: Identity, own: Iterable[Row], form: Form) -> Iterator[Row]:
    other = _OTHER
    if form == "segments":
        other = segments.usual_other(row.content for row in own) or other
    dialogues = [
        Dialogue(
            dialogue_id=f"{COLLECTION}:{key}:{number}",
            persona=key,
            conversation_id=f"{COLLECTION}:{key}",
            turns=[
                DialogueTurn("other", other, asked, []),
                DialogueTurn("persona", identity.name, answer, []),
            ],
        )
        for number, (asked, answer) in enumerate(questions(identity))
    ]
    prompts = {key: identity.system_prompt}
    if form == "segments":
        found, _ = segments.from_dialogues(
            dialogues, system_prompts=prompts, max_tokens=1, count=lambda text: 0
        )
    else:
        found, _ = sharegpt.from_dialogues(dialogues, system_prompts=prompts)
    for row in found:
        yield make_row(
            COLLECTION, key, form, json.loads(row.content),
            sources=row.sources, split_group=row.split_group, persona=key,
        )  # fmt: skip
