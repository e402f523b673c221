"""Which of many texts hold personal data, and where: pure, for any number of processes."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from clone_pipeline.chats import personal_data
from clone_pipeline.chats.personal_data import MaskKind
from clone_pipeline.chats.regions import Regions

Found = list[tuple[int, int, MaskKind]]
# Of many texts: the place of one, and what is in it.
Places = list[tuple[int, Found]]


def personal_places(
    texts: Sequence[str], where: Regions, *, kinds: frozenset[MaskKind]
) -> Iterator[tuple[int, Found]]:
    """The places of texts that hold personal data, and what `Masker` would replace there.

    Pure, so that workers can look through a chat while one masker numbers what they find.
    """
    from clone_pipeline.chats.prefilter import places_to_look  # noqa: PLC0415 - numpy

    for place, hints in places_to_look(texts):
        text = personal_data.folded(texts[place])
        if found := personal_data.find(text, where, kinds=kinds, hints=hints):
            yield place, found


@dataclass(frozen=True, slots=True)
class Look:
    """`personal_places` in one chat, as a value that other processes can be given."""

    where: Regions
    kinds: frozenset[MaskKind]

    def __call__(self, texts: Sequence[str]) -> Places:
        """The places of texts that hold personal data, and where in them."""
        return list(personal_places(texts, self.where, kinds=self.kinds))


@dataclass(frozen=True, slots=True)
class ChatMasks:
    """Masks lists of a chat's texts.

    Attributes:
        look: finds what is personal, in any process.
        replaced: a text with placeholders for what was found in it, in this process only.
    """

    look: Look
    replaced: Callable[[str, Found], str]

    def __call__(self, texts: Sequence[str]) -> list[str]:
        """The texts with placeholders."""
        masked = list(texts)
        for place, found in self.look(texts):
            masked[place] = self.replaced(texts[place], found)
        return masked
