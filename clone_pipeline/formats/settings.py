"""How training rows are made, weighed and split."""

from typing import Annotated, Literal

from pydantic import Field

from clone_pipeline.settings import Settings

Weight = Annotated[float, Field(ge=0, le=100)]


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
    held_out: float = Field(
        0.1, ge=0, le=0.5, description="share of the rows that the model is tested on, not taught"
    )
    weights: dict[str, Weight] = Field(
        default_factory=dict,
        description="how often an epoch holds the rows of a `collection` or a "
        "`collection/dataset`, such as {qa: 2, persona/anna: 0.5}; 1 if not named, 0 leaves out",
    )
    seed: int = Field(0, ge=0, description="the split's chance where no times are known")
