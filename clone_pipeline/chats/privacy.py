"""Masking of personal data on entry, with a map back that never leaves the project's .private/."""

import functools
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from pydantic import Field

from clone_pipeline import durable
from clone_pipeline.chats import personal_data, regions
from clone_pipeline.chats.keeping import Kept
from clone_pipeline.chats.mask_map import FILE
from clone_pipeline.chats.mask_map import load_masks as load_masks
from clone_pipeline.chats.mask_map import save_masks as save_masks
from clone_pipeline.chats.people import FindNames, Named, installed_finder
from clone_pipeline.chats.personal_data import KINDS, MaskKind, normal
from clone_pipeline.chats.personal_places import ChatMasks, Found, Look
from clone_pipeline.chats.pseudonyms import Which
from clone_pipeline.chats.regions import ANYWHERE, Regions
from clone_pipeline.settings import Settings

_WORD = re.compile(r"[^\W\d_]{2,}")
_PLACEHOLDER = re.compile(r"\[([A-Z]+)_([1-9]\d*)\]")


class PrivacySettings(Settings):
    """What is hidden before a message is stored."""

    names: bool = Field(
        True,
        description="mask names of people and places in messages too, where spaCy and an English "
        "model such as en_core_web_sm are installed; without them, `messages` says so",
    )
    keep: tuple[str, ...] = Field(
        (),
        description="what is not private and stays as it is: a shop's public address, or all "
        "addresses of a house as `*@example.org`",
    )
    kinds: tuple[MaskKind, ...] = Field(
        KINDS, description="what is masked; all of it, unless some is left out here"
    )
    pseudonyms: Which = Field(
        "deleted",
        description="who is given another first name, the same one for ever: those whose account "
        "is gone, everybody whom clone.yaml does not name (`others`), or `none`",
    )


class Masker:
    """Puts typed, numbered placeholders such as `[EMAIL_1]` in place of personal data.

    The same datum gets the same placeholder wherever and however it is spelt, also in a later
    run that starts from `known`. Masking a masked text changes nothing.

    Attributes:
        known: what each placeholder stands for.
        kinds: what is masked.
    """

    def __init__(
        self,
        known: Mapping[str, str] | None = None,
        *,
        keep: Collection[str] = (),
        kinds: Collection[MaskKind] = KINDS,
        find_names: FindNames | None = None,
    ) -> None:
        self.known: dict[str, str] = dict(known or {})
        self.find_names = find_names
        self._kept = Kept(keep)
        self.kinds = frozenset(kinds)
        self._numbers: dict[str, int] = {}
        self._placeholders: dict[tuple[str, str], str] = {}
        for placeholder, original in self.known.items():
            if match := _PLACEHOLDER.fullmatch(placeholder):
                self._numbers[match[1]] = max(int(match[2]), self._numbers.get(match[1], 0))
                self._placeholders[match[1], normal(match[1], original)] = placeholder

    def mask(self, text: str, where: Regions = ANYWHERE) -> str:
        """`text` with placeholders for what is personal in it.

        Args:
            text: of any length.
            where: the regions whose phone numbers and identity numbers are known by their shape.
        """
        return self._replaced(text, self._find(text, where), where)

    def chat(self, sample: Sequence[str]) -> ChatMasks:
        """What masks lists of a chat's texts as `mask` does where the chat is written.

        Args:
            sample: texts of the chat, by which its language and regions are judged.
        """
        return self.of(Look(regions.judged(sample), self.kinds))

    def of(self, look: Look) -> ChatMasks:
        """What masks texts of a chat that is looked at with `look`."""
        return ChatMasks(look, functools.partial(self._replaced, where=look.where))

    def mask_names(self, text: str, speakers: Collection[str]) -> str:
        """A masked text with placeholders for the names in it, if the masker has `find_names`.

        Args:
            text: a message's text, without other personal data.
            speakers: lower-case words of the names that stay, for their bearers speak themselves.
        """
        return self.mask_all_names([text], speakers)[0]

    def mask_all_names(self, texts: Sequence[str], speakers: Collection[str]) -> list[str]:
        """As `mask_names` does with each, but the model sees many texts at a time."""
        if self.find_names is None:
            return list(texts)
        found = self.find_names(texts)
        return [self._without_names(text, named, speakers) for text, named in found]

    def _without_names(self, text: str, named: Iterable[Named], speakers: Collection[str]) -> str:
        pieces = []
        done = 0
        for each in named:
            name = text[each.start : each.end]
            ours = all(word in speakers for word in words_of([name]))
            if ours or each.start < done or "[" in name or "]" in name:
                continue
            if not self._kept(each.kind, name) and not _inside_mask(text, each.start):
                pieces += [text[done : each.start], self._placeholder(each.kind, name)]
                done = each.end
        return "".join([*pieces, text[done:]])

    def _find(self, text: str, where: Regions) -> Found:
        return personal_data.find(personal_data.folded(text), where, kinds=self.kinds)

    def _replaced(self, text: str, found: Found, where: Regions) -> str:
        """The text with what was found replaced, again and again until nothing is found."""
        while found:
            pieces = []
            done = 0
            for start, end, kind in found:
                if not self._kept(kind, text[start:end]):
                    pieces += [text[done:start], self._placeholder(kind, text[start:end])]
                    done = end
            if not pieces:
                break
            text = "".join([*pieces, text[done:]])
            found = self._find(text, where)
        return text

    def _placeholder(self, kind: str, original: str) -> str:
        identity = normal(kind, original)
        standing = self._placeholders.get((kind, identity))
        if standing is None:
            number = self._numbers.get(kind, 0) + 1
            self._numbers[kind] = number
            standing = f"[{kind}_{number}]"
            self._placeholders[kind, identity] = standing
            self.known[standing] = original
        return standing


@contextmanager
def open_masker(
    folder: Path,
    *,
    names: bool = True,
    keep: Collection[str] = (),
    kinds: Collection[MaskKind] = KINDS,
) -> Iterator[Masker]:
    """A masker that goes on from `folder/masks.json` and writes what it learned there at the end.

    Args:
        folder: the project's private folder; made if it is not there, for its owner only.
        names: whether the masker has `find_names`, where a model for that is installed.
        keep: what is never masked.
        kinds: what is masked.

    Raises:
        FaultyInput: the map can't be read.
    """
    path = folder / FILE
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with durable.locked(folder / "masks.lock"):
        known = load_masks(path)
        finder = installed_finder() if names else None
        masker = Masker(known, keep=keep, kinds=kinds, find_names=finder)
        yield masker
        if masker.known != known:
            save_masks(path, masker.known)


def words_of(names: Iterable[str]) -> frozenset[str]:
    """The words of `names`, in lower case."""
    return frozenset(word.casefold() for name in names for word in _WORD.findall(name))


def _inside_mask(text: str, place: int) -> bool:
    before = text[:place]
    return before.rfind("[") > before.rfind("]") and bool(
        _PLACEHOLDER.match(text, before.rfind("["))
    )
