"""Stanford Alpaca's examples: `{"instruction", "input", "output"}`, one answer each.

https://github.com/tatsu-lab/stanford_alpaca ("Data Release"); `system` and `history`, a list of
earlier questions and answers, are those of LLaMA-Factory (its data/README.md, "Alpaca Format").
"""

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from clone_pipeline.formats.files import write_whole
from clone_pipeline.formats.talked import Content, Unfit, content_of
from clone_pipeline.settings import Fault, FaultyInput


def write(contents: Iterable[Content], path: Path) -> int:
    """Write the examples of all conversations as one JSON array; returns how many there are."""
    told = [json.dumps(each, ensure_ascii=False) for c in contents for each in examples(c)]
    write_whole(path, ("[\n", ",\n".join(told), "\n]\n"))
    return len(told)


def parse(path: Path) -> list[Content]:
    """The conversations of a file.

    Raises:
        FaultyInput: it is no JSON array, or the first 20 examples that are none.
    """
    try:
        records = json.loads(path.read_text(encoding="utf-8-sig"))
    except (ValueError, RecursionError):
        records = None
    if not isinstance(records, list):
        raise FaultyInput([Fault(str(path), "no JSON array", "Give a file of examples.")])
    contents, faults = [], []
    for number, record in enumerate(records, 1):
        try:
            contents.append(content(record))
        except Unfit as reason:
            faults.append(Fault(f"{path}, example {number}", str(reason), "Mend the example."))
    if faults:
        raise FaultyInput(faults[:20])
    return longest(contents)


def examples(content: Content) -> list[dict[str, Any]]:
    """An example an answer, the earlier turns in its `history`.

    `system` and `history` are there only if they hold something.
    """
    turns = content["conversations"]
    system = turns[0]["value"] if turns[0]["from"] == "system" else ""
    values = [turn["value"] for turn in turns[bool(system) :]]
    pairs = [list(pair) for pair in zip(values[::2], values[1::2], strict=True)]
    made = []
    for place, (asked, answered) in enumerate(pairs):
        example: dict[str, Any] = {"instruction": asked, "input": "", "output": answered}
        if system:
            example["system"] = system
        if place:
            example["history"] = pairs[:place]
        made.append(example)
    return made


def content(record: Any) -> Content:
    """An example as a conversation: history, instruction and input, output.

    Raises:
        Unfit: "unknown_shape", and what `content_of` refuses.
    """
    told = record if isinstance(record, dict) else {}
    asked, given, answered = told.get("instruction"), told.get("input") or "", told.get("output")
    history = told.get("history") or []
    texts = [asked, given, answered, told.get("system") or ""]
    if not isinstance(history, list) or not all(_is_pair(pair) for pair in history):
        raise Unfit("unknown_shape")
    if not all(isinstance(text, str) for text in texts):
        raise Unfit("unknown_shape")
    question = f"{asked}\n{given}" if given.strip() else str(asked)
    said = [("system", str(texts[3]))]
    for before, after in history:
        said += [("user", before), ("assistant", after)]
    return content_of([*said, ("user", question), ("assistant", str(answered))])


def longest(contents: Sequence[Content]) -> list[Content]:
    """The conversations that are not told again, and further, by another; each once.

    What is written as an example an answer becomes one conversation again.
    """
    begun = set()
    for each in contents:
        turns = each["conversations"]
        begun |= {_key(turns[:end]) for end in range(1, len(turns))}
    kept = {_key(each["conversations"]): each for each in contents}
    return [each for key, each in kept.items() if key not in begun]


def _key(turns: Sequence[dict[str, str]]) -> int:
    return hash(tuple((turn["from"], turn["value"]) for turn in turns))


def _is_pair(pair: Any) -> bool:
    return (
        isinstance(pair, list | tuple)
        and len(pair) == 2
        and all(isinstance(text, str) for text in pair)
    )
