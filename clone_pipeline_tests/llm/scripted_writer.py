"""Well-formed replies to the prompts of the QA pipeline, by what the prompt asks for.

Verdict words and reply formats are the seed's; the content is copied from the prompt's text, so
that a whole run over real documents goes through without a model.
"""

import hashlib
import re
from typing import Any

_PAIR = re.compile(
    r"(?:\*\*)?QUESTION:?(?:\*\*)?:?\s*(?P<q>.+?)\s*(?:\*\*)?ANSWER:?(?:\*\*)?:?\s*(?P<a>.+?)"
    r"(?=\s*(?:\*\*)?QUESTION|\s*(?:-{3,}|\"{3}|`{3})|\Z)",
    re.S | re.I,
)
_SENTENCE = re.compile(r"[A-Z][^.!?\n]{25,200}[.!?](?=\s|$)")


def write_reply(body: dict[str, Any]) -> str:
    """The reply in the format that the messages ask for; the same for the same messages."""
    asked_for = body["messages"] if "messages" in body else [{"content": body["prompt"]}]
    messages = [str(message["content"]) for message in asked_for]
    asked, whole = messages[-1], "\n".join(messages)
    if "IRRELEVANT" in whole:
        return f"The text answers the question step by step.\n\n{_verdict(asked, 'RELEVANT')}"
    if "INACCURATE" in whole:
        return f"The answer agrees with the text.\n\n{_verdict(asked, 'ACCURATE')}"
    if "REWORD" in whole:
        return "Nothing vague is in the pair.\n\nFinal judgment: PASS"
    if "AI Assistant" in whole:
        return _conversation(asked)
    if "QUESTION" in whole:
        return _pairs(asked)
    return f"I see. {_digest(asked)}"


def _verdict(asked: str, word: str) -> str:
    """Nine of ten pass; which ones is fixed by the prompt."""
    failed = int(_digest(asked)[:8], 16) % 10 == 0
    return (
        f"Verdict: {'IR' if word == 'RELEVANT' else 'IN'}{word}" if failed else f"Verdict: {word}"
    )


def _pairs(asked: str) -> str:
    sentences = _SENTENCE.findall(asked)[:3] or [f"It is about {_digest(asked)}."]
    blocks = []
    for sentence in sentences:
        topic = " ".join(re.findall(r"\w+", sentence)[:6]).lower()
        blocks.append(f"**QUESTION:** What is known about {topic}?\n**ANSWER:** {sentence.strip()}")
    return "\n\n".join(blocks)


def _conversation(asked: str) -> str:
    lines = []
    for pair in _PAIR.finditer(asked):
        lines.append(f"**User:** {pair['q'].strip()}")
        lines.append(f"**AI Assistant:** {pair['a'].strip()}")
    return "\n".join(lines) or "**User:** Hello!\n**AI Assistant:** Hello, how can I help?"


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:12]
