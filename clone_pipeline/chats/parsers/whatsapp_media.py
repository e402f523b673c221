"""Media of WhatsApp that were left out of an export or attached to it, by their markers."""

import re

from clone_pipeline.chats.parsers.media import kind_of_file
from clone_pipeline.chats.parsers.whatsapp_words import OWN, meaning_of, without_marks
from clone_pipeline.records import Kind

_KINDS: dict[str, Kind] = {
    "image": "image",
    "video": "video",
    "voice": "voice",
    "sticker": "sticker",
    "contact": "file",
    "document": "file",
    "media": "file",
    "live location": "location",
}
_ATTACHED = re.compile(r"^<[^<>:\n]{2,40}: ?(?P<name>[^<>\n]+\.\w{2,5})>$")
_FILE_ATTACHED = re.compile(r"^(?P<name>\S[^\n]*\.\w{2,5}) \((?P<words>[^()\n]{3,40})\)$")
_NUMBERED_FILE = re.compile(r"^(?:[A-Z]{3}-\d{8}-WA\d{4}|\d{8}-[A-Z]+-[\d-]+)\.\w{2,5}$")
_MOST_WORDS = 8
_LONGEST_LINE = 400


def media_in(said: str, plain: str) -> tuple[Kind, str]:
    """What hangs on a message, by its marker; a caption makes it a text.

    The marker is the whole, the first or the last line, or stands behind a mark of direction.

    Args:
        said: the message as written.
        plain: the same without marks of direction.
    """
    if kind := _media_kind(plain):
        return kind, _document_name(plain) if kind == "file" else ""
    if plain == said and "\n" not in plain:
        return "text", plain
    caption, own, marker = said.rpartition(OWN)
    if own and (kind := _media_kind(without_marks(marker).strip())):
        return _with_caption(kind, without_marks(caption).strip())
    first, newline, rest = plain.partition("\n")
    if newline and (kind := _media_kind(first.strip())):
        return _with_caption(kind, rest.strip())
    rest, newline, last = plain.rpartition("\n")
    if newline and (kind := _media_kind(last.strip())):
        return _with_caption(kind, rest.strip())
    return "text", plain


def _with_caption(kind: Kind, caption: str) -> tuple[Kind, str]:
    named = re.match(r"^(?P<name>\S[^\n]*\.\w{2,5})(?: •[^\n]*)?$", caption)
    if named and kind == "file":
        return kind, _unless_personal(named["name"])
    return ("text", caption) if caption and not named else (kind, "")


def _media_kind(line: str) -> Kind | None:
    if len(line) > _LONGEST_LINE:
        return None
    if kind := _KINDS.get(meaning_of(line)):
        return kind
    if attached := _ATTACHED.match(line):
        return _kind_of(attached["name"])
    if (attached := _FILE_ATTACHED.match(line)) and (
        meaning_of(attached["words"]) == "attached" or _NUMBERED_FILE.match(attached["name"])
    ):
        return _kind_of(attached["name"])
    return "file" if _document_in(line) else None


def _document_in(line: str) -> str:
    """The file's name in a line such as "plan.pdf • 3 pages document omitted", else ""."""
    if "." not in line:
        return ""
    words = line.split(" ")
    ends = range(max(1, len(words) - _MOST_WORDS), len(words))
    if not any(meaning_of(" ".join(words[end:])) == "document" for end in ends):
        return ""
    name = line.partition(" •")[0]
    return next((" ".join(words[:end]) for end in ends if words[end - 1].endswith(".")), name)


def _kind_of(name: str) -> Kind:
    return "sticker" if re.match(r"STK-|\d{8}-STICKER", name) else kind_of_file(name)


def _document_name(line: str) -> str:
    attached = _FILE_ATTACHED.match(line)
    return _unless_personal(attached["name"] if attached else _document_in(line))


def _unless_personal(name: str) -> str:
    """A document's name; not that of a contact's card, nor a number given by the app."""
    return "" if name.lower().endswith(".vcf") or _NUMBERED_FILE.match(name) else name
