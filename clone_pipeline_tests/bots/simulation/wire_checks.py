"""What must be true of the messages that the platforms have, whatever the queue says."""

from collections import Counter

from clone_pipeline.bots.items import Item
from clone_pipeline_tests.bots.simulation import words
from clone_pipeline_tests.bots.simulation.outcome import Outcome
from clone_pipeline_tests.bots.simulation.place import Place, Stored
from clone_pipeline_tests.bots.simulation.town import Town


def nothing_is_said_twice(town: Town, found: Outcome) -> Counter[str]:
    """Each message that the platforms have is one part of one item, and no part is there twice."""
    counted: Counter[str] = Counter()
    for place in town.places:
        stored = place.stored()
        counted[place.platform] = len(stored)
        formal = Counter(each.answers for each in stored if each.answers)
        own = {each.id for each in stored}  # Reddit's parts answer each other
        assert all(times == 1 for to, times in formal.items() if to not in own), formal.most_common(
            3
        )
        _matched(place, stored, [i for i in found.items if i.key.platform == place.platform])
    return counted


def _matched(place: Place, stored: list[Stored], items: list[Item]) -> None:
    parts = {
        part.strip(): (item, index)
        for item in items
        if item.text is not None
        for index, part in enumerate(place.parts(item))
    }
    there: Counter[tuple[str, int]] = Counter()
    for each in stored:
        found = parts.get(each.text.strip())
        if found is None:
            assert _erased(each, items), f"nobody knows of {each}"
            continue
        item, index = found
        there[item.key.message_id, index] += 1
        assert item.state in ("sent", "uncertain"), (each, item)
        assert index or item.state == "uncertain" or item.sent_id == each.id, (each, item)
    assert all(times == 1 for times in there.values()), there.most_common(3)
    for item in items:
        if item.state == "sent" and not item.erased:
            missing = [
                n for n in range(len(place.parts(item))) if not there[item.key.message_id, n]
            ]
            assert not missing, (missing, item)


def _erased(stored: Stored, items: list[Item]) -> bool:
    """It answers what was deleted later; of its further parts, which have no mark, no id is kept.

    That an erased answer is not there twice is seen by its mark.
    """
    erased = [item for item in items if item.erased and item.state in ("sent", "uncertain")]
    first = any(stored.id == item.sent_id for item in erased)
    return first or bool(erased and not words.MARK.search(stored.text))


def marks_are_answered_once(town: Town, found: Outcome) -> None:
    """By what the texts say, which knows nothing of the queue: no message has two answers."""
    planned = {
        mark
        for item in found.items
        if item.task == "post" and item.text
        for mark in words.MARK.findall(item.text)
    }
    for place in town.places:
        counted = Counter(
            mark for each in place.stored() for mark in words.MARK.findall(each.text)[:1]
        )
        twice = [m for m, times in counted.items() if times > 1 and m not in planned]
        assert not twice, (place.platform, twice)


def nobody_is_mentioned(town: Town) -> None:
    for place in town.places:
        assert not [each for each in place.stored() if each.pings], place.platform
