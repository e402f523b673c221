import pytest

from clone_pipeline.classifiers.toxic_labels import counting, limits
from clone_pipeline.settings import FaultyInput

JIGSAW = ("toxic", "severe_toxic", "obscene", "threat", "insult", "identity_hate")
UNBIASED = (
    "toxicity", "severe_toxicity", "obscene", "identity_attack", "insult", "threat",
    "sexual_explicit", "male", "female", "homosexual_gay_or_lesbian", "christian", "jewish",
    "muslim", "black", "white", "psychiatric_or_mental_illness",
)  # fmt: skip


@pytest.mark.parametrize(
    ("labels", "found"),
    [
        (JIGSAW, JIGSAW),
        (UNBIASED, UNBIASED[:7]),
        (("neutral", "toxic"), ("toxic",)),
        (("non-toxic", "toxic"), ("toxic",)),
        (("not_toxic", "toxic"), ("toxic",)),
        (("nothate", "hate"), ("hate",)),
        (("NON_HATE", "HATE"), ("HATE",)),
        (("non-offensive", "offensive"), ("offensive",)),
        (("hate speech", "normal", "offensive"), ("hate speech", "offensive")),
        (("non-toxic", "insult", "obscenity"), ("insult", "obscenity")),
        (("safe", "nsfw", "sexual", "unsafe"), ("nsfw", "sexual", "unsafe")),
        (("S", "H", "V", "OK"), ("S", "H", "V")),
        (("LABEL_0",), ("LABEL_0",)),
    ],
)
def test_all_but_harmless_labels_and_identities_count(
    labels: tuple[str, ...], found: tuple[str, ...]
) -> None:
    assert counting(labels) == found


@pytest.mark.parametrize("labels", [("LABEL_0", "LABEL_1"), ("neutral", "ok")])
def test_where_names_say_nothing_the_user_is_asked(labels: tuple[str, ...]) -> None:
    with pytest.raises(FaultyInput, match=r"toxicity\.labels"):
        counting(labels)
    assert counting(labels, [labels[1]]) == (labels[1],)


def test_labels_and_thresholds_of_no_label_are_faults_that_name_the_labels() -> None:
    with pytest.raises(FaultyInput, match="found rude.*toxic, severe_toxic"):
        counting(JIGSAW, ["rude"])
    with pytest.raises(FaultyInput, match=r"toxicity\.thresholds: found rude.*toxic, severe"):
        limits(JIGSAW, threshold=0.9, thresholds={"rude": 0.1})


def test_a_threshold_of_its_own_makes_a_label_count() -> None:
    found = limits(UNBIASED, chosen=["insult"], threshold=0.9, thresholds={"white": 0.99})
    assert found == {"insult": 0.9, "white": 0.99}
    assert limits(JIGSAW, threshold=None, thresholds={"threat": 0.3}) == {"threat": 0.3}


def test_no_threshold_at_all_is_a_fault() -> None:
    with pytest.raises(FaultyInput, match=r"toxicity\.threshold: found null"):
        limits(JIGSAW, threshold=None, thresholds={})


def test_faults_name_the_settings_that_were_read() -> None:
    with pytest.raises(FaultyInput, match=r"cleaning\.toxicity_labels"):
        limits(JIGSAW, chosen=["rude"], threshold=0.5, thresholds={}, where="cleaning.toxicity_")
