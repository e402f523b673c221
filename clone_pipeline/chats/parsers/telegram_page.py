"""The parts of a message in Telegram Desktop's HTML: what it is and what is said in it."""

from typing import Any

from clone_pipeline.chats.parsers.media import kind_of_file
from clone_pipeline.records import Kind

_WRAPS: dict[str, Kind] = {
    "photo_wrap": "image",
    "sticker_wrap": "sticker",
    "animated_wrap": "image",
    "video_file_wrap": "video",
}
_UNTITLED = frozenset({"Audio file", "File"})


def class_of(element: Any) -> list[str]:
    """The element's classes."""
    return (element.get("class") or "").split()


def first(element: Any, name: str) -> Any:
    """The first element within that has the class `name`, else None."""
    return next((each for each in element.iter("div", "a") if name in class_of(each)), None)


def top(element: Any, name: str) -> Any:
    """The first child that has the class `name`, else None."""
    return next((each for each in element.iterchildren("div") if name in class_of(each)), None)


def forwarded(body: Any) -> Any:
    """What holds a message that was passed on, None if it is one's own."""
    return next(
        (each for each in body.iterchildren("div") if {"forwarded", "body"} <= set(class_of(each))),
        None,
    )


def text_of(element: Any) -> str:
    """The element's text; a `br` is a newline, spans with details are left out."""
    parts = [element.text or ""]
    for child in element.iterchildren():
        if child.tag == "br":
            parts.append("\n")
        elif isinstance(child.tag, str) and not (
            child.tag == "span" and "details" in class_of(child)
        ):
            parts.append(text_of(child))
        parts.append(child.tail or "")
    return "".join(parts)


def content(body: Any) -> tuple[Kind, str]:
    """The message's kind and whatever text there is; words of one's own make it a text."""
    inner = forwarded(body)
    holder = body if inner is None else inner
    said = top(holder, "text")
    text = text_of(said).strip() if said is not None else ""
    if text:
        return "text", text
    media = top(holder, "media_wrap")
    return _media(media) if media is not None else ("text", "")


def _media(wrap: Any) -> tuple[Kind, str]:
    for each in wrap.iter("div", "a"):
        names = class_of(each)
        if "media_poll" in names:
            return "text", _poll(each)
        if kind := next((_WRAPS[name] for name in names if name in _WRAPS), None):
            return kind, ""
        if "media" in names:
            media = next((name for name in names if name.startswith("media_")), "")
            return _generic(media, _line(each, "title"), _line(each, "status"))
    return "text", ""


def _generic(media: str, title: str, status: str) -> tuple[Kind, str]:
    match media:
        case "media_call":
            return "call", f"{status.partition(' (')[0].lower()} call".strip()
        case "media_photo":
            sticker = title == "Sticker"
            return ("sticker", status.partition(",")[0]) if sticker else ("image", "")
        case "media_video":
            return "image" if title == "Animation" else "video", ""
        case "media_voice_message":
            return "voice", ""
        case "media_location" | "media_live_location":
            return "location", status.replace(" ", "")
        case "media_venue":
            return "location", title
        case "media_game":
            return "link", title
        case "media_invoice":
            return "system", title
        case "media_contact":
            return "file", ""
    kind = "file" if media == "media_audio_file" else kind_of_file(title)
    return kind, title if kind == "file" and title not in _UNTITLED else ""


def _poll(poll: Any) -> str:
    answers = [each for each in poll.iterchildren("div") if "answer" in class_of(each)]
    lines = [_line(poll, "question"), *(" ".join(text_of(each).split()) for each in answers)]
    return "\n".join(lines)


def _line(element: Any, name: str) -> str:
    found = first(element, name)
    return " ".join(text_of(found).split()) if found is not None else ""
