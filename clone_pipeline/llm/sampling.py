"""How an answer is drawn, and how the seed drew it at each of its steps."""

from collections.abc import Mapping
from typing import Any

from pydantic import Field

from clone_pipeline.settings import Settings

_STOP = (
    "### Response", "\n\n\n\n\n", "</s>", "# Input:", "[INST]", "### Instruction", "[INST",
    "<|eot_id|>", "<|start_header_id|>", "<|end_header_id|>",
)  # fmt: skip
_STOP_REPAIR = tuple(text if text.strip() else "\n" * 13 for text in _STOP)
_STOP_CONVERSATION = (
    *(text for text in _STOP if text != "[INST"),
    "### Information", "## Information", "## Instruction", "Name:",
)  # fmt: skip


class Sampling(Settings):
    """How an answer is drawn."""

    temperature: float = Field(1.0, ge=0, le=2, description="0 takes the likeliest token always")
    top_p: float = Field(1.0, gt=0, le=1, description="share of the probability that is drawn from")
    max_tokens: int = Field(3000, ge=1, le=1_000_000, description="longest answer, in tokens")
    stop: tuple[str, ...] = Field((), description="texts that end the answer")
    extra_body: dict[str, Any] = Field(
        default_factory=dict, description="more keys of the request's body, such as `grammar`"
    )


# Sampling of a bare list, by step, as in Verustoolkit; any other step: `Sampling()`.
SEED_SAMPLING: Mapping[str, Sampling] = {
    "qatuples_gen_no_filenames": Sampling(temperature=0.8, max_tokens=2000, stop=_STOP),
    "check_question": Sampling(temperature=0.2, max_tokens=1500, stop=_STOP),
    "check_answer_relevancy_with_text": Sampling(temperature=0.2, max_tokens=1500, stop=_STOP),
    "check_answer": Sampling(temperature=0.2, max_tokens=1500, stop=_STOP),
    "check_qatuple_context_no_filenames": Sampling(
        temperature=0.2, max_tokens=2000, stop=_STOP_REPAIR
    ),
    "multi_turn_assistant_conversation": Sampling(
        temperature=0.8, max_tokens=2000, stop=_STOP_CONVERSATION
    ),
}

# The same of its `.txt` prompts, which complete a string.
SEED_COMPLETION_SAMPLING: Mapping[str, Sampling] = {
    **SEED_SAMPLING,
    "qatuples_gen_no_filenames": Sampling(temperature=0.4, max_tokens=2000, stop=_STOP),
}
