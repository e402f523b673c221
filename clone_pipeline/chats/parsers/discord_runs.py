"""Slices of a DiscordChatExporter file that one process does together."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from clone_pipeline.chats.columns import Where, gathered, joined
from clone_pipeline.chats.parsers.discord_slices import Decoded, Slice, decoded

# So many slices are some thousand messages.
SLICES = 8


@dataclass(frozen=True, slots=True)
class Run:
    """Slices that follow each other; other processes are told their places, and read the file."""

    path: Path
    slices: Sequence[Slice]

    def __reduce__(self) -> tuple[Any, ...]:
        """What is handed over."""
        where = self.slices[0].where
        # A slice has brackets of its own.
        return _read, (self.path, where, [(one.place, len(one.piece) - 2) for one in self.slices])


def runs(path: Path, slices: Iterator[Slice]) -> Iterator[Run]:
    """The slices, `SLICES` at a time; all are of one channel."""
    for some in gathered(slices, most=SLICES):
        yield Run(path, some)


def decoded_run(run: Run) -> Decoded:
    """The messages of its slices, up to one that is no JSON array."""
    parts: list[Decoded] = []
    for given in run.slices:
        parts.append(decoded(given))
        if parts[-1].faulty is not None:
            break
    columns = [part.columns for part in parts]
    some = [each for each in columns if each] or columns[:1]
    lost = [why for part in parts for why in part.lost]
    return Decoded(joined(some), lost, parts[-1].faulty)


def _read(path: Path, where: Where, spans: Sequence[tuple[int, int]]) -> Run:
    slices = []
    with path.open("rb") as file:
        for place, size in spans:
            file.seek(place)
            slices.append(Slice(b"[" + file.read(size) + b"]", where, place))
    return Run(path, slices)
