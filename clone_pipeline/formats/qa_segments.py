"""QA data as segments: corrections of wrong answers, and pairs below passages of the documents.

Both are template-free, as `formats.segments` has it, between a reader and the expert, whose last
turn alone is labelled: a wrong answer is there to be seen, not to be learned.
"""

import random
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from clone_pipeline.formats.choosing import chosen
from clone_pipeline.formats.passages import Passages, filled, passages
from clone_pipeline.formats.rows import make_row
from clone_pipeline.formats.talk import talk_of
from clone_pipeline.records import Chunk, Correction, Dialogue, DialogueTurn, Pair, Row

READER = "Reader"
EXPERT = "Expert"
# Stands between two passages.
BORDER = "\n\n-----\n\n"

# "malformed": one of the texts is empty; "too_long": even with one passage and no earlier pair.
Drop = Literal["unknown_chunk", "malformed", "too_long", "duplicate"]

_FORGED = re.compile(rf"^({READER}|{EXPERT}):", re.MULTILINE | re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Limit:
    """The longest row, in tokens counted segment by segment, and the marks that count too.

    Attributes:
        max_tokens: longest row, marks included.
        count: how many tokens a text has for the base model.
        bos: the mark of beginning that the export bears; no text can hold it.
        eos: the mark of the end, likewise.
    """

    max_tokens: int
    count: Callable[[str], int]
    bos: str = "<s>"
    eos: str = "</s>"

    def holds(self, segments: Sequence[dict[str, Any]]) -> bool:
        """Whether a row of these segments is short enough."""
        texts = [segment["text"] for segment in segments]
        texts[0], texts[-1] = self.bos + texts[0], texts[-1] + self.eos
        return sum(map(self.count, texts)) <= self.max_tokens


def from_corrections(
    corrections: Iterable[Correction],
    *,
    related: Mapping[str, Sequence[str]],
    system_prompt: str,
    limit: Limit,
) -> tuple[list[Row], Counter[str]]:
    """One row a correction: question, wrong answer, objection, and labelled the right answer.

    Args:
        corrections: any; what can't be a row is dropped.
        related: by pair id, the further chunks that a pair came from.
        system_prompt: what each row begins with.
        limit: longest row.

    Returns:
        Rows, and corrections dropped by `Drop`.
    """
    rows: dict[str, Row] = {}
    dropped: Counter[str] = Counter()
    for each in corrections:
        said = (each.question, each.wrong_answer, each.objection, each.answer)
        segments = _segments(said, system_prompt, limit)
        own = [each.chunk_id, *related.get(each.pair_id, ())]
        reason = _take(rows, "corrections", segments, own, limit)
        if reason:
            dropped[reason] += 1
    return list(rows.values()), dropped


def from_pairs(
    pairs: Iterable[Pair],
    *,
    chunks: Iterable[Chunk],
    system_prompt_rag: str,
    limit: Limit,
    wrong_context: float = 0,
    max_chunks: int = 3,
    max_pairs: int = 3,
) -> tuple[list[Row], Counter[str]]:
    """One row a pair, below passages, behind earlier pairs of its chunk; labelled is its answer.

    How many passages and earlier pairs a row has, which passages and in what order, the pair's id
    decides. A row that is too long loses passages that are not its own, then earlier pairs.

    Args:
        pairs: verified ones; those of one chunk and style make a conversation, in their order.
        chunks: those that the pairs came from, and whatever else there is.
        system_prompt_rag: the passages take the place of its `{data}`.
        limit: longest row.
        wrong_context: share of the pairs, chosen by their ids, whose own passages are missing
            where others are to be had; the answer stays as it is.
        max_chunks: most passages of a row; of a pair of more chunks all of its own.
        max_pairs: most pairs of a row.

    Returns:
        Rows, and pairs dropped by `Drop`.

    Raises:
        FaultyInput: a row is to be made, and `system_prompt_rag` has no `{data}`.
    """
    known = passages(chunks)
    rows: dict[str, Row] = {}
    dropped: Counter[str] = Counter()
    for pair, before in _with_earlier(pairs, max_pairs):
        own = [pair.chunk_id, *(pair.related or ())]
        reason: Drop | None = "unknown_chunk"
        if all(each in known.texts for each in own):
            shown = _shown(pair, own, known, wrong_context, max_chunks)
            segments = _fitted([*before, pair], shown, own, known, system_prompt_rag, limit)
            reason = _take(rows, "rag_segments", segments, own, limit)
        if reason:
            dropped[reason] += 1
    return list(rows.values()), dropped


def _with_earlier(pairs: Iterable[Pair], most: int) -> Iterator[tuple[Pair, list[Pair]]]:
    """Each pair with those that stand before it in a row; a pair of several chunks is alone."""
    talks: dict[tuple[str, str], list[Pair]] = {}
    for pair in pairs:
        of = ("", pair.pair_id) if pair.related else (pair.chunk_id, pair.style)
        talks.setdefault(of, []).append(pair)
    for talk in talks.values():
        for place, pair in enumerate(talk):
            yield pair, talk[place - place % most : place]


def _shown(
    pair: Pair, own: list[str], known: Passages, wrong_context: float, most: int
) -> list[str]:
    """The chunks that a row shows, in their order."""
    draw = random.Random(pair.pair_id)
    number = draw.randint(1, most)
    wrong = chosen(pair.pair_id, wrong_context)
    wanted = number if wrong else number - len(own)
    others = known.others(pair.pair_id, own, wanted, answer=pair.answer) if wanted > 0 else []
    shown = others if wrong and others else [*own, *others]
    draw.shuffle(shown)
    return shown


def _fitted(
    talk: list[Pair], shown: list[str], own: list[str], known: Passages, prompt: str, limit: Limit
) -> list[dict[str, Any]]:
    """The row's segments; of passages that are not its own, then of earlier pairs, what fits."""
    others = [each for each in shown if each not in own]
    spare = others if len(others) < len(shown) else others[1:]
    while True:
        data = BORDER.join(known.texts[each] for each in shown)
        said = [text for pair in talk for text in (pair.question, pair.answer)]
        segments = _segments(said, filled(prompt, data), limit)
        if not segments or limit.holds(segments) or not (spare or talk[1:]):
            return segments
        if spare:
            shown = [each for each in shown if each != spare[-1]]
            spare = spare[:-1]
        else:
            talk = talk[1:]


def _segments(said: Sequence[str], system_prompt: str, limit: Limit) -> list[dict[str, Any]]:
    """The turns as segments of which only the last is labelled; none if one of them is empty."""
    turns = [
        DialogueTurn("persona", EXPERT, text, []) if place % 2 else
        DialogueTurn("other", READER, text, [])
        for place, text in enumerate(said)
    ]  # fmt: skip
    prompt = _FORGED.sub(r"\1 :", system_prompt)
    talk = talk_of(Dialogue("", "", "", turns), system_prompt=prompt, bos=limit.bos, eos=limit.eos)
    segments = talk.segments(0, len(said)) if talk else []
    return [{**each, "label": place == len(said) - 1} for place, each in enumerate(segments)]


def _take(
    rows: dict[str, Row], dataset: str, segments: list[dict[str, Any]], own: list[str], limit: Limit
) -> Drop | None:
    """Add the row; the reason if it can't be one."""
    if not segments:
        return "malformed"
    if not limit.holds(segments):
        return "too_long"
    content = {"segments": segments}
    row = make_row("qa", dataset, "segments", content, sources=own, split_group=own[0])
    if row.row_id in rows:
        return "duplicate"
    rows[row.row_id] = row
    return None
