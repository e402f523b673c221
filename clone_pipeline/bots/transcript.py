"""What was heard, as lines that a prompt can be made of: plain text, nothing hidden in it."""

import random
import re
import unicodedata
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from clone_pipeline.bots.heard import Heard, Said
from clone_pipeline.llm.exchange import without_surrogates

ROLES = ("system", "user", "assistant", "developer", "human", "gpt")
_SUBMISSION = "t3_"  # what Reddit's ids of submissions begin with

_LINE_ENDS = re.compile("\r\n|[\r\v\f\x1c-\x1e\x85\u2028\u2029]")
_JOINER = "[\u200c\u200d]"  # says something between letters or emoji that are not ASCII only
_IDLE_JOINERS = re.compile(rf"(?<![^\x00-\x7f]){_JOINER}+|{_JOINER}+(?![^\x00-\x7f])")
_HIDDEN = frozenset({"Cc", "Cf", "Cs"})


@dataclass(frozen=True, slots=True)
class Line:
    """Something that was said, as a prompt may show it.

    Attributes:
        author: an id, or the name where names are ids, in one line.
        text: plain; may be empty in an opening.
        ours: this bot said it.
        opening: it is the submission that the others answer.
        title: of an opening.
        pictured: what its images show.
        name: what the author is called, in one line; "" where that is `author`.
    """

    author: str
    text: str
    ours: bool = False
    opening: bool = False
    title: str = ""
    pictured: tuple[str, ...] = ()
    name: str = ""

    @property
    def called(self) -> str:
        """What the author is called."""
        return self.name or self.author


def lines_of(heard: Heard, *, captions: Sequence[str] = (), most: int = 100) -> list[Line]:
    """The opening, where there is one, and the last messages; what was heard is the last line.

    The first of a comment's context is the opening where `context` reaches as far up as the
    comment is deep, or where it bears a submission's id; otherwise there is only its title.

    Args:
        heard: what is to be answered.
        captions: what its images show.
        most: messages between the opening and the last line.
    """
    said = [each for each in heard.context if each.message_id != heard.message_id]
    opening: list[Line] = []
    if heard.kind == "comment":
        first, whole = said[0] if said else None, len(said) >= heard.depth > 0
        if first and (whole or first.message_id.startswith(_SUBMISSION)):
            opening = [replace(_said(first), opening=True)]
            said = said[1:]
        elif heard.title:
            opening = [Line(_name(heard.thread_author), "", heard.thread_is_ours, True)]
        opening = [replace(line, title=_one_line(heard.title)) for line in opening]
    before = [_said(each) for each in said]
    last = Line(
        author=_name(heard.author),
        text=plain(heard.text),
        opening=heard.kind == "submission",
        title=_one_line(heard.title) if heard.kind == "submission" else "",
        pictured=tuple(text for text in map(_one_line, captions) if text),
        name=_one_line(heard.name)[:80],
    )
    shown = [line for line in before if line.text]
    return [*opening, *shown[max(0, len(shown) - most) :], last]


def plain(text: str) -> str:
    """`text` without what cannot be seen: control, bidirectional and tag characters, lone halves.

    Line ends of all kinds become line feeds, a tab a blank. Joiners stay between letters or emoji
    that are not ASCII. Plain text stays as it is.
    """
    joined = _LINE_ENDS.sub("\n", without_surrogates(text)).replace("\t", " ")
    if not joined.isprintable():
        joined = "".join(each for each in joined if each in "\n\u200c\u200d" or _seen(each))
    return _IDLE_JOINERS.sub("", joined).strip()


def forging(names: Collection[str]) -> re.Pattern[str]:
    """Beginnings of lines that read as somebody's turn: a name, or a role's, and a colon."""
    words = {name for name in names if name} | set(ROLES)
    listed = "|".join(re.escape(name) for name in sorted(words, key=len, reverse=True))
    return re.compile(
        rf"^([^\S\n]*(?:[#>*_~`\[(]+[^\S\n]*)?(?:{listed}))[^\S\n]*[*_~`\])]*[^\S\n]*[:：]",
        re.IGNORECASE | re.MULTILINE,
    )


def identity(key: str, *, seed: int = 0) -> str:
    """18 or 19 digits that stand for a person without a bias; the same for equal key and seed."""
    chance = random.Random(f"{seed}:{key}")
    count = chance.choice((17, 18))
    return str(chance.randrange(10**count, 10 ** (count + 1)))


def _said(said: Said) -> Line:
    name = _one_line(said.name)[:80]
    return Line(_name(said.author), plain(said.text), said.ours, name=name)


def _seen(character: str) -> bool:
    return unicodedata.category(character) not in _HIDDEN


def _one_line(text: str) -> str:
    return " ".join(plain(text).split())


def _name(name: str) -> str:
    return _one_line(name)[:80] or "Someone"
