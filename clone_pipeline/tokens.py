"""Counting and cutting text with a model's own tokenizer, without torch."""

import json
from dataclasses import dataclass
from pathlib import Path

import tokenizers
from tokenizers import normalizers

from clone_pipeline.settings import Fault, FaultyInput


@dataclass(frozen=True, slots=True)
class Tokenizer:
    """A model's tokenizer; no special token is ever added to a text."""

    backend: tokenizers.Tokenizer

    def count(self, text: str) -> int:
        """How many tokens `text` has."""
        return len(self.encode(text))

    def at_most(self, text: str) -> int:
        """A number of tokens that `text` has at most; often without tokenising it.

        A token stands for at least one byte of UTF-8, but for a first one that some tokenizers
        put before a text. Normalising to NFC makes a text at most three times as long; what other
        normalizers make of it is counted, unless it is ASCII.
        """
        if text.isascii():
            return len(text) + 1
        normalizer = self.backend.normalizer
        if normalizer is None or isinstance(normalizer, normalizers.NFC):
            return (1 if normalizer is None else 3) * len(text.encode("utf-8", "replace")) + 1
        return self.count(text)

    def encode(self, text: str) -> list[int]:
        """The token ids of `text`."""
        return list(self.backend.encode(text, add_special_tokens=False).ids)

    def cut(self, text: str, *, limit: int) -> str:
        """The longest prefix of `text` of at most `limit` tokens, cut at a token border.

        A character that is written as several tokens is kept whole or left out.

        Args:
            text: any length.
            limit: in tokens, at least 0.

        Raises:
            ValueError: `limit` is negative.
        """
        if limit < 0:
            raise ValueError(f"limit is {limit}; it must be at least 0")
        offsets = self.backend.encode(text, add_special_tokens=False).offsets
        if len(offsets) <= limit:
            return text
        for last in range(limit, 0, -1):
            end, following = offsets[last - 1][1], offsets[last][0]
            prefix = text[:end]
            if end <= following and self.count(prefix) <= limit:
                return prefix
        return ""


def load(folder: Path) -> Tokenizer:
    """The tokenizer of the model in `folder`, from its `tokenizer.json`.

    Raises:
        FaultyInput: there is no such file, or it can't be read.
    """
    path = folder / "tokenizer.json"
    if not path.is_file():
        fix = "Name a model folder with a fast tokenizer (tokenizer.json)."
        raise FaultyInput([Fault(str(path), "no such file", fix)])
    written = path.read_text(encoding="utf-8")
    if not _is_whole(written):
        raise FaultyInput([Fault(str(path), "half a tokenizer", "Download the model again.")])
    backend = tokenizers.Tokenizer.from_str(written)
    backend.no_truncation()
    backend.no_padding()
    return Tokenizer(backend)


def _is_whole(written: str) -> bool:
    try:
        stored = json.loads(written)
    except ValueError:
        return False
    return isinstance(stored, dict) and "model" in stored
