"""Conversations as ShareGPT has them, any that hypothesis thinks of."""

from typing import Any

from hypothesis import strategies as st

from clone_pipeline.formats.defusing import defuse
from clone_pipeline_tests.formats.samples import texts

said = texts.map(lambda text: defuse(text.strip())).filter(lambda text: text == text.strip() != "")


def conversation(*values: str, system: str = "") -> dict[str, Any]:
    """Human and gpt in turn."""
    head = [{"from": "system", "value": system}] if system else []
    turns = [{"from": "gpt" if n % 2 else "human", "value": v} for n, v in enumerate(values)]
    return {"conversations": [*head, *turns]}


contents = st.builds(
    lambda pairs, system: conversation(*(each for pair in pairs for each in pair), system=system),
    st.lists(st.tuples(said, said), min_size=1, max_size=4),
    st.just("") | said,
)
