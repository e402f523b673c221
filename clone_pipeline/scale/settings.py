"""How much of the machine the stages may use."""

from pydantic import Field

from clone_pipeline.settings import Settings


class ScaleSettings(Settings):
    """How much of the machine the stages may use."""

    processes: int = Field(
        1,
        ge=1,
        le=64,
        description="processes that decode Discord's JSON; most of the time goes into what comes "
        "after it, so that more seldom pay",
    )
