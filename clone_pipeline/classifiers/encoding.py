"""Texts and pairs as token ids that a model can read at once.

DialogRPT (https://github.com/golsun/DialogRPT, src/model.py) reads `context<|endoftext|>reply`:
the context's tokens, GPT-2's end mark, the reply's tokens, nothing before or after. Cross-encoders
read two texts in the frame that their tokenizer puts around a pair.
"""

from dataclasses import dataclass
from typing import Any

from clone_pipeline.classifiers.loading import Loaded

_OVERLAP = 4  # windows share a quarter of their tokens


@dataclass(frozen=True, slots=True)
class Row:
    """Token ids, and for each which of two texts it is of."""

    ids: list[int]
    types: list[int]


def of_text(loaded: Loaded, text: str, *, windows: bool = False) -> list[Row]:
    """The rows of one text.

    What looks like a special token is only text, except where two texts are told apart by the
    end mark (`Loaded.joins`).

    Args:
        loaded: the classifier.
        text: of any length.
        windows: a text that is too long becomes several rows that overlap; else its end is kept.
    """
    words = _encoded(loaded, text, plain=not loaded.joins)
    backend = loaded.tokenizer.backend_tokenizer
    room = max(1, loaded.limit - backend.num_special_tokens_to_add(False))
    parts = [words]
    if len(words) > room:
        stride = room // _OVERLAP if windows else 0
        words.truncate(room, stride=stride, direction="right" if windows else "left")
        parts = [words, *words.overflowing] if windows else [words]
    framed = [backend.post_process(part, None, True) for part in parts]
    return [_row(loaded, each.ids, each.type_ids) for each in framed]


def of_pair(loaded: Loaded, context: str, reply: str) -> Row:
    """The row of a reply and what it answers; of what is too long the context's beginning goes.

    What looks like a special token in either is only text.
    """
    first, second = (_encoded(loaded, text, plain=True) for text in (context, reply))
    if loaded.joins:
        ids = [*first.ids, loaded.tokenizer.eos_token_id, *second.ids][-loaded.limit :]
        return _row(loaded, ids, [0] * len(ids))
    backend = loaded.tokenizer.backend_tokenizer
    room = max(1, loaded.limit - backend.num_special_tokens_to_add(True))
    second.truncate(min(room, max(1, len(second))))
    first.truncate(room - len(second), direction="left")
    framed = backend.post_process(first, second, True)
    return _row(loaded, framed.ids, framed.type_ids)


def _encoded(loaded: Loaded, text: str, *, plain: bool) -> Any:
    """The tokens without a frame; half a pair of surrogates, which no file holds, becomes "?"."""
    backend = loaded.tokenizer.backend_tokenizer
    backend.no_truncation()
    backend.no_padding()
    backend.encode_special_tokens = plain
    whole = text.encode("utf-8", "replace").decode()
    return backend.encode(whole, add_special_tokens=False)


def _row(loaded: Loaded, ids: list[int], types: list[int]) -> Row:
    """A model needs one token at least."""
    if ids:
        return Row(ids, types)
    known = (loaded.tokenizer.eos_token_id, loaded.tokenizer.bos_token_id, 0)
    return Row([next(each for each in known if each is not None)], [0])
