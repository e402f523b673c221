"""What a body of a WhatsApp message is: words, media left out or attached, or the app's own line.

The wordings are those of the app in its languages (`whatsapp_words`); where its form alone tells,
as with `<attached: 00000012-PHOTO.jpg>` or a mark of direction in front, any language will do.
"""

import re

from clone_pipeline.chats.parsers.whatsapp_media import media_in
from clone_pipeline.chats.parsers.whatsapp_words import OWN, meaning_of, without_marks
from clone_pipeline.records import Kind

_PLACE = re.compile(
    r"^(?P<place>[^\n]{0,200}?):? ?(?:https?://)"
    r"(?P<host>maps\.google\.com/(?:maps)?\?q=|foursquare\.com/v/|maps\.apple\.com/\?)"
    r"(?P<point>-?[\d.]+,-?[\d.]+)?\S*$",
)
_CALL = re.compile(
    r"^(?:missed |silenced )?(?:group )?(?:voice|video) call\b.{0,60}$"
    r"|^verpasster? .{0,10}(?:sprach|video)anruf|^(?:sprach|video)anruf\b.{0,40}$"
    r"|^(?:video)?llamada(?: de voz| grupal)? ?(?:perdida|,).{0,40}$"
    r"|^appel (?:vocal|vidéo)\b.{0,40}$|^chamada de (?:voz|vídeo)\b.{0,40}$",
    re.IGNORECASE,
)
_NOTICE = re.compile(
    r"end-to-end encrypt|ende-zu-ende-verschlüssel|cifrado de extremo|cifrados de extremo"
    r"|chiffrés? de bout en bout|criptografia de ponta|crittografati end-to-end"
    r"|\b(?:created (?:this )?(?:group|community)|added|removed|left$|left the group|joined using"
    r"|joined from the community|was added$|was removed$"
    r"|changed (?:the (?:subject|group)|this group|their phone number|the settings|to \+)"
    r"|(?:security code|group description|disappearing messages|message timer)"
    r"|pinned a message|turned (?:on|off)|blocked this contact|unblocked this contact"
    r"|is a contact|waiting for this message|hat (?:die gruppe|den betreff|das gruppenbild)"
    r"|hat die (?:gruppen)?beschreibung|hinzugefügt|creó (?:el|este) grupo|añadió a"
    r"|cambió (?:el asunto|la descripción|el ícono)|a créé (?:le|ce) groupe|a ajouté"
    r"|criou (?:o|este) grupo|adicionou|ha creato (?:il|questo) gruppo|ha aggiunto"
    r"|heeft de groep|toegevoegd|создал(?:а)? группу|добавил(?:а)?)",
    re.IGNORECASE,
)
_EDITED = re.compile(r"\s*(?P<own>\u200e)?<(?P<words>[^<>:\n]{5,70})>\s*$")
_OPTION = re.compile(r"^(?P<word>[^\s:]{2,20}): (?P<option>.*?)(?: \([^()]*\d[^()]*\))?$")
_POLL = re.compile(r"^(?P<word>[^\s:]{2,20}):(?:\s|$)")
_LONGEST_WORD = 25


def is_notice(text: str) -> bool:
    """Whether `text` reads like a notice of the app, such as "Anna added you".

    A quotation that is opened but not closed is one too: `Anna created group "Trip` of
    `Anna created group "Trip: Rome"`.
    """
    opened = text.count("“") > text.count("”") and "„" not in text
    return opened or bool(text.count('"') % 2 or _NOTICE.search(text))


def is_call(text: str) -> bool:
    """Whether `text` is the app's line on a call."""
    return meaning_of(text) == "call" or bool(_CALL.match(text))


def kind_and_text(body: str, author: str = "") -> tuple[Kind, str]:
    """What a message is, and what its author wrote: the app's markers are taken out.

    A caption makes it a text. A mark of direction in front says that the app wrote the line.

    Args:
        body: what stands behind the author's name, as written.
        author: the name without marks; notices of iOS begin with it.
    """
    own = body.startswith(OWN)
    said = _without_edited(body)
    plain = without_marks(said).strip()
    meaning = meaning_of(plain)
    if meaning == "deleted":
        return "deleted", ""
    if meaning == "call" or (own and _CALL.match(plain)):
        return "call", plain
    if place := _place(plain):
        return "location", place
    if own and "\n" not in plain and _says_the_app(plain, author):
        return "system", plain
    return _poll(plain) or media_in(said, plain)


def _says_the_app(plain: str, author: str) -> bool:
    return is_notice(plain) or bool(author and plain.startswith(author))


def _without_edited(body: str) -> str:
    match = _EDITED.search(body) if body.rstrip().endswith(">") else None
    if match is None:
        return body
    meaning = meaning_of(match["words"])
    marked = bool(match["own"]) and match.start() > 0 and not meaning
    return body[: match.start()] if meaning == "edited" or marked else body


def _place(plain: str) -> str:
    """A place's name, else its coordinates; "" if the message is no place."""
    match = _PLACE.match(plain) if "http" in plain else None
    if match is None:
        return ""
    name, point = match["place"].strip(), match["point"] or ""
    if not match["host"].startswith("foursquare"):
        only_word = " " not in name and len(name) <= _LONGEST_WORD
        if not (only_word or meaning_of(name) == "place"):
            return ""
        return point or name
    return name or point


def _poll(plain: str) -> tuple[Kind, str] | None:
    """The question and the options of a poll, without the votes."""
    lines = plain.split("\n")
    if len(lines) < 3 or not _POLL.match(lines[0]):
        return None
    found = [_OPTION.match(line) for line in lines]
    words = [match["word"] for match in found if match and match["word"].isupper()]
    if len(words) < 2 or len(set(words[-2:])) > 1:
        return None
    option = words[-1]
    shown = [
        f"- {match['option']}" if match and match["word"] == option else line
        for line, match in zip(lines, found, strict=True)
    ]
    shown[0] = lines[0].partition(":")[2]
    return "text", "\n".join(shown).strip()
