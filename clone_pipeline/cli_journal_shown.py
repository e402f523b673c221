"""How the journal looks in a terminal."""

import json

from rich.markup import escape
from rich.table import Table

from clone_pipeline.llm.exchange import MalformedReply, reply_of
from clone_pipeline.llm.journal_listing import By, Kept, Total

_CHARS = 60  # of a reply in a list
_UNSEEN = dict.fromkeys((*range(9), *range(11, 32), *range(127, 160)), "�")


def sentence(total: Total, size: int) -> str:
    """What is kept, in a file of `size` bytes, and what was paid."""
    return (
        f"{total.kept:,} answers in {megabytes(size)}; paid for in all: {total.requests:,} "
        f"requests, {total.prompt_tokens:,} tokens of prompts, {total.completion_tokens:,} of "
        f"answers, cost {total.cost:,.2f}"
    )


def table(rows: list[Total], by: By) -> Table:
    """A row for each prompt, model, host or day."""
    shown = Table()
    shown.add_column(by.value, overflow="fold")
    for column in ("kept", "requests", "prompt tokens", "answer tokens", "cost"):
        shown.add_column(column, justify="right", no_wrap=True)
    for row in rows:
        numbers = (row.kept, row.requests, row.prompt_tokens, row.completion_tokens)
        name = escape(row.name) or "(not named)"
        shown.add_row(name, *(f"{number:,}" for number in numbers), f"{row.cost:,.2f}")
    return shown


def latest(rows: list[Kept]) -> Table:
    """A row for each answer, with how its key begins."""
    shown = Table("key", "when", "prompt", "answer")
    for row in rows:
        words = " ".join(seen(_text(row)).split())
        head = words if len(words) <= _CHARS else words[: _CHARS - 3] + "..."
        shown.add_row(row.key[:12], row.created[:16], escape(row.prompt), escape(head))
    return shown


def _text(kept: Kept) -> str:
    """The words of the reply; all of it if it can't be read."""
    try:
        return reply_of(kept.reply, journal_key=kept.key, from_journal=True).text
    except MalformedReply:
        return kept.reply


def megabytes(count: int) -> str:
    """Bytes as a person reads them."""
    return f"{count / 1e6:,.1f} MB"


def whole(kept: Kept) -> str:
    """An exchange to be read from top to bottom."""
    request = dict(kept.request)
    parts = [f"--- {message['role']}\n{message['content']}" for message in request.pop("messages")]
    parts.append(f"--- answer of {kept.model} at {kept.host or 'an endpoint'}\n{_text(kept)}")
    parts.append(
        f"--- {kept.created}, prompt {kept.prompt or 'not named'}, {kept.prompt_tokens:,} + "
        f"{kept.completion_tokens:,} tokens, cost {kept.cost:.6g}\n"
        f"{json.dumps(request, ensure_ascii=False)}\n{kept.key}"
    )
    return seen("\n\n".join(parts))


def seen(text: str) -> str:
    """The text without what would steer a terminal."""
    return text.translate(_UNSEEN)
