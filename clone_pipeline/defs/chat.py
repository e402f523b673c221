"""Group chat: exports -> messages -> conversations; persona_dialogues stands beside."""

import logging
from collections import Counter
from collections.abc import Sequence
from zoneinfo import ZoneInfo

import dagster as dg
import numpy as np
import pyarrow as pa

from clone_pipeline import durable, records
from clone_pipeline.chats import conversing, export_files, overview, people, privacy
from clone_pipeline.chats import pseudonyms as renamed
from clone_pipeline.chats.accounts import Names, names_shown, unmatched_accounts
from clone_pipeline.chats.pseudonyms import Pseudonyms
from clone_pipeline.chats.reading import Read, Rewriting, map_for, read_chats
from clone_pipeline.chats.rewriting import MaskTexts
from clone_pipeline.chats.turns import REPETITIVE
from clone_pipeline.defs import plots
from clone_pipeline.defs.io_manager import Counted
from clone_pipeline.defs.reddit_items import usable
from clone_pipeline.defs.reporting import counted
from clone_pipeline.defs.resources import ProjectFolder
from clone_pipeline.funnel import StageCount
from clone_pipeline.project import Project
from clone_pipeline.records import Message
from clone_pipeline.reddit import chains
from clone_pipeline.settings import FaultyInput
from clone_pipeline.tables import Grown, Stored, growing

log = logging.getLogger("clone_pipeline.chat")

LOOK_FOR = "names_that_are_words.txt"

raw_chats = dg.AssetSpec(
    "raw_chats",
    group_name="chat",
    kinds={"file"},
    description="Chat exports in raw_input/chats: what people copied there, left as it is.",
)


@dg.asset(group_name="chat", kinds={"parquet"}, deps=[raw_chats], code_version="4")
def messages(project: ProjectFolder, reddit_threads: pa.Table) -> dg.Output[Counted]:
    """Every message of exports and of Reddit, bots and system lines too, masked."""
    settings = project.load()
    log.info("messages: nothing leaves this machine")
    told, left_out = _of_reddit(reddit_threads, settings)
    private, given = project.private, settings.privacy
    taken = [*settings.names().values(), *(one.name for one in settings.people.values())]
    with (
        privacy.open_masker(private, **given.model_dump(exclude={"pseudonyms"})) as masker,
        renamed.open_pseudonyms(private, which=given.pseudonyms, taken=taken) as names,
    ):
        read, grown = _read(project, settings, masker, names, told)
        with grown.unless_it_fails():
            return _shown(read, grown, left_out, settings, masker)


@dg.asset(group_name="chat", kinds={"parquet"}, code_version="2")
def conversations(project: ProjectFolder, messages: Stored) -> dg.Output[Counted]:
    """Clean messages as conversations: cut at silences, an author's messages in a row as a turn."""
    settings = project.load()
    log.info("conversations: nothing leaves this machine")
    path = project.data / "conversations.parquet"
    with (
        growing(path, records.CONVERSATIONS, repetitive=REPETITIVE) as table,
        conversing.map_for(messages, processes=settings.scale.processes) as mapped,
    ):
        done = conversing.clean_conversations(
            messages,
            table,
            mapped=mapped,
            **settings.cleaning.model_dump(),
            **settings.sessions.model_dump(),
        )
        grown = table.finish()
    with grown.unless_it_fails():
        return _told(done, grown)


def _told(done: conversing.Conversed, grown: Grown) -> dg.Output[Counted]:
    """The conversations with their funnel."""
    count = StageCount(
        "conversations",
        "messages",
        entered=done.entered,
        kept=done.kept,
        dropped=done.dropped,
        made={"conversations": done.conversations, "turns": done.turns},
    )
    lengths = np.concatenate([np.array([], np.int32), *done.lengths])
    plot = plots.lengths(lengths, title="Length of a turn", unit="characters")
    return counted(grown, count, more={"turn_lengths": plot})


def _shown(
    read: Read, grown: Grown, left_out: Counter[str], settings: Project, masker: privacy.Masker
) -> dg.Output[Counted]:
    """The table with its funnel, and what is to be said of it."""
    count = StageCount(
        "messages",
        "messages",
        read.messages + read.dropped["unreadable"] + left_out.total(),
        grown.rows,
        read.dropped + left_out,
        {"files": read.files} if read.files else {},
        refused=tuple(read.refused),
    )
    stored = Stored(grown.part, records.MESSAGES)
    unmatched = unmatched_accounts(
        overview.writers(stored),
        accounts=settings.accounts(),
        people={key: person.accounts for key, person in settings.people.items()},
        names={key: person.name for key, person in settings.people.items()},
    )
    warnings = [masker.mask(str(fault)) for fault in [*read.faults, *unmatched]]
    said = _said_of_names(masker, wanted=settings.privacy.names)
    log.info(f"messages: {said}")
    for warning in warnings:
        log.warning(f"messages: {warning}")
    by_week = plots.over_time(overview.weeks(stored), title="Messages a week")
    return counted(grown, count, more={"by_week": by_week, "warnings": warnings, "names": said})


def _read(
    project: ProjectFolder,
    settings: Project,
    masker: privacy.Masker,
    pseudonyms: Pseudonyms,
    told: Sequence[Message],
) -> tuple[Read, Grown]:
    """The exports and Reddit's messages as one table, beside its place."""
    names = Names(
        settings.accounts(),
        masker.mask,
        people={key: person.accounts for key, person in settings.people.items()},
        names={key: person.name for key, person in settings.people.items()},
        replacers=settings.reddit.replacers,
        pseudonyms=pseudonyms,
    )

    def rewriting() -> Rewriting:
        changes: list[MaskTexts] = []
        if names.aliases:
            changes.append(renamed.replacer(names.aliases, keep=names.kept))
            told = renamed.also_words(names.aliases)
            if told:
                durable.write_text(project.private / LOOK_FOR, "\n".join(told) + "\n")
                look = f".private/{LOOK_FOR} lists them: look for them in the texts"
                log.warning(f"messages: {len(told)} names are everyday words too; {look}")
        others = tuple(changes)
        if masker.find_names:
            spared = privacy.words_of([*settings.names().values(), *names.kept, *names.shown])
            changes.append(lambda texts: masker.mask_all_names(texts, spared))
        return Rewriting(changes, others, pseudonyms.digest)

    with (
        export_files.found_in(project.raw("chats"), private=project.private) as found,
        map_for(found, processes=settings.scale.processes) as mapped,
    ):
        read, grown = read_chats(
            found,
            project.data / "messages.parquet",
            private=project.private,
            names=names,
            masks=masker,
            zone=ZoneInfo(settings.time_zone),
            more=names_shown(told, names),
            mapped=mapped,
            rewriting=rewriting,
        )
    if found.files and not read.files and not told and not _has_other_input(project):
        grown.part.unlink()
        raise FaultyInput(read.faults)
    return read, grown


def _has_other_input(project: ProjectFolder) -> bool:
    folders = [project.raw(kind) for kind in ("docs", "text")]
    return any(path.is_file() for folder in folders for path in folder.rglob("*"))


def _of_reddit(threads: pa.Table, settings: Project) -> tuple[list[Message], Counter[str]]:
    """Reddit's items as messages, and items that are dropped."""
    items, dropped = usable(threads, settings)
    told = chains.messages(
        items, personas=settings.reddit_users(), replacers=settings.reddit.replacers
    )
    return told, +(dropped + Counter({"duplicate": len(items) - len(told)}))


def _said_of_names(masker: privacy.Masker, *, wanted: bool) -> str:
    if not wanted:
        return "names are not masked: privacy.names is false, patterns are"
    return people.NOT_MASKED if masker.find_names is None else "names are masked, patterns too"
