"""The embedded model's server: python -m clone_pipeline.llm.embedded_server RUN.json.

RUN.json: {"model": path of a GGUF, "name", "slots", "context": tokens a slot, "threads",
"parent": process id, "address_file": written when the server answers}.
"""

import os
import sys
import threading
from pathlib import Path
from typing import Any

import orjson

from clone_pipeline.scale.parent import die_with_parent

_CACHE_MIB = 256  # llama.cpp's own default would keep 8 GiB of prompts


def main(arguments: list[str]) -> int:
    """Serve until the parent is gone; 2 if the wheel is missing."""
    run = orjson.loads(Path(arguments[0]).read_bytes())
    die_with_parent(run["parent"], at_once=False)
    try:
        import xllamacpp  # noqa: PLC0415
    except ImportError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    server = xllamacpp.Server(_parameters(xllamacpp, run))
    address = Path(run["address_file"])
    part = address.with_suffix(".part")
    part.write_text(f"{server.listening_address}/v1", encoding="utf-8")
    part.replace(address)
    threading.Event().wait()
    return 0


def _parameters(xllamacpp: Any, run: dict[str, Any]) -> Any:
    """llama.cpp's parameters; `n_ctx` is divided over the slots, a poll of 0 leaves cores idle."""
    parameters = xllamacpp.CommonParams()
    parameters.model.path = run["model"]
    parameters.model_alias = {run["name"]}
    parameters.n_parallel = run["slots"]
    parameters.n_ctx = run["context"] * run["slots"]
    parameters.hostnames = ["127.0.0.1"]
    parameters.port = 0
    parameters.use_jinja = True
    parameters.ui = False
    parameters.verbosity = 0
    parameters.cache_ram_mib = _CACHE_MIB
    for cpu in (parameters.cpuparams, parameters.cpuparams_batch):
        cpu.n_threads = run["threads"]
        cpu.poll = 0
    return parameters


if __name__ == "__main__":
    code = main(sys.argv[1:])
    sys.stderr.flush()
    os._exit(code)
