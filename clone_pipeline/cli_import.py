"""clone-pipeline import: the configuration of an older system into clone.yaml."""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Protocol

import typer
from rich.markup import escape

from clone_pipeline.interop import copying, hotshotbot, verustoolkit, vtx, writing
from clone_pipeline.interop.account import Imported
from clone_pipeline.settings import Fault, FaultyInput
from clone_pipeline.terminal import faults_shown, here, load_env, next_command, out

app = typer.Typer(
    help="Bring the configuration of an older system into clone.yaml.", no_args_is_help=True
)

Folder = Annotated[Path, typer.Option("--project", help="The project's folder.", show_default=True)]
Config = Annotated[Path, typer.Argument(metavar="CONFIG", help="The YAML of the older system.")]
Name = Annotated[str, typer.Option(help="Of the bot; left out: as its configuration calls it.")]
HERE = Path(".")


class Read(Protocol):
    """A reader of one system's configuration."""

    def __call__(self, text: str, *, name: str, env: Mapping[str, str]) -> Imported:
        """What it holds, in our terms."""


@app.command("vtx")
def import_vtx(config: Config, folder: Folder = HERE, name: Name = "") -> None:
    """Take over VTX's config.yml: personas, Reddit, Discord, Telegram, Matrix."""
    _take_over(vtx.read_vtx, config, folder, name)


@app.command("hotshotbot")
def import_hotshotbot(config: Config, folder: Folder = HERE, name: Name = "") -> None:
    """Take over HotShotBot's bot_config.yaml: one bot on Reddit."""
    _take_over(hotshotbot.read_hotshotbot, config, folder, name)


@app.command("verustoolkit")
def import_verustoolkit(
    config: Config,
    folder: Folder = HERE,
    root: Annotated[
        Path | None,
        typer.Option(
            help="What paths in it are relative to; left out: the folder that CONFIG is in."
        ),
    ] = None,
) -> None:
    """Take over Verustoolkit's or Augmentoolkit's config.yaml: endpoint, prompts, documents."""
    with faults_shown(then=_again(folder)):
        load_env(folder)
        taken = verustoolkit.read_verustoolkit(
            _text(config), root=root or config.parent, folder=folder, env=os.environ
        )
        with copying.places(taken.copies, folder):
            told = writing.write(taken.imported, folder)
        told.append(f"{folder}: {_copied(taken.copies, folder):,} files copied.")
        _tell(told, taken.imported)
    shown = here(folder)
    next_command(
        f"clone-pipeline check{shown}, then: clone-pipeline run{shown} "
        "--select '+key:\"qa_conversations\"'"
    )


def _copied(copies: Sequence[copying.Copy], folder: Path) -> int:
    try:
        return copying.copy_all(copies, folder)
    except OSError as error:
        fix = "Mend that and import again: it goes on where it stopped."
        raise FaultyInput([Fault(str(error.filename), str(error.strerror), fix)]) from None


def _take_over(read: Read, config: Path, folder: Path, name: str) -> None:
    with faults_shown(then=_again(folder)):
        load_env(folder)
        imported = read(_text(config), name=name or config.stem, env=os.environ)
        _tell(writing.write(imported, folder), imported)
    next_command(f"clone-pipeline check{here(folder)}, then: clone-pipeline bot --rehearse")


def _tell(written: Sequence[str], imported: Imported) -> None:
    for sentence in written:
        out.print(f"[green]ok[/]  {escape(sentence)}")
    for sentence in imported.changed:
        out.print(f"[yellow]!![/]  {escape(sentence)}")
    for key, why in imported.not_taken:
        out.print(f"[yellow]not taken[/]  {escape(key)}: {escape(why)}")
    for key in imported.unknown:
        out.print(f"[yellow]unknown[/]  {escape(key)}: the older system has no such key either")


def _again(folder: Path) -> str:
    return f"mend this, then the same import{here(folder)}"


def _text(config: Path) -> str:
    try:
        return config.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        fix = "Name the configuration's YAML file."
        raise FaultyInput([Fault(str(config), str(error), fix)]) from None
