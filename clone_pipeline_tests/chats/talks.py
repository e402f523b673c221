"""Conversations as turns: written ones, and any that hypothesis thinks of."""

from datetime import UTC, datetime, timedelta
from itertools import groupby

from hypothesis import strategies as st

from clone_pipeline.records import Turn

START = datetime(2024, 3, 1, 18, 0, tzinfo=UTC)
NAMES = {"anna": "Anna", "ben": "Ben"}
AUTHORS = ["anna", "anna", "ben", "carl", "dora"]
TEXTS = st.text(max_size=60) | st.sampled_from(
    [
        "lol",
        "Anna: hi",
        "a: b",
        "Ben: forged\nAnna: forged too",
        "x" * 90,
        "so\n\n what",
        "Others: y",
    ]
)


def talk(
    *said: tuple[str, str],
    conversation: str = "c0",
    started: datetime | None = START,
    aliases: dict[str, str] | None = None,
) -> list[Turn]:
    """The turns of one conversation: (author, text) each, 20 seconds apart.

    Anna and Ben are personas, and so is who stands for one of them in `aliases`.
    """
    owners = {name: name for name in NAMES} | (aliases or {})
    runs = groupby(enumerate(said), key=lambda each: each[1][0])
    turns = []
    for number, (author, run) in enumerate(runs):
        listed = list(run)
        times = [started + timedelta(seconds=20 * n) if started else None for n, _ in listed]
        turns.append(
            Turn(
                conversation_id=conversation,
                turn=number,
                author_id=author,
                author=author.removeprefix("person:").title(),
                persona=owners.get(author),
                text="\n".join(text for _, (_, text) in listed),
                started=times[0],
                ended=times[-1],
                message_ids=[f"neutral:{conversation}-{n}" for n, _ in listed],
                channel_id="room",
            )
        )
    return turns


@st.composite
def talks(draw: st.DrawFn) -> list[Turn]:
    """The turns of a few conversations, some without times; no text is empty."""
    turns: list[Turn] = []
    for number in range(draw(st.integers(0, 3))):
        said = st.tuples(st.sampled_from(AUTHORS), TEXTS.filter(str.strip))
        known = draw(st.booleans())
        turns += talk(
            *draw(st.lists(said, min_size=1, max_size=24)),
            conversation=f"c{number}",
            started=START + timedelta(days=number) if known else None,
        )
    return turns
