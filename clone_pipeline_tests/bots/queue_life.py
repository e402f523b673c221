"""A bot's lives in a process of its own, SIGKILLed at seeded instants: FOLDER SEED KILLS LOOKUP.

The platform is a file to which it appends what it received: `nonce<tab>message<tab>its id`. It
delivers the messages of the last lives again. The parent forks one life after another. A
third of them are killed inside the platform's call, a third at an SQL statement (both kill
themselves by SIGKILL), a third by the parent after some milliseconds, all as the seed says.
"""

import json
import os
import random
import signal
import sys
import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

from clone_pipeline.bots.heard import Decision, Heard
from clone_pipeline.bots.items import Item, Key
from clone_pipeline.bots.queue import Queue
from clone_pipeline.bots.queue_file import open_file

START = datetime(2026, 3, 1, 12, tzinfo=UTC)
WHERE = ("in a call", "at a statement", "anywhere")
EACH = 4  # new messages in a life
LIFE = timedelta(minutes=5)
DELAY = timedelta(minutes=10)


def heard(number: int) -> Heard:
    return Heard("reddit", f"t1_{number}", "r/test", f"user{number % 5}", f"text {number}", START)


class FilePlatform:
    """What a platform keeps: every message that it received, in the order of arrival."""

    def __init__(self, path: Path, deadly: "Deadly") -> None:
        self.path = path
        self.deadly = deadly

    def received(self) -> list[tuple[str, str, str]]:
        lines = self.path.read_text().splitlines() if self.path.exists() else []
        fields = [line.split("\t") for line in lines]
        return [(nonce, message, sent_id) for nonce, message, sent_id in fields]

    def send(self, nonce: str, message_id: str) -> str:
        self.deadly.in_call(before=True)
        sent_id = f"ours_{len(self.received())}"
        with self.path.open("a") as file:
            file.write(f"{nonce}\t{message_id}\t{sent_id}\n")
        self.deadly.in_call(before=False)
        return sent_id

    def look_up(self, item: Item) -> str | None:
        """By the nonce, as Discord's history and Matrix' transactions tell it."""
        found = [sent_id for nonce, _, sent_id in self.received() if nonce == item.nonce]
        return found[0] if found else None


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


class Deadly:
    """Where this life ends: inside the so-manieth call of the platform, or at a statement."""

    def __init__(self, draw: random.Random, where: str) -> None:
        self.where = where
        self.calls = draw.randint(1, 3) if where == "in a call" else 0
        self.before = draw.random() < 0.5
        self.statements = draw.randint(1, 200) if where == "at a statement" else 0

    def at_statement(self, sql: str) -> None:
        """Before SQLite runs it, when it is one that writes or commits."""
        if not sql.lstrip().startswith("select"):
            self.statements -= 1
            if self.statements == 0:
                die()

    def in_call(self, *, before: bool) -> None:
        """Before or after the platform has noted what it received."""
        self.calls -= before
        if self.calls == 0 and before == self.before:
            die()


def live(folder: Path, draw: random.Random, deadly: Deadly, *, asks: bool, life: int) -> None:
    """One life: recover, hear, decide by dice, write and send what is due within five minutes."""
    platform = FilePlatform(folder / "platform", deadly)
    begin = START + life * LIFE
    with open_file(folder / "bots.sqlite") as file:
        file.db.set_trace_callback(deadly.at_statement)
        queue = Queue(file)
        look_up = platform.look_up if asks else None
        for item in queue.recover("vtx", "reddit", look_up, now=begin):
            decide(queue, item.key, draw, begin, folder)
        for number in range(max(0, EACH * (life - 3)), EACH * (life + 1)):
            if queue.seen(heard(number), "vtx", now=begin):
                decide(queue, Key.of(heard(number), "vtx"), draw, begin, folder)
        while (due := queue.next_due(bot="vtx", platform="reddit")) is not None:
            if deadly.where != "nowhere" and due > begin + LIFE:
                break
            now = max(begin, due)
            for item in queue.due(now, bot="vtx", platform="reddit"):
                write_and_send(queue, platform, item, now)


def decide(queue: Queue, key: Key, draw: random.Random, now: datetime, folder: Path) -> None:
    """Roll the dice anew in every life, and tell the log what was kept."""
    decision = Decision(draw.random() < 0.7, "chance", 0.7, DELAY.total_seconds() * draw.random())
    queue.decided(key, decision, now=now)
    item = queue.get(key)
    assert item is not None
    with (folder / "decisions").open("a") as file:
        file.write(f"{key.message_id}\t{item.state != 'silent'}\t{item.due}\n")


def write_and_send(queue: Queue, platform: FilePlatform, item: Item, now: datetime) -> None:
    """What a worker does with what is due."""
    if item.state in ("decided", "generating"):
        assert queue.generating(item.key, now=now)
        assert queue.generated(item.key, "well", model="v1", now=now)
    nonce = queue.about_to_send(item.key, now=now)
    assert nonce == item.key.nonce
    sent_id = platform.send(nonce, item.key.message_id)
    assert queue.sent(item.key, sent_id, now=now)


def main(folder: Path, seed: int, kills: int, *, asks: bool) -> None:
    """Fork lives until `kills` of them were killed, then one that lives to its end."""
    killed: Counter[str] = Counter()
    life = 0
    while True:
        where = WHERE[killed.total() % 3] if killed.total() < kills else "nowhere"
        draw = random.Random(f"{seed} {life}")
        child = os.fork()
        if child == 0:
            live(folder, draw, Deadly(draw, where), asks=asks, life=life)
            os._exit(0)
        if where == "anywhere":
            time.sleep(draw.uniform(0.0, 0.015))
            os.kill(child, signal.SIGKILL)
        status = os.waitpid(child, 0)[1]
        life += 1
        if os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL:
            killed[where] += 1
        elif status or life > 20 * kills:
            sys.exit(f"life {life} ended with {status}")
        elif where == "nowhere":
            break
    (folder / "killed").write_text(json.dumps(killed))


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), asks=sys.argv[4] == "asks")
