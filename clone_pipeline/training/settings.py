"""How the model is fine-tuned."""

from typing import Annotated, Literal

from pydantic import Field

from clone_pipeline.settings import Settings


class LoraMethod(Settings):
    """Low-rank adapters beside every linear layer (Hu et al. 2021, arXiv:2106.09685)."""

    name: Literal["lora"] = "lora"
    r: int = Field(16, ge=1, le=256, description="rank of the adapters")
    alpha: int | None = Field(None, ge=1, description="scale of the adapters; left out: 2 r")
    dropout: float = Field(0.0, ge=0.0, lt=1.0, description="share of inputs dropped")


class GaloreMethod(Settings):
    """Full fine-tune by low-rank gradient projection (Zhao et al. 2024, arXiv:2403.03507).

    The linear layers and norms learn; the embeddings, and a head that is tied to them, stay.
    """

    name: Literal["galore"] = "galore"
    rank: int = Field(64, ge=1, description="rank of the projected gradients")
    update_proj_gap: int = Field(50, ge=1, description="optimizer steps between two projections")
    scale: float = Field(0.25, gt=0.0, description="factor on the projected update")
    proj_type: Literal["std", "reverse_std", "left", "right"] = Field(
        "std", description="which side is projected: std takes the shorter, reverse_std the longer"
    )


# What a step of each method needs to learn a voice from some 50,000 tokens.
LEARNING_RATES = {"lora": 2e-3, "galore": 2e-3}


class TrainingSettings(Settings):
    """The base model, the method and the length of the fine-tuning."""

    base_model: str = Field("embedded", min_length=1, description="`embedded`, a folder or a name")
    method: Annotated[LoraMethod | GaloreMethod, Field(discriminator="name")] = LoraMethod()
    epochs: int | None = Field(
        None,
        ge=1,
        le=1000,
        description="times that a row of weight 1 is seen; left out: as often as makes 30,000 "
        "tokens, at most 5 times",
    )
    max_tokens: int = Field(
        1024,
        ge=32,
        le=131_072,
        description="longest example, in tokens; room for a passage of chunking.max_chars, its "
        "question and its answer",
    )
    batch_tokens: int = Field(1024, ge=64, description="tokens of a step's batch, padding included")
    learning_rate: float | None = Field(
        None, gt=0.0, le=1.0, description="highest rate; left out: the method's own, 2e-3"
    )
    schedule: Literal["linear", "cosine", "constant"] = Field(
        "linear", description="how the rate falls to 0 after the warm-up"
    )
    warmup_steps: int = Field(5, ge=0, description="steps until the highest rate")
    max_grad_norm: float = Field(1.0, gt=0.0, description="longer gradients are scaled down to it")
    weight_decay: float = Field(0.0, ge=0.0, le=1.0, description="AdamW's, a step and rate")
    seed: int = Field(0, ge=0, description="of the adapters' start and the rows' order")
    threads: int | None = Field(None, ge=1, description="CPU threads; left out: one a core")
    checkpoint_seconds: float = Field(
        30.0, ge=0.0, description="time between two checkpoints; 0: after every step"
    )

    @property
    def highest_rate(self) -> float:
        """The learning rate after the warm-up."""
        return self.learning_rate or LEARNING_RATES[self.method.name]
