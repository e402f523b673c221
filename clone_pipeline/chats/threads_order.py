"""Replies put behind what they answer."""

from collections.abc import Sequence

from clone_pipeline.chats.threads_said import Said


def rethreaded(group: Sequence[Said]) -> list[int]:
    """An order of a conversation's places in which every reply follows what it answers.

    A reply goes behind the message it answers and the lines that its author added at once, and
    behind the earlier replies to it. With it go the lines that directly follow it and that either
    of the two wrote, as far as they are no replies of their own. All else keeps its order; a link
    to something that is not in `group`, or stands behind the reply, moves nothing.

    Args:
        group: the messages of one conversation, in order.

    Returns:
        Every place of `group` once; of a reply and what it answers, the reply comes second.
    """
    targets = _targets(group)
    if not targets:
        return list(range(len(group)))
    ends = _run_ends(group, targets)
    moved: dict[int, list[int]] = {}
    standing: list[int] = []
    behind, pair = standing, ("", "")
    for place, said in enumerate(group):
        if (target := targets.get(place)) is not None:
            behind = moved.setdefault(ends[target], [])
            pair = (said.author_id, group[target].author_id)
        elif said.author_id not in pair:
            behind, pair = standing, ("", "")
        behind.append(place)
    return _laid_out(standing, moved)


def _targets(group: Sequence[Said]) -> dict[int, int]:
    if not any(said.reply_to for said in group):
        return {}
    places = {said.message_id: place for place, said in enumerate(group)}
    found = {place: places.get(said.reply_to or "", place) for place, said in enumerate(group)}
    return {place: target for place, target in found.items() if target < place}


def _run_ends(group: Sequence[Said], targets: dict[int, int]) -> list[int]:
    """Of each place, the last of the lines that its author wrote directly behind it."""
    ends = list(range(len(group)))
    for place in range(len(group) - 2, -1, -1):
        follows = group[place + 1].author_id == group[place].author_id
        if follows and place + 1 not in targets:
            ends[place] = ends[place + 1]
    return ends


def _laid_out(standing: list[int], moved: dict[int, list[int]]) -> list[int]:
    order: list[int] = []
    open_lists = [iter(standing)]
    while open_lists:
        place = next(open_lists[-1], None)
        if place is None:
            open_lists.pop()
            continue
        order.append(place)
        if place in moved:
            open_lists.append(iter(moved[place]))
    return order
