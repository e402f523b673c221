r"""What a model wrote, made into what a person would send: one way for each form of prompt.

Every clean-up only takes away, and cleaning twice is cleaning once.
"""

import re
from collections.abc import Collection

from clone_pipeline.bots.transcript import forging, plain
from clone_pipeline.formats.defusing import defuse
from clone_pipeline.formats.lines import unfolded

# Where VTX's bot cuts: the model has begun to write a prompt of its own.
_MARKERS = re.compile(r"(?:^|(?<=\s))(?:CONTEXT|INPUT|OUTPUT|SYSTEM|USER|ASSISTANT):")
_THOUGHTS = re.compile(r"\A\s*<think>.*?</think>", re.DOTALL)
_BIAS = re.compile(r"\A¶?\s*([1-9][0-9]{16,18}):>")
_HEADS = re.compile(r"\n\s*(?:Image post|Post|Comment|Reply) by u/")
_SENTENCE_ENDS = re.compile(r"[?.!;]")


def of_chat(raw: str, *, name: str, others: Collection[str]) -> str:
    """A chat model's answer: without its own name before it, cut where another's turn begins.

    What a reasoning model thought aloud before it answered is not part of the answer.
    """
    turns = forging({name, *others})
    own = re.compile(rf"\A\s*{re.escape(name)}\s*:", re.IGNORECASE)
    text = plain(_before_token(_THOUGHTS.sub("", raw)))
    while own.match(text):
        text = own.sub("", text, count=1).strip()
    if found := turns.search(text):
        text = text[: found.start()]
    return _before_marker(text).strip()


def of_bias(raw: str, *, chosen: str | None, longest_run: int) -> tuple[str, str] | None:
    r"""The speaker's digits and text of VTX's form; None if it is no such message.

    Cut at the next `¶`, at a marker, and before a run of more than `longest_run` ASCII characters
    without a blank (what a broken model repeats, and addresses); loose ends `\\`, `,`, `Q:`, `!!`,
    `??` are trimmed.

    Args:
        raw: what followed the prompt.
        chosen: the bias that the prompt ends with; None if the model was to choose one.
        longest_run: in characters; VTX: 20.
    """
    bias, text = chosen, raw
    if chosen is None:
        found = _BIAS.match(raw)
        if not found:
            return None
        bias, text = found[1], raw[found.end() :]
    text = _before_marker(plain(unfolded(_before_token(text.partition("¶")[0]))))
    if run := re.search(rf"[!-~]{{{longest_run + 1},}}", text):
        text = text[: run.start()]
    return bias or "", _trimmed(text)


def of_backstory(raw: str, *, finished: bool) -> str:
    """HotShotBot's clean-up: the text of the quote that the prompt left open.

    Cut at the first double quote or the head of another's line; where the model had not finished,
    at the last newline, else behind the last full sentence, else at the last blank; else nothing.

    Args:
        raw: what followed the prompt.
        finished: the model ended by itself, or at the closing quote.
    """
    text, quote, _ = _before_token(raw).partition('"')
    head = _HEADS.search(text)
    text = text[: head.start()] if head else text
    if not (quote or head or finished):
        text = _whole_part(text)
    return _before_marker(plain(text)).strip()


def of_tags(raw: str, *, finished: bool) -> str | None:
    r"""ssi-bot's clean-up: cut at the first `<|`, and a `\n` is a line feed again.

    Where there is none and the model had not finished: cut at the last `\n`, else at `!!!!`, else
    there is no reply: None.
    """
    if "<|" in raw:
        text = raw[: raw.index("<|")]
    elif finished:
        text = raw
    elif "\\n" in raw:
        text = raw[: raw.rindex("\\n")]
    elif "!!!!" in raw:
        text = raw[: raw.index("!!!!")]
    else:
        return None
    return _before_marker(plain(unfolded(_before_token(text)))).strip()


def _whole_part(text: str) -> str:
    if "\n" in text.strip():
        return text.rstrip().rpartition("\n")[0]
    if ends := list(_SENTENCE_ENDS.finditer(text)):
        return text[: ends[-1].end()]
    return text.rpartition(" ")[0].rstrip(",;: ")


def _trimmed(text: str) -> str:
    before = None
    while text != before:
        before = text
        text = text.strip().rstrip("\\,").removesuffix("Q:")
        for mark in "!?":
            text = text.rstrip(mark) if text.endswith(mark * 2) else text
    return text


def _before_token(text: str) -> str:
    """`text` up to the first template token: there the answer has ended."""
    safe = defuse(text)
    if safe == text:
        return text
    places = enumerate(zip(text, safe, strict=False))
    first = next((place for place, (one, other) in places if one != other), len(text))
    before, _, line = text[:first].rpartition("\n")
    return before if line.startswith("###") else text[:first].rstrip("<[|｜")


def _before_marker(text: str) -> str:
    found = _MARKERS.search(text)
    return text[: found.start()] if found else text
