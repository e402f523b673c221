from typing import Any

import pytest

from clone_pipeline.evaluation import encodings
from clone_pipeline.evaluation.heldout import Subject
from clone_pipeline.local_model import loading
from clone_pipeline.local_model.labelled import UNLABELLED, Encoded
from clone_pipeline.local_model.loading import LocalModel
from clone_pipeline_tests.evaluation.test_heldout import row
from clone_pipeline_tests.evaluation.test_swapping import segments, sharegpt
from clone_pipeline_tests.tiny_llama import make_tiny_llama

SAID = ["Did you water them?", "The rain did.", "And the beans?", "On Sunday.", "Good!", "Yes."]
FORMS = pytest.mark.parametrize("write", [sharegpt, segments])


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> LocalModel:
    return loading.load(make_tiny_llama(tmp_path_factory.mktemp("tiny")), threads=1)


def only(tiny: LocalModel, content: str, form: str, **changes: Any) -> encodings.Encodings:
    listed = [row(0, "held_out", content=content, form=form, **changes)]
    return encodings.encoded(tiny, Subject("anna", listed, 0), max_tokens=256)


def labelled(tiny: LocalModel, encoded: Encoded | None) -> str:
    assert encoded
    kept = [label if label != UNLABELLED else 0 for label in encoded.labels]
    return str(tiny.tokenizer.decode(kept, skip_special_tokens=False)).replace("<pad>", "")


@FORMS
def test_the_encodings_of_the_two_sides_differ_only_by_who_speaks(
    tiny: LocalModel, write: Any
) -> None:
    form = write.__name__
    [others] = only(tiny, write(*SAID), form).others
    # a persona that says what the others said, answering what this one said
    [same] = only(tiny, write(*SAID[1:5]), form).words
    assert others == same


@FORMS
def test_words_are_what_is_said_without_marks_names_and_newlines(
    tiny: LocalModel, write: Any
) -> None:
    found = only(tiny, write(*SAID), write.__name__)
    texts = [labelled(tiny, side[0]) for side in (found.words, found.others)]
    assert ["".join(text.split()) for text in texts] == [
        "".join("".join(said).split()) for said in (SAID[1::2], SAID[2::2])
    ]
    assert "\n" not in texts[0]
    assert found.own[0].labelled > found.words[0].labelled  # type: ignore[union-attr]
    assert found.own[0].input_ids == found.words[0].input_ids  # type: ignore[union-attr]


def test_an_expert_and_a_dialogue_of_two_turns_have_own_tokens_only(tiny: LocalModel) -> None:
    expert = only(tiny, sharegpt(*SAID), "sharegpt", collection="qa", persona=None)
    short = only(tiny, sharegpt("hi", "hey"), "sharegpt")
    for found in (expert, short):
        assert found.own[0].labelled
        assert (found.words, found.others) == ([None], [None])


def test_the_digest_knows_both_sides(tiny: LocalModel) -> None:
    first, second = (only(tiny, sharegpt(*said), "sharegpt") for said in (SAID, SAID[:4]))
    assert encodings.digest([first]) != encodings.digest([second])
    assert encodings.together([first, second]).groups == ["0", "0"]
