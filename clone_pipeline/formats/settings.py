"""How training rows are made, weighed and split."""

from typing import Annotated, Literal

from pydantic import Field

from clone_pipeline.settings import Settings

Weight = Annotated[float, Field(ge=0, le=100)]


Share = Annotated[float, Field(gt=0, le=10)]


class RagSettings(Settings):
    """QA rows that bring passages of the documents with them."""

    wrong_context: float = Field(
        0,
        ge=0,
        le=1,
        description="share of the rows with passages that get another document's instead of their "
        "own and keep their answer, so that the model relies on what it knows",
    )
    segments: bool = Field(
        False,
        description="each verified pair as segments, too, below several passages of which one is "
        "the right one: `qa/rag_segments`",
    )
    max_chunks: int = Field(3, ge=1, le=10, description="of segments: most passages in a row")
    max_pairs: int = Field(
        3,
        ge=1,
        le=10,
        description="of segments: most pairs in a row; the last is taught, those before it are of "
        "the same chunk and only shown",
    )


class DatasetSettings(Settings):
    """The datasets that a model is trained on."""

    persona_format: Literal["sharegpt", "segments"] = Field(
        "sharegpt",
        description="how a persona's dialogue teaches: in the model's chat template, or "
        "template-free as segments; the other one is exported only",
    )
    segments_max_tokens: int = Field(
        512,
        ge=32,
        le=131_072,
        description="longest segments row, in the base model's tokens; longer ones are split",
    )
    text_max_chars: int = Field(
        1900, ge=200, le=100_000, description="longest row of raw_input/text, in characters"
    )
    identity: bool = Field(
        True,
        description="teach each persona with dialogues its name, and what its `facts` and "
        "`honesty` say, in a few dozen short rows of the collection `identity`",
    )
    rag: RagSettings = Field(
        default_factory=RagSettings, description="QA rows with passages of the documents"
    )
    generic: dict[str, Share] = Field(
        default_factory=dict,
        description="rows of raw_input/generic/<name> that go with the others, as a share of "
        "them: {chat: 0.2} is one row of chat.jsonl to five others",
    )
    held_out: float = Field(
        0.1, ge=0, le=0.5, description="share of the rows that the model is tested on, not taught"
    )
    weights: dict[str, Weight] = Field(
        default_factory=dict,
        description="how often an epoch holds the rows of a `collection` or a "
        "`collection/dataset`, such as {qa: 2, persona/anna: 0.5}; 1 if not named, 0 leaves out",
    )
    seed: int = Field(0, ge=0, description="the split's chance where no times are known")
