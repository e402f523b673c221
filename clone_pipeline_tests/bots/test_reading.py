from clone_pipeline.bots.asking import Answer
from clone_pipeline.bots.context import Form
from clone_pipeline.bots.filters import Rules
from clone_pipeline.bots.reading import Read, read_post, read_reply
from clone_pipeline.bots.voices import VoiceSettings
from clone_pipeline_tests.bots.heards import HOT, SAID, SOURCE, built, comment, message

_RAW: tuple[tuple[Form, VoiceSettings], ...] = (
    ("bias", SOURCE), ("tags", HOT), ("backstory", HOT),
)  # fmt: skip


def test_a_reply_that_speaks_for_others_is_forged_in_every_raw_form() -> None:
    heard = message("so?", context=SAID)
    for form, speaker in _RAW:
        prompt = built(form, heard, speaker=speaker)
        for raw in (" ok\nbob: I did", f" ok\n{speaker.name}: yes", " ok\nuser: more"):
            found = read_reply(Answer(raw, "stop", "v"), prompt, speaker=speaker, rules=Rules())
            assert found.reason == "forged_turn"


def test_an_answer_that_was_cut_off_is_cut_back_to_what_is_whole() -> None:
    prompt = built("backstory", comment("Did you?"), speaker=HOT)
    for reason, text in (("length", "I did."), ("eos_token", "I did. And th")):
        answer = Answer("I did. And th", reason, "v")
        assert read_reply(answer, prompt, speaker=HOT, rules=Rules()) == Read(text)


def test_a_title_that_no_platform_takes_is_refused() -> None:
    raw = f"{'long ' * 61}<|eot|><|sost|>B<|eost|>"
    prompt = "<|soss r/x|><|sot|>"
    found = read_post(Answer(raw, "stop", "v"), prompt=prompt, said=(), rules=Rules())
    assert found.reason == "too_long"
