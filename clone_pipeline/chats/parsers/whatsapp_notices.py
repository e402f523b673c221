"""The lines that WhatsApp writes itself: left-out media, deleted messages, calls, notices.

The wordings are those of the app in several languages; each export has them in one.
"""

import re

from clone_pipeline.chats.parsers.media import kind_of_file
from clone_pipeline.chats.parsers.whatsapp_lines import MARKS
from clone_pipeline.records import Kind

_OMITTED = (
    r"omitted|weggelassen|ausgeschlossen|omitid[oa]s?|oculta?d?[oa]?|omis|absente?|omess[oai]|"
    r"weggelaten|pominięto|utelämnad|dihilangkan|опущен[оа]?"
)
_WORDS: tuple[tuple[Kind, str], ...] = (
    ("image", r"image|bild|imagen|imagem|immagine|afbeelding|gif|foto|photo"),
    ("video", r"video|vídeo|vidéo|video note"),
    ("voice", r"audio|voice message|sprachnachricht"),
    ("sticker", r"sticker|figurinha"),
    ("file", r"document|dokument|documento|contact card|kontaktkarte|media|medien|multimedia"),
    ("file", r"médias?|mídia|archivo|arquivo(?: de mídia)?|fichier|bestand"),
)
_MEDIA: tuple[tuple[Kind, re.Pattern[str]], ...] = tuple(
    (kind, re.compile(rf"^<?(?:{words}) (?:{_OMITTED})>?\.?$", re.IGNORECASE))
    for kind, words in _WORDS
)
_ATTACHED = re.compile(
    r"^<(?:attached|anhang|adjunto|pièce jointe|anexado|allegato): (?P<ios>[^>]+)>$"
    r"|^(?P<android>\S.*\.\w{2,5}) \((?:file attached|datei angehängt|archivo adjunto"
    r"|fichier joint|arquivo anexado|file allegato)\)$",
    re.IGNORECASE,
)
_DOCUMENT = re.compile(rf"^\S.*\.\w{{2,5}}(?: • .*)? (?:document|dokument) (?:{_OMITTED})$", re.I)
_LOCATION = re.compile(
    r"^(?:live )?(?:location|standort|ubicación|localização|posizione)"
    r"(?: shared|: https?://\S*(?:maps|foursquare)\S*)",
    re.IGNORECASE,
)
_DELETED = re.compile(
    r"^(?:this message was deleted|you deleted this message|diese nachricht wurde gelöscht"
    r"|du hast diese nachricht gelöscht|(?:se eliminó este mensaje|este mensaje fue eliminado)"
    r"|eliminaste este mensaje|ce message a été supprimé|mensagem apagada"
    r"|questo messaggio è stato eliminato|dit bericht is verwijderd)\.?$",
    re.IGNORECASE,
)
_CALL = re.compile(
    r"^(?:missed )?(?:group )?(?:voice|video) call\b.{0,40}$|^verpasster? (?:sprach|video)anruf"
    r"|^llamada perdida|^appel (?:vocal|vidéo) manqué",
    re.IGNORECASE,
)
_NOTICE = re.compile(
    r"end-to-end encrypted|end-to-end encryption|ende-zu-ende-verschlüsselt|cifrado de extremo"
    r"|chiffrés? de bout en bout|criptografia de ponta|crittografati end-to-end"
    r"|\b(?:created (?:this )?group|added|removed|left$|left the group|joined using"
    r"|changed (?:the (?:subject|group)|this group|their phone number|the settings|to \+)"
    r"|(?:security code|group description|disappearing messages)"
    r"|pinned a message|turned (?:on|off)|blocked this contact|unblocked this contact"
    r"|is a contact|hat (?:die gruppe|den betreff|das gruppenbild|die beschreibung)"
    r"|creó (?:el|este) grupo|cambió (?:el asunto|la descripción)|a créé (?:le|ce) groupe"
    r"|criou (?:o|este) grupo|ha creato (?:il|questo) gruppo)",
    re.IGNORECASE,
)
_EDITED = re.compile(
    r"\s*<(?:this message was edited|diese nachricht wurde bearbeitet|se editó este mensaje"
    r"|ce message a été modifié|mensagem editada)>\s*$",
    re.IGNORECASE,
)
_STRIP = str.maketrans("", "", MARKS)


def without_marks(text: str) -> str:
    """`text` without the invisible marks of direction that the app puts in."""
    return text.translate(_STRIP)


def is_notice(text: str) -> bool:
    """Whether `text` reads like a notice of the app, such as "Anna added you"."""
    return bool(_NOTICE.search(text))


def kind_and_text(body: str) -> tuple[Kind, str]:
    """What a message is, and what its author wrote: media markers are taken out.

    A caption makes it a text. A mark of direction in front says that the app wrote the line.
    """
    own = body.startswith("\u200e")
    plain = _EDITED.sub("", without_marks(body)).strip()
    if own and is_notice(plain) and "\n" not in plain:
        return "system", plain
    for kind, pattern in (("deleted", _DELETED), ("call", _CALL), ("location", _LOCATION)):
        if pattern.search(plain) and (kind != "call" or own):
            return kind, plain if kind == "location" else ""  # type: ignore[return-value]
    return _media(plain)


def _media(plain: str) -> tuple[Kind, str]:
    kinds: list[Kind] = []
    kept = []
    for line in plain.split("\n"):
        if kind := _media_kind(line.strip()):
            kinds.append(kind)
        else:
            kept.append(line)
    text = "\n".join(kept).strip()
    return (kinds[0], "") if kinds and not text else ("text", text)


def _media_kind(line: str) -> Kind | None:
    if attached := _ATTACHED.match(line):
        return kind_of_file(attached["ios"] or attached["android"])
    if _DOCUMENT.match(line):
        return "file"
    return next((kind for kind, pattern in _MEDIA if pattern.match(line)), None)
