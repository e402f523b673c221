"""Weights by collection and dataset."""

import pytest

from clone_pipeline.formats.mixing import mix
from clone_pipeline.formats.rows import make_row
from clone_pipeline.formats.settings import DatasetSettings
from clone_pipeline.records import Form, Row
from clone_pipeline.settings import FaultyInput


def row(collection: str, dataset: str, form: Form = "sharegpt") -> Row:
    return make_row(collection, dataset, form, {"n": 1}, sources=["s"], split_group="g")


ROWS = [
    row("persona", "anna"),
    row("persona", "anna", "segments"),
    row("qa", "rag"),
    row("qa", "no_rag"),
    row("text", "essays", "completion"),
]


def test_the_datasets_weight_goes_before_the_collections() -> None:
    kept, dropped = mix(ROWS, weights={"qa": 2, "qa/rag": 0.5})
    assert [each.weight for each in kept] == [1, 1, 0.5, 2, 1]
    assert not dropped


def test_weight_zero_leaves_rows_out_and_counts_them() -> None:
    kept, dropped = mix(ROWS, weights={"qa": 0})
    assert len(kept) == 3
    assert dropped == {"weight_zero": 2}


def test_a_persona_teaches_in_one_form_only() -> None:
    kept, dropped = mix(ROWS, weights={}, persona_format="segments")
    assert [each.form for each in kept if each.collection == "persona"] == ["segments"]
    assert dropped == {"other_form": 1}
    assert len(kept) + dropped.total() == len(ROWS)


def test_a_misspelt_collection_is_the_users_fault() -> None:
    with pytest.raises(FaultyInput, match=r"datasets\.weights\.persna.*`persona`"):
        mix(ROWS, weights={"persna/anna": 2})


def test_weights_are_bounded() -> None:
    assert DatasetSettings(weights={"qa": 2}).weights == {"qa": 2}
    with pytest.raises(ValueError, match="greater than or equal to 0"):
        DatasetSettings(weights={"qa": -1})
