"""How much of the machine the stages may use."""

from pydantic import Field

from clone_pipeline.settings import Settings


class ScaleSettings(Settings):
    """How much of the machine the stages may use."""

    processes: int | None = Field(
        None,
        ge=1,
        le=64,
        description="processes that read chat exports; left out: 1 below 1 GiB of exports, where "
        "starting more costs more than it saves, else as many as there are processors, up to 8",
    )
