import re
from itertools import pairwise

import pytest

from clone_pipeline.bots.context import Form, estimated_tokens
from clone_pipeline.bots.heard import Said
from clone_pipeline.bots.transcript import plain
from clone_pipeline.settings import FaultyInput
from clone_pipeline_tests.bots.heards import (
    ANNA,
    BIAS,
    SOURCE,
    SPEAKERS,
    built,
    comment,
    message,
)


@pytest.mark.parametrize("form", SPEAKERS)
@pytest.mark.parametrize("tokens", [128, 256, 2048])
@pytest.mark.parametrize("longest", [5, 900, 100_000])
def test_a_prompt_never_outgrows_the_model(form: Form, tokens: int, longest: int) -> None:
    said = tuple(
        Said(str(n), ("bob", "carl")[n % 2], f"{n} " + "x" * (longest // (1 + n % 3)))
        for n in range(40)
    )
    for heard in (message("last words", context=said), comment("z " * longest, context=said)):
        prompt = built(form, heard, speaker=SPEAKERS[form], context_tokens=tokens)
        assert estimated_tokens(prompt.whole()) <= 0.8 * tokens
        shown = [line.text for line in prompt.lines]
        assert shown[-1]
        assert plain(heard.text).endswith(shown[-1])


def test_the_oldest_go_first_and_what_the_speaker_is_told_stays() -> None:
    said = tuple(Said(str(n), "bob", f"message number {n} of many") for n in range(90))
    text = built("bias", message("end", context=said), speaker=SOURCE, context_tokens=800).text
    assert text.startswith(f"¶{BIAS}:> I am the Source")
    kept = [int(found) for found in re.findall(r"number (\d+)", text)]
    assert kept[-1] == 89
    assert all(b == a + 1 for a, b in pairwise(kept))
    assert 5 < len(kept) < 89


def test_a_persona_that_fills_the_context_is_a_fault() -> None:
    told = SOURCE.model_copy(update={"persona": "word " * 1000})
    with pytest.raises(FaultyInput, match="context_tokens"):
        built("bias", message("hi"), speaker=told, context_tokens=256)


def test_the_number_of_messages_shown_is_the_forms_own_or_the_settings() -> None:
    said = tuple(Said(str(n), "bob", f"m{n}") for n in range(200))
    heard = message("end", context=said)
    most_lines: dict[Form, int] = {"bias": 100, "chat": 24, "backstory": 6, "tags": 6}
    for form, most in most_lines.items():
        prompt = built(form, heard, speaker=SPEAKERS[form], context_tokens=10**6)
        assert len(prompt.lines) == most + 1
    assert len(built("chat", heard, speaker=ANNA, most_lines=3).lines) == 4
    assert len(built("chat", heard, speaker=ANNA, most_lines=0).lines) == 1
