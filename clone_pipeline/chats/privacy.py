"""Masking of personal data on entry, with a map back that never leaves the project's .private/."""

import json
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from pydantic import Field

from clone_pipeline import durable
from clone_pipeline.chats.people import FindNames, installed_finder
from clone_pipeline.chats.personal_data import FINDERS, PREFILTER, Finder
from clone_pipeline.settings import Fault, FaultyInput, Settings

FILE = "masks.json"

_WORD = re.compile(r"[^\W\d_]{2,}")
_PLACEHOLDER = re.compile(r"\[([A-Z]+)_([1-9]\d*)\]")


class PrivacySettings(Settings):
    """What is hidden before a message is stored.

    E-mail addresses, phone and card numbers, IBANs, IP addresses, wallets, keys and passwords
    are always masked.
    """

    names: bool = Field(
        True,
        description="mask names of people and places in messages too, where spaCy and an English "
        "model such as en_core_web_sm are installed; without them, `messages` says so",
    )
    keep: tuple[str, ...] = Field(
        (), description="what is not private and stays as it is, such as a shop's public address"
    )


class Masker:
    """Puts typed, numbered placeholders such as `[EMAIL_1]` in place of personal data.

    The same datum gets the same placeholder wherever and however it is spelt, also in a later
    run that starts from `known`. Masking a masked text changes nothing.
    """

    def __init__(
        self,
        known: Mapping[str, str] | None = None,
        *,
        keep: Collection[str] = (),
        find_names: FindNames | None = None,
    ) -> None:
        self.known: dict[str, str] = dict(known or {})
        self.find_names = find_names
        self._keep = frozenset(word.casefold() for word in keep)
        self._numbers: dict[str, int] = {}
        self._placeholders: dict[tuple[str, str], str] = {}
        for placeholder, original in self.known.items():
            if match := _PLACEHOLDER.fullmatch(placeholder):
                self._numbers[match[1]] = max(int(match[2]), self._numbers.get(match[1], 0))
                self._placeholders[match[1], _identity(match[1], original)] = placeholder

    def mask(self, text: str) -> str:
        """`text` with placeholders for what is personal in it."""
        while PREFILTER.search(text):
            masked = text
            for finder in FINDERS:
                if finder.gate.search(masked):
                    masked = self._masked(masked, finder)
            if masked == text:
                break
            text = masked
        return text

    def mask_names(self, text: str, speakers: Collection[str]) -> str:
        """A masked text with placeholders for the names in it, if the masker has `find_names`.

        Args:
            text: a message's text, without other personal data.
            speakers: lower-case words of the names that stay, for their bearers speak themselves.
        """
        pieces = []
        done = 0
        for named in self.find_names(text) if self.find_names else ():
            name = text[named.start : named.end]
            ours = all(word in speakers for word in words_of([name]))
            if ours or named.start < done or "[" in name or "]" in name:
                continue
            if name.casefold() not in self._keep and not _inside_mask(text, named.start):
                placeholder = self._placeholder(named.kind, name.casefold(), name)
                pieces += [text[done : named.start], placeholder]
                done = named.end
        return "".join([*pieces, text[done:]])

    def _masked(self, text: str, finder: Finder) -> str:
        pieces = []
        done = 0
        for match in finder.pattern.finditer(text):
            found = finder.check(match)
            if found is None or text[found.start : found.end].casefold() in self._keep:
                continue
            placeholder = self._placeholder(
                finder.kind, found.identity, text[found.start : found.end]
            )
            pieces += [text[done : found.start], placeholder]
            done = found.end
        return "".join([*pieces, text[done:]]) if pieces else text

    def _placeholder(self, kind: str, identity: str, original: str) -> str:
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
    folder: Path, *, names: bool = True, keep: Collection[str] = ()
) -> Iterator[Masker]:
    """A masker that goes on from `folder/masks.json` and writes what it learned there at the end.

    Args:
        folder: the project's private folder; made if it is not there, for its owner only.
        names: whether the masker has `find_names`, where a model for that is installed.
        keep: what is never masked.

    Raises:
        FaultyInput: the map can't be read.
    """
    path = folder / FILE
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with durable.locked(folder / "masks.lock"):
        known = load_masks(path)
        masker = Masker(known, keep=keep, find_names=installed_finder() if names else None)
        yield masker
        if masker.known != known:
            save_masks(path, masker.known)


def words_of(names: Iterable[str]) -> frozenset[str]:
    """The words of `names`, in lower case."""
    return frozenset(word.casefold() for name in names for word in _WORD.findall(name))


def load_masks(path: Path) -> dict[str, str]:
    """The map {placeholder: original} at `path`; empty if there is no such file.

    Raises:
        FaultyInput: it is no such map.
    """
    try:
        known = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except ValueError:
        known = None
    if not isinstance(known, dict) or not all(isinstance(v, str) for v in known.values()):
        fix = "Restore it, or delete it and materialize `messages` again: numbers start anew."
        raise FaultyInput([Fault(str(path), "no map of masks", fix)])
    return known


def save_masks(path: Path, known: Mapping[str, str]) -> None:
    """Write the map whole or not at all, readable by its owner only."""
    durable.write_json(path, dict(known))
    path.chmod(0o600)


def _inside_mask(text: str, place: int) -> bool:
    before = text[:place]
    return before.rfind("[") > before.rfind("]") and bool(
        _PLACEHOLDER.match(text, before.rfind("["))
    )


def _identity(kind: str, original: str) -> str:
    """What was the datum's identity when it was found as `original`."""
    for finder in FINDERS:
        if finder.kind == kind and (match := finder.pattern.search(original)):
            found = finder.check(match)
            if found and (found.start, found.end) == (0, len(original)):
                return found.identity
    return original.casefold() if kind in {"NAME", "PLACE"} else original
