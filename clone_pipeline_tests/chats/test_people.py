from collections.abc import Iterable
from pathlib import Path
from types import SimpleNamespace

import pytest

from clone_pipeline.chats.people import Named, each_by_itself, finder, installed_finder
from clone_pipeline.chats.privacy import Masker, open_masker, words_of


@each_by_itself
def find_by_list(text: str) -> list[Named]:
    """A finder that knows three people and a town."""
    known = [("Peter Pan", "NAME"), ("peter pan", "NAME"), ("Anna", "NAME"), ("Oslo", "PLACE")]
    found = [
        Named(text.index(name), text.index(name) + len(name), kind)  # type: ignore[arg-type]
        for name, kind in known
        if name in text
    ]
    return sorted(found)


def test_people_and_places_are_masked_and_the_speakers_are_not() -> None:
    masker = Masker(find_names=find_by_list)
    speakers = words_of(["Anna Berg"])
    text = "Anna met Peter Pan in Oslo"
    assert masker.mask_names(text, speakers) == "Anna met [NAME_1] in [PLACE_1]"
    assert masker.mask_names("peter pan!", speakers) == "[NAME_1]!"
    later = Masker(masker.known, find_names=find_by_list)
    assert later.mask_names("so peter pan", speakers) == "so [NAME_1]"
    assert Masker(keep=["oslo"], find_names=find_by_list).mask_names("Oslo", ()) == "Oslo"


def test_a_mask_is_not_masked_again() -> None:
    find = each_by_itself(lambda text: [Named(1, 6, "NAME"), Named(0, len(text), "NAME")])
    assert Masker(find_names=find).mask_names("[EMAIL_1]", ()) == "[EMAIL_1]"


def test_names_in_many_texts_are_masked_in_their_order() -> None:
    masker = Masker(find_names=find_by_list)
    texts = ["Peter Pan asks Anna", "", "for [EMAIL_1]", "in Oslo, Anna?"]
    masked = masker.mask_all_names(texts, words_of(["Anna"]))
    assert masked == ["[NAME_1] asks Anna", "", "for [EMAIL_1]", "in [PLACE_1], Anna?"]
    assert Masker().mask_all_names(texts, ()) == texts


def test_a_model_sees_texts_in_batches() -> None:
    sizes = []

    class Pipeline:
        def pipe(self, texts: Iterable[str], *, batch_size: int) -> Iterable[SimpleNamespace]:
            sizes.append(batch_size)
            for _ in texts:
                yield SimpleNamespace(ents=[])

    texts = [str(number) for number in range(1000)]
    assert [text for text, _ in finder(Pipeline())(texts)] == texts
    assert sizes == [256]


def test_a_masker_finds_names_where_a_model_is_installed_and_names_are_wanted(
    tmp_path: Path,
) -> None:
    with open_masker(tmp_path, names=False) as masker:
        assert masker.find_names is None
    with open_masker(tmp_path) as masker:
        assert (masker.find_names is None) == (installed_finder() is None)


def test_what_a_spacy_pipeline_marks_is_found() -> None:
    spacy = pytest.importorskip("spacy")
    pipeline = spacy.blank("en")
    patterns = [("PERSON", "Peter Pan"), ("GPE", "Oslo"), ("LOC", "the Alps"), ("ORG", "Acme")]
    pipeline.add_pipe("entity_ruler").add_patterns(
        [{"label": label, "pattern": text} for label, text in patterns]
    )
    [(_, found)] = finder(pipeline)(["Peter Pan left Acme in Oslo for the Alps"])
    assert found == [Named(0, 9, "NAME"), Named(23, 27, "PLACE"), Named(32, 40, "PLACE")]
