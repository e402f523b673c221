"""Prompts: one file a model call, chat messages or a text with {fields}, and its sampling.

Three shapes are read. Ours is a YAML mapping: `messages`, `sampling`, and optionally `fields` (the
names that are placeholders; left out, every `{name}` in the messages is one). Verustoolkit's are
a bare YAML list of {role, content}, and for completion mode a `.txt` file that is one string to
go on with; both are drawn as that system draws the step (`SEED_SAMPLING`), and a `{name}` that
the step does not know stays there as it is.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from importlib import resources
from pathlib import Path
from typing import Any, Literal

import orjson
import yaml
from pydantic import Field, TypeAdapter, ValidationError

from clone_pipeline.llm.asking import Request
from clone_pipeline.llm.prompt_text import (
    INSTRUCTION,
    PLACEHOLDER,
    RESPONSE,
    Prompt,
    as_one_string,
    render,
    unknown_fields,
)
from clone_pipeline.llm.sampling import SEED_COMPLETION_SAMPLING, SEED_SAMPLING, Sampling
from clone_pipeline.settings import Fault, FaultyInput, Settings, faults_of, suggestion

__all__ = ["Prompt", "default_folder", "faults_with", "load", "render", "rendered", "request"]


class _Message(Settings):
    role: Literal["system", "user", "assistant"]
    content: str


class _File(Settings):
    messages: tuple[_Message, ...] = Field(min_length=1)
    sampling: Sampling = Sampling()
    fields: tuple[str, ...] | None = None
    description: str = ""


def default_folder() -> Path:
    """The prompts that come with the program: the wheel's copy, or a checkout's `prompts/`."""
    packaged = Path(str(resources.files("clone_pipeline"))) / "_prompts"
    return packaged if packaged.is_dir() else packaged.parent.parent / "prompts"


def load(name: str, folders: Sequence[Path], *, completion: bool = False) -> Prompt:
    """Read the prompt `name` from the first of `folders` that holds it.

    Args:
        name: without an ending.
        folders: looked into in this order.
        completion: for completion mode: of `<name>.txt` and `<name>.yaml` in one folder the text
            is read. Else the YAML, and a text alone is a fault.

    Raises:
        FaultyInput: no folder holds it, or the file is no prompt; names file and key.
    """
    for folder in folders:
        chat, text = folder / f"{name}.yaml", folder / f"{name}.txt"
        if completion and text.is_file():
            return _read_text(name, text)
        if chat.is_file():
            return replace(_read(name, chat), completion=completion)
        if text.is_file():
            fix = "Set `llm: {completion_mode: true}`, or write the prompt as YAML messages."
            raise FaultyInput([Fault(str(text), "a prompt for completion mode alone", fix)])
    looked = ", ".join(str(folder) for folder in folders) or "no folder at all"
    known = sorted({p.stem for folder in folders for p in folder.glob("*.yaml")})
    raise FaultyInput([Fault(f"{name}.yaml", f"no such file in {looked}", suggestion(name, known))])


def faults_with(prompt: Prompt, *, given: Sequence[str], needed: Sequence[str]) -> list[Fault]:
    """What is wrong with `prompt` for a step that gives these fields; to be asked before a run.

    Args:
        prompt: from `load`.
        given: every field that the step can fill.
        needed: the fields without which the model would not see what it is asked about.
    """
    faults = []
    if prompt.strict and not prompt.fields <= set(given):
        faults.append(unknown_fields(prompt, list(given)))
    for name in needed:
        if name not in prompt.fields:
            fix = "Put it where the step's text belongs."
            faults.append(Fault(f"{prompt.path}: messages", f"no {{{name}}}", fix))
    return faults


def rendered(prompt: Prompt, **fields: str) -> str:
    """The filled prompt as one string for completion mode; see `prompt_text.as_one_string`.

    Raises:
        FaultyInput: as `render`.
    """
    return as_one_string(render(prompt, **fields), headed=not prompt.whole)


def request(
    prompt: Prompt,
    *,
    model: str,
    vote: int = 0,
    completion: bool = False,
    after: Sequence[str] = (),
    again: tuple[str, str] | None = None,
    **fields: str,
) -> Request:
    """The request that `prompt`, filled with `fields`, asks `model`.

    Args:
        prompt: from `load`.
        model: the model's name at the endpoint.
        vote: which of several independent answers.
        completion: as if the prompt were for completion mode: the messages become one string,
            the content of the request's only message.
        after: sentences added to the last message.
        again: an answer that can't be used, and what is said about it; an empty answer is left
            out.
        fields: what the prompt's `{name}`s stand for.

    Raises:
        FaultyInput: as `render`.
    """
    messages = render(prompt, **fields)
    if after:
        messages[-1]["content"] = "\n\n".join([messages[-1]["content"].rstrip(), *after])
    if again is not None:
        messages += [{"role": "assistant", "content": again[0]}] * bool(again[0].strip())
        messages.append({"role": "user", "content": again[1]})
    stop = prompt.sampling.stop
    if completion or prompt.completion:
        whole = as_one_string(messages, headed=not prompt.whole)
        messages = [{"role": "user", "content": whole}]
        stop += tuple(m for m in (INSTRUCTION, RESPONSE) if not any(s and s in m for s in stop))
    drawn = prompt.sampling
    return Request(
        model, tuple(messages), drawn.temperature, drawn.top_p, drawn.max_tokens,
        stop=stop, extra=drawn.extra_body, vote=vote, step=prompt.name,
    )  # fmt: skip


def _read_text(name: str, path: Path) -> Prompt:
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise FaultyInput([Fault(str(path), str(error), "Make it a text in UTF-8.")]) from error
    if not text.strip():
        raise FaultyInput([Fault(str(path), "nothing", "Write the prompt, or remove the file.")])
    sampling = SEED_COMPLETION_SAMPLING.get(name, Sampling())
    messages = ({"role": "user", "content": text},)
    return Prompt(
        name=name, messages=messages, sampling=sampling, path=path, strict=False,
        completion=True, whole=True,
        fields=frozenset(PLACEHOLDER.findall(text)), digest=_digest(messages, sampling),
    )  # fmt: skip


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
    found = {field for message in plain for field in PLACEHOLDER.findall(message["content"])}
    return Prompt(
        name=name, messages=plain, sampling=file.sampling, path=path,
        fields=frozenset(found if file.fields is None else found & set(file.fields)),
        strict=not isinstance(data, list), digest=_digest(plain, file.sampling),
    )  # fmt: skip


def _parse(path: Path) -> Any:
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        return yaml.load(path.read_text(encoding="utf-8"), Loader=loader)
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        found = " ".join(str(error).split())
        raise FaultyInput([Fault(str(path), found, "Make it YAML in UTF-8.")]) from error


def _digest(messages: Sequence[dict[str, str]], sampling: Sampling) -> str:
    return hashlib.sha256(orjson.dumps([list(messages), sampling.model_dump()])).hexdigest()
