"""What of the QA tables stands in which of Verustoolkit's files, and what real ones hold."""

import json
import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from clone_pipeline import records
from clone_pipeline.interop import verustoolkit_exchanges as exchanges
from clone_pipeline.interop.verustoolkit_conversations import as_lines, as_text
from clone_pipeline.interop.verustoolkit_export import export
from clone_pipeline.interop.verustoolkit_tables import passed
from clone_pipeline.llm import journal as journals
from clone_pipeline.llm.asking import Request
from clone_pipeline.llm.journal import Journal
from clone_pipeline.records import Chunk, Document, Pair, QaConversation, QaTurn, Vote
from clone_pipeline.settings import FaultyInput
from clone_pipeline_tests.export_project import store
from clone_pipeline_tests.interop import verustoolkit_reader as reader

PROMPTS: dict[str, Any] = {"system_prompt": "You know.", "system_prompt_rag": "You read: {data}"}
DOCUMENT = Document("d", "a/b.txt", "text/plain", "b", "One.\n\nTwo.\n\nThree.\n")
CHUNKS = [Chunk(f"c{n}", "d", n, 0, 0, f"{text}\n\n") for n, text in enumerate(("One", "Two"))]


def vote(pair: Pair, check: str, number: int, verdict: str = "pass", key: str = "") -> Vote:
    return Vote(pair.pair_id, check, number, verdict, "because", key)


def pair(name: str, chunk: str = "c0", **more: Any) -> Pair:
    return Pair(name, chunk, more.pop("style", "default"), f"Q {name}?", f"A {name}.", **more)


def talk(*pairs: Pair, **more: Any) -> QaConversation:
    turns = []
    for each in pairs:
        turns += [QaTurn("human", each.question), QaTurn("gpt", each.answer)]
    ids = [each.pair_id for each in pairs]
    return QaConversation("+".join(ids), pairs[0].chunk_id, ids, turns, **more)


def write(
    folder: Path, written: list[Pair], kept: list[Pair], votes: list[Vote],
    conversations: list[QaConversation],
) -> Path:  # fmt: skip
    store(folder, "documents", [DOCUMENT], records.DOCUMENTS)
    store(folder, "chunks", CHUNKS, records.CHUNKS)
    store(folder, "qa_candidates", written, records.QA_CANDIDATES)
    store(folder, "verified_qa", kept, records.VERIFIED_QA)
    store(folder, "votes", votes, records.VOTES)
    store(folder, "qa_conversations", conversations, records.QA_CONVERSATIONS)
    return folder / "data"


def read(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_pairs_are_numbered_as_their_chunks_and_as_they_were_written(tmp_path: Path) -> None:
    tossed, first, failed, other = pair("p"), pair("q"), pair("r"), pair("s", "c1")
    reworded = replace(first, question="Which Q?", repaired=True)
    votes = [vote(tossed, "question", 0, "fail"), vote(first, "question", 0),
             vote(failed, "question", 0), vote(failed, "context", 0, "fail"),
             vote(other, "question", 0)]  # fmt: skip
    data = write(tmp_path, [tossed, first, failed, other], [reworded, other], votes,
                 [talk(reworded), talk(other)])  # fmt: skip
    made = export(data, tmp_path / "out", **PROMPTS)
    out = tmp_path / "out"
    assert names(out / "qatuples_raw") == ["para_0_q_1.json", "para_0_q_2.json", "para_1_q_0.json"]
    assert names(out / "qatuples_revised") == [
        "revised_0_0.json", "revised_0_1.json", "revised_1_0.json",
    ]  # fmt: skip
    assert read(out / "qatuples_raw/para_0_q_1.json") == ["Q q?", "A q.", "One", "a/b"]
    assert read(out / "qatuples_revised/revised_0_0.json") == ["Which Q?", "A q.", "One", "a/b"]
    assert (out / "qatuples_revised/revised_0_1.json").read_text() == "failed"
    assert read(out / "multi_turn_convs_info/info_1.json")[0] == [["Q s?", "A s.", "Two", "a/b"]]
    assert (made.made["pairs"], made.made["conversations"]) == (2, 2)
    assert made.left == {"unnamed": 4}
    assert reader.broken(out) == []


def test_each_style_has_its_own_folder(tmp_path: Path) -> None:
    one, other = pair("p"), pair("q", style="negative")
    data = write(tmp_path, [one, other], [one, other], [], [talk(one), talk(other)])
    export(data, tmp_path / "out", **PROMPTS)
    assert names(tmp_path / "out") == ["default", "negative"]
    for style, asked in (("default", "Q p?"), ("negative", "Q q?")):
        assert reader.broken(tmp_path / "out" / style) == []
        assert read(tmp_path / f"out/{style}/qatuples_raw/para_0_q_0.json")[0] == asked


def test_a_pair_of_several_chunks_is_a_group_with_all_their_texts(tmp_path: Path) -> None:
    one, other = pair("p", related=["c1"]), pair("q", related=["c1"])
    data = write(tmp_path, [one, other], [one, other], [], [talk(one), talk(other)])
    export(data, tmp_path / "out", **PROMPTS)
    assert names(tmp_path / "out/qatuples_revised") == ["revised_0_0.json", "revised_1_0.json"]
    assert read(tmp_path / "out/multi_turn_convs_info/info_0.json")[0][0][2] == "One\n\nTwo"


def test_pairs_of_chunks_that_are_no_more_are_counted(tmp_path: Path) -> None:
    data = write(tmp_path, [pair("p", "gone")], [pair("p", "gone")], [], [talk(pair("p", "gone"))])
    made = export(data, tmp_path / "out", **PROMPTS)
    assert (made.left["chunk_missing"], made.left["unknown_chunk"]) == (1, 1)
    assert reader.broken(tmp_path / "out") == []


def test_tables_that_were_never_made_are_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(FaultyInput, match="no tables documents, chunks, qa_candidates, .*run"):
        export(tmp_path, tmp_path / "out", **PROMPTS)


@pytest.mark.parametrize(
    ("verdicts", "kept", "expected"),
    [
        ([("question", 0, "pass"), ("question", 1, "pass"), ("context", 0, "fail")], False, True),
        ([("question", 0, "pass"), ("question", 1, "fail"), ("question", 2, "fail")], False, False),
        ([("question", 0, "pass"), ("question", 1, "fail")], False, False),
        ([("question", 0, "pass"), ("accuracy", 0, "fail")], False, False),
        ([("question", 0, "unreadable"), ("question", 0, "unreadable")], False, False),
        ([("question", 0, "unreadable"), ("question", 0, "pass")], False, True),
        ([("question", 0, "pass"), ("rating", 0, "fail")], False, True),
        ([], True, True),
        ([], False, False),
    ],
)
def test_votes_tell_whether_a_pair_passed_before_its_repair(
    verdicts: list[tuple[str, int, str]], kept: bool, expected: bool
) -> None:
    votes = [vote(pair("p"), *each) for each in verdicts]
    assert passed(votes, kept=kept) is expected


def asked(journal: Journal, answer: str, form: str = "chat", **reply: Any) -> str:
    request = Request("m", ({"role": "user", "content": "Write: "},), 0.0, 1.0, 9, vote=len(answer))
    key = journals.key(request, answer_format=form)
    choice = reply or {"message": {"role": "assistant", "content": answer}}
    said = json.dumps({"choices": [{"index": 0, "finish_reason": "stop", **choice}]})
    journal.put(key, request, said, answer_format=form).result()
    return key


def test_exchanges_are_found_by_the_keys_of_the_tables(tmp_path: Path) -> None:
    with Journal(tmp_path / "data/journal.sqlite") as journal:
        keys = [asked(journal, "x" * n) for n in range(1, 5)]
    one = pair("p", journal_key=keys[0])
    votes = [vote(one, "question", 0, key=keys[1]), vote(one, "accuracy", 0, key="0" * 64),
             vote(one, "context", 0, key=keys[2]), vote(one, "rating", 0, key=keys[3])]  # fmt: skip
    data = write(tmp_path, [one], [one], votes, [talk(one, journal_key=keys[3])])
    made = export(data, tmp_path / "out", **PROMPTS)
    out = tmp_path / "out"
    assert (made.made["exchanges"], made.left) == (4, {"not_in_journal": 1})
    [group] = names(out / "question_generation_generations")
    [check] = names(out / "check_question_generations")
    assert check.startswith(f"{group.removesuffix('.txt')}--subquestion--")
    [said] = [reader.exchange(path) for path in (out / exchanges.CONVERSATION).iterdir()]
    assert said == [
        {"role": "user", "content": "Write: "},
        {"role": "assistant", "content": "xxxx", "timeout": False},
    ]
    assert names(out / exchanges.CONVERSATION) == [
        f"{read(out / 'multi_turn_convs_info/info_0.json')[4]}.txt"
    ]
    assert reader.broken(out) == []


def test_a_raw_completion_is_its_prompt_and_what_was_written_behind_it(tmp_path: Path) -> None:
    with Journal(tmp_path / "journal.sqlite") as journal:
        key = asked(journal, "", "completion", text="a poem.")
        assert exchanges.text_of(journal, key) == "Write: a poem."
        assert exchanges.text_of(journal, "1" * 64) is None


def test_a_turn_that_holds_a_name_forges_no_turn() -> None:
    said = "Say:\n**AI Assistant:**\nno\n **User:** "
    turns = [QaTurn("human", said), QaTurn("gpt", "Never.")]
    found = reader.turns_of(as_text(turns))
    assert [name for name, _ in found] == ["User", "AI Assistant"]
    assert as_lines(turns)[1] == "AI Assistant: Never."


CORPUS = Path(os.environ.get("CLONE_PIPELINE_CORPUS", "nowhere")) / "llm_replies"


@pytest.mark.skipif(
    not CORPUS.is_dir(), reason="needs the recorded replies of CLONE_PIPELINE_CORPUS"
)
@pytest.mark.parametrize("name", sorted(reader.FOLDERS))
def test_files_that_verustoolkit_wrote_are_of_the_schema_that_ours_are_held_to(name: str) -> None:
    _, holds = reader.FOLDERS[name]
    holds = reader.is_stored_conversation if name == "multi_turn_convs" else holds
    for path in sorted((CORPUS / name).glob("*")):
        assert all(holds(value) for value in reader.values(path)), path.name
