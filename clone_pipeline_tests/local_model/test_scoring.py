import json
import math

import torch

from clone_pipeline.local_model import scoring
from clone_pipeline.local_model.encoding import UNLABELLED, encode_parts
from clone_pipeline.local_model.labelled import Encoded
from clone_pipeline.local_model.loading import LocalModel


def rows_of(tiny: LocalModel) -> list[Encoded]:
    texts = ["Beans, then!", "Bring them over on Sunday, and we will see what comes up.", "No."]
    contents = [json.dumps({"text": text}) for text in texts]
    return [
        p for c in contents for p in encode_parts(tiny.tokenizer, c, "completion", max_tokens=64)
    ]


def plainly(tiny: LocalModel, row: Encoded) -> float:
    with torch.no_grad():
        logits = tiny.model(torch.tensor([row.input_ids])).logits[0].log_softmax(-1)
    labels = enumerate(row.labels[1:])
    return float(sum(logits[place, label] for place, label in labels if label != UNLABELLED))


def test_log_probabilities_are_those_of_each_row_alone(tiny: LocalModel) -> None:
    rows = rows_of(tiny)
    for batch_tokens in (1, 64, 4096):
        found = scoring.log_probabilities(tiny, rows, batch_tokens=batch_tokens)
        for row, (summed, count) in zip(rows, found, strict=True):
            assert count == row.labelled
            assert math.isclose(summed, plainly(tiny, row), rel_tol=1e-4)


def test_only_labelled_tokens_count_and_a_row_without_any_is_zero(tiny: LocalModel) -> None:
    row = rows_of(tiny)[1]
    last = Encoded(row.input_ids, [UNLABELLED] * (len(row.labels) - 1) + row.labels[-1:])
    none = Encoded(row.input_ids, [UNLABELLED] * len(row.labels))
    found = scoring.log_probabilities(tiny, [none, last, row])
    assert found[0] == (0.0, 0)
    assert found[1][1] == 1
    assert found[1][0] > found[2][0]


def test_a_new_model_finds_every_word_about_equally_probable(tiny: LocalModel) -> None:
    found = scoring.log_probabilities(tiny, rows_of(tiny))
    mean = sum(summed for summed, _ in found) / sum(count for _, count in found)
    assert abs(mean + math.log(512)) < 0.5
