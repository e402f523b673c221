"""Group chat: exports -> messages -> conversations -> persona_dialogues."""

import logging
from collections import Counter
from dataclasses import replace

import dagster as dg
import pyarrow as pa

from clone_pipeline import records
from clone_pipeline.chats import cleaning, dialogues, people, privacy, reading
from clone_pipeline.chats.accounts import unmatched_accounts
from clone_pipeline.defs import plots
from clone_pipeline.defs.io_manager import Counted
from clone_pipeline.defs.reddit_items import usable
from clone_pipeline.defs.reporting import counted
from clone_pipeline.defs.resources import ProjectFolder
from clone_pipeline.funnel import StageCount
from clone_pipeline.project import Project
from clone_pipeline.records import Message, Turn
from clone_pipeline.reddit import chains

log = logging.getLogger("clone_pipeline.chat")

raw_chats = dg.AssetSpec(
    "raw_chats",
    group_name="chat",
    kinds={"file"},
    description="Chat exports in raw_input/chats: what people copied there, left as it is.",
)


@dg.asset(group_name="chat", kinds={"parquet"}, deps=[raw_chats], code_version="3")
def messages(project: ProjectFolder, reddit_threads: pa.Table) -> dg.Output[Counted]:
    """Every message of exports and of Reddit, bots and system lines too, masked."""
    settings = project.load()
    log.info("messages: nothing leaves this machine")
    accounts = settings.accounts()
    with privacy.open_masker(project.private, **settings.privacy.model_dump()) as masker:
        speakers = privacy.words_of(settings.names().values())
        read = reading.read_chats(
            project.raw("chats"),
            accounts=accounts,
            mask=masker.mask,
            mask_names=_sparing(masker, speakers) if masker.find_names else None,
        )
        told, left_out = _of_reddit(reddit_threads, settings)
        if masker.find_names:
            told = [replace(each, text=masker.mask_names(each.text, speakers)) for each in told]
        every = [*read.messages, *told]
        unmatched = unmatched_accounts(every, accounts=accounts)
        warnings = [masker.mask(str(fault)) for fault in [*read.skipped, *unmatched]]
    names = _said_of_names(masker, wanted=settings.privacy.names)
    log.info(f"messages: {names}")
    for warning in warnings:
        log.warning(f"messages: {warning}")
    table = records.to_table(every, records.MESSAGES)
    dropped = read.dropped + left_out
    count = StageCount("messages", "messages", len(every) + dropped.total(), len(every), dropped)
    authors = [persona or "others" for persona in table["persona"].to_pylist()]
    times = table["timestamp"].to_pylist()
    return counted(
        table,
        count,
        more={
            "by_week": plots.over_time(times, authors, title="Messages a week"),
            "warnings": warnings,
            "names": names,
        },
    )


@dg.asset(group_name="chat", kinds={"parquet"}, code_version="1")
def conversations(project: ProjectFolder, messages: pa.Table) -> dg.Output[Counted]:
    """Clean messages as conversations: cut at silences, an author's messages in a row as a turn."""
    settings = project.load()
    log.info("conversations: nothing leaves this machine")
    turns, dropped = cleaning.clean_conversations(
        list(records.from_table(messages, Message)),
        **settings.cleaning.model_dump(),
        **settings.sessions.model_dump(),
    )
    table = records.to_table(turns, records.CONVERSATIONS)
    held = len({turn.conversation_id for turn in turns})
    count = StageCount(
        "conversations",
        "messages",
        entered=messages.num_rows,
        kept=sum(len(turn.message_ids) for turn in turns),
        dropped=dropped,
        made={"conversations": held, "turns": len(turns)},
    )
    lengths = [len(turn.text) for turn in turns]
    plot = plots.lengths(lengths, title="Length of a turn", unit="characters")
    return counted(table, count, more={"turn_lengths": plot})


@dg.asset(group_name="chat", kinds={"parquet"}, code_version="1")
def persona_dialogues(project: ProjectFolder, conversations: pa.Table) -> dg.Output[Counted]:
    """Sections of conversations seen from each persona: the other speaks, the persona answers."""
    settings = project.load()
    log.info("persona_dialogues: nothing leaves this machine")
    turns = list(records.from_table(conversations, Turn))
    made, dropped = dialogues.persona_dialogues(
        turns,
        personas=list(settings.personas),
        names=settings.names(),
        seed=settings.datasets.seed,
        **settings.dialogues.model_dump(),
    )
    table = records.to_table(made, records.PERSONA_DIALOGUES)
    entered = len(turns) * len(settings.personas)
    count = StageCount(
        "persona_dialogues",
        "turns",
        entered=entered,
        kept=entered - sum(dropped.values()),
        dropped=dropped,
        made={"dialogues": len(made)},
    )
    per_persona = {
        f"dialogues {key}": sum(dialogue.persona == key for dialogue in made)
        for key in settings.personas
    }
    return counted(table, count, more=per_persona)


def _of_reddit(threads: pa.Table, settings: Project) -> tuple[list[Message], Counter[str]]:
    """Reddit's items as messages, and items that are dropped."""
    items, dropped = usable(threads, settings)
    told = chains.messages(
        items, personas=settings.reddit_users(), replacers=settings.reddit.replacers
    )
    return told, +(dropped + Counter({"duplicate": len(items) - len(told)}))


def _sparing(masker: privacy.Masker, personas: frozenset[str]) -> reading.MaskNames:
    """Masks names but for the writers' and the personas', who are the speakers."""
    return lambda text, writers: masker.mask_names(text, personas.union(writers))


def _said_of_names(masker: privacy.Masker, *, wanted: bool) -> str:
    if not wanted:
        return "names are not masked: privacy.names is false, patterns are"
    return people.NOT_MASKED if masker.find_names is None else "names are masked, patterns too"
