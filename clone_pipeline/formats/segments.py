"""Template-free rows for `type: input_output`: `{"segments": [{"label": bool, "text": str}]}`.

Only what the persona says is labelled, from the newline before the name to the newline behind the
text. The marks of beginning and end (<s>, </s>) stand in the exported file only; a model trained
here gets its tokenizer's own.
"""

import functools
import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from clone_pipeline.formats.files import write_whole
from clone_pipeline.formats.rows import make_row, prompt_of
from clone_pipeline.formats.segment_rules import check as check
from clone_pipeline.formats.talk import talk_of
from clone_pipeline.records import Dialogue, Row
from clone_pipeline.settings import Fault, FaultyInput


def from_dialogues(
    dialogues: Iterable[Dialogue],
    *,
    system_prompts: Mapping[str, str],
    bos: str = "<s>",
    eos: str = "</s>",
    max_tokens: int,
    count: Callable[[str], int],
) -> tuple[list[Row], Counter[str]]:
    """One row a dialogue, or several where it is longer than `max_tokens`.

    Args:
        dialogues: any; what can't be a row is dropped.
        system_prompts: by persona key; each row begins with its persona's, then the dialogue's
            context.
        bos: the mark of beginning that the export will bear; nobody's text can hold it.
        eos: the mark of the end, likewise.
        max_tokens: longest row: tokens counted segment by segment, marks included.
        count: how many tokens a text has for the base model.

    Returns:
        Rows, and turns (the unit that enters) dropped by reason: "malformed" (all turns of a
        dialogue that are not in turn, or one of them empty), "too_long" (the other's and the
        persona's turn are together over `max_tokens`), "duplicate" (the same row again).
    """
    rows: dict[str, Row] = {}
    dropped: Counter[str] = Counter()
    count = functools.lru_cache(maxsize=4096)(count)
    for dialogue in dialogues:
        prompt = prompt_of(dialogue, system_prompts)
        talk = talk_of(dialogue, system_prompt=prompt, bos=bos, eos=eos)
        if talk is None:
            dropped["malformed"] += len(dialogue.turns)
            continue
        for first, last, fits in talk.sections(max_tokens, count):
            row = _row(dialogue, first, last, {"segments": talk.segments(first, last)})
            if not fits:
                dropped["too_long"] += last - first
            elif row.row_id in rows:
                dropped["duplicate"] += last - first
            else:
                rows[row.row_id] = row
    return list(rows.values()), dropped


def write_json(rows: Iterable[Row], path: Path, *, bos: str = "<s>", eos: str = "</s>") -> int:
    """Write the rows' segments as one JSON array, with the marks; returns how many there are."""
    contents = dict.fromkeys(row.content for row in rows if row.form == "segments")
    examples = [_marked(json.loads(content), bos, eos) for content in contents]
    lines = ",\n".join(json.dumps(example, ensure_ascii=False) for example in examples)
    write_whole(path, ("[\n", lines, "\n]\n"))
    return len(examples)


def parse(
    path: Path, *, bos: str = "<s>", eos: str = "</s>", untaught: bool = False
) -> list[dict[str, Any]]:
    """The examples of a segments file, without the marks; `untaught` as in `check`.

    Raises:
        FaultyInput: the file is no array of segments.
    """
    try:
        examples = json.loads(path.read_text(encoding="utf-8"))
    except ValueError:
        examples = None
    rules = check(examples, system_prompts=(), untaught=untaught)
    if broken := [rule for rule in rules if rule.startswith(("S1:", "S2:"))]:
        raise FaultyInput([Fault(str(path), "; ".join(broken[:20]), "Mend the file.")])
    for example in examples:
        texts = example["segments"]
        texts[0]["text"] = texts[0]["text"].removeprefix(bos)
        texts[-1]["text"] = texts[-1]["text"].removesuffix(eos)
    return list(examples)


def _row(dialogue: Dialogue, first: int, last: int, content: dict[str, Any]) -> Row:
    turns = dialogue.turns[first:last]
    sources = dict.fromkeys(name for turn in turns for name in turn.message_ids)
    return make_row(
        "persona", dialogue.persona, "segments", content,
        sources=list(sources) or [f"persona:{dialogue.persona}"], persona=dialogue.persona,
        split_group=dialogue.conversation_id, ended=dialogue.ended,
    )  # fmt: skip


def _marked(example: dict[str, Any], bos: str, eos: str) -> dict[str, Any]:
    segments = example["segments"]
    segments[0]["text"] = bos + segments[0]["text"]
    segments[-1]["text"] += eos
    return example


def usual_other(contents: Iterable[str]) -> str | None:
    """The name that the other speaker bears most often in these rows, None if none shows it.

    Args:
        contents: of segments rows, JSON.
    """
    names: Counter[str] = Counter()
    for content in contents:
        later = json.loads(content)["segments"][2::2]
        names.update(segment["text"].partition(": ")[0] for segment in later)
    return names.most_common(1)[0][0] if names else None
