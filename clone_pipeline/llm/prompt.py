"""Prompts: one YAML file a model call, chat messages with {fields}, and its sampling.

Two shapes are read. Ours is a mapping: `messages`, `sampling`, and optionally `fields` (the
names that are placeholders; left out, every `{name}` in the messages is one). Verustoolkit's is
a bare list of {role, content}, drawn as that system draws the step (`SEED_SAMPLING`); there a
`{name}` that the step does not know stays as it is.
"""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any, Literal

import orjson
import yaml
from pydantic import Field, TypeAdapter, ValidationError

from clone_pipeline.llm.asking import Request
from clone_pipeline.llm.sampling import SEED_SAMPLING, Sampling
from clone_pipeline.settings import Fault, FaultyInput, Settings, faults_of, suggestion

_PLACEHOLDER = re.compile(r"\{([A-Za-z_][A-Za-z0-9_]*)\}")


class _Message(Settings):
    role: Literal["system", "user", "assistant"]
    content: str


class _File(Settings):
    messages: tuple[_Message, ...] = Field(min_length=1)
    sampling: Sampling = Sampling()
    fields: tuple[str, ...] | None = None
    description: str = ""


@dataclass(frozen=True, slots=True)
class Prompt:
    """A prompt as read from `path`.

    Attributes:
        name: the step's name: the file's name without ".yaml".
        messages: {"role", "content"}, at least one.
        sampling: how the answer is drawn.
        path: the file it was read from.
        fields: the placeholders that its messages hold.
        strict: a placeholder that is not given is a fault; a bare list leaves it as it is.
        digest: of messages and sampling: changes when the answers may.
    """

    name: str
    messages: tuple[dict[str, str], ...]
    sampling: Sampling
    path: Path
    fields: frozenset[str]
    strict: bool
    digest: str


def default_folder() -> Path:
    """The prompts that come with the program: the wheel's copy, or a checkout's `prompts/`."""
    packaged = Path(str(resources.files("clone_pipeline"))) / "_prompts"
    return packaged if packaged.is_dir() else packaged.parent.parent / "prompts"


def load(name: str, folders: Sequence[Path]) -> Prompt:
    """Read `<name>.yaml` from the first of `folders` that holds it.

    Raises:
        FaultyInput: no folder holds it, or the file is no prompt; names file and key.
    """
    for folder in folders:
        path = folder / f"{name}.yaml"
        if path.is_file():
            return _read(name, path)
    looked = ", ".join(str(folder) for folder in folders) or "no folder at all"
    known = sorted({p.stem for folder in folders for p in folder.glob("*.yaml")})
    raise FaultyInput([Fault(f"{name}.yaml", f"no such file in {looked}", suggestion(name, known))])


def render(prompt: Prompt, **fields: str) -> list[dict[str, str]]:
    """The messages with `{name}` replaced by the field of that name, in one pass.

    What a value holds is never filled again, and other braces stay as they are.

    Raises:
        FaultyInput: the prompt is strict and uses a field that is not given.
    """
    if prompt.strict and not prompt.fields <= fields.keys():
        raise FaultyInput([_unknown_fields(prompt, sorted(fields))])
    known = prompt.fields & fields.keys()

    def filled(match: re.Match[str]) -> str:
        return fields[match[1]] if match[1] in known else match[0]

    return [
        {"role": message["role"], "content": _PLACEHOLDER.sub(filled, message["content"])}
        for message in prompt.messages
    ]


def faults_with(prompt: Prompt, *, given: Sequence[str], needed: Sequence[str]) -> list[Fault]:
    """What is wrong with `prompt` for a step that gives these fields; to be asked before a run.

    Args:
        prompt: from `load`.
        given: every field that the step can fill.
        needed: the fields without which the model would not see what it is asked about.
    """
    faults = []
    if prompt.strict and not prompt.fields <= set(given):
        faults.append(_unknown_fields(prompt, list(given)))
    for name in needed:
        if name not in prompt.fields:
            fix = "Put it where the step's text belongs."
            faults.append(Fault(f"{prompt.path}: messages", f"no {{{name}}}", fix))
    return faults


def request(prompt: Prompt, *, model: str, vote: int = 0, **fields: str) -> Request:
    """The request that `prompt`, filled with `fields`, asks `model`."""
    sampling = prompt.sampling
    return Request(
        model=model,
        messages=tuple(render(prompt, **fields)),
        temperature=sampling.temperature,
        top_p=sampling.top_p,
        max_tokens=sampling.max_tokens,
        stop=sampling.stop,
        extra=sampling.extra_body,
        vote=vote,
    )


def _unknown_fields(prompt: Prompt, given: Sequence[str]) -> Fault:
    wanted = ", ".join(f"{{{name}}}" for name in sorted(prompt.fields - set(given)))
    offered = ", ".join(f"{{{name}}}" for name in given) or "no field"
    fix = f"This step gives {offered}: use these, or list the file's own under `fields:`."
    return Fault(f"{prompt.path}: messages", wanted, fix)


def _read(name: str, path: Path) -> Prompt:
    data = _parse(path)
    try:
        if isinstance(data, list):
            messages = TypeAdapter(tuple[_Message, ...]).validate_python(data)
            file = _File(messages=messages, sampling=SEED_SAMPLING.get(name, Sampling()))
        else:
            file = _File.model_validate(data)
    except ValidationError as error:
        shape = _Message if isinstance(data, list) else _File
        raise FaultyInput(faults_of(error, shape, prefix=f"{path}: ")) from error
    plain = tuple({"role": message.role, "content": message.content} for message in file.messages)
    found = {field for message in plain for field in _PLACEHOLDER.findall(message["content"])}
    digest = hashlib.sha256(orjson.dumps([plain, file.sampling.model_dump()])).hexdigest()
    return Prompt(
        name=name, messages=plain, sampling=file.sampling, path=path,
        fields=frozenset(found if file.fields is None else found & set(file.fields)),
        strict=not isinstance(data, list), digest=digest,
    )  # fmt: skip


def _parse(path: Path) -> Any:
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        return yaml.load(path.read_text(encoding="utf-8"), Loader=loader)
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        found = " ".join(str(error).split())
        raise FaultyInput([Fault(str(path), found, "Make it YAML in UTF-8.")]) from error
