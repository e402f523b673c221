"""`make demo`: the shipped sample, from raw files to a trained clone that answers."""

import os
import sys
import time
from pathlib import Path

from rich.markup import escape
from rich.table import Table

from clone_pipeline import funnel, project, registry
from clone_pipeline.defs import launch
from clone_pipeline.evaluation import report as reports
from clone_pipeline.serving import client
from clone_pipeline.terminal import err, faults_shown, load_env, log_to_stderr, next_command, out

REPLY_TOKENS = 60
QUESTIONS = (
    "how is the weather out there today?",
    "i broke my bike again. what should i do?",
    "do you ever get tired of the lighthouse?",
)


def main() -> int:
    """Run everything on the project in the current folder and show what came of it."""
    started = time.monotonic()
    folder = Path.cwd()
    log_to_stderr(started)
    with faults_shown():
        load_env(folder)
        settings = project.load(folder)
        os.environ["CLONE_PIPELINE_PROJECT"] = str(folder)
        from clone_pipeline.definitions import defs  # noqa: PLC0415

        try:
            outcome = launch.run(defs, folder, selection="*", run_config={})
        except launch.Interrupted:
            err.print("\nStopped. What was finished is kept.")
            next_command("make demo")
            return 130
        for asset, sentence in outcome.failures:
            err.print(f"[red]{escape(asset)}: {escape(sentence)}[/]")
        if not outcome.succeeded:
            next_command("mend this, then: make demo (what is finished is kept)")
            return 1
        show_funnel(folder)
        show_evaluation(folder)
        show_replies(folder, settings)
    out.print(f"\nThe whole flow took {time.monotonic() - started:.0f} s.")
    next_command("source .venv/bin/activate && clone-pipeline chat")
    return 0


def show_funnel(folder: Path) -> None:
    """Each stage on one line."""
    table = Table("stage", "came in", "kept", "made", title="What became of the raw files")
    for count in funnel.load(folder / "data" / "funnel"):
        made = ", ".join(f"{n:,} {name}" for name, n in count.made.items())
        table.add_row(count.stage, f"{count.entered:,} {count.unit}", f"{count.kept:,}", made)
    out.print(table)


def show_evaluation(folder: Path) -> None:
    """Base against tuned on held-out turns, and where the model is."""
    standing = registry.production(folder / "models")
    if standing is None:
        return
    report = reports.load(folder / "data" / "evaluation" / standing.version / "report.json")
    table = Table(
        "who", "base perplexity", "tuned", "ratio", "specificity",
        title="Held-out turns, never seen in training (lower perplexity is better)",
    )  # fmt: skip
    for name, scores in reports.subjects(report).items():
        if scores.own and scores.ratio:
            table.add_row(
                name,
                f"{scores.own.base_perplexity:.1f}",
                f"{scores.own.tuned_perplexity:.1f}",
                str(scores.ratio),
                str(scores.specificity or "-"),
            )
    out.print(table)
    out.print(f"The model: models/{standing.version}/")


def show_replies(folder: Path, settings: project.Project) -> None:
    """The same questions answered by the base model and by the clone."""
    table = Table("you", "the base model", "the clone", title="Side by side")
    answers = client.side_by_side(
        folder / "models", QUESTIONS, settings=settings.serving, max_new_tokens=REPLY_TOKENS
    )
    for answer in answers:
        table.add_row(escape(answer.question), escape(answer.base), escape(answer.clone))
    out.print(table)


if __name__ == "__main__":
    sys.exit(main())
