"""Rows of the training dataset as token ids, with labels where the speaker in question speaks."""

import json
from collections.abc import Iterator
from typing import Any

from clone_pipeline.local_model.dialogue_tokens import segments, sharegpt
from clone_pipeline.local_model.labelled import UNLABELLED as UNLABELLED
from clone_pipeline.local_model.labelled import Build, Encoded, Exchange, Speaker
from clone_pipeline.local_model.templates import harmless


def encode(
    tokenizer: Any,
    row_content: str,
    form: str,
    *,
    speaker: Speaker = "persona",
    max_tokens: int,
    end_marks: bool = True,
) -> Encoded | None:
    """One row as tokens, its end if all of it is too long.

    sharegpt goes through the tokenizer's chat template: labelled are the gpt turns (of "other":
    the human turns) with the mark that ends each. segments are tokenised one by one between the
    tokenizer's own bos and eos: labelled are those that say so (of "other": the rest but the
    system prompt). completion is the text and an eos, all labelled; it has no "other".

    Args:
        tokenizer: a fast transformers tokenizer.
        row_content: `Row.content`, JSON.
        form: `Row.form`.
        speaker: whose words are labelled.
        max_tokens: longer rows lose whole turns from the left but keep their system prompt; a last
            exchange that is still too long is cut at its end, as is a completion.
        end_marks: label the mark that ends a labelled turn or row, too. For a fair comparison of
            two speakers' words leave them out: short turns have more marks a word.

    Returns:
        None if nothing labelled is left.

    Raises:
        FaultyInput: sharegpt with a tokenizer that has no chat template.
    """
    parts = _parts(tokenizer, row_content, form, speaker, max_tokens, end_marks)
    first = next(parts, None)
    return first if first and first.labelled else None


def encode_parts(
    tokenizer: Any,
    row_content: str,
    form: str,
    *,
    speaker: Speaker = "persona",
    max_tokens: int,
    end_marks: bool = True,
) -> Iterator[Encoded]:
    """All of a row, in as many parts as `max_tokens` asks for; the first is what `encode` gives.

    A dialogue's parts are runs of whole exchanges, the last first, each with the system prompt.
    Parts without anything labelled are left out.
    """
    parts = _parts(tokenizer, row_content, form, speaker, max_tokens, end_marks)
    yield from (part for part in parts if part.labelled)


def _parts(
    tokenizer: Any,
    row_content: str,
    form: str,
    speaker: Speaker,
    max_tokens: int,
    end_marks: bool,
) -> Iterator[Encoded]:
    content = json.loads(row_content)
    if form == "completion":
        if speaker == "persona":
            yield from _completion(tokenizer, content["text"], max_tokens, end_marks)
        return
    if form == "sharegpt":
        exchanges, build = sharegpt(tokenizer, content["conversations"], speaker, end_marks)
    else:
        exchanges, build = segments(tokenizer, content["segments"], speaker, end_marks)
    end = len(exchanges)
    while end:
        start, part = _fitted(exchanges[:end], build, max_tokens)
        yield part
        end = start


def _fitted(exchanges: list[Exchange], build: Build, max_tokens: int) -> tuple[int, Encoded]:
    """The longest end of `exchanges` that fits, and where it starts."""
    for start in range(len(exchanges)):
        part = build(exchanges[start:])
        if len(part.input_ids) <= max_tokens:
            return start, part
    return start, Encoded(part.input_ids[:max_tokens], part.labels[:max_tokens])


def _completion(tokenizer: Any, text: str, max_tokens: int, end_marks: bool) -> Iterator[Encoded]:
    ids = tokenizer.encode(harmless(tokenizer, text))
    if tokenizer.eos_token_id is not None and ids[-1:] != [tokenizer.eos_token_id]:
        ids.append(tokenizer.eos_token_id)
    for start in range(0, len(ids), max_tokens):
        part = ids[start : start + max_tokens]
        labels = list(part)
        if not end_marks and start + max_tokens >= len(ids):
            labels[-1] = UNLABELLED
        yield Encoded(part, labels)
