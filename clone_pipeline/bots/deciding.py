"""From a message that was heard to a decision in the queue."""

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import datetime

from clone_pipeline.bots import forgetting, orders, past, rules, voices, wishes
from clone_pipeline.bots.bot import Bot
from clone_pipeline.bots.heard import Decision, Heard
from clone_pipeline.bots.items import Item, Key
from clone_pipeline.bots.places import place_of
from clone_pipeline.bots.platform_settings import PlaceSettings, PlatformSettings
from clone_pipeline.bots.wire import BudgetSpent
from clone_pipeline.llm.asking import LlmFailure

log = logging.getLogger(__name__)

_MOST_PLACES = 10_000


@dataclass(frozen=True, slots=True)
class Decider:
    """Decides for one bot on one platform.

    Attributes:
        bot: whose rules and dice.
        platform: its settings there.
        obey: does what an operator orders, and says so in a sentence.
        places: rules that were put together before, by channel, server and author.
    """

    bot: Bot
    platform: PlatformSettings
    obey: Callable[[str], Awaitable[str]]
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
        heard, now = item.heard, bot.now()
        if not heard.ours and wishes.asks_to_stop(heard, names=bot.names()):
            return self._left_alone(item, now)
        if order := wishes.order_in(heard, operators=self.platform.operators):
            return await self._obeyed(key, order)
        decision = await self._decision(heard, self.place(heard))
        return queue.decided(key, decision, now=bot.now()) and decision.speak

    def _left_alone(self, item: Item, now: datetime) -> bool:
        key, file = item.key, self.bot.queue.file
        with file.transaction():
            self.bot.queue.decided(key, Decision(False, "stopped"), now=now)
            ended = forgetting.stop(file, platform=key.platform, author=item.heard.author, now=now)
        log.info("somebody is left alone from now on; %d replies are given up", ended)
        return False

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
            made = await self._ranked(heard, made)
        if bot.rehearse:
            made = replace(made, delay=0.0)
        return replace(made, speaker=self._speaker(heard, place, made, named))

    async def _ranked(self, heard: Heard, made: Decision) -> Decision:
        assert self.bot.rank
        try:
            score = await self.bot.rank(heard)
        except (LlmFailure, BudgetSpent) as error:
            log.warning("%s: the reply ranker gave no score: %s", self.bot.name, error)
            return replace(made, speak=False)
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

    async def _obeyed(self, key: Key, order: str) -> bool:
        queue = self.bot.queue
        if not queue.decided(key, Decision(True, "command"), now=self.bot.now()):
            return False
        queue.generating(key, now=self.bot.now())
        sentence = await self.obey(order)
        return queue.generated(key, sentence, model="", now=self.bot.now())
