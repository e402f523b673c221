"""clone-pipeline journal: what models were asked and answered, and what it cost."""

import json
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from clone_pipeline import cli_journal_files, cli_journal_shown
from clone_pipeline.cli_journal_files import beside, one_key, opened, size
from clone_pipeline.llm import journal_listing, journal_pruning
from clone_pipeline.llm.journal_listing import By, Which
from clone_pipeline.terminal import here, next_command, out

app = typer.Typer(
    help="The journal: every request that was paid for, its reply, and what it cost.\n\n"
    "Answers in it are never asked for again. Look first with `list`, then at one with `show`.",
    no_args_is_help=True,
    rich_markup_mode="markdown",
)

Folder = Annotated[Path, typer.Option("--project", help="The project's folder.", show_default=True)]
Prompt = Annotated[
    str | None, typer.Option("--prompt", metavar="NAME", help="Only of this prompt file.")
]
Model = Annotated[str | None, typer.Option("--model", metavar="NAME", help="Only of this model.")]
Host = Annotated[str | None, typer.Option("--host", metavar="NAME", help="Only of this endpoint.")]
Before = Annotated[
    datetime | None,
    typer.Option(formats=["%Y-%m-%d"], metavar="DATE", help="Only what came before that day."),
]
HERE = Path(".")


@app.command("list")
def list_answers(
    folder: Folder = HERE,
    by: Annotated[By, typer.Option(help="What to sum by.")] = By.PROMPT,
    latest: Annotated[
        int | None,
        typer.Option(min=1, metavar="N", help="Instead: the last N answers, with their keys."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """Show how much was asked, tokens and money: in all, then by prompt, model, host or day.

    What was pruned is gone from `kept`, but not from what was paid.
    """
    with opened(folder) as (connection, path):
        every, rows = journal_listing.total(connection), journal_listing.totals(connection, by)
        last = list(journal_listing.exchanges(connection, Which(), latest=latest)) if latest else []
    if as_json:
        shown = {"total": every, by.value: rows, "latest": last}
        typer.echo(json.dumps(shown, default=asdict, indent=1))
        return
    out.print(cli_journal_shown.sentence(every, size(path)))
    out.print(cli_journal_shown.latest(last) if latest else cli_journal_shown.table(rows, by))
    then = "show KEY" if latest else "list --latest 20"
    next_command(f"clone-pipeline journal {then}{here(folder)}")


@app.command()
def show(
    key: Annotated[
        str, typer.Argument(metavar="KEY", help="Of the answer, or how it begins; see `list`.")
    ],
    folder: Folder = HERE,
    as_json: Annotated[bool, typer.Option("--json", help="All of it, for programs.")] = False,
) -> None:
    """Show one exchange: what was asked, word by word, and what came back.

    `votes.parquet` names the answer of every vote in its column `journal_key`.
    """
    with opened(folder) as (connection, _):
        kept = journal_listing.exchange(connection, one_key(connection, key))
    if as_json:
        typer.echo(journal_listing.as_line(kept))
        return
    typer.echo(cli_journal_shown.whole(kept))


@app.command()
def export(
    file: Annotated[Path, typer.Option("--out", metavar="FILE.jsonl", help="A new file.")],
    folder: Folder = HERE,
    prompt: Prompt = None,
    model: Model = None,
    host: Host = None,
    before: Before = None,
) -> None:
    """Write whole exchanges, one JSON object a line: where each pair of a dataset comes from.

    Keys: key, prompt, model, host, created, prompt_tokens, completion_tokens, cost, request, reply.
    """
    which, count = _which(before, model, host, prompt), 0
    with opened(folder) as (connection, _), beside(file) as writing:
        for count, kept in enumerate(journal_listing.exchanges(connection, which), 1):  # noqa: B007
            writing.write(journal_listing.as_line(kept) + b"\n")
    out.print(f"wrote {count:,} exchanges to {escape(str(file))}")


@app.command()
def prune(
    folder: Folder = HERE,
    prompt: Prompt = None,
    model: Model = None,
    host: Host = None,
    before: Before = None,
    unreadable: Annotated[
        bool, typer.Option("--unreadable", help="Only replies that are broken or empty.")
    ] = False,
    unused: Annotated[
        bool,
        typer.Option(
            "--unused",
            help="Only votes that no table in data/ names any more (column journal_key). Answers "
            "of other prompts are never told unused, for no table names them.",
        ),
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Don't ask.")] = False,
) -> None:
    """Remove answers, and the prompts that only they needed; say how many before it is done.

    What is removed is asked, and paid, for again if a run needs it. Options narrow the choice: an
    answer must meet all of them. What was spent stays in the totals and counts for the budget.
    """
    which = _which(before, model, host, prompt)
    if which == Which() and not unreadable and not unused:
        raise typer.BadParameter("say which answers: --before, --prompt, --unused, ... (--help)")
    with opened(folder) as (connection, path):
        named, named_at = cli_journal_files.named(path.parent) if unused else (None, 0.0)
        chosen = journal_pruning.choose(
            connection, which, unreadable=unreadable, named=named, named_at=named_at
        )
        kept = journal_listing.total(connection).kept
        out.print(
            f"{chosen.count:,} of {kept:,} answers are removed; they have cost {chosen.cost:.2f}"
        )
        if not chosen.count:
            return
        if not yes:
            typer.confirm("Remove them?", abort=True)
        before_it = size(path)
        journal_pruning.remove(connection)
    freed = cli_journal_shown.megabytes(before_it - size(path))
    out.print(f"removed {chosen.count:,} answers, {freed} are free again")


def _which(
    before: datetime | None, model: str | None, host: str | None, prompt: str | None
) -> Which:
    return Which(before.date() if before else None, model, host, prompt)
