"""What was said to whom, as Verustoolkit keeps it: one file an exchange, by its step's folder.

A chat is a YAML list of {role, content} whose last item is the answer, with `timeout`; a raw
completion is the prompt and what was written behind it.
"""

import uuid
from collections.abc import Iterator, Mapping
from typing import Any

import yaml

from clone_pipeline.interop.verustoolkit_tables import Dataset
from clone_pipeline.llm import exchange
from clone_pipeline.llm.completions import COMPLETIONS
from clone_pipeline.llm.journal import Journal
from clone_pipeline.records import Pair, QaConversation, Vote

# By check of `votes`: a vote's folder; "context" is the repair, of which a file has no more names.
FOLDERS: Mapping[str, str] = {
    "question": "check_question_generations",
    "accuracy": "check_answer_accuracy_generations",
    "relevancy": "check_answer_relevancy_generations",
    "context": "question_context_revision_generations",
}
GENERATION = "question_generation_generations"
CONVERSATION = "multiturn_conversation_generations"

_NAMES = uuid.UUID("b8f6e2a1-6a0b-5b3c-9d35-2f1d0c7a4e68")


def name_of(*parts: str) -> str:
    """A UUID that is the same for the same parts, where Verustoolkit draws one."""
    return str(uuid.uuid5(_NAMES, "\x1f".join(parts)))


def info_name(conversation: QaConversation) -> str:
    """Which conversation it is, in its info file and in the name of what was said about it."""
    return name_of("conversation", conversation.conversation_id)


def exchanges(found: Dataset, votes: Mapping[str, list[Vote]]) -> Iterator[tuple[str, str]]:
    """The file of each exchange, relative and without ".txt", and its key in the journal.

    Nothing comes for what no model wrote; several pairs that one exchange wrote give one file.
    """
    told: set[str] = set()
    for pair in found.candidates:
        if pair.journal_key and pair.journal_key not in told:
            told.add(pair.journal_key)
            yield f"{GENERATION}/{_group(pair)}", pair.journal_key
        for place, vote in enumerate(votes.get(pair.pair_id, ())):
            if vote.journal_key and vote.check in FOLDERS:
                yield f"{FOLDERS[vote.check]}/{_vote_name(pair, vote, place)}", vote.journal_key
    for conversation, _ in found.units:
        if conversation.journal_key:
            yield f"{CONVERSATION}/{info_name(conversation)}", conversation.journal_key


def text_of(journal: Journal, key: str) -> str | None:
    """What an exchange's file holds; None if the journal has no such exchange, or no answer in it.

    Args:
        journal: of the project.
        key: of the exchange.
    """
    found = journal.exchange(key)
    if found is None or (answer := _answer(key, found[1])) is None:
        return None
    request = found[0]
    messages = [{"role": said["role"], "content": said["content"]} for said in request["messages"]]
    if request.get("answer_format") == COMPLETIONS.answer_format:
        return f"{messages[-1]['content']}{answer}"
    messages.append({"role": "assistant", "content": answer, "timeout": False})
    dumper = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
    return str(yaml.dump(messages, Dumper=dumper, default_flow_style=False))


def _group(pair: Pair) -> str:
    return name_of("generation", pair.journal_key or pair.chunk_id)


def _vote_name(pair: Pair, vote: Vote, place: int) -> str:
    check = name_of("vote", vote.journal_key, str(place))
    if vote.check == "context":
        return check
    return f"{_group(pair)}--subquestion--{name_of('pair', pair.pair_id)}--check--{check}"


def _answer(key: str, reply: dict[str, Any]) -> str | None:
    try:
        exchange.check(reply, b"")
    except exchange.MalformedReply:
        return None
    return exchange.read(reply, journal_key=key, from_journal=True).text
