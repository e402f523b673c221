"""What a bot says that answers nobody: posts by a schedule, musings, remarks."""

import random
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime

from clone_pipeline.bots import gates, orders, past, rules, voices
from clone_pipeline.bots.bot import Bot
from clone_pipeline.bots.forgetting import times_forgotten
from clone_pipeline.bots.heard import Heard, Platform, Said
from clone_pipeline.bots.item_rows import items
from clone_pipeline.bots.items import Key
from clone_pipeline.bots.platform_settings import (
    DiscordPlatform,
    MusingSettings,
    PlaceSettings,
    PlatformSettings,
    RedditPlatform,
)

MUSING_SECONDS = 60.0
_POSTS_SHOWN = 20  # earlier posts of the bot, which are not to be said again
_MOST_CHANNELS = 1000
_LONGEST_GAP = 60.0  # seconds for which the dice are rolled at once, after a pause


@dataclass(slots=True)
class Volunteer:
    """Plans what a bot says of its own in one place after the other; asked every second or so.

    Attributes:
        bot: whose queue, rules and dice.
        name: the platform.
        platform: its settings there.
        place: the rules where something was heard.
        last: of each channel the last message that somebody wrote, for remarks about it; nothing
            is kept of it once anybody wished to be forgotten or left alone.
    """

    bot: Bot
    name: Platform
    platform: PlatformSettings
    place: Callable[[Heard], PlaceSettings]
    last: dict[str, Heard] = field(default_factory=dict)
    _rolled: datetime | None = None
    _mused: int = 0
    _forgotten: int = 0

    def heard(self, heard: Heard) -> None:
        """Somebody wrote in a channel."""
        if heard.kind != "message" or heard.ours:
            return
        self.last.pop(heard.channel, None)
        self.last[heard.channel] = heard
        if len(self.last) > _MOST_CHANNELS:
            self.last.pop(next(iter(self.last)))

    def plan(self) -> int:
        """Put what is due into the queue; how many."""
        now = self.bot.now()
        since = (now - self._rolled).total_seconds() if self._rolled else 0.0
        self._rolled = now
        if orders.paused(self.bot.queue.file, self.bot.name):
            return 0
        return self._posts(now) + self._remarks(now, min(since, _LONGEST_GAP)) + self._muse(now)

    def _posts(self, now: datetime) -> int:
        if not isinstance(self.platform, RedditPlatform):
            return 0
        planned = 0
        for sub in self.platform.subs:
            plan = self._occasion(sub, now)
            decision = rules.may_post(
                sub,
                settings=self.place(plan),
                history=past.history(self.bot.queue.file, plan, self.bot.name, now=now),
                now=now,
            )
            if decision.speak:
                planned += self._planned(plan, decision.reason, due=now)
        return planned

    def _occasion(self, sub: str, now: datetime) -> Heard:
        """The plan of the next post there, by the time of the last: no restart makes another."""
        bare = Heard("reddit", "post", sub, "", "", now, kind="submission")
        last = past.last_post(self.bot.queue.file, bare, self.bot.name)
        said = past.own_words(self.bot.queue.file, bare, self.bot.name, last=_POSTS_SHOWN)
        before = tuple(Said("", self.bot.name, text, ours=True) for text in reversed(said))
        occasion = f"post:{sub}:{last.isoformat() if last else 'first'}"
        pictured = isinstance(self.platform, RedditPlatform) and self.platform.images
        share = self.platform.image_share if isinstance(self.platform, RedditPlatform) else 0.0
        link = bool(pictured) and random.Random(occasion).random() < share
        # A post that failed is no reason to stay silent for ever: the next hour is another chance.
        hour = f"{now:%Y-%m-%dT%H}"
        return replace(bare, message_id=f"{occasion}:{hour}", context=before, is_link=link)

    def _remarks(self, now: datetime, seconds: float) -> int:
        planned = 0
        if self._forgotten != (times := times_forgotten(self.bot.queue.file)):
            self._forgotten = times
            self.last.clear()
        for channel, heard in list(self.last.items()):
            place = self.place(heard)
            if place.passive_chance <= 0 or seconds <= 0 or not self._answerable(heard, place, now):
                continue
            decision = rules.volunteer(
                channel,
                settings=place,
                history=past.history(self.bot.queue.file, heard, self.bot.name, now=now),
                seconds=seconds,
                now=now,
                draw=self.bot.draw,
            )
            if decision.speak:
                plan = replace(heard, message_id=f"remark:{channel}:{now.isoformat()}")
                planned += self._planned(plan, decision.reason, due=now)
        return planned

    def _answerable(self, heard: Heard, place: PlaceSettings, now: datetime) -> bool:
        """The message is there still, and but for the dice it might be answered."""
        item = self.bot.queue.get(Key.of(heard, self.bot.name))
        if item is None or item.erased or item.state == "seen":
            return False
        history = past.history(self.bot.queue.file, heard, self.bot.name, now=now)
        return gates.closed(heard, place, history, now) in (None, "already_answered")

    def _muse(self, now: datetime) -> int:
        minute = int(now.timestamp() // MUSING_SECONDS)
        if not isinstance(self.platform, DiscordPlatform) or minute == self._mused:
            return 0
        self._mused = minute
        planned = 0
        for musing in self.platform.musing:
            for channel in musing.channels:
                if self.bot.draw.random() < musing.frequency:
                    planned += self._mused_in(channel, musing, minute, now)
        return planned

    def _mused_in(self, channel: str, musing: MusingSettings, minute: int, now: datetime) -> int:
        server = self._server(channel)
        if server is None:
            return 0
        prompt = self.bot.draw.choice(musing.prompts)
        text = " ".join(filter(None, (musing.instruction, prompt)))
        plan = Heard(
            self.name, f"musing:{channel}:{minute}", channel, "", text, now,
            server=server, name="Someone",
        )  # fmt: skip
        history = past.history(self.bot.queue.file, plan, self.bot.name, now=now)
        if rules.mute(channel, self.place(plan), history, now):
            return 0
        return self._planned(plan, "musing", due=now, personas=list(musing.persona))

    def _server(self, channel: str) -> str | None:
        """The server of a channel where something was heard before; None if that must be known."""
        where = "platform = ? and bot = ? and channel = ? and task = 'reply'"
        whose = (self.name, self.bot.name, channel)
        found = items(self.bot.queue.file, where, *whose, order="number desc limit 1")
        ruled = isinstance(self.platform, DiscordPlatform) and self.platform.servers
        return found[0].heard.server if found else None if ruled else ""

    def _planned(
        self, plan: Heard, reason: str, *, due: datetime, personas: list[str] | None = None
    ) -> int:
        chosen = personas or self.bot.personas(self.place(plan))
        speaker = voices.choose(chosen, channel=plan.channel, fixed={}, rng=self.bot.draw)
        return int(
            self.bot.queue.planned(
                plan, self.bot.name, due=due, now=self.bot.now(), reason=reason, speaker=speaker
            )
        )
