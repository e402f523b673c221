from clone_pipeline.bots.context_tags import post_prompt
from clone_pipeline.bots.heard import Said
from clone_pipeline.formats import ssi
from clone_pipeline_tests.bots.heards import (
    HOT,
    built,
    comment,
)


def test_tagged_prompts_have_ssi_bots_end_tags_and_reply_tag() -> None:
    above = (*comment("").context, Said("t1_b", "bob", "Water?"))
    heard = comment("Daily, u/HotBot", author="olive", depth=2, context=above)
    assert built("tags", heard, speaker=HOT).text == (
        "<|soss r/gardening|><|sot|>My beans died<|eot|><|sost|>All of them, over night.<|eost|>"
        "<|sor u/bob|>Water?<|eor|><|soopr u/olive|>Daily,<|eoopr|><|sor|>"
    )
    mine = comment("ok", thread_is_ours=True)
    assert built("tags", mine, speaker=HOT).text.endswith("<|soopr|>")
    to_me = comment("ok", parent_is_ours=True)
    assert built("tags", to_me, speaker=HOT).text.endswith("<|soocr|>")


def test_tags_of_the_trained_dialect_are_those_of_the_training_lines() -> None:
    above = (*comment("").context, Said("t1_b", "bob", "Water?"))
    heard = comment("Daily", author="olive", depth=2, context=above)
    text = built("tags", heard, speaker=HOT, dialect="trained").text
    replies = (
        ssi.Reply("r", "bob", "Water?"), ssi.Reply("opr", "olive", "Daily"),
        ssi.Reply("r", None, "Good."),
    )  # fmt: skip
    line = ssi.line_of(ssi.Told("gardening", "My beans died", "All of them, over night.", replies))
    assert line == f"{text}Good.<|eoss|>"


def test_hotshots_dialect_has_no_names() -> None:
    text = built("tags", comment("Water?"), speaker=HOT, dialect="hotshot").text
    assert text.startswith("<|soss<|sot|>My beans died")
    assert "<|sor|>Water?<|eor|>" in text
    assert post_prompt("x", dialect="hotshot") == "<|soss"
    assert post_prompt("x", link=True) == "<|sols r/x|><|sot|>"
