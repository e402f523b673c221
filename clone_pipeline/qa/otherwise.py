"""Pairs written in other shapes than asked for, brought into `**QUESTION:**` / `**ANSWER:**`.

A reply is only looked at so if it holds no block: the marks of the asked form always win. Read are
tables with a column of questions and one of answers, `Q: ... A: ...`, and the numbered lists with
`Answer:` that the completion prompts of Augmentoolkit ask for.
"""

import re

_ROW = re.compile(r"^[ \t]*\|(.+)\|[ \t]*$", re.M)
_CELL = re.compile(r"(?<!\\)\|")
_RULER = re.compile(r"[\s|:-]+")
# A question's number or letter, if an answer's mark follows within a few lines.
_ASKED = re.compile(
    r"^[ \t]*(?:\*\*)?(?:\d{1,3}[.)]{1,2}|Q(?:uestion)?[ ]?\d{0,3}[.):：]{1,2})(?:\*\*)?[ \t]*"
    r"(?=\S[^\n]*\n(?:(?!\s*(?:\*\*)?(?:\d{1,3}[.)]|Q(?:uestion)?[ ]?\d{0,3}[.):：]))[^\n]*\n){0,4}"
    r"[ \t]*(?:\*\*)?A(?:nswer)?[ ]?\d{0,3}[.):：])",
    re.M,
)
_ANSWERED = re.compile(r"^[ \t]*(?:\*\*)?A(?:nswer)?[ ]?\d{0,3}[.):：]{1,2}(?:\*\*)?[ \t]*", re.M)


def in_blocks(text: str) -> str:
    """`text` with its pairs as blocks; "" if it holds none in a shape that is known.

    Args:
        text: a question writer's reply that holds no block.
    """
    if rows := _table(text):
        return "\n\n".join(f"**QUESTION:**\n{q}\n\n**ANSWER:**\n{a}" for q, a in rows)
    if not _ASKED.search(text):
        return ""
    marked = _ASKED.sub("\n**QUESTION:**\n", text)
    return _ANSWERED.sub("\n**ANSWER:**\n", marked)


def _table(text: str) -> list[tuple[str, str]]:
    """The rows of the first table whose head names questions and answers."""
    rows = [_cells(found[1]) for found in _ROW.finditer(text) if not _RULER.fullmatch(found[1])]
    for place, head in enumerate(rows):
        names = [name.strip(" *_#").casefold().rstrip("s") for name in head]
        if "question" in names and "answer" in names:
            question, answer = names.index("question"), names.index("answer")
            below = [row for row in rows[place + 1 :] if len(row) == len(head)]
            return [(row[question], row[answer]) for row in below]
    return []


def _cells(row: str) -> list[str]:
    cells = (cell.replace("\\|", "|").strip() for cell in _CELL.split(row))
    return [re.sub(r"<br ?/?>", "\n", cell) for cell in cells]
