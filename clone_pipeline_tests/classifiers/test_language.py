import importlib.util

import pytest

from clone_pipeline.classifiers.language import in_other_languages
from clone_pipeline.settings import FaultyInput

ENGLISH = "I think we should meet at the station around noon"
GERMAN = "Ich glaube, wir sollten uns gegen Mittag am Bahnhof treffen"
FRENCH = "Je crois qu'on devrait se retrouver à la gare vers midi"
RUSSIAN = "Думаю, нам лучше встретиться на вокзале около полудня"


def test_texts_in_other_languages_are_told_apart() -> None:
    judge = in_other_languages(["en", "de"], where="cleaning.languages")
    assert judge([ENGLISH, GERMAN, FRENCH, RUSSIAN]) == [False, False, True, True]


def test_what_is_in_no_language_is_not_in_another_one() -> None:
    judge = in_other_languages(["en"], where="cleaning.languages")
    assert not any(judge(["sudo apt-get install libglib2.0-dev", "10:30, 10:45"]))


def test_a_code_that_is_none_is_a_fault() -> None:
    with pytest.raises(FaultyInput, match="cleaning.languages: found no language's code: english"):
        in_other_languages(["en", "english"], where="cleaning.languages")


def test_without_the_package_the_fault_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(FaultyInput, match="pip install 'clone-pipeline"):
        in_other_languages(["en"], where="cleaning.languages")
