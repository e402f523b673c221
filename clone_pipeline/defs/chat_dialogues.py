"""Group chat, its last step: conversations -> persona_dialogues."""

import logging
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from typing import Any
from zoneinfo import ZoneInfo

import dagster as dg

from clone_pipeline import records, tokens
from clone_pipeline.chats import dialogues, scoring
from clone_pipeline.chats.exchanges import Made
from clone_pipeline.chats.scoring import Scored
from clone_pipeline.defs.asking import ask, load_prompts, spent
from clone_pipeline.defs.io_manager import Counted
from clone_pipeline.defs.reporting import counted
from clone_pipeline.defs.resources import ProjectFolder
from clone_pipeline.defs.training import base_folder
from clone_pipeline.formats.defusing import Defusing
from clone_pipeline.funnel import StageCount, Usage
from clone_pipeline.project import Project
from clone_pipeline.records import Dialogue, Turn
from clone_pipeline.tables import Growing, Stored, growing

log = logging.getLogger("clone_pipeline.chat")

READ_ROWS = 4096  # turns that are held as records at a time
WRITTEN_ROWS = 512  # dialogues, likewise


@dg.asset(group_name="chat", kinds={"parquet"}, code_version="2")
def persona_dialogues(project: ProjectFolder, conversations: Stored) -> dg.Output[Counted]:
    """Parts of conversations seen from each persona: the other speaks, the persona answers."""
    settings = project.load()
    dropped: Counter[str] = Counter()
    scored, usage = Scored(), Usage()
    entered = conversations.num_rows * len(settings.personas)
    path = project.data / "persona_dialogues.parquet"
    with growing(path, records.PERSONA_DIALOGUES) as table:
        written = _Written(table)
        made = _cut(_turns(conversations), settings, project, dropped)
        if settings.dialogues.score.enabled:
            scored, usage = _judge(made, settings, project, keep=written.add, asks=entered > 0)
        else:
            log.info("persona_dialogues: nothing leaves this machine")
            for each in made:
                written.add(each.dialogue)
        written.flush()
        grown = table.finish()
    dropped += scored.dropped
    count = StageCount(
        "persona_dialogues",
        "turns",
        entered=entered,
        kept=entered - sum(dropped.values()),
        dropped=dropped,
        made={"dialogues": grown.rows},
        usage=usage,
    )
    more: dict[str, Any] = {f"dialogues {key}": written.of[key] for key in settings.personas}
    if settings.dialogues.score.enabled:
        more |= {"scores": _distribution(scored.scores), **spent(usage)}
    return counted(grown, count, more=more)


class _Written:
    """Dialogues on their way into a table, a few at a time; `of` counts them by persona."""

    def __init__(self, table: Growing) -> None:
        self.table = table
        self.of: Counter[str] = Counter()
        self._waiting: list[Dialogue] = []

    def add(self, dialogue: Dialogue) -> None:
        self.of[dialogue.persona] += 1
        self._waiting.append(dialogue)
        if len(self._waiting) >= WRITTEN_ROWS:
            self.flush()

    def flush(self) -> None:
        self.table.add(records.to_table(self._waiting, records.PERSONA_DIALOGUES))
        self._waiting.clear()


def _turns(conversations: Stored) -> Iterator[Turn]:
    for group in conversations.groups():
        for start in range(0, group.num_rows, READ_ROWS):
            yield from records.from_table(group.slice(start, READ_ROWS), Turn)


def _cut(
    turns: Iterable[Turn], settings: Project, project: ProjectFolder, dropped: Counter[str]
) -> Iterator[Made]:
    """The dialogues, drawn one after the other while `dropped` is filled."""
    chosen = settings.dialogues
    return dialogues.each_dialogue(
        turns,
        personas=list(settings.personas),
        names=settings.names(),
        seed=settings.datasets.seed,
        dropped=dropped,
        max_tokens=chosen.max_tokens or settings.training.max_tokens,
        tokenizer=lambda: Defusing(tokens.load(base_folder(settings, project.root))),
        system_prompts=settings.system_prompts(),
        people=settings.acquaintances() if chosen.relations else {},
        time_context=chosen.time_context,
        zone=ZoneInfo(settings.time_zone),
        **chosen.cutting(),
    )


def _judge(
    made: Iterable[Made],
    settings: Project,
    project: ProjectFolder,
    *,
    keep: Callable[[Dialogue], None],
    asks: bool,
) -> tuple[Scored, Usage]:
    """Keep the dialogues that the project's model finds good enough."""
    prompts = load_prompts(settings, project, [scoring.PROMPT], embedded=False)
    return ask(
        project,
        "persona_dialogues",
        "dialogues",
        what="persona_dialogues",
        asks=asks,
        work=lambda model, progress: scoring.score(
            made,
            model=model,
            model_name=settings.llm.model,
            prompt=prompts[scoring.PROMPT],
            accept=settings.dialogues.score.accept,
            keep=keep,
            progress=progress,
        ),
    )


def _distribution(scores: Counter[int]) -> dg.MarkdownMetadataValue:
    rows = "\n".join(f"| {mark} | {scores[mark]:,} |" for mark in range(1, 6))
    return dg.MetadataValue.md(f"| score | dialogues |\n|---:|---:|\n{rows}")
