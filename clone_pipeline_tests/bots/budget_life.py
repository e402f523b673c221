"""One of several spenders on one budget, SIGKILLed again and again: FOLDER SEED KILLS.

What the endpoint really received is in its own file: `seed<tab>characters<tab>millionths`, a
line a request. A spender reserves a bound, asks the endpoint, and settles with the true figure.
"""

import os
import random
import signal
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from clone_pipeline.bots.budget import Budget, BudgetSettings, Cost
from clone_pipeline.bots.queue_file import QueueFile, open_file

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
SPENDERS = 4
LIMITS = BudgetSettings(characters=80_000, tokens=None, money=2.0)


def budget_of(file: QueueFile) -> Budget:
    return Budget(file, name="vtx", zone=UTC, limits=LIMITS)


def spend(folder: Path, seed: int, draw: random.Random, *, deadly: bool) -> None:
    """Until nothing that is asked for is allowed any more, or a kill."""
    left = draw.randint(1, 120) if deadly else 0

    def at_statement(_: str) -> None:
        nonlocal left
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    with open_file(folder / "bots.sqlite") as file:
        file.db.set_trace_callback(at_statement)
        budget, refused = budget_of(file), 0
        while refused < 5:
            now = NOON + timedelta(seconds=draw.random() * 3600)
            bound = Cost(draw.randint(1, 300), 1, draw.randint(1, 9000) / 1e6)
            reserved = budget.reserve(bound, now=now)
            if reserved is None:
                refused += 1
                continue
            cost = Cost(bound.characters, 1, draw.randint(0, round(bound.money * 1e6)) / 1e6)
            with (folder / "received").open("a") as endpoint:
                endpoint.write(f"{seed}\t{cost.characters}\t{round(cost.money * 1e6)}\n")
            time.sleep(draw.uniform(0, 0.003))  # until the endpoint answers
            assert budget.settle(reserved, cost)


def main(folder: Path, seed: int, kills: int) -> None:
    """Fork lives until `kills` were killed, then one that spends what is left."""
    (folder / f"ready {seed}").touch()
    while len(list(folder.glob("ready *"))) < SPENDERS:
        time.sleep(0.005)
    killed = life = 0
    while True:
        child = os.fork()
        if child == 0:
            spend(folder, seed, random.Random(f"{seed} {life}"), deadly=killed < kills)
            os._exit(0)
        status, life = os.waitpid(child, 0)[1], life + 1
        if os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL:
            killed += 1
        elif status:
            sys.exit(f"life {life} ended with {status}")
        else:
            break


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
