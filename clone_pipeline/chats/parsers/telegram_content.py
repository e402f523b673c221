"""What a message of Telegram's result.json is, and what is said in it."""

from pathlib import PurePosixPath

from msgspec import UNSET

from clone_pipeline.chats.parsers.media import kind_of_media
from clone_pipeline.chats.parsers.telegram_fields import Point, Poll, Written, words
from clone_pipeline.records import Kind

_MEDIA: dict[str, Kind] = {
    "sticker": "sticker",
    "voice_message": "voice",
    "video_message": "video",
    "video_file": "video",
    "animation": "image",
    "audio_file": "file",
}
_CALLS = frozenset({"phone_call", "group_call", "conference_call"})
_LEFT_OUT = "("  # "(File not included. Change data exporting settings to download.)"


def content(written: Written) -> tuple[Kind, str]:
    """The message's kind and whatever text there is.

    Words of one's own make it a text, whatever hangs on it; what was passed on is a "forward",
    what an inline bot wrote in one's name is of kind "bot".
    """
    if written.type == "service":
        return _service(written)
    if written.type != "message":
        return "system", written.type
    said = words(written.text)
    if written.forwarded_from is not UNSET:
        return "forward", said or _wordless(written)[1]
    if said.strip():
        return ("bot" if written.via_bot else "text"), said
    kind, shown = _wordless(written)
    return kind, shown or said


def _service(written: Written) -> tuple[Kind, str]:
    action = written.action or ""
    if action in _CALLS:
        missed = written.discard_reason == "missed"
        return "call", "missed call" if missed else action.replace("_", " ")
    if written.information_text:
        return "system", written.information_text
    said = words(written.text)
    told = action.replace("_", " ") or said or written.type
    return "system", f"{told}: {written.title}" if written.title else told


def _wordless(written: Written) -> tuple[Kind, str]:
    kind = _MEDIA.get(written.media_type or "")
    if kind == "sticker":
        return kind, written.sticker_emoji or ""
    if kind == "file":
        return kind, " – ".join(part for part in (written.performer, written.title) if part)
    if kind:
        return kind, ""
    if written.poll:
        return "text", poll_text(written.poll)
    if written.photo:
        return "image", ""
    if written.contact_information is not UNSET:
        return "file", ""
    if written.place_name or written.location_information is not UNSET:
        return "location", written.place_name or _point(written.location_information or None)
    if written.game_title:
        return "link", written.game_title
    if written.invoice_information:
        return "system", written.invoice_information.title or ""
    return _file(written) if written.file or written.file_name else ("text", "")


def poll_text(poll: Poll) -> str:
    """The question, then a line an answer."""
    answers = [f"- {words(answer.text)}" for answer in poll.answers]
    return "\n".join([words(poll.question), *answers])


def _point(point: Point | None) -> str:
    return f"{point.latitude},{point.longitude}" if point else ""


def _file(written: Written) -> tuple[Kind, str]:
    name = written.file_name or ""
    if not name and written.file and not written.file.startswith(_LEFT_OUT):
        name = PurePosixPath(written.file).name
    kind = kind_of_media(written.mime_type or "", name)
    return kind, name if kind == "file" else ""
