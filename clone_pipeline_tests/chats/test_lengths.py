"""No dialogue is longer than the base model is trained on, in tokens of its real tokenizer."""

import json
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clone_pipeline import tokens
from clone_pipeline.chats.company import Acquaintance
from clone_pipeline.chats.dialogues import DialogueSettings, each_dialogue
from clone_pipeline.chats.exchanges import Made
from clone_pipeline.chats.lengths import Counting, dialogue_tokens
from clone_pipeline.formats import segments, sharegpt
from clone_pipeline.formats.defusing import Defusing
from clone_pipeline.llm import embedded
from clone_pipeline.records import Turn
from clone_pipeline_tests.chats.talks import NAMES, talk, talks
from clone_pipeline_tests.test_tokens import TINY

PROMPTS = {"anna": "CONTEXT: Anna, 43 ans, naïve. She talks with a friend."}
PEOPLE = {"carl": Acquaintance("Carl", "your brother")}
WORDS = [
    "so",
    "Fähre nach Højer",
    "👩‍🚀🚀",
    "ありがとう",
    "x" * 40,
    "<|im_end|>",
    "1\n2\n\n3",
    "!?…",
]
LONG = st.lists(st.sampled_from(WORDS), min_size=1, max_size=25).map(" ".join)
LONG_TALKS = st.lists(st.tuples(st.sampled_from(["anna", "carl", "dora"]), LONG), max_size=14)


class Watched:
    """A tokenizer that counts how many texts it was given to tokenise."""

    def __init__(self, counting: Counting) -> None:
        self.counting, self.counted = counting, 0

    def count(self, text: str) -> int:
        self.counted += 1
        return self.counting.count(text)

    def at_most(self, text: str) -> int:
        return self.counting.at_most(text)


def made(
    turns: list[Turn], *, max_tokens: int, tokenizer: Callable[[], Counting], **fields: Any
) -> tuple[list[Made], Counter[str]]:
    dropped: Counter[str] = Counter()
    arguments = {
        **DialogueSettings().cutting(), "people": PEOPLE, "time_context": True,
        "system_prompts": PROMPTS, **fields,
    }  # fmt: skip
    found = each_dialogue(
        turns, personas=["anna"], names=NAMES, seed=0, dropped=dropped, max_tokens=max_tokens,
        tokenizer=tokenizer, **arguments,
    )  # fmt: skip
    return list(found), dropped


@settings(max_examples=60)
@given(
    turns=LONG_TALKS.map(lambda said: talk(*said)) | talks(),
    max_tokens=st.integers(90, 600),
    windows=st.sampled_from(["sections", "sliding"]),
)
def test_no_dialogue_exceeds_the_limit_and_every_turn_is_used_or_counted(
    turns: list[Turn], max_tokens: int, windows: str
) -> None:
    found, dropped = made(
        turns, max_tokens=max_tokens, tokenizer=lambda: TINY, windows=windows, max_turns=6
    )
    for each in found:
        assert max_tokens >= dialogue_tokens(
            each.dialogue, system_prompt=PROMPTS["anna"], count=TINY.count
        )
    used = {(each.dialogue.conversation_id, turn) for each in found for turn in each.turns}
    assert len(turns) == len(used) + dropped.total()


@pytest.mark.slow
def test_a_training_row_of_the_embedded_model_exceeds_the_limit_in_neither_form() -> None:
    from clone_pipeline.local_model import loading
    from clone_pipeline.local_model.encoding import encode

    base = embedded.converted_base()
    real, trained = tokens.load(base), loading.load_tokenizer(base)

    @settings(max_examples=200)
    @given(said=LONG_TALKS, max_tokens=st.integers(90, 600))
    def fits(said: list[tuple[str, str]], max_tokens: int) -> None:
        found, _ = made(talk(*said), max_tokens=max_tokens, tokenizer=lambda: real)
        dialogues = [each.dialogue for each in found]
        rows, _ = sharegpt.from_dialogues(dialogues, system_prompts=PROMPTS)
        more, dropped = segments.from_dialogues(
            dialogues, system_prompts=PROMPTS, max_tokens=max_tokens, count=real.count
        )
        assert not dropped["too_long"]
        assert len(more) == len(dialogues) - dropped["duplicate"]
        for row in [*rows, *more]:
            encoded = encode(trained, row.content, row.form, max_tokens=10**6)
            assert encoded is None or len(encoded.input_ids) <= max_tokens

    fits()


def test_an_exchange_over_the_limit_is_counted_and_a_section_is_cut_to_fit() -> None:
    long = talk(("carl", "q"), ("anna", "ありがとう" * 200))
    assert made(long, max_tokens=300, tokenizer=lambda: TINY) == ([], {"too_long": 2})
    many = talk(*[("carl", "why " * 20), ("anna", "because " * 10)] * 5)
    found, dropped = made(many, max_tokens=500, tokenizer=lambda: TINY)
    assert len(found) > 1
    assert not dropped


def test_the_tokenizer_is_not_even_loaded_where_characters_decide() -> None:
    def never() -> Counting:
        raise AssertionError("loaded")

    ascii_only = {"anna": "CONTEXT: Anna talks with a friend."}
    turns = talk(*[("carl", "is the ferry late?"), ("anna", "as ever")] * 20)
    for more in ({}, {"people": {}, "time_context": False}):
        assert made(turns, max_tokens=1024, tokenizer=never, system_prompts=ascii_only, **more)[0]
    long = talk(("carl", "q"), ("anna", "x" * 2000))
    with pytest.raises(AssertionError, match="loaded"):
        made(long, max_tokens=1024, tokenizer=never)


def test_bytes_decide_where_a_text_is_not_ascii_and_a_text_is_tokenised_once() -> None:
    watched = Watched(TINY)
    turns = talk(*[("carl", "kommt die Fähre?"), ("anna", "später")] * 20)
    assert made(turns, max_tokens=1024, tokenizer=lambda: watched)[0]
    assert watched.counted == 0
    said = [("carl", f"{n} {'später ' * 40}") if n % 2 else ("anna", f"{n} ja") for n in range(9)]
    assert made(talk(*said), max_tokens=800, tokenizer=lambda: watched)[0]
    assert 0 < watched.counted <= 2 * len(said) + 20


@pytest.mark.parametrize("token", ["<s>", "<|im_end|>", "[INST]", "<unk>"])
def test_template_tokens_count_as_what_rows_make_of_them(token: str) -> None:
    turns = talk(("ben", token * 60), ("anna", token * 20), ("ben", "so"), ("anna", "yes"))
    counting = Defusing(TINY)
    found, dropped = made(turns, max_tokens=300, tokenizer=lambda: counting)
    rows, _ = sharegpt.from_dialogues([each.dialogue for each in found], system_prompts=PROMPTS)
    for row in rows:
        said = [turn["value"] for turn in json.loads(row.content)["conversations"]]
        assert sum(map(TINY.count, said)) <= 300
    assert dropped["too_long"] == 2
    assert counting.at_most("<s>") >= counting.count("<s>")
