"""What reading a folder of exports came to, without personal data."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from clone_pipeline.chats.identifiers import masked_name
from clone_pipeline.chats.personal_data import MaskKind
from clone_pipeline.chats.personal_places import ChatMasks, Look
from clone_pipeline.settings import Fault


class Masks(Protocol):
    """What hides personal data (`privacy.Masker`)."""

    def mask(self, text: str) -> str:
        """The text with placeholders."""

    @property
    def kinds(self) -> frozenset[MaskKind]:
        """What is hidden."""

    def of(self, look: Look) -> ChatMasks:
        """The masks of a chat that was looked at elsewhere."""

    def chat(self, sample: Sequence[str]) -> ChatMasks:
        """The same for many texts of the chat that the sample is of."""


@dataclass(slots=True)
class Read:
    """What a folder held; every message that entered is in the table or counted in `dropped`.

    Attributes:
        messages: how many were read.
        dropped: "duplicate" and "unreadable" ones.
        faults: files that no parser knows, and what is wrong with those that were read in part.
        files: how many were read, wholly or in part.
        refused: the names of those that were not.
    """

    messages: int = 0
    dropped: Counter[str] = field(default_factory=Counter)
    faults: list[Fault] = field(default_factory=list)
    files: int = 0
    refused: list[str] = field(default_factory=list)


def refuse(read: Read, faults: Sequence[Fault], masks: Masks) -> None:
    """Note a file that is not read at all, and why."""
    shown = hidden(faults, masks)
    read.faults += shown
    read.refused += [each.where for each in shown[:1]]


def hidden(faults: Sequence[Fault], masks: Masks) -> list[Fault]:
    """The faults, with masks."""
    return [
        Fault(masked_name(each.where, masks.mask), masks.mask(each.found), masks.mask(each.fix))
        for each in faults
    ]
