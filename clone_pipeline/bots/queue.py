"""The bots' queue: what was heard, decided, generated and sent, each durable before the next.

    seen -> silent
    seen -> decided -> generating -> generated -> sending -> sent | failed | uncertain

An item never goes back, and is unique per (platform, bot, message). A step that may be tried
again stays where it is, with a later due time. "sending" is on the disk before the platform is
called: whoever is killed inside that call finds it there and asks the platform what became of it.
"""

import dataclasses
from datetime import datetime, timedelta

from clone_pipeline.bots.forgetting import FORGOTTEN, STOPPED, stopped
from clone_pipeline.bots.heard import Decision, Heard
from clone_pipeline.bots.item_rows import IS, OPEN, add, items, known, move, put_off
from clone_pipeline.bots.items import Item, Key, LookUp, State, as_json, without_texts
from clone_pipeline.bots.queue_file import QueueFile
from clone_pipeline.bots.stamps import moment_of, stamp

_CUT_OFF = "cut off in the middle"
_NOT_THERE = "cut off while sending; the platform has not got it"
_MINE = "bot = ? and platform = ?"


class Queue:
    """The items of a file; safe for threads and processes. Steps tell whether they were made.

    A step that is not made (False, None) was overtaken: the user said stop, another thread has
    the item. Leave it then. A key that was never seen raises LookupError.
    """

    def __init__(self, file: QueueFile) -> None:
        self.file = file

    def seen(self, heard: Heard, bot: str, *, now: datetime) -> bool:
        """Take note of a message; False if it is known already, in whatever state."""
        if stopped(self.file, platform=heard.platform, author=heard.author):
            heard = without_texts(heard)
        return add(self.file, heard, bot, task="reply", now=now)

    def planned(
        self, plan: Heard, bot: str, *, due: datetime, now: datetime, reason: str = "post_due",
        speaker: str = "",
    ) -> bool:  # fmt: skip
        """Take note of a post to be made; False if there is one of that `message_id` already.

        Args:
            plan: where to post; its `message_id` names the occasion, such as the day and hour of
                a schedule, so that no restart posts twice for it.
            bot: whose post.
            due: not before.
            now: the present.
            reason: why, one of the rules' reasons.
            speaker: the persona that writes it.
        """
        with self.file.transaction():
            if not add(self.file, plan, bot, task="post", now=now):
                return False
            return self._speak(Key.of(plan, bot), Decision(True, reason, speaker=speaker), due, now)

    def decided(self, key: Key, decision: Decision, *, now: datetime) -> bool:
        """Keep the decision, whichever; the due time is fixed here and survives restarts.

        Who said stop is not answered, whatever the decision was.
        """
        with self.file.transaction():
            item = known(self.file, key)
            if decision.speak and self._unwanted(item) == STOPPED:
                decision = Decision(False, STOPPED)
            if decision.speak:
                due = now + timedelta(seconds=decision.delay)
                return self._speak(key, decision, due, now)
            bare = as_json(dataclasses.replace(item.heard, context=()))
            return move(
                self.file, key, "silent", before=("seen",), now=now, note=decision.reason,
                reason=decision.reason, probability=decision.probability, heard=bare,
            )  # fmt: skip

    def generating(self, key: Key, *, now: datetime) -> bool:
        """Take the item, to write its text; only one gets it."""
        return move(
            self.file, key, "generating", before=("decided", "generating"), now=now, hold=True,
            count="attempts + 1",
        )  # fmt: skip

    def generated(self, key: Key, text: str, *, model: str, now: datetime) -> bool:
        """Keep what was written, and by which version of the model."""
        return move(
            self.file, key, "generated", before=("generating",), held=(1,), now=now, note=model,
            count="0", text=text, model=model,
        )  # fmt: skip

    def about_to_send(self, key: Key, *, now: datetime) -> str | None:
        """Mark that the platform is called now: the nonce to call it with, or None: don't."""
        moved = move(
            self.file, key, "sending", before=("generated", "sending"), now=now, hold=True,
            count="attempts + 1", nonce=key.nonce, spoken=stamp(now),
        )  # fmt: skip
        return key.nonce if moved else None

    def sent(self, key: Key, sent_id: str, *, now: datetime) -> bool:
        """It is out, and has this id on the platform."""
        return move(
            self.file, key, "sent", before=("sending",), held=(1,), now=now, note=sent_id,
            sent_id=sent_id, spoken=stamp(now), failure="",
        )  # fmt: skip

    def failed(
        self, key: Key, reason: str, *, now: datetime, again_at: datetime | None = None
    ) -> bool:
        """Give up for good, or have `due` hand it out again at `again_at`.

        Of a sending, only what the platform certainly refused has failed; `settle` is for a
        time-out. No second try is made for who said stop meanwhile or was forgotten.

        Args:
            key: which item.
            reason: what went wrong, without anybody's text.
            now: the present.
            again_at: when to try the same step again; its attempts are in `Item.attempts`.
        """
        with self.file.transaction():
            unwanted = self._unwanted(known(self.file, key))
            if again_at is not None and not unwanted:
                return put_off(self.file, key, reason, until=again_at, now=now)
            why = unwanted or reason
            return move(
                self.file, key, "failed", now=now, note=why, failure=why, held=(0, 1),
                before=("seen", "decided", "generating", "generated", "sending"),
            )  # fmt: skip

    def hold(self, key: Key, reason: str, *, until: datetime, now: datetime) -> bool:
        """Have `due` hand it out again later, though nothing was tried; whether it was waiting."""
        return put_off(self.file, key, reason, until=until, now=now, tried=False)

    def settle(
        self, item: Item, look_up: LookUp | None, *, now: datetime, again_at: datetime | None = None
    ) -> State:
        """End a sending of which nobody knows whether it arrived; the state that it has now.

        The platform is asked by `look_up`; what is not there is due again at `again_at`, or at
        once. Where a platform can't be asked (None) the item is uncertain for ever, and never
        sent again.
        """
        if look_up is None:
            move(self.file, item.key, "uncertain", before=("sending",), held=(1,), now=now)
        elif (found := look_up(item)) is not None:
            self.sent(item.key, found, now=now)
        else:
            self.failed(item.key, _NOT_THERE, now=now, again_at=again_at or now)
        return known(self.file, item.key).state

    def recover(
        self, bot: str, platform: str, look_up: LookUp | None, *, now: datetime
    ) -> list[Item]:
        """Mend what an earlier life left; the messages that are still to be decided upon.

        For the one process that runs this bot (`queue_file.alone`), before it takes up anything.
        """
        for item in (left := self.unfinished(bot, platform)):
            if item.state == "sending":
                self.settle(item, look_up, now=now)
            elif item.state == "generating":
                self.failed(item.key, _CUT_OFF, now=now, again_at=now)
        return [item for item in left if item.state == "seen"]

    def unfinished(self, bot: str, platform: str) -> list[Item]:
        """What is not yet decided upon, and what somebody is generating or sending."""
        where = f"{OPEN} and {_MINE} and (held = 1 or state = 'seen')"
        return items(self.file, where, bot, platform)

    def due(self, now: datetime, *, bot: str, platform: str, most: int = 200) -> list[Item]:
        """What is to be generated or sent now and nobody has taken, the longest due first."""
        where = f"{OPEN} and held = 0 and due <= ? and {_MINE}"
        order = f"due, number limit {int(most)}"
        return items(self.file, where, stamp(now), bot, platform, order=order)

    def next_due(self, *, bot: str, platform: str) -> datetime | None:
        """When `due` will next have something (UTC), None if nothing waits."""
        query = f"select min(due) from items where {OPEN} and held = 0 and {_MINE}"
        return moment_of(self.file.one(query, bot, platform))

    def uncertain(self, bot: str) -> list[Item]:
        """What may or may not have been sent: somebody has to look."""
        return items(self.file, "state = 'uncertain' and bot = ?", bot)

    def get(self, key: Key) -> Item | None:
        """The item as it stands now."""
        found = items(self.file, IS, *key)
        return found[0] if found else None

    def _speak(self, key: Key, decision: Decision, due: datetime, now: datetime) -> bool:
        return move(
            self.file, key, "decided", before=("seen",), now=now, note=decision.reason,
            reason=decision.reason, probability=decision.probability, speaker=decision.speaker,
            due=stamp(due),
        )  # fmt: skip

    def _unwanted(self, item: Item) -> str:
        """Why nothing is to be said to the author any more, "" if nothing speaks against it."""
        if not item.heard.author:
            return ""
        if stopped(self.file, platform=item.key.platform, author=item.heard.author):
            return STOPPED
        return FORGOTTEN if item.erased else ""
