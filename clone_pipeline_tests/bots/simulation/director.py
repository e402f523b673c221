"""Plays the hour: people speak, things go wrong, the bots' process is killed and started again."""

import heapq
import itertools
import random
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from clone_pipeline.bots import orders, queue_file
from clone_pipeline.bots.heard import Platform
from clone_pipeline.bots.item_rows import OPEN
from clone_pipeline_tests.bots.simulation.place import Moment, Place
from clone_pipeline_tests.bots.simulation.town import Town
from clone_pipeline_tests.bots.simulation.traffic import Line

DISTURBED, MALFORMED = 30, 40  # of so many messages of a platform one is followed by that
CALM = 0.8  # the last fifth of the time goes well
_ROUND = 0.05  # seconds of what is said at once


def begin(town: Town) -> None:
    """The first life; people speak once it listens."""
    before = {each.platform: each.listened() for each in town.places}
    town.lives.start()
    _until(lambda: all(p.listened() > before[p.platform] for p in town.places), town, 20)


def play(town: Town, lines: Sequence[Line], seconds: float) -> None:
    """All of them within so many seconds, whatever lives meanwhile."""
    with ThreadPoolExecutor(len(town.places)) as pool:
        played = [pool.submit(_play_in, place, town, lines, seconds) for place in town.places]
        for each in played:
            each.result()


def _play_in(place: Place, town: Town, lines: Sequence[Line], seconds: float) -> None:
    own = [line for line in lines if line.platform == place.platform]
    draw = random.Random(f"{town.size.seed} {place.platform} {own[0].number if own else 0}")
    span = lines[-1].at - lines[0].at or 1.0
    began, number = time.monotonic(), itertools.count()
    plan: list[tuple[float, int, Callable[[], None]]] = []

    def at(moment: float, what: Callable[[], None]) -> None:
        heapq.heappush(plan, (moment, next(number), what))

    def say(several: list[Line]) -> None:
        for line, told, author in place.say(several):
            town.told[place.platform, told] = (line, author)
            if line.deleted_after is not None:
                when = time.monotonic() - began + line.deleted_after / town.clock.speed
                at(when, lambda told=told: place.delete(told))  # type: ignore[misc]

    def round_of(line: Line) -> int:
        return int((line.at - lines[0].at) / span * seconds / _ROUND)

    for turn, group in itertools.groupby(own, key=round_of):
        at(turn * _ROUND, lambda several=list(group): say(several))  # type: ignore[misc]
    for each in own:
        if draw.random() < 1 / DISTURBED and round_of(each) * _ROUND < CALM * seconds:
            at(round_of(each) * _ROUND, lambda: place.disturb(draw))
        if draw.random() < 1 / MALFORMED:
            at(round_of(each) * _ROUND, lambda: place.malformed(draw))
    while plan:
        when, _, what = heapq.heappop(plan)
        time.sleep(max(0.0, began + when - time.monotonic()))
        what()


def until_idle(town: Town, seconds: float) -> None:
    """Until nothing is under way and nothing unheard; then an operator pauses the bot.

    What was deleted need not have been heard.
    """
    _until(lambda: not open_items(town) and not unheard(town), town, seconds)
    with queue_file.open_file(town.plan.queue) as file:
        for _ in range(100):
            orders.pause(file, "anna", now=town.clock.now())
            time.sleep(0.3)
            if not open_items(town):
                return
            orders.resume(file, "anna")
            time.sleep(0.2)
    raise AssertionError(f"it never rests: {open_items(town)[:5]}")


def open_items(town: Town) -> list[tuple[str, ...]]:
    query = f"select platform, message_id, state, failure, due from items where {OPEN}"
    with queue_file.read_file(town.plan.queue) as file:
        return file.rows(query)


def unheard(town: Town) -> list[tuple[Line, str]]:
    """What was said, not deleted, and is not in the queue."""
    with queue_file.read_file(town.plan.queue) as file:
        known = set(map(tuple, file.rows("select platform, message_id from items")))
    missing = set(town.told) - known
    return [
        (line, key[1])
        for key in missing
        if (line := town.told[key][0]).deleted_after is None and not _excused(line)
    ]


def _excused(line: Line) -> bool:
    """Discord tells nobody who was away of direct messages but of the last twenty people's."""
    return line.platform == "discord" and line.kind == "direct"


@dataclass
class Assassin:
    """Kills inside a send: `platform` and `moment` say where, None nowhere."""

    town: Town
    wanted: tuple[Platform | None, Moment] | None = None
    done: list[tuple[Platform, Moment]] = field(default_factory=list)
    fired: threading.Event = field(default_factory=threading.Event)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        for place in self.town.places:
            place.hook.hooks.append(self.hook)

    def hook(self, platform: Platform, moment: Moment) -> None:
        with self._lock:
            if self.wanted is None or self.wanted[1] != moment:
                return
            if self.wanted[0] not in (platform, None):
                return
            self.town.lives.kill()
            self.wanted = None
            self.done.append((platform, moment))
        self.fired.set()

    def strike(self, platform: Platform, moment: Moment, seconds: float) -> None:
        """Kill inside the next send there; if none comes, inside the next anywhere."""
        self.fired.clear()
        self.wanted = (platform, moment)
        if not self.fired.wait(seconds):
            with self._lock:
                self.wanted = self.wanted and (None, moment)
            assert self.fired.wait(30), f"nothing is sent any more\n{self.town.lives.tail()}"


def _until(happened: Callable[[], bool], town: Town, seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while not happened():
        assert not town.lives.is_dead(), town.lives.tail()
        if time.monotonic() > deadline:
            still = f"open {open_items(town)[:9]}\nunheard {unheard(town)[:9]}"
            raise AssertionError(f"{still}\n{town.lives.tail()}")
        time.sleep(0.1)
