"""Reddit's items between shelf and tables: which may be used, and what is masked in them."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace

import pyarrow as pa

from clone_pipeline import records
from clone_pipeline.chats import privacy
from clone_pipeline.defs.resources import ProjectFolder
from clone_pipeline.project import Project
from clone_pipeline.records import RedditItem


def usable(table: pa.Table, settings: Project) -> tuple[list[RedditItem], Counter[str]]:
    """The items of subreddits that clone.yaml names, but for those of users who opted out.

    Returns:
        Items, and items dropped by reason: "subreddit_not_named", "author_opted_out".
    """
    named = {name.lower() for name in settings.reddit.subs}
    out = {name.lower() for name in settings.reddit.opted_out}
    kept: list[RedditItem] = []
    dropped: Counter[str] = Counter()
    for item in records.from_table(table, RedditItem):
        if item.subreddit.lower() not in named:
            dropped["subreddit_not_named"] += 1
        elif item.author.lower() in out:
            dropped["author_opted_out"] += 1
        else:
            kept.append(item)
    return kept, dropped


def masked(
    project: ProjectFolder,
    settings: Project,
    items: Iterable[RedditItem],
    *,
    writers: Iterable[str],
) -> list[RedditItem]:
    """The items with masks in all that people wrote, but for the names of the writers."""
    listed = list(items)
    given = settings.privacy.model_dump(exclude={"pseudonyms"})
    with privacy.open_masker(project.private, **given) as masker:
        words = privacy.words_of(writers)

        def mask(text: str) -> str:
            # Reddit's Markdown writes a_b@example.com as a\_b@example.com
            return masker.mask_names(masker.mask(text.replace("\\_", "_")), words)

        return [
            replace(
                item,
                title=mask(item.title),
                text=mask(item.text),
                url=masker.mask(item.url),
                permalink=masker.mask(item.permalink),
            )
            for item in listed
        ]
