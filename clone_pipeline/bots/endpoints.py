"""Which endpoints a bot asks, and how."""

from typing import Any, Literal

from pydantic import Field

from clone_pipeline.settings import Settings


class EndpointSettings(Settings):
    """An OpenAI-compatible endpoint."""

    base_url: str | None = Field(
        None,
        pattern=r"^https?://[^\s@?#]+$",
        description="such as https://api.example.org/v1; left out: this project's own model",
    )
    api_key_env: str | None = Field(
        None,
        pattern=r"^[A-Za-z_][A-Za-z0-9_]{0,63}$",
        description="name of the environment variable that holds the key; never the key itself",
    )
    model: str = Field("", description="its name there; empty: the persona's own")
    timeout_seconds: float = Field(120, gt=0, le=3600, description="longest wait for one reply")
    patience_seconds: float = Field(
        180, gt=0, le=86_400, description="longest time for one question with all its tries"
    )
    tries: int = Field(3, ge=1, le=20, description="requests for one question, if they fail")
    prompt_price: float = Field(0, ge=0, description="money for a million prompt tokens")
    completion_price: float = Field(0, ge=0, description="money for a million tokens of answers")


class ModelSettings(EndpointSettings):
    """A model that writes for a bot."""

    api: Literal["chat", "completion"] | None = Field(
        None,
        description="left out: as the prompt's form wants; `chat` puts raw text in a user's turn",
    )
    temperature: float = Field(0.8, ge=0, le=2, description="of the first try")
    top_p: float = Field(1.0, gt=0, le=1, description="share of the probability drawn from")
    max_tokens: int = Field(250, ge=1, le=100_000, description="longest answer, in tokens")
    max_tokens_key: Literal["max_tokens", "max_completion_tokens"] = Field(
        "max_tokens", description="what the endpoint calls the longest answer"
    )
    extra_body: dict[str, Any] = Field(
        default_factory=dict, description="more keys of a request, such as top_k"
    )
