"""How QA data is written and checked."""

from typing import Annotated, Literal

from pydantic import Field, field_validator

from clone_pipeline.settings import Settings

Check = Literal["question", "accuracy", "relevancy"]
Rewrite = Literal["summary", "article", "facts", "inferences", "dialogue"]
Style = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,39}$")]


class TopUpSettings(Settings):
    """More questions about what a chunk's pairs leave unasked."""

    rounds: int = Field(
        0,
        ge=0,
        le=5,
        description="most further requests a chunk and style; rounds end when nothing is unasked, "
        "or one gave nothing new",
    )
    pairs_per_chunk: int | None = Field(
        None,
        ge=1,
        le=100,
        description="rounds end, too, when a chunk has so many pairs of a style",
    )


class MultiSourceSettings(Settings):
    """Questions that need several related chunks."""

    share: float = Field(
        0, ge=0, le=1, description="share of the chunks that one is asked about; 0: none"
    )
    related: int = Field(2, ge=1, le=5, description="related chunks that go with such a chunk")


class QaSettings(Settings):
    """Writing, checking and repairing of question and answer pairs."""

    votes: int = Field(
        3,
        ge=1,
        le=9,
        description="independent votes of each check on a pair; kept if more than half are for it, "
        "a tie tosses the pair, so odd numbers waste none",
    )
    checks: list[Check] = Field(
        ["question", "accuracy"],
        min_length=1,
        description="in this order: `question` (can the text answer it), `accuracy` (does the "
        "answer agree with the text), `relevancy` (does the answer keep to the text)",
    )
    prompts: str | None = Field(
        None,
        min_length=1,
        description="folder of the project with prompt files that stand in for the shipped ones, "
        "file by file; left out: the shipped ones",
    )
    repair: bool = Field(
        True, description="one more request a pair: does it make sense alone, else reword or toss"
    )
    styles: list[Style] = Field(
        ["default"],
        min_length=1,
        description="kinds of questions, each written from every chunk: `default`, `code`, "
        "`paper`, `negative`, `open_ended`, `refusal`, `reasoning`, or a folder of your own in "
        "`prompts`; a file that the style's folder lacks is the default one",
    )
    max_pairs_per_chunk: int = Field(
        6, ge=1, le=20, description="embedded writer only: most pairs that it writes from a chunk"
    )
    filter_chunks: bool = Field(
        False, description="one request a chunk: is it worth questions (no table of contents, ...)"
    )
    top_up: TopUpSettings = Field(
        default_factory=TopUpSettings, description="more questions about what is left unasked"
    )
    multi_source: MultiSourceSettings = Field(
        default_factory=MultiSourceSettings, description="questions that need several chunks"
    )
    near_duplicates: float = Field(
        0.75,
        ge=0.5,
        le=1,
        description="questions that are at least so alike (shared words) are asked once, "
        "the first is kept; 1: only equal ones",
    )
    min_rating: int | None = Field(
        None,
        ge=1,
        le=10,
        description="one request a verified pair: rate it from 1 to 10, toss it below this; "
        "left out: no rating",
    )
    rewrites: list[Rewrite] = Field(
        default_factory=list,
        description="texts that are written from each chunk (`summary`: from each document) and "
        "taught beside the documents",
    )
    corrections: float = Field(
        0,
        ge=0,
        le=1,
        description="share of the verified pairs that a wrong answer and its correction is "
        "written for, as segments of which only the correction is taught",
    )
    smoke_test: bool = Field(
        True, description="try every prompt on one chunk before the rest is asked"
    )

    @field_validator("styles")
    @classmethod
    def _no_other_meaning(cls, styles: list[str]) -> list[str]:
        if "multi_source" in styles:
            raise ValueError("questions over several chunks are switched on by multi_source.share")
        return styles

    @field_validator("checks", "styles", "rewrites")
    @classmethod
    def _once_each(cls, named: list[str]) -> list[str]:
        if len(set(named)) < len(named):
            raise ValueError("Name each once")
        return named
