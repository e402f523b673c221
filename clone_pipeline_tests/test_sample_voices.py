"""That the two voices of the sample chats are written, distinct, and fit to be held out."""

import re
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta

import pytest

from clone_pipeline_tests.test_sample import Line, all_lines, discord_lines


def words(text: str) -> list[str]:
    return re.findall(r"[^\W_]+(?:['’][^\W_]+)*", text.casefold())


def sentences(text: str) -> Iterator[list[str]]:
    for piece in re.split(r"[.!?;]+\s|\n|[.!?;]+$", text):
        if found := words(piece):
            yield found


def eight_grams(text: str) -> set[tuple[str, ...]]:
    found = words(text)
    return {tuple(found[i : i + 8]) for i in range(len(found) - 7)}


def held_out_start(lines: list[Line]) -> str:
    """The first of the last eighth or so (12 %) of the days that have messages."""
    days = sorted({line.time.date().isoformat() for line in lines})
    return days[-round(0.12 * len(days))]


def test_both_voices_have_enough_words_to_learn_from() -> None:
    count: Counter[str] = Counter()
    for line in discord_lines():
        count[line.speaker] += len(words(line.text))
    assert count["Mara"] >= 9000
    assert count["Jonas"] >= 4000


def test_no_sentence_frame_occurs_more_than_three_times() -> None:
    text_module = pytest.importorskip("sklearn.feature_extraction.text")
    kept: frozenset[str] = text_module.ENGLISH_STOP_WORDS
    frames: Counter[str] = Counter()
    for line in all_lines():
        for sentence in sentences(line.text):
            frame = [word if word in kept else "_" for word in sentence]
            if len(frame) >= 4 and set(frame) != {"_"}:
                frames[" ".join(frame)] += 1
    assert {frame: n for frame, n in frames.items() if n > 3} == {}


def test_no_sentence_is_said_on_two_days() -> None:
    days: dict[str, set[str]] = {}
    for line in all_lines():
        for sentence in sentences(line.text):
            if len(sentence) >= 4:
                days.setdefault(" ".join(sentence), set()).add(line.time.date().isoformat())
    assert {sentence for sentence, on in days.items() if len(on) > 1} == set()


def test_no_eight_words_in_a_row_are_said_on_two_days() -> None:
    days: dict[tuple[str, ...], set[str]] = {}
    for line in all_lines():
        for gram in eight_grams(line.text):
            days.setdefault(gram, set()).add(line.time.date().isoformat())
    assert {gram for gram, on in days.items() if len(on) > 1} == set()


def test_maras_held_out_messages_share_no_eight_words_with_anything_earlier() -> None:
    lines = all_lines()
    start = held_out_start(discord_lines())
    earlier: set[tuple[str, ...]] = set()
    for line in lines:
        if line.time.date().isoformat() < start:
            earlier |= eight_grams(line.text)
    held_out = [
        line for line in lines if line.speaker == "Mara" and line.time.date().isoformat() >= start
    ]
    assert len(held_out) >= 30
    assert all(earlier.isdisjoint(eight_grams(line.text)) for line in held_out)


def test_word_n_grams_tell_the_speakers_of_the_last_week_apart() -> None:
    text_module = pytest.importorskip("sklearn.feature_extraction.text")
    linear = pytest.importorskip("sklearn.linear_model")
    lines = discord_lines()
    last_week = lines[-1].time - timedelta(days=6, hours=18)
    train = [line for line in lines if line.time < last_week]
    test = [line for line in lines if line.time >= last_week]
    vectorizer = text_module.CountVectorizer(ngram_range=(1, 2))
    model = linear.LogisticRegression(max_iter=1000)
    model.fit(vectorizer.fit_transform(line.text for line in train), [s for s, _, _ in train])
    seen = vectorizer.transform(line.text for line in test)
    accuracy = model.score(seen, [line.speaker for line in test])
    assert len(test) >= 100
    assert accuracy >= 0.8
