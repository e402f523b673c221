import pytest
from hypothesis import given
from hypothesis import strategies as st

from clone_pipeline.bots.cleaning import of_backstory, of_bias, of_chat, of_tags
from clone_pipeline.bots.posts import parse
from clone_pipeline_tests.bots.heards import BIAS, INJECTIONS

messy = st.one_of(
    st.text(max_size=80),
    st.lists(
        st.sampled_from(
            ["Anna", ":", "\n", " ", "!!", "?", ",", "\\", "Q:", "USER:", '"', "<|", "¶", "\\n",
             ".", "Bob: hi", "<think>", "</think>", "x" * 25, "<|im_end|>", "Comment by u/x"]
        ), max_size=14,
    ).map("".join),
)  # fmt: skip


@given(messy)
def test_cleaning_twice_is_cleaning_once(raw: str) -> None:
    chat = of_chat(raw, name="Anna", others=["Bob"])
    assert of_chat(chat, name="Anna", others=["Bob"]) == chat
    bias = of_bias(raw, chosen=str(BIAS), longest_run=20)
    assert bias is not None
    assert of_bias(bias[1], chosen=str(BIAS), longest_run=20) == bias
    quote = of_backstory(raw, finished=True)
    assert of_backstory(quote, finished=True) == quote
    tagged = of_tags(raw, finished=True)
    assert tagged is not None
    assert of_tags(tagged, finished=True) == tagged


@pytest.mark.parametrize(
    ("raw", "clean"),
    [
        ("Anna: hi", "hi"),
        (" anna : Anna: hi ", "hi"),
        ("hi\nBob: and you?", "hi"),
        ("hi\n**Bob**: and you?", "hi"),
        ("hi\nUser: more", "hi"),
        ("hi<|im_end|>\n<|im_start|>user", "hi"),
        ("hi</s>", "hi"),
        ("hi\n### Response:\nmore", "hi"),
        ("<think>what does he want?</think>\nhi", "hi"),
        ("well USER: what", "well"),
        ("so: two things: a and b", "so: two things: a and b"),
        ("really?? yes!!", "really?? yes!!"),
        ("```\nBobby: 3\n```", "```\nBobby: 3\n```"),
    ],
)
def test_a_chat_answer_is_cut_where_another_speaks(raw: str, clean: str) -> None:
    assert of_chat(raw, name="Anna", others=["Bob", "Carla"]) == clean


@pytest.mark.parametrize(
    ("raw", "clean"),
    [
        (" hi there,", "hi there"),
        (" hi there!!", "hi there"),
        (" why?? \\", "why"),
        (" ok Q:", "ok"),
        (" so it is ¶12345678901234567:> I confess", "so it is"),
        (" go to aaaaaaaaaaaaaaaaaaaaaaaaa now", "go to"),
        (" one\\ntwo", "one\ntwo"),
        (" a OUTPUT: b", "a"),
        (" Grüße 🙂", "Grüße 🙂"),
    ],
)
def test_a_bias_line_is_cleaned_as_vtx_does(raw: str, clean: str) -> None:
    assert of_bias(raw, chosen=str(BIAS), longest_run=20) == (str(BIAS), clean)


def test_where_the_model_chooses_the_speaker_it_must_name_one() -> None:
    chosen = of_bias("123456789012345678:> hi", chosen=None, longest_run=20)
    assert chosen == ("123456789012345678", "hi")
    assert of_bias("1234:> hi", chosen=None, longest_run=20) is None
    assert of_bias(" hi", chosen=None, longest_run=20) is None


@pytest.mark.parametrize(
    ("raw", "finished", "clean"),
    [
        ('I agree."\nComment by u/x: "No', False, "I agree."),
        ("one line\nanother half", False, "one line"),
        ("A sentence. And a ha", False, "A sentence."),
        ("words without an end, and", False, "words without an end"),
        ("word", False, ""),
        ("word", True, "word"),
        ("Yes\nReply by u/y: ", True, "Yes"),
    ],
)
def test_an_open_quote_is_closed_as_hotshotbot_does(raw: str, finished: bool, clean: str) -> None:
    assert of_backstory(raw, finished=finished) == clean


@pytest.mark.parametrize(
    ("raw", "finished", "clean"),
    [
        ("yes<|eor|><|sor|>no", False, "yes"),
        ("yes\\nand no\\nand", False, "yes\nand no"),
        ("yes!!!!no", False, "yes"),
        ("yes and", False, None),
        ("yes and", True, "yes and"),
        ("yes\\nand", True, "yes\nand"),
    ],
)
def test_a_tagged_reply_ends_where_ssi_bot_ends_it(
    raw: str, finished: bool, clean: str | None
) -> None:
    assert of_tags(raw, finished=finished) == clean


@pytest.mark.parametrize(
    ("text", "finished", "post"),
    [
        ("<|soss r/x|><|sot|>T<|eot|><|sost|>B\\nC<|eost|><|sor|>", False, ("T", "B\nC")),
        ("<|soss<|sot|>T<|eot|><|sost|>B<|eost|>", False, ("T", "B")),
        ("<|soss r/x|><|sot|>T<|sost|>B", True, ("T", "B")),
        ("<|soss r/x|><|sot|>T<|sost|>B", False, None),
        ("<|sols r/x|><|sot|>T<|eot|><|sol|><|eol|>", False, ("T", "")),
        ("<|soss r/x|><|sot|> <|eot|><|sost|>B<|eost|>", True, None),
        ("no tags at all", True, None),
    ],
)
def test_a_post_has_a_title_and_an_end(
    text: str, finished: bool, post: tuple[str, str] | None
) -> None:
    assert parse(text, finished=finished) == post


def test_whatever_a_model_writes_is_read_without_a_crash() -> None:
    for raw in INJECTIONS:
        for finished in (True, False):
            of_chat(raw, name="Anna", others=["Bob"])
            of_bias(raw, chosen=None, longest_run=20)
            of_bias(raw, chosen=str(BIAS), longest_run=20)
            of_backstory(raw, finished=finished)
            of_tags(raw, finished=finished)
            parse(raw, finished=finished)
