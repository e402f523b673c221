import os
from pathlib import Path
from typing import Any

import pytest

from clone_pipeline.chats.cleaning import cleaner
from clone_pipeline.chats.rules.judged import other_languages, profanity
from clone_pipeline.settings import FaultyInput
from clone_pipeline_tests.chats.cleaned import ALL_OFF, cleaned
from clone_pipeline_tests.classifiers.stub import pids, stand_in

ENGLISH = "I think we should meet at the station around noon"
GERMAN = "Ich glaube, wir sollten uns gegen Mittag am Bahnhof treffen"


def test_only_texts_with_enough_letters_are_judged_by_their_language() -> None:
    found = other_languages(["en"], least=25)
    assert found.places(
        [ENGLISH, GERMAN, "nein danke", "", "1234567890 1234567890 1234567890"]
    ) == [1]


def test_profanities_are_whole_words_in_whatever_case() -> None:
    texts = ["what the FUCK", "Scunthorpe is classy", "so eine Scheiße", "drat", "", "cocktail"]
    assert profanity().places(texts) == [0, 2]
    assert profanity(["drat"]).places(texts) == [0, 2, 3]


def test_what_a_classifier_holds_for_toxic_is_left_out_and_its_process_ends(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = stand_in(tmp_path, monkeypatch)
    texts = [*["a rose"] * 70, "a frob", "", "@Ben frob"]

    def dropped(**chosen: Any) -> dict[str, int]:
        return cleaned(texts, toxicity_classifier=model, **chosen, **ALL_OFF)[1]

    assert dropped() == {"toxicity": 2, "empty": 1}
    assert dropped(toxicity_threshold=0.98) == {"empty": 1}
    assert dropped(toxicity_labels=["neutral"]) == {"toxicity": 70, "empty": 1}
    with pytest.raises(FaultyInput, match=r"cleaning\.toxicity_labels: found rude"):
        dropped(toxicity_labels=["rude"])
    for pid in pids(model):
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)


def test_without_an_answer_nothing_is_kept_unjudged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = stand_in(tmp_path, monkeypatch)
    fault = r"cleaning\.toxicity_classifier: found its process died"
    with pytest.raises(FaultyInput, match=fault):
        cleaned(["hello there", "die"], toxicity_classifier=model)


def test_a_classifier_without_weights_is_a_fault_before_anything_is_read(tmp_path: Path) -> None:
    with pytest.raises(FaultyInput, match=r"cleaning\.toxicity_classifier"):
        cleaner(toxicity_classifier=str(tmp_path / "nothing"))
