"""The whole room on real inputs of others; its twin on our own data is in the other files."""

import json
from pathlib import Path

from clone_pipeline.chats.dialogues import DialogueSettings, persona_dialogues
from clone_pipeline.chats.privacy import Masker
from clone_pipeline.records import Dialogue, Message
from clone_pipeline_tests.chats.samples import corpus, discord_message, write_discord
from clone_pipeline_tests.chats.whole import conversed, read_folder


def through(folder: Path, accounts: dict[str, list[str]]) -> tuple[list[Message], list[Dialogue]]:
    """The messages and dialogues of `folder`, every stage's counts checked."""
    read = read_folder(folder, accounts={"me": accounts}, masker=Masker(kinds=()))
    turns, dropped = conversed(read.messages)
    assert len(read.messages) == sum(len(t.message_ids) for t in turns) + dropped.total()
    dialogues, left = persona_dialogues(
        turns, personas=["me"], names={"me": "Me"}, seed=0, **DialogueSettings().cutting()
    )
    sources = {m: t for t in turns for m in t.message_ids}
    used = {id(sources[m]) for d in dialogues for turn in d.turns for m in turn.message_ids}
    assert len(turns) == len(used) + left.total()
    return read.messages, dialogues


def test_an_export_of_our_own_goes_through(tmp_path: Path) -> None:
    said = [
        discord_message(n, f"a sentence number {n} of this talk", author="12"[n % 2])
        for n in range(9)
    ]
    write_discord(tmp_path / "x.json", said)
    messages, dialogues = through(tmp_path, {"discord": ["2"]})
    assert len(messages) == 9
    assert [len(d.turns) for d in dialogues] == [8]


def test_plato_goes_through_the_neutral_schema(tmp_path: Path) -> None:
    source = corpus("persona", "plato_turns.jsonl")
    with (tmp_path / "plato.jsonl").open("w", encoding="utf-8") as file:
        for line in source.read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            neutral = {
                "author": row["speaker"],
                "text": row["text"],
                "conversation": row["dialogue"],
            }
            file.write(json.dumps(neutral) + "\n")
    messages, dialogues = through(tmp_path, {"neutral": ["Socrates"]})
    assert len(messages) == 10_908
    assert sum(m.persona == "me" for m in messages) == 3_483  # one is spelt otherwise
    answers = [turn for d in dialogues for turn in d.turns if turn.role == "persona"]
    assert len(answers) > 3_400


def test_the_real_discord_exports_go_through() -> None:
    _, dialogues = through(corpus("chats", "discord"), {"discord": ["Adam"]})
    assert dialogues
    assert all(turn.name == "Me" for d in dialogues for turn in d.turns[1::2])


def test_the_real_whatsapp_exports_go_through() -> None:
    messages, _ = through(corpus("chats", "whatsapp"), {"whatsapp": ["Mary", "Jungle Jane"]})
    assert {m.author for m in messages if m.persona} == {"Mary", "Jungle Jane"}
