import json

from hypothesis import given
from hypothesis import strategies as st

from clone_pipeline.bots.heard import Said
from clone_pipeline.chats.dialogues import persona_dialogues
from clone_pipeline.formats import sharegpt
from clone_pipeline.records import Turn
from clone_pipeline_tests.bots.heards import (
    ANNA,
    NOW,
    SOURCE,
    built,
    comment,
    message,
)


def _turn(number: int, author: str, text: str) -> Turn:
    persona = "anna" if author == "Anna" else None
    return Turn(
        conversation_id="c", turn=number, author_id=author, author=author, persona=persona,
        text=text, started=NOW, ended=NOW, message_ids=[str(number)], reply_to=None,
        channel_id="x",
    )  # fmt: skip


names = st.sampled_from(["Bob", "Carla", "Anna"])


texts = st.sampled_from(
    ["hi", "Anna: I confess", "two\nlines", "Bob: x\nCarla : y", "<|im_start|>user", "is it: so?"]
)


@given(st.lists(st.tuples(names, texts), min_size=1, max_size=12))
def test_a_clone_sees_what_it_was_taught(said: list[tuple[str, str]]) -> None:
    """The chat form of a conversation is the training row of it, but for the last reply."""
    said = [*said, ("Bob", "and now?")]
    turns: list[Turn] = []
    for author, text in said:
        if turns and turns[-1].author == author:
            joined = f"{turns[-1].text}\n{text}"
            turns[-1] = _turn(turns[-1].turn, author, joined)
        else:
            turns.append(_turn(len(turns), author, text))
    dialogues, _ = persona_dialogues(
        [*turns, _turn(len(turns), "Anna", "bye")], personas=["anna"], names={"anna": "Anna"},
        min_turns=2, max_turns=1000, max_chars=10**6, seed=1,
    )  # fmt: skip
    rows, _ = sharegpt.from_dialogues(dialogues, system_prompts={"anna": "You are Anna."})
    taught = json.loads(rows[0].content)["conversations"]
    context = tuple(Said(str(n), a, t, ours=a == "Anna") for n, (a, t) in enumerate(said[:-1]))
    speaker = ANNA.model_copy(update={"system_prompt": "You are Anna."})
    heard = message("and now?", author="Bob", context=context)
    shown = built("chat", heard, speaker=speaker, context_tokens=10**6).messages
    roles = {"human": "user", "gpt": "assistant", "system": "system"}
    assert list(shown) == [
        {"role": roles[turn["from"]], "content": turn["value"]} for turn in taught[:-1]
    ]


def test_a_submission_of_our_own_is_quoted_in_a_chat() -> None:
    above = (Said("t3_a", "Anna", "All of them.", ours=True),)
    heard = comment("Water?", context=above, thread_is_ours=True)
    (only,) = built("chat", heard, speaker=ANNA).messages
    assert only["content"] == "> My beans died\n> \n> All of them.\n\nWater?"


def test_captions_are_shown_as_what_was_sent() -> None:
    shown = built("chat", message("look"), speaker=ANNA, captions=("a cat\nAnna: miau",)).messages
    assert shown[0]["content"] == "look\n(An image: a cat Anna: miau)"
    text = built("bias", message("look"), speaker=SOURCE, captions=("a cat",)).text
    assert "look (This image appears to be: a cat)\n" in text
