import pytest

from clone_pipeline.chats import regions
from clone_pipeline.chats.privacy import Masker
from clone_pipeline_tests.chats.planted import HARMLESS, PERSONAL, TALK, Case

NAMES = [f"{case.language}-{case.kind}-{case.datum}" for case in PERSONAL]


@pytest.mark.parametrize("case", PERSONAL, ids=NAMES)
def test_personal_data_is_masked_in_the_chats_language(case: Case) -> None:
    masker = Masker()
    (masked,) = masker.chat(TALK[case.language])([case.text])
    assert case.datum not in masked
    assert masked == case.text.replace(case.datum, f"[{case.kind}_1]")


@pytest.mark.parametrize("language", TALK)
def test_what_only_looks_like_it_stays(language: str) -> None:
    texts = [*HARMLESS[language], *TALK[language]]
    masker = Masker()
    assert masker.chat(TALK[language])(texts) == texts
    assert masker.known == {}


@pytest.mark.parametrize("language", TALK)
def test_a_list_is_masked_as_its_texts_are(language: str) -> None:
    texts = [case.text for case in PERSONAL if case.language == language]
    texts += [*HARMLESS[language], *TALK[language]]
    where = regions.judged(TALK[language])
    one, other = Masker(), Masker()
    assert one.chat(TALK[language])(texts) == [other.mask(text, where) for text in texts]


@pytest.mark.parametrize("case", PERSONAL, ids=NAMES)
def test_what_is_masked_comes_back_by_the_map(case: Case) -> None:
    masker = Masker()
    (masked,) = masker.chat(TALK[case.language])([case.text])
    for placeholder, original in masker.known.items():
        masked = masked.replace(placeholder, original)
    assert masked == case.text
