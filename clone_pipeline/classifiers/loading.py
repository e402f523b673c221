"""A classifier's weights and tokenizer into memory."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from clone_pipeline.lasting import lasting
from clone_pipeline.settings import Fault, FaultyInput

_MOST_TOKENS = 2048  # of a text at once, whatever a model could read
_UNREADABLE = (OSError, ValueError, LookupError, RuntimeError, ImportError, TypeError)


@dataclass(frozen=True, slots=True)
class Loaded:
    """A sequence-classification model in this process.

    Attributes:
        model: of transformers, float32.
        tokenizer: a fast one.
        labels: by number.
        independent: each label has a probability of its own; else they sum up to 1.
        limit: most tokens that it reads at once, those that frame a text included.
    """

    model: Any
    tokenizer: Any
    labels: tuple[str, ...]
    independent: bool
    limit: int

    @property
    def joins(self) -> bool:
        """It reads two texts as one, its end mark between them, as DialogRPT does."""
        return self.tokenizer.sep_token_id is None


def load(folder: Path, *, threads: int | None = None) -> Loaded:
    """Load a model that has a trained classification head, on the GPU if there is one.

    Args:
        folder: config, weights and tokenizer as transformers saves them.
        threads: CPU threads of this whole process; None leaves torch's choice.

    Raises:
        FaultyInput: the folder holds no such model.
    """
    with lasting("torch"):
        import torch  # noqa: PLC0415
        from safetensors import SafetensorError  # noqa: PLC0415
        from transformers import AutoTokenizer, modeling_utils  # noqa: F401, PLC0415
        from transformers.utils import logging  # noqa: PLC0415

    logging.disable_progress_bar()
    if threads:
        torch.set_num_threads(threads)
    try:
        model = _weights(folder)
        tokenizer = AutoTokenizer.from_pretrained(str(folder), local_files_only=True)
    except (*_UNREADABLE, SafetensorError) as error:
        raise _faulty(folder, f"no model that can be loaded ({_line(error)})") from error
    labels = _labels(folder, model.config)
    if getattr(tokenizer, "backend_tokenizer", None) is None:
        raise _faulty(folder, "a tokenizer without a tokenizer.json")
    independent = len(labels) == 1 or model.config.problem_type == "multi_label_classification"
    device = "cuda" if torch.cuda.is_available() else "cpu"
    return Loaded(model.to(device).eval(), tokenizer, labels, independent, _limit(model, tokenizer))


def _weights(folder: Path) -> Any:
    """The model; FaultyInput where its head would be random numbers."""
    import torch  # noqa: PLC0415
    from transformers import AutoModelForSequenceClassification  # noqa: PLC0415

    model, found = AutoModelForSequenceClassification.from_pretrained(
        str(folder), local_files_only=True, dtype=torch.float32, output_loading_info=True
    )
    if lacking := sorted(found["missing_keys"]):
        raise _faulty(folder, f"a model that was trained without {', '.join(lacking[:3])}")
    return model


def _labels(folder: Path, config: Any) -> tuple[str, ...]:
    labels = tuple(str(config.id2label[number]) for number in range(config.num_labels))
    if len(set(labels)) < len(labels):
        raise _faulty(folder, f"labels of the same name: {', '.join(labels)}")
    return labels


def _limit(model: Any, tokenizer: Any) -> int:
    """Most tokens at once: by tokenizer, config and table of positions."""
    known = [_MOST_TOKENS, tokenizer.model_max_length]
    known.append(getattr(model.config, "max_position_embeddings", None) or _MOST_TOKENS)
    for name, table in model.named_modules():
        if name.rpartition(".")[2] in ("position_embeddings", "wpe"):
            rows = getattr(table, "num_embeddings", _MOST_TOKENS)
            padding = getattr(table, "padding_idx", None)
            known.append(rows if padding is None else rows - padding - 1)
    return int(min(known))


def _line(error: Exception) -> str:
    said = str(error).strip().splitlines()
    return said[0] if said else type(error).__name__


def _faulty(folder: Path, found: str) -> FaultyInput:
    fix = "Give a model that was trained to classify texts, as transformers saves it."
    return FaultyInput([Fault(str(folder), found, fix)])
