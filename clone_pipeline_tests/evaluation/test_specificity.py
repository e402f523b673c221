"""The floor of specificity, with a tiny model that is really trained on the persona's place."""

import random
from collections.abc import Sequence
from pathlib import Path

import pytest

from clone_pipeline.evaluation import encodings, measuring
from clone_pipeline.evaluation.gate import Floors, gate
from clone_pipeline.evaluation.heldout import Subject
from clone_pipeline.evaluation.report import Scores
from clone_pipeline.local_model.encoding import encode
from clone_pipeline.local_model.loading import LocalModel
from clone_pipeline.records import Row
from clone_pipeline.settings import Fault, FaultyInput
from clone_pipeline_tests.evaluation.reports import report
from clone_pipeline_tests.evaluation.test_heldout import row
from clone_pipeline_tests.evaluation.test_swapping import sharegpt
from clone_pipeline_tests.tiny_llama import make_tiny_llama

ANNA = ("beans", "shed", "tomatoes", "rain", "water")
BEN = ("Bring", "friend", "morning", "planting", "Sunday")
DIVERGED = Fault("v0001", "that training diverged", "Lower the rate.")


def chats(voices: Sequence[Sequence[str]], count: int) -> list[Row]:
    """Dialogues of six turns, two rows a conversation; a turn is some words of a voice."""
    rng = random.Random(0)

    def said(place: int) -> str:
        return " ".join(rng.choices(voices[place % 2], k=5))

    contents = [sharegpt(*map(said, range(6))) for _ in range(count)]
    return [
        row(number, "held_out", content=content, split_group=str(number // 2))
        for number, content in enumerate(contents)
    ]


def tiny(folder: Path) -> LocalModel:
    from transformers import AutoModelForCausalLM, AutoTokenizer

    make_tiny_llama(folder)
    model = AutoModelForCausalLM.from_pretrained(str(folder))
    return LocalModel(model, AutoTokenizer.from_pretrained(str(folder)), folder)


def teach(local: LocalModel, rows: Sequence[Row]) -> None:
    import torch

    optimizer = torch.optim.AdamW(local.model.parameters(), lr=3e-3)
    for each in rows:
        one = encode(local.tokenizer, each.content, each.form, max_tokens=256)
        assert one
        ids, labels = torch.tensor([one.input_ids]), torch.tensor([one.labels])
        local.model(input_ids=ids, labels=labels).loss.backward()
        optimizer.step()
        optimizer.zero_grad()


def taught(folder: Path, voices: Sequence[Sequence[str]]) -> Scores:
    """What a model gains on the last 20 dialogues by being taught the first 60."""
    local, rows = tiny(folder), chats(voices, 80)
    subject = encodings.encoded(local, Subject("anna", rows[60:], 0), max_tokens=256)
    base = measuring.measure(local, [subject], kept=None, diverged=DIVERGED)["anna"]
    teach(local, rows[:60])
    tuned = measuring.measure(local, [subject], kept=None, diverged=DIVERGED)["anna"]
    return measuring.scores(subject, base=base, tuned=tuned, production=None, seed=0)


def test_the_floor_refuses_a_model_that_learned_chat_but_nobody(tmp_path: Path) -> None:
    shuffled = taught(tmp_path, [ANNA + BEN, ANNA + BEN])
    assert shuffled.ratio
    assert shuffled.ratio.high < 0.5
    [reason] = gate(report(personas={"anna": shuffled}), floors=Floors())
    assert reason.startswith("anna: specificity")


def test_the_floor_passes_a_model_that_learned_the_persona(tmp_path: Path) -> None:
    learned = taught(tmp_path, [BEN, ANNA])
    assert gate(report(personas={"anna": learned}), floors=Floors()) == []
    assert (learned.rows, learned.groups) == (20, 10)


def test_a_model_whose_output_is_not_finite_is_refused_by_name(tmp_path: Path) -> None:
    import torch

    local = tiny(tmp_path)
    torch.nn.init.constant_(local.model.model.norm.weight, float("nan"))
    subject = encodings.encoded(local, Subject("anna", chats([ANNA, BEN], 2), 0), max_tokens=256)
    with pytest.raises(FaultyInput, match="training diverged"):
        measuring.measure(local, [subject], kept=tmp_path / "kept.json", diverged=DIVERGED)
    assert not (tmp_path / "kept.json").exists()


def test_rows_of_one_conversation_are_drawn_as_one(tmp_path: Path) -> None:
    local = tiny(tmp_path)
    once = [row(n, "held_out", content=sharegpt(f"{n}", f"beans {n}")) for n in range(6)]
    thrice = [
        row(n, "held_out", content=once[n % 6].content, split_group=str(n % 6)) for n in range(18)
    ]
    found = []
    for rows in (once, thrice):
        subject = encodings.encoded(local, Subject("anna", rows, 0), max_tokens=256)
        figures = measuring.measure(local, [subject], kept=None, diverged=DIVERGED)["anna"]
        better = measuring.Measured(
            [(figure + n % 6, tokens) for n, (figure, tokens) in enumerate(figures.own)],
            figures.words,
            figures.others,
        )
        scores = measuring.scores(subject, base=figures, tuned=better, production=None, seed=0)
        assert scores.ratio
        assert scores.groups == 6
        found.append((scores.ratio.low, scores.ratio.value, scores.ratio.high))
    assert found[0] == pytest.approx(found[1])
