"""From a message that was heard to a decision in the queue."""

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace

from clone_pipeline.bots import forgetting, gates, orders, past, rules, voices, wishes
from clone_pipeline.bots.bot import Bot
from clone_pipeline.bots.heard import Decision, Heard
from clone_pipeline.bots.items import Key
from clone_pipeline.bots.places import place_of
from clone_pipeline.bots.platform_settings import PlaceSettings, PlatformSettings
from clone_pipeline.bots.wire import BudgetSpent
from clone_pipeline.llm.asking import LlmFailure

log = logging.getLogger(__name__)

COMMAND = "command"
_MOST_PLACES = 10_000


@dataclass(frozen=True, slots=True)
class Decider:
    """Decides for one bot on one platform.

    Attributes:
        bot: whose rules and dice.
        platform: its settings there.
        obey: does what somebody (the second) orders (the first), and says so in a sentence.
        places: rules that were put together before, by channel, server and author.
    """

    bot: Bot
    platform: PlatformSettings
    obey: Callable[[str, str], Awaitable[str]]
    places: dict[tuple[str, str, str], PlaceSettings] = field(default_factory=dict)

    def place(self, heard: Heard) -> PlaceSettings:
        """The rules and personas where it was heard."""
        where = heard.channel, heard.server, heard.author
        if where not in self.places:
            if len(self.places) >= _MOST_PLACES:
                self.places.clear()
            self.places[where] = self._place(heard)
        return self.places[where]

    def _place(self, heard: Heard) -> PlaceSettings:
        place = place_of(heard, rules=self.bot.settings.rules, platform=self.platform)
        changes: dict[str, str | None] = {}
        if place.time_zone is None:
            changes["time_zone"] = self.bot.zone
        if self.bot.rank is None:
            changes["min_reply_score"] = None
        return place.model_copy(update=changes)

    async def decide(self, key: Key) -> bool:
        """Decide upon a message that was seen; whether it will be answered."""
        bot, queue = self.bot, self.bot.queue
        item = queue.get(key)
        if item is None or item.state != "seen":
            return False
        heard = item.heard
        if order := self.order(heard):
            return await self._obeyed(key, order, heard.author)
        decision = await self._decision(heard, self.place(heard))
        return queue.decided(key, decision, now=bot.now()) and decision.speak

    def order(self, heard: Heard) -> str:
        """What is ordered in the message, "" if it is none."""
        return wishes.order_in(heard, operators=self.platform.operators)

    def asks_to_stop(self, heard: Heard) -> bool:
        """Whether its author wants to be left alone."""
        return not heard.ours and wishes.asks_to_stop(heard, names=self.bot.names())

    def leave_alone(self, key: Key, author: str) -> None:
        """Never write to the author of this again; in a rehearsal that is meant in earnest, too."""
        file, now = self.bot.queue.file, self.bot.now()
        with file.transaction():
            self.bot.queue.decided(key, Decision(False, "stopped"), now=now)
            ended = forgetting.stop(file, platform=key.platform, author=author, now=now)
        if self.bot.rehearse:
            forgetting.stop(self.bot.budget.file, platform=key.platform, author=author, now=now)
        log.info("somebody is left alone from now on; %d replies are given up", ended)

    async def _decision(self, heard: Heard, place: PlaceSettings) -> Decision:
        bot = self.bot
        if orders.paused(bot.queue.file, bot.name):
            return Decision(False, "paused")
        heard = bot.speaks_for(heard)
        named = bot.named_in(heard.text, place) if bot.settings.answer_named else ""
        if named:
            name = bot.settings.voices[named].name
            place = place.model_copy(update={"call_words": (*place.call_words, name)})
            heard = replace(heard, to_us=True)
        history = past.history(bot.queue.file, heard, bot.name, now=bot.now())
        made = rules.decide(heard, settings=place, history=history, now=bot.now(), draw=bot.draw)
        if made.speak and made.ranked is not None:
            made = await self._ranked(heard, place, made)
        if bot.rehearse:
            made = replace(made, delay=0.0)
        return replace(made, speaker=self._speaker(heard, place, made, named))

    async def _ranked(self, heard: Heard, place: PlaceSettings, made: Decision) -> Decision:
        assert self.bot.rank
        try:
            score = await self.bot.rank(heard)
        except (LlmFailure, BudgetSpent) as error:
            log.warning("%s: the reply ranker gave no score: %s", self.bot.name, error)
            return replace(made, speak=False)
        # Others may have been answered while the ranker thought.
        history = past.history(self.bot.queue.file, heard, self.bot.name, now=self.bot.now())
        if reason := gates.closed(heard, place, history, self.bot.now()):
            return Decision(False, reason)
        speaks = made.ranked is not None and score >= made.ranked
        return replace(made, speak=speaks, probability=round(score, 4))

    def _speaker(self, heard: Heard, place: PlaceSettings, made: Decision, named: str) -> str:
        if not made.speak:
            return ""
        if named:
            return named
        if made.speaker:
            return self.bot.somebody(heard, made.speaker)
        return voices.choose(
            self.bot.personas(place), channel=heard.channel, fixed={}, rng=self.bot.draw
        )

    async def _obeyed(self, key: Key, order: str, author: str) -> bool:
        """Do it, then say so; who is killed between does it again, which changes nothing."""
        queue = self.bot.queue
        sentence, now = await self.obey(order, author), self.bot.now()
        with queue.file.transaction():
            if not queue.decided(key, Decision(True, COMMAND), now=now):
                return False
            queue.generating(key, now=now)
            return queue.generated(key, sentence, model="", now=now)
