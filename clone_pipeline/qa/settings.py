"""How QA data is written and checked."""

from typing import Literal

from pydantic import Field, field_validator

from clone_pipeline.settings import Settings

Check = Literal["question", "accuracy", "relevancy"]


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
    style: str = Field(
        "default",
        pattern=r"^[a-z0-9][a-z0-9_-]{0,39}$",
        description="name of this kind of pairs in the tables; part of a pair's id",
    )
    max_pairs_per_chunk: int = Field(
        6, ge=1, le=20, description="embedded writer only: most pairs that it writes from a chunk"
    )

    @field_validator("checks")
    @classmethod
    def _once_each(cls, checks: list[Check]) -> list[Check]:
        if len(set(checks)) < len(checks):
            raise ValueError("Name each check once")
        return checks
