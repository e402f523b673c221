"""What a line of a group chat most likely answers, from who spoke to whom until then."""

_RUN_SECONDS = 180.0  # a line so soon after its author's last one goes on from it
_RUN_LINES = 10
_TALK_SECONDS = 1800.0  # for so long people remain in a conversation
_TALK_LINES = 60
_LONG = 60  # characters of a line with which newcomers rather begin than answer
_SHORT = 12  # characters below which a question ("why?") asks about what was just said
_QUESTION_WORDS = """
    anyone anybody someone does do did can could would should how what whats which when where why
    who has have is are wer wie was wann wo warum wieso weiß hat habt kann könnt gibt jemand alguien
    quién qué cómo cuándo dónde qui quoi quel comment où quand pourquoi quelqu'un
"""
_QUESTIONS = frozenset(_QUESTION_WORDS.split())
_GREETING_WORDS = """
    hi hello hey hiya yo morning night goodnight good gn gm bye hallo moin servus guten hola buenas
    bonjour salut bonsoir ciao
"""
_GREETINGS = frozenset(_GREETING_WORDS.split())
_MARKS = ".,:;!?…)("


class Room:
    """Who spoke last, to whom and in which conversation; every question costs the same time."""

    __slots__ = ("_asked", "_begun", "_free", "_last", "_newest", "_pairs", "_times", "_to", "_who")

    def __init__(self) -> None:
        self._last: dict[str, int] = {}  # author -> place
        self._free: dict[str, int] = {}  # author -> last place that speaks to nobody
        self._asked: dict[str, int] = {}  # author -> last place that speaks to them
        self._pairs: dict[tuple[str, str], int] = {}  # from, to -> last place
        self._newest: dict[int, int] = {}  # first place of a conversation -> its last place
        self._begun: list[int] = []  # first place of each place's conversation
        self._times: list[float] = []
        self._to: list[str] = []
        self._who: list[str] = []

    def note(self, place: int, author: str, to: str, now: float, answers: int | None) -> None:
        """The line at `place` was said, and is taken to answer the one at `answers`."""
        begun = place if answers is None else self._begun[answers]
        self._begun.append(begun)
        self._newest[begun] = place
        self._times.append(now)
        self._to.append(to)
        self._who.append(author)
        self._last[author] = place
        if to:
            self._asked[to] = place
            self._pairs[author, to] = place
        else:
            self._free[author] = place

    def addressed(self, place: int, author: str, to: str, now: float) -> int | None:
        """What a line that speaks to `to` answers: their last one that was not for a third."""
        theirs = max(self._free.get(to, -1), self._pairs.get((to, author), -1))
        if theirs < 0:
            theirs = self._last.get(to, -1)
        own = self._last.get(author, -1)
        if own > theirs and self._to[own] == to:
            return own
        if theirs < 0 or now - self._times[theirs] > _TALK_SECONDS:
            return None
        return theirs

    def unaddressed(self, place: int, author: str, text: str, now: float) -> int | None:
        """What a line without a name answers; None if it rather begins a conversation."""
        own = self._last.get(author, -1)
        asked = self._asked.get(author, -1)
        since = now - self._times[own] if own >= 0 else None
        at_once = since is not None and since <= _RUN_SECONDS and place - own <= _RUN_LINES
        if asked > own and place - asked < _TALK_LINES:
            return asked
        if at_once:
            return self._going_on(author, own)
        if _begins(text):
            return None
        if since is not None and since <= _TALK_SECONDS:
            return self._going_on(author, own)
        return place - 1 if place else None

    def _going_on(self, author: str, own: int) -> int:
        """The last line of the author's conversation, unless that one was for a third."""
        newest = self._newest[self._begun[own]]
        return newest if self._to[newest] in ("", author) or self._who[newest] == author else own


def _begins(text: str) -> bool:
    words = text.split(None, 1)
    first = words[0].strip(_MARKS).lower() if words else ""
    asks = text.rstrip()[-1:] in ("?", "？") or first in _QUESTIONS
    return len(text) > _LONG or first in _GREETINGS or (asks and len(text) >= _SHORT)
