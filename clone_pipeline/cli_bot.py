"""clone-pipeline bot: run the bots, rehearse them, ask them why, give them orders."""

import importlib.util
import logging
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer
from rich.markup import escape

from clone_pipeline import project
from clone_pipeline.bots import explaining, forgetting, orders, own_model, queue_file, rehearsing
from clone_pipeline.bots import status as statuses
from clone_pipeline.bots.budget import Budget
from clone_pipeline.bots.explaining import clean
from clone_pipeline.bots.items import Item
from clone_pipeline.bots.limits import plain
from clone_pipeline.bots.plan import Plan
from clone_pipeline.bots.queue import Queue
from clone_pipeline.bots.reasons import REASONS
from clone_pipeline.settings import Fault, FaultyInput
from clone_pipeline.terminal import err, faults_shown, here, load_env, next_command, out

app = typer.Typer(
    help="The bots of this project: run them, rehearse, ask why, give orders.",
    invoke_without_command=True,
)

Folder = Annotated[Path, typer.Option("--project", help="The project's folder.", show_default=True)]
HERE = Path(".")
There = Annotated[Path | None, typer.Option("--project", help="The project's folder.")]


@app.callback()
def bot(
    context: typer.Context,
    folder: Folder = HERE,
    only: Annotated[
        list[str] | None, typer.Option("--only", help="Run this bot; may be given again.")
    ] = None,
    rehearse: Annotated[
        bool,
        typer.Option("--rehearse", help="Read, decide and write, but send nothing; show a table."),
    ] = False,
    status_port: Annotated[
        int, typer.Option(help="Where /status and /metrics are; 0 for none.")
    ] = 8766,
    serve: Annotated[
        bool, typer.Option(help="Start the project's own model too, if a bot needs it.")
    ] = True,
    plan_to: Annotated[
        Path | None,
        typer.Option("--plan", help="Write RUN.json for `python -m clone_pipeline.bots`, and end."),
    ] = None,
) -> None:
    """Run the bots of clone.yaml until Ctrl-C; what waits then is sent by the next run.

    Without a command the bots run. `bot --rehearse` shows what they would say, `bot explain ID`
    why one did or did not speak, `bot pause`, `resume`, `forget` and `regenerate` reach a process
    that runs.
    """
    context.obj = folder
    if context.invoked_subcommand:
        return
    again = f"mend this, then: clone-pipeline bot{here(folder)}"
    with faults_shown(then=again):
        load_env(folder)
        plan = _plan(folder, only or [], rehearse=rehearse, status_port=status_port)
        if plan_to:
            plan_to.touch(mode=0o600)
            plan_to.write_text(plan.model_dump_json(indent=1, exclude_unset=True), encoding="utf-8")
            next_command(f"python -m clone_pipeline.bots {plan_to}")
            return
        _run(plan, folder, serve=serve)
    next_command(f"clone-pipeline bot explain MESSAGE-ID{here(folder)}")


@app.command()
def explain(
    context: typer.Context,
    message_id: Annotated[str, typer.Argument(help="Of what was heard or sent; reddit:t1_x.")],
    folder: There = None,
) -> None:
    """Tell why a bot did or did not speak."""
    folder, settings = _project(context, folder)
    with _reading(folder) as file:
        zone = ZoneInfo(settings.time_zone)
        told = explaining.explain(Queue(file), message_id, reasons=REASONS, zone=zone)
    out.print(escape(told))
    next_command(f"clone-pipeline bot status{here(folder)}")


@app.command()
def status(context: typer.Context, folder: There = None) -> None:
    """Show what each bot read and wrote today, what waits, and what is uncertain."""
    folder, settings = _project(context, folder)
    now = datetime.now(UTC)
    zone = ZoneInfo(settings.time_zone)
    midnight = now.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)
    with _reading(folder) as file:
        for name, given in settings.bots.items():
            budget = Budget(file, name=name, zone=zone, limits=given.budget)
            stands = statuses.status(file, name, since=midnight, budget=budget, now=now)
            paused = " (paused)" if orders.paused(file, name) else ""
            typer.echo(f"{name}{paused}\t{statuses.status_line(stands)}")
            out.print(f"  waiting {stands.waiting}, failed {stands.failed}")
            _uncertain(Queue(file).uncertain(name))
    next_command(f"clone-pipeline bot explain MESSAGE-ID{here(folder)}")


@app.command()
def pause(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="Of the bot; left out: all.")] = "",
    folder: There = None,
) -> None:
    """Let a bot say nothing until `resume`; a process that runs obeys at once."""
    folder, settings = _project(context, folder)
    with _writing(folder) as file:
        for each in _names(settings, name):
            new = orders.pause(file, each, now=datetime.now(UTC))
            out.print(f"{each}: {'paused' if new else 'paused already'}")
    next_command(f"clone-pipeline bot resume {name}{here(folder)}")


@app.command()
def resume(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="Of the bot; left out: all.")] = "",
    folder: There = None,
) -> None:
    """Let a bot speak again; what waited is sent."""
    folder, settings = _project(context, folder)
    with _writing(folder) as file:
        for each in _names(settings, name):
            out.print(f"{each}: {'goes on' if orders.resume(file, each) else 'was not paused'}")
    next_command(f"clone-pipeline bot status{here(folder)}")


@app.command()
def forget(
    context: typer.Context,
    platform: Annotated[str, typer.Argument(help="reddit, discord, telegram, matrix.")],
    user: Annotated[str, typer.Argument(help="The user's id; on Reddit the name.")],
    stop: Annotated[bool, typer.Option("--stop", help="Never answer this user again.")] = False,
    folder: There = None,
) -> None:
    """Erase what a user wrote and was answered; ids stay, so that nothing is answered twice."""
    folder, _ = _project(context, folder)
    now = datetime.now(UTC)
    with _writing(folder) as file:
        if platform not in project.PLATFORMS:
            fix = f"Name one of {', '.join(project.PLATFORMS)}."
            raise FaultyInput([Fault("PLATFORM", f"`{platform}`", fix)])
        user = plain(user) if platform == "reddit" else user
        count = forgetting.forget_user(file, platform=platform, author=user, now=now)
        if stop:
            forgetting.stop(file, platform=platform, author=user, now=now)
    out.print(f"erased in {count} messages" + (", never answered again" if stop else ""))
    next_command(f"clone-pipeline bot status{here(folder)}")


@app.command()
def regenerate(
    context: typer.Context,
    message_id: Annotated[str, typer.Argument(help="Of what the bot sent, or of what it answers.")],
    folder: There = None,
) -> None:
    """Have a sent reply written anew and put in its place, by the process that runs."""
    folder, _ = _project(context, folder)
    with _writing(folder) as file:
        item = orders.sent_as(file, message_id)
        if item is None:
            fix = "Look it up with `clone-pipeline bot explain`."
            raise FaultyInput([Fault(message_id, "no message that a bot sent", fix)])
        orders.ask_again(file, item, now=datetime.now(UTC))
    out.print("ordered: a running `clone-pipeline bot` does it within seconds")
    next_command(f"clone-pipeline bot explain {message_id}{here(folder)}")


def _run(plan: Plan, folder: Path, *, serve: bool) -> None:
    """In this process, with the model beside it; a rehearsal ends with its table."""
    from clone_pipeline.bots.running import run_until_interrupted  # noqa: PLC0415

    logging.getLogger("clone_pipeline").setLevel(logging.INFO)
    if plan.rehearse:
        err.print("A rehearsal: nothing is sent. Ctrl-C ends it and shows the table.")
    with _own_model(plan, folder) if serve else _nothing():
        run_until_interrupted(plan)
    if plan.rehearse:
        out.print(rehearsing.table(plan.rehearsal))


@contextmanager
def _own_model(plan: Plan, folder: Path) -> Iterator[None]:
    """`serve` beside the bots, if one of them asks the project's own model and none runs."""
    if not plan.asks_own_model() or own_model.served(plan.models):
        yield
        return
    if importlib.util.find_spec("torch") is None:
        err.print(
            "[yellow]No `clone-pipeline serve` answers, and there is no torch here to start one: "
            "start it where the models are trained, or set brain.model.base_url.[/]"
        )
        yield
        return
    from clone_pipeline.serving.plan import Plan as Serving  # noqa: PLC0415

    settings = project.load(folder).serving.model_dump()
    with tempfile.TemporaryDirectory(prefix="clone-serving-") as scratch:
        run = Path(scratch) / "run.json"
        told = Serving(**settings | {"port": 0}, models=plan.models, with_parent=True)
        run.write_text(told.model_dump_json(), encoding="utf-8")
        command = [sys.executable, "-m", "clone_pipeline.serving", str(run)]
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, start_new_session=True)
        try:
            yield
        finally:
            process.terminate()
            process.wait()


@contextmanager
def _nothing() -> Iterator[None]:
    yield


@contextmanager
def _writing(folder: Path) -> Iterator[queue_file.QueueFile]:
    again = f"clone-pipeline bot status{here(folder)}"
    with faults_shown(then=again), queue_file.open_file(_queue(folder)) as file:
        yield file


@contextmanager
def _reading(folder: Path) -> Iterator[queue_file.QueueFile]:
    again = f"clone-pipeline bot{here(folder)}"
    with faults_shown(then=again), queue_file.read_file(_queue(folder)) as file:
        yield file


def _uncertain(found: list[Item]) -> None:
    for item in found:
        where = f"{item.key.platform} {item.heard.channel}"
        told = f"  uncertain: {item.key.message_id} ({where}): look there yourself"
        out.print(escape(clean(told)))


def _plan(folder: Path, only: list[str], *, rehearse: bool, status_port: int) -> Plan:
    settings = project.load(folder)
    if not settings.bots:
        fix = "Add one under `bots:`; docs/bots.md shows how."
        raise FaultyInput([Fault("clone.yaml", "no bots", fix)])
    for name in only:
        _names(settings, name)
    return settings.bots_plan(
        folder.resolve(), names=only, rehearse=rehearse, status_port=status_port
    )


def _names(settings: project.Project, name: str) -> list[str]:
    if name and name not in settings.bots:
        fix = f"Name one of {', '.join(settings.bots) or '(there are none)'}."
        raise FaultyInput([Fault("bots", f"no bot `{name}`", fix)])
    return [name] if name else list(settings.bots)


def _project(context: typer.Context, given: Path | None) -> tuple[Path, project.Project]:
    folder: Path = given or context.obj
    with faults_shown(then=f"clone-pipeline check{here(folder)}"):
        load_env(folder)
        return folder, project.load(folder)


def _queue(folder: Path) -> Path:
    return folder / ".private" / "bots.sqlite"
