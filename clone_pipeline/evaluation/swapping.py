"""A dialogue with its speakers exchanged: the others speak in the persona's place.

Training touches the persona's place only, so any model gains there, whoever speaks. What it has
learned of the person shows where both sides' words stand in that same place.
"""

import json
import re
from typing import Any

_NAME = re.compile(r"([^\n:]{1,64}): ")


def swapped(content: str, form: str) -> str | None:
    """A persona row's content with the roles exchanged, under the same system prompt.

    It begins with the first turn of the persona that precedes another's, and ends with the last
    of another's. Names that a group chat writes before the others' lines are left out, since the
    persona's lines have none.

    Args:
        content: `Row.content`, JSON.
        form: "sharegpt" or "segments".

    Returns:
        Content in the same form; None where nobody else answers the persona.
    """
    stored = json.loads(content)
    exchanged = _sharegpt(stored) if form == "sharegpt" else _segments(stored)
    return json.dumps(exchanged, ensure_ascii=False) if exchanged else None


def _sharegpt(stored: dict[str, Any]) -> dict[str, Any] | None:
    turns = stored["conversations"]
    system = [turn for turn in turns if turn["from"] == "system"]
    said = [(t["from"] == "gpt", t["value"]) for t in turns if t["from"] != "system"]
    kept = _between(said)
    exchanged = [{"from": "human" if own else "gpt", "value": text} for own, text in kept]
    return {"conversations": system + exchanged} if kept else None


def _segments(stored: dict[str, Any]) -> dict[str, Any] | None:
    r"""`HEAD\nOTHER: ..`, `\nME: ..\n`, `OTHER: ..`, `\nME: ..`, with the texts exchanged."""
    parts = stored["segments"]
    labels = [bool(part["label"]) for part in parts]
    if len(parts) < 3 or labels != [place % 2 == 1 for place in range(len(parts))]:
        return None
    texts = [part["text"] for part in parts]
    other = texts[2].partition(": ")[0]
    me = texts[1].lstrip("\n").partition(": ")[0]
    head, texts[0] = _head(texts[0], other)
    bodies = [text.strip("\n").partition(": ")[2] for text in texts]
    kept = _between(list(zip(labels, bodies, strict=True)))
    made = [
        {"label": not own, "text": f"{other}: {text}" if own else f"\n{me}: {text}\n"}
        for own, text in kept
    ]
    if made:
        made[0]["text"] = f"{head}{made[0]['text']}"
        made[-1]["text"] = str(made[-1]["text"]).removesuffix("\n")
    return {"segments": made} if made else None


def _head(text: str, other: str) -> tuple[str, str]:
    """The system prompt with its newline, and what the first speaker says after it."""
    if text.startswith(f"{other}: "):
        return "", text
    before, newline, said = text.partition(f"\n{other}: ")
    return before + "\n", f"{other}: {said}" if newline else text


def _between(said: list[tuple[bool, str]]) -> list[tuple[bool, str]]:
    """Turns as (whether they are the persona's, text), as far as `swapped` takes them."""
    whose = [own for own, _ in said]
    if len(set(whose)) < 2:
        return []
    end = len(whose) - whose[::-1].index(False)
    names = _group_names([text for own, text in said if not own])
    return [
        (own, text if own else _nameless(text, names))
        for own, text in said[whose.index(True) : end]
    ]


def _group_names(texts: list[str]) -> set[str]:
    """The names before the others' turns, if each turn has one and they are several people's."""
    found = [_NAME.match(text) for text in texts]
    names = {match[1] for match in found if match}
    return names if all(found) and len(names) > 1 else set()


def _nameless(text: str, names: set[str]) -> str:
    if not names:
        return text
    listed = "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True))
    return re.sub(rf"^(?:{listed}): ", "", text, flags=re.MULTILINE)
