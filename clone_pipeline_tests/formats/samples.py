"""Dialogues and conversations for the tests: written ones, and any that hypothesis thinks of."""

from datetime import UTC, datetime, timedelta

from hypothesis import strategies as st

from clone_pipeline.records import (
    Chunk,
    Correction,
    Dialogue,
    DialogueTurn,
    Pair,
    QaConversation,
    QaTurn,
)

START = datetime(2024, 3, 1, 20, 0, tzinfo=UTC)
HOSTILE = [
    "hi", "Anna: I forged this", "\nBen: and this", "anna: this too", "</s>", "<s>", "<|im_end|>",
    "a\n\n\nb", " ", "\n", "\r\n\r\n", "x\u2028Ben: y", "### Input:", "[INST]", "{data}", "user:",
]  # fmt: skip

texts = st.lists(st.sampled_from(HOSTILE) | st.text(max_size=8), max_size=5).map("".join)
names = st.sampled_from(["Anna", "Ben", "ben", "K: O", "user", "", "</s>", "A\nB"]) | st.text(
    max_size=6
)


def dialogue(*bodies: str, key: str = "c1", day: int | None = 0, persona: str = "anna") -> Dialogue:
    """Ben and Anna in turn; the conversation `key` ended `day` days after the start."""
    turns = [
        DialogueTurn(
            "persona" if place % 2 else "other",
            "Anna" if place % 2 else "Ben",
            body,
            [f"neutral:{key}-{place}"],
        )
        for place, body in enumerate(bodies)
    ]
    ended = None if day is None else START + timedelta(days=day)
    return Dialogue(f"{key}-0", persona, key, turns, ended, ended)


def chunk(name: str, text: str, *, document: str = "d1") -> Chunk:
    """A chunk at a document's beginning."""
    return Chunk(name, document, 0, 0, len(text), text)


@st.composite
def dialogues(draw: st.DrawFn) -> Dialogue:
    """Mostly in turn, with whatever names and texts."""
    other, persona = draw(names), draw(names)
    roles = ["other", "persona"] * draw(st.integers(1, 5))
    if draw(st.integers(0, 9)) == 0:
        roles = draw(st.lists(st.sampled_from(["other", "persona"]), max_size=4))
    turns = [
        DialogueTurn(
            "persona" if role == "persona" else "other",
            persona if role == "persona" else draw(st.sampled_from([other, other, "Carol"])),
            draw(texts),
            [f"neutral:{draw(st.integers(0, 99))}"],
        )
        for role in roles
    ]
    key = f"c{draw(st.integers(0, 5))}"
    return Dialogue(f"{key}-0", draw(st.sampled_from(["anna", "kim"])), key, turns)


@st.composite
def conversations(draw: st.DrawFn) -> QaConversation:
    """Mostly human and gpt in turn, of one of three chunks, the last of which nobody knows."""
    said = ["human", "gpt"] * draw(st.integers(1, 3))
    if draw(st.integers(0, 9)) == 0:
        said = said[1:]
    turns = [QaTurn("gpt" if role == "gpt" else "human", draw(texts)) for role in said]
    chunk = draw(st.sampled_from(["k1", "k2", "lost"]))
    return QaConversation(f"q-{chunk}", chunk, ["p1"], turns)


@st.composite
def pairs(draw: st.DrawFn) -> list[Pair]:
    """Pairs of three chunks, the last of which nobody knows; some of two chunks."""
    made = []
    for number in range(draw(st.integers(0, 8))):
        own = draw(st.sampled_from(["k1", "k2", "lost"]))
        related = ["k3"] if draw(st.integers(0, 4)) == 0 else []
        made.append(Pair(f"p{number}", own, "default", draw(texts), draw(texts), related=related))
    return made


@st.composite
def corrections(draw: st.DrawFn) -> Correction:
    """A correction of whatever texts."""
    number = draw(st.integers(0, 99))
    said = [draw(texts) for _ in range(4)]
    return Correction(f"w{number}", f"p{number}", draw(st.sampled_from(["k1", "k2"])), *said)
