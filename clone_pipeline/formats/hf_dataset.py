"""Hugging Face datasets: a folder as `DatasetDict.save_to_disk` writes it, and one on the hub."""

import json
import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from clone_pipeline.formats.hf_reading import is_dataset as is_dataset
from clone_pipeline.formats.hf_reading import read as read
from clone_pipeline.formats.openai_messages import example
from clone_pipeline.records import Row
from clone_pipeline.settings import Fault, FaultyInput

# What a dataset of each form is called, and the column that holds what is learned.
NAMES = {"sharegpt": "conversations", "segments": "segments", "completion": "texts"}
COLUMNS = {"sharegpt": "messages", "segments": "segments", "completion": "text"}
MISSING = Fault(
    "datasets", "no such package", "`pip install 'clone-pipeline[hub]'`, then the same again."
)


def by_name(rows: Iterable[Row]) -> dict[str, dict[str, list[dict[str, Any]]]]:
    """The records of each dataset and split: {"conversations": {"train": [..]}}.

    Conversations have OpenAI's `messages`, as trainers of today read them, texts have `text`;
    beside it stand collection, dataset, persona, weight and sources of the row.
    """
    found: dict[str, dict[str, list[dict[str, Any]]]] = {}
    for row in rows:
        splits = found.setdefault(NAMES[row.form], {})
        splits.setdefault(row.split or "train", []).append(record(row))
    return found


def record(row: Row) -> dict[str, Any]:
    """A row as one of a dataset."""
    content = json.loads(row.content)
    learned = example(content) if row.form == "sharegpt" else content
    return {
        **learned,
        "collection": row.collection,
        "dataset": row.dataset,
        "persona": row.persona,
        "weight": row.weight,
        "sources": row.sources,
    }


def write(rows: Iterable[Row], folder: Path) -> dict[str, int]:
    """Save a dataset a form under `folder`, each whole or not at all; returns the rows of each.

    Datasets of this layout for which there is no row any more are deleted.

    Raises:
        FaultyInput: the package datasets is missing.
    """
    found = by_name(rows)
    for name in NAMES.values():
        part, old = folder / f".{name}.part", folder / f".{name}.old"
        shutil.rmtree(part, ignore_errors=True)
        shutil.rmtree(old, ignore_errors=True)
        if name in found:
            _datasets(found[name]).save_to_disk(str(part))
        if (folder / name / "dataset_dict.json").exists():
            (folder / name).rename(old)
        if part.exists():
            part.rename(folder / name)
        shutil.rmtree(old, ignore_errors=True)
    return {name: sum(map(len, splits.values())) for name, splits in found.items()}


def push(rows: Iterable[Row], name: str, *, token: str) -> dict[str, int]:
    """Push a configuration a form to the private dataset `name` of the hub, made if needed.

    Args:
        rows: at least one.
        name: `owner/dataset`.
        token: of an account that may write there.

    Returns:
        How many rows each configuration has.

    Raises:
        FaultyInput: the package datasets is missing, or the hub refuses or can't be reached.
    """
    found = by_name(rows)
    made = {config: _datasets(splits) for config, splits in found.items()}
    import httpx  # noqa: PLC0415
    from huggingface_hub import HfApi  # noqa: PLC0415
    from huggingface_hub.errors import HfHubHTTPError, HFValidationError  # noqa: PLC0415
    from huggingface_hub.utils.tqdm import disable_progress_bars  # noqa: PLC0415

    disable_progress_bars()
    try:
        hub = HfApi(token=token)
        hub.create_repo(name, repo_type="dataset", private=True, exist_ok=True)
        if not hub.repo_info(name, repo_type="dataset").private:
            fix = "Make it private there, or give another name: the rows hold what people wrote."
            raise FaultyInput([Fault(f"push {name}", "a public dataset", fix)])
        for config, each in made.items():
            each.push_to_hub(name, config_name=config, token=token)
    except (HfHubHTTPError, HFValidationError, httpx.HTTPError, OSError) as error:
        said = str(error).replace(token, "***").splitlines()
        fix = "Is the name `owner/dataset`, and may the token in HF_TOKEN write there?"
        raise FaultyInput([Fault(f"push {name}", said[0] if said else "", fix)]) from None
    return {config: sum(map(len, splits.values())) for config, splits in found.items()}


def _datasets(splits: dict[str, list[dict[str, Any]]]) -> Any:
    try:
        import datasets  # noqa: PLC0415
    except ModuleNotFoundError:
        raise FaultyInput([MISSING]) from None
    datasets.disable_progress_bars()
    datasets.logging.set_verbosity_error()
    text = datasets.Value("string")
    learned = {
        "messages": [{"role": text, "content": text}],
        "segments": [{"label": datasets.Value("bool"), "text": text}],
        "text": text,
    }
    about = {"collection": text, "dataset": text, "persona": text, "sources": [text]}
    first = next(iter(splits.values()))[0]
    column = next(name for name in learned if name in first)
    features = {column: learned[column], **about, "weight": datasets.Value("float64")}
    made = {
        split: datasets.Dataset.from_list(records, features=datasets.Features(features))
        for split, records in splits.items()
    }
    return datasets.DatasetDict(made)
