"""How the production model is served."""

from pydantic import Field

from clone_pipeline.settings import Settings


class ServingSettings(Settings):
    """How the production model is served; a request may override the sampling."""

    host: str = Field("127.0.0.1", description="address; 0.0.0.0 lets other machines ask, unasked")
    port: int = Field(8080, ge=0, le=65535, description="0 takes any free one")
    max_new_tokens: int = Field(200, ge=1, le=8192, description="longest reply, in tokens")
    temperature: float = Field(0.7, ge=0, le=2)
    top_p: float = Field(0.9, gt=0, le=1)
    threads: int | None = Field(None, ge=1, description="CPU threads; null: what torch takes")
    max_waiting: int = Field(
        64, ge=1, description="requests that may wait; more are told to come back later (429)"
    )
