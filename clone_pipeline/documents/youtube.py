"""What is said in a YouTube video, by its transcript."""

import re
from collections.abc import Sequence
from functools import partial
from typing import Any

# A pause after which a new paragraph begins, and the longest paragraph without one.
PAUSE_SECONDS = 2.0
PARAGRAPH_CHARS = 600
SECONDS = 60.0  # without a byte, after which a request is given up
_SOUND = re.compile(r"\[[^\]]{1,30}\]|♪[^♪]*♪?")


class NoTranscript(Exception):
    """A video without a transcript in the languages asked for; its words say why."""


def transcript(video: str, *, languages: Sequence[str], session: Any = None) -> str:
    """The words of a video as paragraphs.

    Args:
        video: its id, 11 characters.
        languages: best first; one that was typed is taken before one that was recognised.
        session: a `requests.Session` that carries the requests; left out: one of its own.

    Raises:
        NoTranscript: there is none, or the extra `youtube` is not installed.
    """
    try:
        import youtube_transcript_api as youtube  # noqa: PLC0415
    except ImportError:
        raise NoTranscript("pip install 'clone-pipeline[youtube]' reads transcripts") from None
    import requests  # noqa: PLC0415

    client: Any = session or requests.Session()
    client.request = partial(client.request, timeout=SECONDS)
    try:
        found = youtube.YouTubeTranscriptApi(http_client=client).fetch(video, languages=languages)
    except (youtube.YouTubeTranscriptApiException, requests.RequestException) as error:
        reason = str(error).strip().splitlines() or [type(error).__name__]
        raise NoTranscript(f"no transcript ({type(error).__name__}: {reason[-1][:120]})") from None
    return paragraphs([(each.text, each.start, each.start + each.duration) for each in found])


def paragraphs(said: Sequence[tuple[str, float, float]]) -> str:
    """Lines of (text, start, end in seconds) as paragraphs, without "[Music]" and the like."""
    made: list[str] = []
    before = 0.0
    for text, start, end in said:
        words = " ".join(_SOUND.sub(" ", text.replace("\n", " ")).split())
        if not words:
            continue
        ended = bool(made) and made[-1].endswith((".", "?", "!"))
        length = len(made[-1]) if made else 0
        breaks = ended and (start - before > PAUSE_SECONDS or length > PARAGRAPH_CHARS)
        if made and not breaks and length <= 2 * PARAGRAPH_CHARS:
            made[-1] += f" {words}"
        else:
            made.append(words)
        before = end
    return "\n\n".join(made)
