"""`python -m ...lives`: the bots' process, one life after the other.

The first line on its standard input is JSON: `run` is the path of RUN.json, `anchor`, `began` and
`speed` are the clock's, `environment` has the credentials. For each further line it forks a
process that runs the bots by `running.run`, tells its id, and when it has ended, how. The
libraries are loaded once, before: SIGKILL, however often, hits bots and not imports.
"""

import asyncio
import gc
import importlib
import json
import logging
import os
import signal
import sys
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from clone_pipeline.bots import running
from clone_pipeline.bots.plan import Plan
from clone_pipeline_tests.bots.simulation.clock import SpedClock

LIBRARIES = ("discord", "telegram.request", "praw", "prawcore", "nio", "discord.app_commands")
PARTS = (
    "discord_client", "discord_sending", "discord_editing", "telegram_connector",
    "reddit_account", "reddit_things", "matrix_connector",
)  # fmt: skip


def live(plan: Plan, clock: SpedClock) -> None:
    """Run the bots until SIGTERM."""

    async def main() -> None:
        task = asyncio.ensure_future(running.run(plan, clock=clock))
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
        with suppress(asyncio.CancelledError):
            await task

    asyncio.run(main())


def main() -> None:
    logging.basicConfig(format="%(relativeCreated)d %(process)d %(levelname)s %(name)s %(message)s")
    logging.getLogger("clone_pipeline").setLevel(logging.INFO)
    for name in LIBRARIES:
        importlib.import_module(name)
    for name in ("discord", "telegram", "reddit", "matrix", *PARTS):
        importlib.import_module(f"clone_pipeline.bots.platforms.{name}")
    given = json.loads(sys.stdin.readline())
    os.environ.update(given["environment"])
    plan = Plan.model_validate_json(Path(given["run"]).read_text())
    began = datetime.fromisoformat(given["began"])
    clock = SpedClock(datetime.fromisoformat(given["anchor"]), began, given["speed"])
    gc.freeze()
    _tell("ready")
    for _ in sys.stdin:
        child = os.fork()
        if child == 0:
            code = 1
            try:
                live(plan, clock)
                code = 0
            except BaseException:
                logging.exception("the bots ended")
            finally:
                os._exit(code)
        _tell(str(child))
        _, status = os.waitpid(child, 0)
        _tell(str(os.waitstatus_to_exitcode(status)))


def _tell(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
