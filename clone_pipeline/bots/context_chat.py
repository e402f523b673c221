"""Chat messages for a tuned clone or any chat model: a system prompt, then turns by turns.

They read as chats/dialogues.py tells dialogues for training: consecutive messages of one person
are one, what several others said has their names before it, and no line reads as another's turn.
"""

import re
from collections.abc import Sequence
from itertools import dropwhile, groupby

from clone_pipeline.bots.transcript import ROLES, Line, forging
from clone_pipeline.formats.defusing import defuse

OTHERS = "Others"

_NO_WORD = re.compile(r"\W+")


def messages(lines: Sequence[Line], *, name: str, system_prompt: str) -> list[dict[str, str]]:
    """System (if there is a prompt), then user and assistant in turn, user first and last.

    What we said first is left out, as in training; a submission of ours is quoted.

    Args:
        lines: oldest first; the last is another's.
        name: who answers.
        system_prompt: what it is told.
    """
    said = list(dropwhile(lambda line: line.ours, (line for line in lines if _text(line))))
    quoted = _quoted(lines[0]) if lines[0].opening and lines[0].ours else ""
    names = {line.author: _name(line.called, name) for line in said if not line.ours}
    turns = forging({name, OTHERS, *names, *names.values()})
    made = [{"role": "system", "content": system_prompt.strip()}] if system_prompt.strip() else []
    first = len(made)
    for ours, run in groupby(said, key=lambda line: line.ours):
        bodies = [
            ("" if ours else names[author], "\n".join(map(_text, same)))
            for author, same in groupby(run, key=lambda line: line.author)
        ]
        harmless = [(author, turns.sub(r"\1 -", body)) for author, body in bodies]
        shown = [f"{who}: {body}" if who and len(names) > 1 else body for who, body in harmless]
        role = "assistant" if ours else "user"
        made.append({"role": role, "content": defuse("\n".join(shown)).strip()})
    if quoted and len(made) > first:
        made[first]["content"] = f"{quoted}\n\n{made[first]['content']}"
    return made


def _quoted(line: Line) -> str:
    """Our own submission, which no turn of ours can begin with, as Markdown quotes it."""
    return "\n".join(f"> {each}" for each in defuse(_text(line)).splitlines())


def _name(author: str, own: str) -> str:
    """The author's name in one line without a colon; neither our own, nor a role's."""
    shown = defuse(" ".join(author.replace(":", " ").replace("：", " ").split())) or "Someone"
    taken = {_bare(name) for name in (own, OTHERS, *ROLES)}
    while _bare(shown) in taken:
        shown += "_"
    return shown


def _bare(name: str) -> str:
    return _NO_WORD.sub("", name).casefold()


def _text(line: Line) -> str:
    pictured = "".join(f"\n(An image: {each})" for each in line.pictured)
    return "\n\n".join(part for part in (line.title, line.text) if part) + pictured
