"""clone-pipeline export: what is trained, in the formats of other programs."""

import os
import re
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from clone_pipeline import project
from clone_pipeline.formats import exporting, hf_dataset, places
from clone_pipeline.formats.exporting import Exported
from clone_pipeline.formats.trained import rows_of
from clone_pipeline.interop import verustoolkit_export
from clone_pipeline.project import Project
from clone_pipeline.settings import Fault, FaultyInput
from clone_pipeline.terminal import err, faults_shown, here, load_env, next_command, out

HERE = Path(".")
TOKEN = "HF_TOKEN"

_BIAS = re.compile(r"[1-9][0-9]{16,18}")


class Format(StrEnum):
    """What can be written."""

    SHAREGPT = "sharegpt"
    SEGMENTS = "segments"
    ALPACA = "alpaca"
    MESSAGES = "messages"
    CHATML = "chatml"
    BIAS = "bias"
    SSI = "ssi"
    HF = "hf"
    VERUSTOOLKIT = "verustoolkit"


class Side(StrEnum):
    """Of the split of training_dataset."""

    TRAIN = "train"
    HELD_OUT = "held_out"
    ALL = "all"


class Dialect(StrEnum):
    """Of ssi-bot's tags."""

    TRAINED = "trained"
    SSI = "ssi"
    HOTSHOT = "hotshot"


def export(
    format_: Annotated[
        Format,
        typer.Argument(
            metavar="FORMAT",
            help="`sharegpt` and `segments` (axolotl), `alpaca` (an example an answer), `messages` "
            "(OpenAI's JSONL), `chatml` (text), `bias` (VTX), `ssi` (ssi-bot, HotShotBot), `hf` "
            "(a folder of Hugging Face's datasets) or `verustoolkit` (all QA data in its folders).",
        ),
    ],
    folder: Annotated[
        Path, typer.Option("--project", help="The project's folder.", show_default=True)
    ] = HERE,
    target: Annotated[
        Path | None,
        typer.Option(
            "--out",
            help="The file to write; of `bias`, `hf`, `verustoolkit` the folder. Left out: "
            "data/exports/SPLIT/ in the project.",
        ),
    ] = None,
    split: Annotated[
        Side, typer.Option(help="What is taught, what the model is tested on, or both.")
    ] = Side.TRAIN,
    push: Annotated[
        str,
        typer.Option(
            metavar="NAME",
            help=f"Of `hf`: push it to the private dataset NAME (owner/dataset) of the hub, too, "
            f"with the token in {TOKEN}.",
        ),
    ] = "",
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Write over a file that is there at --out.")
    ] = False,
    dialect: Annotated[
        Dialect,
        typer.Option(
            help="Of `ssi`: lines to train on, the closed tags of ssi-bot's prompts, or "
            "HotShotBot's without names."
        ),
    ] = Dialect.TRAINED,
) -> None:
    """Write the training data in another program's format, and tell what was left out and why."""
    if push and format_ != Format.HF:
        raise typer.BadParameter("only `hf` can be pushed", param_hint="--push")
    if dialect != Dialect.TRAINED and format_ != Format.SSI:
        raise typer.BadParameter("only `ssi` has dialects", param_hint="--dialect")
    if split == Side.HELD_OUT and format_ == Format.VERUSTOOLKIT:
        raise typer.BadParameter("`verustoolkit` has all of it", param_hint="--split")
    with faults_shown(then=f"clone-pipeline run{here(folder)}"):
        load_env(folder)
        os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
        settings = project.load(folder)
        token = _token() if push else ""
        name = exporting.FILES.get(format_.value, format_.value)
        side = Side.ALL if format_ == Format.VERUSTOOLKIT else split
        path = target or folder / "data" / "exports" / side.value / name
        try:
            places.claim(path, name, over=overwrite or target is None)
            exported = _export(format_, folder / "data", path, settings, split, dialect)
        except OSError as error:
            found = f"a place that can't be written ({error.strerror})"
            raise FaultyInput([Fault(str(path), found, "Give --out another.")]) from None
        _tell(exported)
        if push:
            _push(folder / "data", push, split, token)
    next_command(f"clone-pipeline funnel{here(folder)}")


def _export(
    format_: Format, data: Path, path: Path, settings: Project, split: Side, dialect: Dialect
) -> Exported:
    if format_ == Format.BIAS:
        seed = settings.datasets.seed
        return exporting.export_bias(
            data, path, side=split.value, biases=_biases(settings), seed=seed
        )
    if format_ == Format.VERUSTOOLKIT:
        expert = settings.expert
        return verustoolkit_export.export(
            data,
            path,
            system_prompt=expert.system_prompt,
            system_prompt_rag=expert.system_prompt_rag,
            wrong_context=settings.datasets.rag.wrong_context,
        )
    if format_ == Format.SSI:
        return exporting.export_ssi(data, path, side=split.value, dialect=dialect.value)
    return exporting.export_rows(data, format_.value, path, side=split.value)


def _tell(exported: Exported) -> None:
    made = ", ".join(f"{n:,} {what}" for what, n in exported.made.items()) or "no rows"
    out.print(f"wrote {escape(str(exported.path))}: {made}")
    for reason, n in sorted(exported.left.items()):
        why = exporting.WHY.get(reason) or verustoolkit_export.WHY[reason]
        out.print(f"left out: {n:,} {escape(why)} ({reason})")
    if exported.weighted:
        err.print(
            f"[yellow]!![/]  {exported.weighted:,} rows have a weight of their own "
            "(datasets.weights), which this format can't tell."
        )
    if not any(exported.made.values()):
        err.print("[yellow]!![/]  Nothing that fits this format is in the training data.")


def _push(data: Path, name: str, split: Side, token: str) -> None:
    rows, _ = rows_of(data, side=split.value)
    if not rows:
        raise FaultyInput([Fault("training_dataset", "no row to push", "Choose another --split.")])
    for config, n in hf_dataset.push(rows, name, token=token).items():
        out.print(f"pushed {n:,} rows to {escape(name)}, configuration {config} (private)")


def _token() -> str:
    token = os.environ.get(TOKEN)
    if not token:
        fix = "Put a token that may write there into the environment or the project's .env."
        raise FaultyInput([Fault(TOKEN, "no such environment variable", fix)])
    return token


def _biases(settings: Project) -> dict[str, str]:
    """The bias of each persona that has one: by `bias`, else its Discord id."""
    found = {}
    for key, persona in settings.personas.items():
        ids = [each for each in persona.accounts.get("discord", []) if _BIAS.fullmatch(each)]
        if bias := persona.bias or next(iter(ids), None):
            found[key] = str(bias)
    return found
