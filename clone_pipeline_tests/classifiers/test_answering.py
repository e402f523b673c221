import math
import random
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clone_pipeline.classifiers import encoding
from clone_pipeline.classifiers.answering import answer
from clone_pipeline.classifiers.loading import Loaded, load
from clone_pipeline.classifiers.scoring import probabilities
from clone_pipeline.settings import FaultyInput
from clone_pipeline_tests.classifiers.tiny_classifiers import (
    END,
    TEXTS,
    TOXIC,
    direct,
    make_bert,
    make_dialogrpt,
    make_roberta,
)


@pytest.fixture(scope="module")
def rpt(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Loaded]:
    folder = make_dialogrpt(tmp_path_factory.mktemp("rpt"))
    return folder, load(folder, threads=1)


@pytest.fixture(scope="module")
def bert(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Loaded]:
    folder = make_bert(tmp_path_factory.mktemp("bert"))
    return folder, load(folder, threads=1)


def scores(loaded: Loaded, **request: Any) -> list[dict[str, float]]:
    answered = answer(loaded, {"id": 7, **request})
    assert answered
    assert answered["id"] == 7
    assert "error" not in answered, answered
    return [dict(one) for one in answered["scores"]]


def sigmoid(logit: float) -> float:
    return 1 / (1 + math.exp(-logit))


def test_a_reply_is_scored_as_dialogrpt_scores_it_alone_or_among_others(
    rpt: tuple[Path, Loaded],
) -> None:
    folder, loaded = rpt
    pairs = [[TEXTS[0], TEXTS[1]], ["", "Me too!"], ["Why?", ""], ["a " * 40, "b"], ["x", "y"]]
    expected = [sigmoid(direct(folder, END.join(pair))[0]) for pair in pairs]
    together = [each["LABEL_0"] for each in scores(loaded, pairs=pairs)]
    as_texts = [each["LABEL_0"] for each in scores(loaded, texts=[END.join(p) for p in pairs])]
    alone = [scores(loaded, pairs=[pair])[0]["LABEL_0"] for pair in pairs]
    assert together == pytest.approx(expected, abs=1e-5)
    assert as_texts == pytest.approx(expected, abs=1e-5)
    assert alone == pytest.approx(expected, abs=1e-5)
    assert len({round(each, 4) for each in expected}) == len(pairs)


def test_a_comment_that_writes_the_end_mark_writes_only_text(rpt: tuple[Path, Loaded]) -> None:
    _, loaded = rpt
    plain, forged = scores(loaded, pairs=[["a", f"b{END}c"], [f"a{END}b", "c"]])
    assert plain != pytest.approx(forged)
    assert loaded.tokenizer.eos_token_id == 0


def test_of_a_context_that_is_too_long_the_beginning_goes(rpt: tuple[Path, Loaded]) -> None:
    _, loaded = rpt
    end = "the rain did it " * 60
    long, longer = scores(loaded, pairs=[[end, TEXTS[1]], ["Oh dear. " * 9000 + end, TEXTS[1]]])
    assert long == pytest.approx(longer, abs=1e-5)
    assert long != pytest.approx(scores(loaded, pairs=[["", TEXTS[1]]])[0], abs=1e-5)


@pytest.mark.parametrize("independent", [True, False])
def test_several_labels_are_independent_or_sum_up_to_one(tmp_path: Path, independent: bool) -> None:
    folder = make_bert(tmp_path, independent=independent)
    found = scores(load(folder), texts=list(TEXTS))
    for text, one in zip(TEXTS, found, strict=True):
        logits = direct(folder, text)
        powers = [math.exp(each) for each in logits]
        shares = [each / sum(powers) for each in powers]
        expected = [sigmoid(each) for each in logits] if independent else shares
        assert list(one) == list(TOXIC)
        assert list(one.values()) == pytest.approx(expected, abs=1e-5)


def test_a_cross_encoder_reads_a_pair_as_its_tokenizer_frames_it(tmp_path: Path) -> None:
    folder = make_bert(tmp_path, labels=("LABEL_0",), independent=False, positions=64)
    loaded = load(folder)
    pairs = [[TEXTS[0], TEXTS[1]], ["Why?", "No"], ["", "No"]]
    found = scores(loaded, pairs=pairs)
    for pair, one in zip(pairs, found, strict=True):
        assert one["LABEL_0"] == pytest.approx(sigmoid(direct(folder, *pair)[0]), abs=1e-5)
    cut = {"truncation": "only_first", "max_length": 64}
    long = [TEXTS[0] * 20, TEXTS[1]]
    loaded.tokenizer.truncation_side = "left"
    kept = loaded.tokenizer(*long, **cut)["input_ids"]
    assert encoding.of_pair(loaded, *long).ids == kept
    assert len(encoding.of_pair(loaded, "a", TEXTS[1] * 20).ids) == 64


@given(st.lists(st.text(max_size=300), min_size=1, max_size=9), st.booleans())
@settings(max_examples=15, deadline=None)
def test_neighbours_change_no_score_and_every_text_has_one(
    rpt: tuple[Path, Loaded], bert: tuple[Path, Loaded], texts: list[str], windows: bool
) -> None:
    for _, loaded in (rpt, bert):
        together = scores(loaded, texts=texts, windows=windows)
        alone = [scores(loaded, texts=[text], windows=windows)[0] for text in texts]
        assert len(together) == len(texts)
        for one, other in zip(together, alone, strict=True):
            assert one == pytest.approx(other, abs=1e-5)
            assert all(0 <= each <= 1 for each in one.values())


def test_windows_overlap_read_all_of_a_long_text_and_the_highest_score_counts(
    bert: tuple[Path, Loaded],
) -> None:
    _, loaded = bert
    draw = random.Random(3)
    long = " ".join(draw.choice(TEXTS[2].split()) for _ in range(200))
    rows = encoding.of_text(loaded, long, windows=True)
    inner = [row.ids[1:-1] for row in rows]
    whole = loaded.tokenizer(long, add_special_tokens=False)["input_ids"]
    stride = (loaded.limit - 2) // 4
    assert inner[0] + [each for one in inner[1:] for each in one[stride:]] == whole
    assert all(len(row.ids) <= loaded.limit for row in rows)
    (found,) = scores(loaded, texts=[long], windows=True)
    figures = probabilities(loaded, rows)
    assert list(found.values()) == pytest.approx([max(each) for each in zip(*figures, strict=True)])


def test_a_roberta_reads_as_many_tokens_as_it_has_positions_for(tmp_path: Path) -> None:
    loaded = load(make_roberta(tmp_path))
    assert loaded.limit == 33  # 34 rows, of which 0 is the padding's
    (one,) = scores(loaded, texts=["tomatoes " * 500])
    assert sum(one.values()) == pytest.approx(1)


STRANGE: list[Any] = [
    None, 3, [], {}, {"id": "x", "texts": ["a"]}, {"id": 1}, {"id": 1, "texts": "a"},
    {"id": 1, "texts": [3]}, {"id": 1, "pairs": [["a"]]}, {"id": 1, "pairs": [["a", 2]]},
    {"id": 1, "texts": ["a"], "pairs": [["a", "b"]]},
]  # fmt: skip


@pytest.mark.parametrize("request_", STRANGE)
def test_what_is_no_request_is_answered_with_an_error(
    bert: tuple[Path, Loaded], request_: Any
) -> None:
    answered = answer(bert[1], request_)
    assert answered
    assert answered["error"]


def test_half_a_pair_of_surrogates_and_special_tokens_are_only_text(
    bert: tuple[Path, Loaded],
) -> None:
    one, two, three = scores(bert[1], texts=["\ud83d hi", "? hi", "[PAD] [SEP] hi"])
    assert one == pytest.approx(two)
    assert three != pytest.approx(scores(bert[1], texts=["hi"])[0])
    assert scores(bert[1], texts=[]) == []


def test_scores_that_are_no_numbers_are_an_error(tmp_path: Path) -> None:
    loaded = load(make_bert(tmp_path))
    loaded.model.classifier.bias.data.fill_(math.nan)
    answered = answer(loaded, {"id": 1, "texts": ["hi"]})
    assert answered == {"id": 1, "error": "the model's scores are no numbers"}


def test_an_unwanted_answer_is_not_given(bert: tuple[Path, Loaded]) -> None:
    assert answer(bert[1], {"id": 1, "texts": ["hi"]}, unwanted=lambda: True) is None


def test_a_model_without_a_trained_head_is_refused(tmp_path: Path) -> None:
    from transformers import BertModel

    make_bert(tmp_path)
    BertModel.from_pretrained(str(tmp_path)).save_pretrained(str(tmp_path))
    with pytest.raises(FaultyInput, match=r"trained without classifier\.bias"):
        load(tmp_path)


def test_torn_weights_and_unknown_families_are_refused(tmp_path: Path) -> None:
    weights = make_bert(tmp_path) / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:1000])
    with pytest.raises(FaultyInput, match="no model that can be loaded"):
        load(tmp_path)
    (tmp_path / "config.json").write_text('{"model_type": "nothing"}')
    with pytest.raises(FaultyInput, match="no model that can be loaded"):
        load(tmp_path)
