"""Pages that a list of addresses names: fetched once, kept, then read as files are."""

import asyncio
import hashlib
import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import aiohttp

from clone_pipeline.durable import write_bytes, write_json
from clone_pipeline.settings import Fault

LIST = "urls.txt"  # a file of this name holds an address a line; "#" begins a remark
AT_ONCE = 4
LARGEST_BYTES = 64 * 2**20
SECONDS = 60.0
_HEADERS = {"User-Agent": "clone-pipeline (fetches pages that its user listed)"}
_VIDEO = re.compile(
    r"https?://(?:www\.|m\.)?(?:youtube\.com/(?:watch\?(?:.*&)?v=|shorts/|live/|embed/)|youtu\.be/)"
    r"(?P<id>[\w-]{11})"
)

Transcripts = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Page:
    """What an address gave: its bytes, and what the server calls them and their encoding."""

    address: str
    media_type: str
    data: bytes
    encoding: str = ""


def listed(text: str, *, where: str) -> tuple[list[str], list[Fault]]:
    """The addresses in a list, each once, and a fault for each line that holds none."""
    found: dict[str, None] = {}
    faults = []
    for number, line in enumerate(text.splitlines(), 1):
        said = line.partition(" #")[0].strip()
        if not said or said.startswith("#"):
            continue
        if _holds_a_password(said):
            told, fix = "an address with a password (hidden)", "Save the page as a file instead."
            faults.append(Fault(f"{where}:{number}", told, fix))
        elif _is_address(said):
            found[said] = None
        else:
            fix = "Write one address a line, beginning with http:// or https://."
            faults.append(Fault(f"{where}:{number}", f"`{said[:80]}`, which is none", fix))
    return list(found), faults


def _is_address(said: str) -> bool:
    try:
        parts = urlsplit(said)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and len(said.split()) == 1
    except ValueError:  # such as half a pair of brackets
        return False


def _holds_a_password(said: str) -> bool:
    """Whether a name or password stands before the host: it would become a document's path."""
    return "@" in re.split(r"[/?#]", said.partition("://")[2], maxsplit=1)[0]


def video_of(address: str) -> str | None:
    """The id of the YouTube video at `address`, None for any other address."""
    found = _VIDEO.match(address)
    return found["id"] if found else None


def pages(
    addresses: Sequence[str], *, kept: Path, transcript: Transcripts
) -> tuple[list[Page], list[Fault]]:
    """What the addresses give; each is fetched once and kept in the folder `kept`.

    Args:
        addresses: http or https.
        kept: delete a page's two files there to have it fetched again.
        transcript: the transcript of a YouTube video by its id, as Markdown; raises
            `documents.youtube.NoTranscript`.

    Returns:
        Pages in the order of `addresses`, and a fault for each that gave none: the next run
        tries it again.
    """
    missing = [each for each in addresses if not _is_stored(kept, each)]
    faults = asyncio.run(_fetch_all(missing, kept, transcript)) if missing else {}
    found = [page for each in addresses if (page := _stored(kept, each))]
    return found, [faults[each] for each in addresses if each in faults]


async def _fetch_all(
    addresses: Sequence[str], kept: Path, transcript: Transcripts
) -> dict[str, Fault]:
    slots, faults = asyncio.Semaphore(AT_ONCE), {}
    timeout = aiohttp.ClientTimeout(total=SECONDS)
    async with aiohttp.ClientSession(timeout=timeout, headers=_HEADERS, trust_env=True) as session:

        async def one(address: str) -> None:
            async with slots:
                try:
                    page = await _fetch(address, session, transcript)
                except _NotFetched as refused:
                    fix = "Open it in a browser: is it there? The next run tries it again."
                    faults[address] = Fault(address, str(refused), fix)
                else:
                    _store(kept, page)

        async with asyncio.TaskGroup() as group:
            for address in addresses:
                group.create_task(one(address))
    return faults


class _NotFetched(Exception):
    """An address that gave nothing; its words say why."""


async def _fetch(address: str, session: aiohttp.ClientSession, transcript: Transcripts) -> Page:
    from clone_pipeline.documents.youtube import NoTranscript  # noqa: PLC0415

    if video := video_of(address):
        try:
            text = await asyncio.to_thread(transcript, video)
        except NoTranscript as refused:
            raise _NotFetched(str(refused)) from None
        return Page(address, "text/markdown", text.encode())
    try:
        async with session.get(address) as response:
            if response.status != 200:
                raise _NotFetched(f"status {response.status} {response.reason or ''}".strip())
            data = await response.content.read(LARGEST_BYTES + 1)
            while len(data) <= LARGEST_BYTES and (more := await response.content.read(2**16)):
                data += more
            kind, encoding = response.content_type, response.charset or ""
    except TimeoutError:
        raise _NotFetched(f"not all of it in {SECONDS:.0f} seconds") from None
    except (aiohttp.ClientError, OSError, ValueError) as error:
        raise _NotFetched(str(error) or type(error).__name__) from None
    if len(data) > LARGEST_BYTES:
        raise _NotFetched(f"more than {LARGEST_BYTES >> 20} MB")
    return Page(address, kind, data, encoding)


def _store(kept: Path, page: Page) -> None:
    write_bytes(_file(kept, page.address, ".bin"), page.data)
    said = {"address": page.address, "media_type": page.media_type, "encoding": page.encoding}
    write_json(_file(kept, page.address, ".json"), said)


def _is_stored(kept: Path, address: str) -> bool:
    return all(_file(kept, address, suffix).exists() for suffix in (".json", ".bin"))


def _stored(kept: Path, address: str) -> Page | None:
    if not _is_stored(kept, address):
        return None
    said = json.loads(_file(kept, address, ".json").read_text(encoding="utf-8"))
    data = _file(kept, address, ".bin").read_bytes()
    return Page(address, said["media_type"], data, said.get("encoding", ""))


def _file(kept: Path, address: str, suffix: str) -> Path:
    return kept / (hashlib.sha256(address.encode()).hexdigest()[:24] + suffix)
