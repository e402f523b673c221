from clone_pipeline.bots import context_bias
from clone_pipeline.bots.transcript import identity, plain
from clone_pipeline.bots.voices import VoiceSettings
from clone_pipeline.formats import bias_lines
from clone_pipeline_tests.bots.heards import (
    BIAS,
    INJECTIONS,
    SAID,
    SOURCE,
    built,
    comment,
    message,
    submission,
)


def test_a_bias_prompt_is_vtx_own() -> None:
    heard = message("how are you?", author="123456789012345678", context=SAID)
    prompt = built("bias", heard, speaker=SOURCE)
    assert prompt.text == (
        f"¶{BIAS}:> I am the Source, a kind machine.\n"
        f"¶{identity('bob')}:> Hello there\n"
        f"¶{BIAS}:> Hi Bob!\n"
        "¶123456789012345678:> how are you?\n"
        f"¶{BIAS}:>"
    )
    assert prompt.stop == ("¶",)


def test_without_a_bias_the_model_chooses_who_speaks() -> None:
    prompt = built("bias", message("hi"), speaker=VoiceSettings(name="any"))
    assert prompt.text.endswith("> hi\n¶")


def test_a_submission_is_two_messages_of_one_person_in_vtx_form() -> None:
    text = built("bias", submission("My beans died", "All."), speaker=SOURCE).text
    olive = identity("olive")
    assert f"¶{olive}:> My beans died (/r/gardening)\n¶{olive}:> All.\n" in text


def test_a_comment_has_its_submission_as_one_message_in_vtx_form() -> None:
    text = built("bias", comment("Water?"), speaker=SOURCE).text
    assert f"¶{identity('olive')}:> My beans died\n\nAll of them, over night.\n¶" in text


def test_texts_are_cleaned_for_bias_lines_as_for_training() -> None:
    for text in INJECTIONS[:-60]:
        shown = plain(text)
        assert context_bias.harmless(shown) == bias_lines.clean(shown)
