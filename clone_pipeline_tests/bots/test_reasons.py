"""The closed list of reasons."""

import ast
from pathlib import Path
from typing import get_args

from clone_pipeline.bots import reasons, rules
from clone_pipeline.bots.reasons import REASONS, Reason

BOTS = Path(reasons.__file__).parent
FILES = ["chances", "deciding", "families", "gates", "hotshot", "limits", "loops", "rules", "ssi"]
FILES.append("volunteering")


def test_every_reason_has_one_sentence() -> None:
    assert set(REASONS) == set(get_args(Reason))
    assert all(sentence.endswith(".") for sentence in REASONS.values())
    assert len(set(REASONS.values())) == len(REASONS)
    assert rules.REASONS is REASONS


def test_every_reason_is_given_somewhere() -> None:
    written = {
        node.value
        for name in FILES
        for node in ast.walk(ast.parse((BOTS / f"{name}.py").read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    assert set(REASONS) <= written
