"""Group datasets: Reddit's threads as the texts that VTX and ssi-bot train on."""

import logging
from collections import Counter
from collections.abc import Sequence

import dagster as dg
import pyarrow as pa

from clone_pipeline import records
from clone_pipeline.defs.io_manager import Counted
from clone_pipeline.defs.reddit_items import usable
from clone_pipeline.defs.reporting import counted
from clone_pipeline.defs.resources import ProjectFolder
from clone_pipeline.formats import bias, ssi
from clone_pipeline.funnel import StageCount
from clone_pipeline.project import Project
from clone_pipeline.records import RedditItem, Row

log = logging.getLogger("clone_pipeline.datasets")


@dg.asset(group_name="datasets", kinds={"file"}, code_version="2")
def reddit_dataset(project: ProjectFolder, reddit_threads: pa.Table) -> dg.Output[Counted]:
    """Threads as texts of `reddit.training_texts`; exported as data/exports/reddit/."""
    settings = project.load()
    log.info("reddit_dataset: nothing leaves this machine")
    ours, _ = usable(reddit_threads, settings)
    threads = len({item.thread_id for item in ours})
    forms = settings.reddit.training_texts
    bias_rows, bias_lost, made = _bias(project, settings, ours if "bias" in forms else [])
    ssi_rows, ssi_lost = _ssi(project, settings, ours if "ssi" in forms else [])
    told = len({row.split_group for row in bias_rows})
    dropped = Counter({f"ssi_{reason}": n for reason, n in ssi_lost.items()})
    if "bias" in forms:
        dropped["bias_no_comment"] = threads - told
    if not forms:
        dropped["not_asked_for"] = threads
    entered = threads * max(1, len(forms))
    made |= {f"bias_comments_left_out_{reason}": n for reason, n in bias_lost.items()}
    made |= {"ssi_lines": len(ssi_rows)} if ssi_rows else {}
    count = StageCount(
        "reddit_dataset", "threads", entered, entered - dropped.total(), +dropped, made
    )
    table = records.to_table([*bias_rows, *ssi_rows], records.DATASET_ROWS)
    more = {"export": dg.MetadataValue.path(str(project.exports / "reddit"))}
    return counted(table, count, more=more)


def _bias(
    project: ProjectFolder, settings: Project, items: Sequence[RedditItem]
) -> tuple[list[Row], Counter[str], dict[str, int]]:
    replacers, seed = settings.reddit.replacers, settings.datasets.seed
    rows, lost, made = bias.from_threads(items, replacers=replacers, seed=seed)
    subreddits = {item.thread_id: item.subreddit for item in items}
    bias.write(rows, project.exports / "reddit", subreddits=subreddits)
    return rows, lost, {f"bias_{name}": n for name, n in made.items()}


def _ssi(
    project: ProjectFolder, settings: Project, items: Sequence[RedditItem]
) -> tuple[list[Row], Counter[str]]:
    rows, lost = ssi.from_threads(items, seed=settings.datasets.seed)
    ssi.write(rows, project.exports / "reddit" / "ssi.txt")
    return rows, lost
