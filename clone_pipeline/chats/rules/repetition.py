"""Messages that say one thing over and over.

clean-discord looks for a passage of 15 characters or more that is said twice in a row; here the
repeats must also make up half of the text, so that a story with a refrain is kept and the search
takes linear time.
"""

from collections.abc import Sequence

from clone_pipeline.chats.rules.rule import Drop

PASSAGE = 15  # characters of the shortest passage that counts
_PROBE = 8  # characters by which a repeat is looked for; two probes fit in a passage
_READ = 10_000  # characters of a text that are looked at


def repetition() -> Drop:
    """Messages at least half of which is a passage of `PASSAGE` characters, twice or more.

    It is looked for where the text's first quarter ends.
    """
    shortest = 2 * PASSAGE

    def places(texts: Sequence[str]) -> list[int]:
        some = [
            place
            for place, text in enumerate(texts)
            if (length := len(text)) >= shortest
            and text.find(text[(probe := length >> 2) : probe + _PROBE], probe + 1) > 0
        ]
        return [place for place in some if _repeats(texts[place][:_READ])]

    return Drop("repetition", places)


def _repeats(text: str) -> bool:
    probe = len(text) >> 2
    again = text.find(text[probe : probe + _PROBE], probe + 1)
    while again >= 0:
        period = again - probe
        end = _same_until(text, probe, again)
        start = probe - _same_before(text, probe, again)
        if end - start >= max(2 * period, 2 * PASSAGE, len(text) // 2):
            return True
        again = text.find(text[probe : probe + _PROBE], again + max(1, end - again - _PROBE))
    return False


def _same_until(text: str, one: int, other: int) -> int:
    """Where the second of two equal passages, that begin at `one` and `other`, ends."""
    step = len(text) - other
    length = 0
    while step:
        if text[one + length : one + length + step] == text[other + length : other + length + step]:
            length += step
        step = min(step // 2, len(text) - other - length)
    return other + length


def _same_before(text: str, one: int, other: int) -> int:
    """How many characters before `one` and `other` are equal."""
    length = 0
    while length < one and text[one - length - 1] == text[other - length - 1]:
        length += 1
    return length
