"""What a row of Messages' database is, and what it says."""

from clone_pipeline.chats.parsers.imessage_rows import Row
from clone_pipeline.chats.parsers.media import kind_of_media
from clone_pipeline.chats.parsers.typedstream import text_of
from clone_pipeline.records import Kind

_STICKER_ON_MESSAGE = 1000
_REACTIONS = range(2000, 5000)
_LOCATION_SHARED = 4
_PLACEHOLDERS = str.maketrans("", "", "\ufffc\ufffd")
_LOCATION_TYPE = "text/x-vlocation"
_BY_APP: tuple[tuple[str, Kind], ...] = (
    ("com.apple.messages.URLBalloonProvider", "link"),
    ("com.apple.Handwriting", "image"),
    ("com.apple.DigitalTouch", "image"),
    ("findmy", "location"),
    ("mobileslideshow", "image"),
)


def content_of(row: Row) -> tuple[Kind, str]:
    """The kind and the words; those of `attributedBody` where the text itself is empty.

    An added or removed tapback (2000 to 3007) and a vote (4000) are notices, as are changes of a
    group. A message that was edited to nothing was unsent; one that its owner deleted stays in
    the database for a month.
    """
    if row.deleted_from:
        return "deleted", ""
    words = (row.text or text_of(row.body) or "").translate(_PLACEHOLDERS)
    if row.reaction == _STICKER_ON_MESSAGE:
        return "sticker", words
    if row.reaction in _REACTIONS:
        return "system", words
    if row.item_type == _LOCATION_SHARED:
        return "location", words
    if row.is_system or row.item_type:
        return "system", words or row.group_title
    said = "\n".join(part for part in (row.subject, words) if part.strip())
    if row.retracted or (row.edited and not said and not row.attachment):
        return "deleted", ""
    return ("text", said) if said.strip() else (_wordless(row), "")


def _wordless(row: Row) -> Kind:
    if row.is_audio:
        return "voice"
    if row.balloon:
        return next((kind for name, kind in _BY_APP if name in row.balloon), "file")
    if row.is_sticker:
        return "sticker"
    if row.attachment:
        if row.mime.startswith(_LOCATION_TYPE):
            return "location"
        return kind_of_media(row.mime, row.file_name)
    return "text"
