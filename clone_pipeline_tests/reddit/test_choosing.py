"""Laws of choosing: nothing is lost uncounted, bounds hold, what is kept hangs together."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from clone_pipeline.reddit.choosing import Rules, choose, cut, matches
from clone_pipeline.reddit.things import Thing

WORDS = st.sampled_from(["Basil", "GRANDMA", "water it", "ok", ""])
GONE = st.sampled_from([None, None, None, None, "deleted", "removed", "author_opted_out"])
RULES = st.builds(
    Rules,
    type=st.sampled_from(["new", "top"]),
    limit=st.none() | st.integers(1, 5),
    min_score=st.none() | st.integers(-5, 5),
    max_comments=st.none() | st.integers(0, 8),
    terms=st.lists(st.sampled_from(["basil", "grandma", "tomato"]), max_size=2).map(tuple),
)


def thing(item: str, thread: str, parent: str | None, **given: object) -> Thing:
    plain = {
        "created": 1, "score": 1, "author": "anna", "title": "", "text": "", "url": "",
        "permalink": "", "edited": None, "gone": None,
    }  # fmt: skip
    return Thing(item, thread, parent, "plants", **plain | given)  # type: ignore[arg-type]


FACTS = st.fixed_dictionaries(
    {"created": st.integers(0, 9), "score": st.integers(-9, 9), "text": WORDS, "gone": GONE}
)


@st.composite
def threads(draw: st.DrawFn) -> list[Thing]:
    listed = enumerate(draw(st.lists(FACTS, max_size=12)))
    return [thing(f"t3_{n}", f"t3_{n}", None, **facts) for n, facts in listed]


@st.composite
def forests(draw: st.DrawFn) -> list[Thing]:
    found = []
    for number, facts in enumerate(draw(st.lists(FACTS, max_size=25))):
        parent = draw(st.integers(-1, number - 1))
        name = "t3_x" if parent < 0 else f"t1_{parent}"
        found.append(thing(f"t1_{number}", "t3_x", name, **facts))
    return found


@given(threads(), RULES, st.integers(0, 3))
def test_every_thread_is_chosen_or_has_a_reason(
    found: list[Thing], rules: Rules, vanished: int
) -> None:
    chosen, reasons = choose(found, rules, vanished=vanished)
    assert {t.item_id for t in chosen} | set(reasons) == {t.item_id for t in found}
    assert len(chosen) + len(reasons) == len(found)
    assert all(not t.gone and not matches(t, rules.terms) for t in chosen)
    if rules.limit is not None:
        assert len(chosen) <= max(0, rules.limit - vanished)
        left_out = [t for t in found if reasons.get(t.item_id) == "over_limit"]
        key = "score" if rules.type == "top" else "created"
        assert all(getattr(a, key) >= getattr(b, key) for a in chosen for b in left_out)


@given(forests(), RULES)
def test_every_comment_is_kept_or_counted_and_the_bound_holds(
    comments: list[Thing], rules: Rules
) -> None:
    kept, dropped = cut(comments, rules)
    assert len(comments) == len(kept) + sum(dropped.values())
    assert kept == [c for c in comments if c in kept]
    assert rules.max_comments is None or len(kept) <= rules.max_comments
    if not rules.terms:
        assert dropped["deleted"] == Counter(c.gone for c in comments)["deleted"]


@given(forests(), st.integers(0, 8))
def test_a_cut_thread_hangs_together(comments: list[Thing], bound: int) -> None:
    whole, _ = cut(comments, Rules())
    kept, _ = cut(comments, Rules(max_comments=bound))
    there, names = {c.item_id for c in kept}, {c.item_id for c in whole}
    assert all(c.parent_id in there or c.parent_id not in names for c in kept)
    assert len(kept) == min(bound, len(whole))
