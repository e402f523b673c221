"""A person's essays or journals that lie among the chats: recognised, and refused with the way out.

Plain prose has no messages. Texts in raw_input/text/<dataset>/ are trained as they are (see
clone_pipeline/formats/completion.py).
"""

import re
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from clone_pipeline.chats.parsers.beside import Beside, nothing_beside
from clone_pipeline.chats.parsers.text_lines import text_of
from clone_pipeline.records import Message
from clone_pipeline.settings import Fault, FaultyInput

NAME = "text"

_LETTERS = 200
_LETTER_SHARE = 0.6
_LOG_SHARE = 0.3
_SENTENCE_END = re.compile(r"[.!?。！？…](?:[\"'”’»)\]]*)(?:\s|\Z|(?<=[。！？]))")
_OF_A_LOG = re.compile(
    r"\s*(?:[\[(<]?\d{1,4}[:./-]\d{1,2}|<[^>\s]{1,64}>|\[|[^\s:]{1,30}(?: [^\s:]{1,30}){0,2}: )"
)
_OF_A_TABLE = re.compile(r"(?:[^,;\t]*[,;\t](?=\S)){3}")


def matches(path: Path, head: bytes) -> bool:
    """Whether it is prose: mostly letters, in sentences, in lines that do not look like a log's."""
    told = text_of(head)
    if told is None or told.lstrip()[:1] in ("", "{", "<"):
        return False
    if "\ufffd" in told[:-4]:
        return False
    letters = sum(character.isalpha() for character in told)
    solid = sum(not character.isspace() for character in told)
    if letters < _LETTERS or letters < _LETTER_SHARE * solid:
        return False
    lines = [line[:400] for line in told.split("\n") if line.strip()]
    like_a_log = sum(bool(_OF_A_LOG.match(line) or _OF_A_TABLE.match(line)) for line in lines)
    return like_a_log <= _LOG_SHARE * len(lines) and _SENTENCE_END.search(told) is not None


def parse(path: Path, *, source_file: str, beside: Beside = nothing_beside) -> Iterator[Message]:
    """Nothing.

    Raises:
        FaultyInput: always; it says where the file belongs.
    """
    name = PurePosixPath(source_file).name
    fix = (
        f"Move it to raw_input/text/journal/{name} (any folder's name is a dataset): it is trained "
        "as plain text. If it is a chat, convert it to the neutral schema (docs/formats.md)."
    )
    raise FaultyInput([Fault(source_file, "a text without messages, as essays are", fix)])
