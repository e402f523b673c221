"""How a bot is doing: the status line of HotShotBot, a dictionary, and Prometheus metrics."""

import dataclasses
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from clone_pipeline.bots.budget import Budget
from clone_pipeline.bots.item_rows import OPEN
from clone_pipeline.bots.queue_file import QueueFile
from clone_pipeline.bots.stamps import stamp

# https://prometheus.io/docs/instrumenting/exposition_formats/ (text format 0.0.4)
METRICS_CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"

_Sample = tuple[Mapping[str, str], float]


@dataclass(frozen=True, slots=True)
class Status:
    """What a bot read and wrote since a time, and what is open now.

    Attributes:
        bot: whose status.
        since: from when on is counted (UTC), such as the start of the process.
        submissions: submissions that it read.
        comments: comments, chat messages and direct messages that it read.
        posts: posts that it made.
        replies: replies that it sent.
        waiting: replies and posts that are decided on and not sent.
        uncertain: those of which nobody knows whether they were sent, ever.
        failed: those given up, ever.
        spent: of today's budget, by unit; reserved included.
        limits: today's budget, by unit; None without limit.
        spend: percent of the budget that is nearest its end.
    """

    bot: str
    since: datetime
    submissions: int
    comments: int
    posts: int
    replies: int
    waiting: int
    uncertain: int
    failed: int
    spent: Mapping[str, float]
    limits: Mapping[str, float | None]
    spend: int


def status(
    file: QueueFile, bot: str, *, since: datetime, budget: Budget, now: datetime
) -> Status:  # fmt: skip
    """Count; quick enough to be asked after every change."""
    read = "count(*) from items where bot = ? and task = 'reply' and arrived >= ? and kind"
    said = "count(*) from items where spoken is not null and bot = ? and spoken >= ?"
    wrote = f"{said} and state = 'sent' and task"
    stands = "count(*) from items where bot = ? and"

    def count(query: str, *more: str) -> int:
        return int(file.one(f"select {query}", bot, *more))

    return Status(
        bot,
        since,
        submissions=count(f"{read} = 'submission'", stamp(since)),
        comments=count(f"{read} != 'submission'", stamp(since)),
        posts=count(f"{wrote} = 'post'", stamp(since)),
        replies=count(f"{wrote} = 'reply'", stamp(since)),
        waiting=count(f"{stands} {OPEN} and state != 'seen'"),
        uncertain=count(f"{stands} state = 'uncertain'"),
        failed=count(f"{stands} state = 'failed'"),
        spent=dataclasses.asdict(budget.tally(now=now)),
        limits=budget.limits_shown(),
        spend=round(100 * budget.share(now=now)),
    )


def status_line(status: Status) -> str:
    """As HotShotBot prints it; the percentage is that of the limit nearest its end."""
    return (
        f"READ: submissions={status.submissions}\tcomment={status.comments}\t"
        f"| WRITE: post={status.posts}\treply={status.replies}\t| SPEND={status.spend}%"
    )


def as_dict(status: Status) -> dict[str, Any]:
    """For /status: plain values, which JSON takes."""
    return dataclasses.asdict(status) | {"since": stamp(status.since), "line": status_line(status)}


def metrics(file: QueueFile, budgets: Iterable[Budget], *, now: datetime) -> str:
    """All bots of the file in Prometheus' text format; counters go on where a restart left them."""
    group = "select bot, platform, {0}, count(*) from items where {1} group by bot, platform, {0}"
    counted = (
        ("heard_total", "counter", "Messages that the bot heard.", "kind", "task = 'reply'"),
        ("sent_total", "counter", "Replies and posts that were sent.", "task", "state = 'sent'"),
        ("items", "gauge", "Items of the queue by the state that they are in.", "state", "true"),
    )
    lines: list[str] = []
    for name, kind, meaning, label, where in counted:
        samples = _counted(file, group.format(label, where), label)
        lines += _metric(f"clone_bot_{name}", kind, meaning, samples)
    purses = list(budgets)
    spent = _by_unit((p.name, dataclasses.asdict(p.tally(now=now))) for p in purses)
    limits = _by_unit((p.name, p.limits_shown()) for p in purses)
    lines += _metric("clone_bot_budget_spent", "gauge", "Spent and reserved today.", spent)
    lines += _metric("clone_bot_budget_limit", "gauge", "What today allows to spend.", limits)
    return "".join(lines)


def _counted(file: QueueFile, query: str, label: str) -> list[_Sample]:
    names = ("bot", "platform", label)
    return [(dict(zip(names, row[:3], strict=True)), row[3]) for row in file.rows(query)]


def _by_unit(purses: Iterable[tuple[str, Mapping[str, float | None]]]) -> list[_Sample]:
    return [
        ({"bot": name, "unit": unit}, value)
        for name, values in purses
        for unit, value in values.items()
        if value is not None
    ]


def _metric(name: str, kind: str, meaning: str, samples: list[_Sample]) -> Iterator[str]:
    yield f"# HELP {name} {meaning}\n# TYPE {name} {kind}\n"
    for labels, value in samples:
        shown = ",".join(f'{label}="{_escaped(text)}"' for label, text in labels.items())
        yield f"{name}{{{shown}}} {value}\n"


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
