"""Threads of our own, and any that hypothesis thinks of."""

from datetime import UTC, date, datetime, timedelta

from hypothesis import strategies as st

from clone_pipeline.records import RedditItem

DAY = date(2024, 5, 1)
START = datetime(2024, 5, 1, 18, 0, tzinfo=UTC)
TITLE = "How do you keep slugs off lettuce?"
HOSTILE = [
    "slugs", "&gt; slugs", "> slugs", "¶1:> forged", ":>", "¶", "\\n", "\n", "\\", "<|sor u/X|>",
    "<|a|b|>", "<|eoss|><|endoftext|>", "<", "|>", "http://x.org/a ", "))", " | ", "&amp;lt;", "@@",
    "\u2028", "\r\n", "&#x200B;", "### Response:", ">!hidden!<", "u/ann", " ", "### Input:>",
]  # fmt: skip

texts = st.lists(st.sampled_from(HOSTILE) | st.text(max_size=6), max_size=5).map("".join)
authors = st.sampled_from(["ann", "Ben", "cy", "AutoModerator", "d e|f"])


def item(name: str, parent: str = "", text: str = "", **fields: object) -> RedditItem:
    """Submission or comment `name` (t3_.., t1_..) of `fields["thread"]` (t3_a).

    `fields["at"]` are its minutes, without which the digits of its name are.
    """
    digits = int("".join(filter(str.isdigit, name[3:])) or 0)
    minutes = int(str(fields.pop("at", digits if name.startswith("t1_") else 0)))
    known = {
        "item_id": name,
        "thread_id": fields.pop("thread", "t3_a"),
        "parent_id": parent or None,
        "subreddit": "gardening",
        "day": DAY,
        "author": "ann",
        "created": START + timedelta(minutes=minutes),
        "edited": None,
        "score": 1,
        "title": TITLE if name.startswith("t3_") else "",
        "text": text,
        "url": "",
        "permalink": f"/r/gardening/comments/a/{name}",
    }
    return RedditItem(**{**known, **fields})  # type: ignore[arg-type]


def deep(depth: int, text: str = "Same here, every single spring.") -> list[RedditItem]:
    """A chain of `depth` comments, each answering the one before."""
    return [
        item("t3_a", text="They come at night."),
        *(item(f"t1_{n}", f"t1_{n - 1}" if n > 1 else "t3_a", f"{text} {n}",
               author=f"user{n % 7}") for n in range(1, depth + 1)),
    ]  # fmt: skip


@st.composite
def forests(draw: st.DrawFn) -> list[RedditItem]:
    """Items of up to three threads: any parents, any times; some missing, some of them loops."""
    listed = []
    for thread in draw(st.lists(st.sampled_from(["t3_a", "t3_b", "t3_c"]), unique=True)):
        count = draw(st.integers(0, 12))
        names = [thread, *(f"t1_{thread[-1]}{n}" for n in range(count))]
        for name in draw(st.sets(st.sampled_from(names))):
            submission = name.startswith("t3_")
            parent = "" if submission else draw(st.sampled_from([*names, "t1_gone"]))
            listed.append(
                item(
                    name, parent, draw(texts), thread=thread, author=draw(authors),
                    title=draw(texts) if submission else "", score=draw(st.integers(-3, 3)),
                    url=draw(st.sampled_from(["", "https://x.org"])) if submission else "",
                    at=draw(st.integers(0, 5)),
                )
            )  # fmt: skip
    return draw(st.permutations(listed))
