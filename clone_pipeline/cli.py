"""clone-pipeline: the command line."""

import json
import os
import time
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.box import SIMPLE_HEAD
from rich.markup import escape
from rich.table import Table

from clone_pipeline.lasting import lasting
from clone_pipeline.settings import Fault, FaultyInput
from clone_pipeline.terminal import (
    err,
    faults_shown,
    here,
    load_env,
    log_to_stderr,
    next_command,
    out,
)

with lasting("clone_pipeline.checking"):
    from clone_pipeline import (
        checking,
        cli_bot,
        cli_export,
        cli_import,
        cli_journal,
        cli_retrain,
        funnel,
        project,
        registry,
        scaffold,
    )

if TYPE_CHECKING:
    from clone_pipeline.defs import launch

app = typer.Typer(
    name="clone-pipeline",
    help="Chat exports and documents in; a trained, checked and answering chat model out.",
    no_args_is_help=True,
    rich_markup_mode="markdown",
    pretty_exceptions_enable=False,
    epilog="Start with `clone-pipeline init DIR`, put an export in DIR/raw_input/chats, then "
    "`clone-pipeline check`, `run` and `chat`. Settings: clone.yaml.",
)
models_app = typer.Typer(help="The registry: versions, promotions, what is in production.")
app.add_typer(models_app, name="models", no_args_is_help=True)
app.add_typer(cli_bot.app, name="bot")
app.add_typer(cli_import.app, name="import")
app.add_typer(cli_journal.app, name="journal")

Folder = Annotated[Path, typer.Option("--project", help="The project's folder.", show_default=True)]
HERE = Path(".")


@app.command()
def init(folder: Annotated[Path, typer.Argument(metavar="DIR", help="A new folder.")]) -> None:
    """Make a new project folder: clone.yaml with comments, raw_input/, Dagster's files."""
    with faults_shown(then="clone-pipeline init DIR, with a DIR that is not there yet"):
        written = scaffold.create(folder)
    for path in written:
        out.print(f"wrote {escape(str(path))}")
    next_command(
        f"copy your export into {folder}/raw_input/chats (or documents into raw_input/docs), "
        f"say in {folder}/clone.yaml who is cloned, then: clone-pipeline check{here(folder)}"
    )


@app.command()
def check(folder: Folder = HERE) -> None:
    """Look at clone.yaml, inputs, keys and model access; show every fault with its fix."""
    again = f"mend this, then: clone-pipeline check{here(folder)}"
    with faults_shown(then=again):
        load_env(folder)
        found = checking.check(folder.resolve(), daemon_alive=_daemon_alive)
    for fact in found.facts:
        out.print(f"[green]ok[/]  {escape(fact)}")
    for warning in found.warnings:
        out.print(f"[yellow]!![/]  {escape(warning)}")
    if found.faults:
        err.print(f"[red]{escape(str(FaultyInput(found.faults)))}[/]")
        next_command(again)
        raise typer.Exit(1)
    next_command(f"clone-pipeline run{here(folder)}")


@app.command()
def run(
    folder: Folder = HERE,
    select: Annotated[
        str,
        typer.Option(
            help='What to materialize, in Dagster\'s selection syntax: `"+conversations"` is '
            '`conversations` and all before it, `"chunks+"` all after it, `"group:chat"` a group.'
        ),
    ] = "*",
    retrain: Annotated[
        bool, typer.Option("--retrain", help="Train again although nothing has changed.")
    ] = False,
) -> None:
    """Materialize assets in this process; Ctrl-C is safe, the next run goes on from there."""
    started = time.monotonic()
    folder = folder.resolve()
    log_to_stderr(started)
    again = f"mend this, then: clone-pipeline run{here(folder)} (what is finished is kept)"
    with faults_shown(then=again):
        load_env(folder)
        project.load(folder)
        outcome = _launch(folder, select, retrain=retrain)
    for note in outcome.notes:
        err.print(escape(note))
    for asset, sentence in outcome.failures:
        err.print(f"[red]{escape(asset)}: {escape(sentence)}[/]")
    seconds = time.monotonic() - started
    if not outcome.succeeded:
        next_command(again)
        raise typer.Exit(1)
    out.print(f"done in {seconds:.0f} s")
    standing = registry.production(folder / "models")
    chat_next = f"clone-pipeline chat{here(folder)}"
    next_command(chat_next if standing else f"clone-pipeline funnel{here(folder)}")


app.command(name="retrain")(cli_retrain.retrain)
app.command(name="export")(cli_export.export)


@app.command(name="funnel")
def show_funnel(
    folder: Folder = HERE,
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """Show what came in, what was dropped where and why, what was kept, and what it cost."""
    counts = funnel.load(folder / "data" / "funnel")
    shown = funnel.report(counts)
    if as_json:
        typer.echo(json.dumps(shown, indent=1))
        next_command(f"clone-pipeline {_chat_or_run(folder)}")
        return
    if not counts:
        err.print("Nothing was materialized here yet.")
        next_command(f"clone-pipeline run{here(folder)}")
        raise typer.Exit(1)
    table = Table(box=SIMPLE_HEAD)  # as wide as a terminal of 80 columns at most
    for column in ("stage", "came in", "kept", "dropped (-), made (+)"):
        table.add_column(column, overflow="fold")
    for stage in shown["stages"]:
        dropped = [f"- {n:,} {reason}" for reason, n in stage["dropped"].items()]
        made = [f"+ {n:,} {name}" for name, n in stage["made"].items()]
        table.add_row(
            stage["stage"],
            f"{stage['in']:,} {stage['unit']}",
            f"{stage['kept']:,}",
            "\n".join(dropped + made),
        )
    out.print(table)
    llm = shown["llm"]
    out.print(
        f"model requests: {llm['requests']:,} sent, {llm['from_journal']:,} from the journal; "
        f"{llm['prompt_tokens']:,} + {llm['completion_tokens']:,} tokens, cost {llm['cost']:.2f}"
    )
    next_command(f"clone-pipeline {_chat_or_run(folder)}")


@app.command()
def chat(
    folder: Folder = HERE,
    persona: Annotated[str, typer.Option(help="Whom to talk with; the first, if left out.")] = "",
    once: Annotated[str, typer.Option(help="Say this, print the reply, end.")] = "",
) -> None:
    """Talk with the production model."""
    from clone_pipeline.serving import talking  # noqa: PLC0415

    started = time.monotonic()
    with faults_shown(then=f"clone-pipeline {_check_or_run(folder)}"):
        settings = project.load(folder)
        with talking.open_chat(
            (folder / "models").resolve(), persona=persona or None, settings=settings.serving
        ) as conversation:
            if once:
                reply = " ".join(conversation.say(once).split())
                _first_reply(folder, started)
                typer.echo(reply)
                return
            _talk(conversation.name, conversation.stream)
    next_command(f"clone-pipeline serve{here(folder)}")


@app.command()
def serve(
    folder: Folder = HERE,
    host: Annotated[str, typer.Option(help="Address; settings' own, if left out.")] = "",
    port: Annotated[int, typer.Option(help="Port; settings' own, if left out.")] = 0,
) -> None:
    """Serve the production model over an OpenAI-compatible endpoint; takes promotions live."""
    from clone_pipeline.serving import front  # noqa: PLC0415

    with faults_shown(then=f"clone-pipeline {_check_or_run(folder)}"):
        settings = project.load(folder).serving
        chosen = {"host": host or settings.host, "port": port or settings.port}
        front.run((folder / "models").resolve(), settings=settings.model_copy(update=chosen))
    next_command(f"clone-pipeline {_chat_or_run(folder)}")


@models_app.command("list")
def list_models(folder: Folder = HERE) -> None:
    """Show the versions, when each was promoted, and which one is in production."""
    with faults_shown(then="clone-pipeline init DIR, then: clone-pipeline run --project DIR"):
        models = _models(folder)
    promoted = {p.version: p.number for p in registry.promotions(models)}
    standing = registry.production(models)
    table = Table("version", "created", "kind", "form", "promotion", "production")
    for version in registry.versions(models):
        table.add_row(
            version.name,
            version.card["created"],
            version.card["kind"],
            version.card["form"],
            str(promoted.get(version.name, "")),
            "yes" if standing and standing.version == version.name else "",
        )
    out.print(table)
    next_command(f"clone-pipeline {_chat_or_run(folder)}")


@models_app.command("promote")
def promote_model(
    version: Annotated[str, typer.Argument(help="A version of `models list`.")],
    folder: Folder = HERE,
) -> None:
    """Put a version into production by hand, whatever its report says."""
    with faults_shown(then=f"clone-pipeline models list{here(folder)}"):
        deployed = registry.deploy(_models(folder), version=version, promotion=None)
    out.print(f"production: {deployed.version}")
    next_command(f"clone-pipeline chat{here(folder)}")


@models_app.command("rollback")
def roll_back(folder: Folder = HERE) -> None:
    """Put the version into production that was there before."""
    with faults_shown(then=f"clone-pipeline models list{here(folder)}"):
        deployed = registry.roll_back(_models(folder))
    out.print(f"production: {deployed.version}")
    next_command(f"clone-pipeline chat{here(folder)}")


def _launch(folder: Path, select: str, *, retrain: bool) -> "launch.Outcome":
    os.environ["CLONE_PIPELINE_PROJECT"] = str(folder)
    from clone_pipeline.definitions import defs  # noqa: PLC0415
    from clone_pipeline.defs import launch  # noqa: PLC0415
    from clone_pipeline.scale.tuning import tuned_for_tables  # noqa: PLC0415 - pyarrow

    config = {"ops": {"fine_tuned_model": {"config": {"retrain": True}}}} if retrain else {}
    tuned_for_tables()
    try:
        return launch.run(defs, folder, selection=select, run_config=config)
    except launch.Interrupted:
        err.print("\nStopped. What was finished is kept, answers that were paid for included.")
        next_command(f"clone-pipeline run{here(folder)}")
        raise typer.Exit(130) from None


def _models(folder: Path) -> Path:
    if not (folder / project.FILE).exists():
        fix = "Name the project's folder with --project."
        raise FaultyInput([Fault(str(folder), f"no {project.FILE}", fix)])
    return folder / "models"


def _chat_or_run(folder: Path) -> str:
    standing = registry.production(folder / "models")
    return f"{'chat' if standing else 'run'}{here(folder)}"


def _check_or_run(folder: Path) -> str:
    standing = registry.production(folder / "models")
    return f"{'check' if standing else 'run'}{here(folder)}"


def _daemon_alive(folder: Path) -> bool:
    if find_spec("dagster") is None or not (folder / ".dagster").is_dir():
        return False
    from clone_pipeline.defs import launch  # noqa: PLC0415

    with launch.project_instance(folder) as instance:
        return launch.daemon_alive(instance)


def _first_reply(folder: Path, started: float) -> None:
    """How long it took, and at the very first reply how long since the project was made."""
    took = f"replied after {time.monotonic() - started:.1f} s"
    marker = folder / ".dagster" / "first_reply"
    made = folder / ".dagster" / "dagster.yaml"
    if made.exists() and not marker.exists():
        took += f", {(time.time() - made.stat().st_mtime) / 60:.1f} min after the project was made"
        marker.touch()
    err.print(took)


def _talk(name: str, stream: Callable[[str], Iterator[str]]) -> None:
    err.print(f"Talking with {escape(name)}. An empty line or Ctrl-D ends it.")
    while True:
        try:
            said = input("you: ").strip()
        except (EOFError, KeyboardInterrupt):
            break
        if not said:
            break
        out.print(f"{escape(name)}: ", end="")
        for piece in stream(said):
            out.print(escape(piece), end="")
        out.print()
