"""What a process of bots is told to do: the content of RUN.json; secrets only by variable name."""

from pathlib import Path

from pydantic import Field

from clone_pipeline.bots.settings import BotName, BotSettings
from clone_pipeline.settings import Settings


class Plan(Settings):
    """What RUN.json holds.

    Attributes:
        private: the folder of the queue and of what platforms keep; for its owner's eyes.
        models: the models folder, where `serve` reports its address.
        time_zone: in which budgets' days change and times are shown.
        bots: by name; `voices` holds all personas that each can be.
        accounts: {platform: {account: persona key}}, for answering as somebody who is named.
        status_host: where /status and /metrics are.
        status_port: 0 leaves them out.
        rehearse: read, decide and write, and send nothing.
        seed: of the dice; None: from the system.
    """

    private: Path
    models: Path
    time_zone: str = "UTC"
    bots: dict[BotName, BotSettings] = Field(min_length=1)
    accounts: dict[str, dict[str, str]] = Field(default_factory=dict)
    status_host: str = "127.0.0.1"
    status_port: int = Field(8766, ge=0, le=65535)
    rehearse: bool = False
    seed: int | None = None

    @property
    def queue(self) -> Path:
        """The file of the queue and the budgets."""
        return self.private / "bots.sqlite"

    @property
    def rehearsal(self) -> Path:
        """The file of a rehearsal's queue."""
        return self.private / "rehearsal.sqlite"

    def asks_own_model(self) -> bool:
        """Whether any bot is answered by this project's own model."""
        models = [model for bot in self.bots.values() for model in bot.brain.models()]
        return any(model.base_url is None for model in models)
