"""How conversations become dialogues."""

from typing import Any

from pydantic import Field, model_validator

from clone_pipeline.chats.scoring import ScoreSettings
from clone_pipeline.chats.windows import Windows
from clone_pipeline.settings import Settings


class DialogueSettings(Settings):
    """How conversations become dialogues. Turns come in pairs, so odd numbers are rounded in."""

    windows: Windows = Field(
        "sections",
        description="`sections`: each conversation is cut into sections of random length, no turn "
        "is in two; `sliding`: each answer of a persona ends a dialogue with what was said before",
    )
    min_turns: int = Field(2, ge=2, le=1000, description="fewest turns of a dialogue")
    max_turns: int = Field(
        10, ge=2, le=1000, description="most turns; longer ones are cut at random places"
    )
    max_chars: int = Field(
        8000, ge=100, le=1_000_000, description="most characters of a dialogue's texts together"
    )
    max_tokens: int | None = Field(
        None,
        ge=128,
        le=131_072,
        description="most tokens of a dialogue for the base model, system prompt and marks "
        "included; left out: `training.max_tokens`",
    )
    relations: bool = Field(
        True, description="tell below the system prompt which of the `people` are in the dialogue"
    )
    time_context: bool = Field(
        False, description="tell there weekday, part of the day and date, in the `time_zone`"
    )
    score: ScoreSettings = Field(
        default_factory=ScoreSettings, description="dialogues judged by the model under `llm`"
    )

    @model_validator(mode="after")
    def _in_order(self) -> "DialogueSettings":
        if self.max_turns // 2 < (self.min_turns + 1) // 2:
            raise ValueError("max_turns leaves no room for min_turns; turns come in pairs")
        return self

    def cutting(self) -> dict[str, Any]:
        """The values that `dialogues.each_dialogue` takes as they are."""
        return self.model_dump(include={"windows", "min_turns", "max_turns", "max_chars"})
