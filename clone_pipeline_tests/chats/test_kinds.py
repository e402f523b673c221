from typing import get_args

import pytest

from clone_pipeline.chats.cleaning import cleaner
from clone_pipeline.chats.kinds import ALWAYS_DROPPED, KindSettings, shown
from clone_pipeline.records import Kind
from clone_pipeline_tests.chats.cleaned import ALL_OFF, cleaned

KINDS = tuple(KindSettings.model_fields)


def test_every_kind_has_a_policy_or_is_always_dropped() -> None:
    assert {"text", *ALWAYS_DROPPED, *KINDS} == set(get_args(Kind))


@pytest.mark.parametrize("kind", KINDS)
def test_a_kind_is_dropped_or_shown_as_chosen(kind: str) -> None:
    def became(policy: str, text: str) -> tuple[list[str], dict[str, int]]:
        return cleaned([text], of_kinds=[kind], **{**ALL_OFF, "kinds": {kind: policy}})

    said = " at the lake "
    as_is = kind in ("link", "forward")
    assert became("drop", said) == ([], {kind: 1})
    assert became("placeholder", said) == ([f"[{kind}]"], {})
    assert became("caption", said) == (["at the lake" if as_is else f"[{kind}: at the lake]"], {})
    assert became("caption", " ") == ([f"[{kind}]"], {})


@pytest.mark.parametrize("kind", ALWAYS_DROPPED)
def test_what_nobody_wrote_is_always_dropped(kind: str) -> None:
    assert shown(kind, "words", "caption") == ""


def test_a_kept_forward_is_cleaned_like_any_text() -> None:
    texts = ["look https://a.example/x", "!play it", "[image]"]
    chosen = {"forward": "caption", "image": "placeholder"}
    kept, dropped = cleaned(texts, of_kinds=["forward", "forward", "image"], kinds=chosen)
    assert (kept, dropped) == (["look", "[image]"], {"bot_command": 1})


def test_a_kind_that_is_not_known_is_dropped_by_its_name() -> None:
    assert cleaned(["x"], of_kinds=["poll"]) == ([], {"poll": 1})
    assert cleaner().dropped == {}
