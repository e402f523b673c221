"""Which of many texts hold personal data, and where: pure, for any number of processes."""

from collections.abc import Iterator, Sequence

from clone_pipeline.chats import personal_data
from clone_pipeline.chats.personal_data import MaskKind
from clone_pipeline.chats.regions import Regions

Found = list[tuple[int, int, MaskKind]]


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
