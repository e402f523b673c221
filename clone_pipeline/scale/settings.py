"""How much of the machine the stages may use."""

from pydantic import Field

from clone_pipeline.settings import Settings


class ScaleSettings(Settings):
    """How much of the machine the stages may use."""

    processes: int = Field(
        1,
        ge=1,
        le=64,
        description="processes that share the reading of DiscordChatExporter's JSON (64 MB or "
        "more) and the cleaning of messages (100,000 or more): more than 1 pays where cores are "
        "idle, each takes 100 MB of memory",
    )
