"""What Meta's exporters do to text: UTF-8 read as Latin-1, and notices that look like messages."""

import re
from typing import Literal

_SEQUENCE = re.compile(
    "[\u00c2-\u00df][\u0080-\u00bf]"
    "|[\u00e0-\u00ef][\u0080-\u00bf]{2}"
    "|[\u00f0-\u00f4][\u0080-\u00bf]{3}"
)
_CONTROLS = re.compile("[\u0080-\u009f]")
_HIGH = re.compile("[\u0080-\u00ff]")
_BEYOND = re.compile("[^\u0000-\u00ff]")
_STRAYS = re.compile("[\u00c2-\u00f4]?[\u0080-\u009f]+")

_GROUP = r"(?:group|chat|conversation|theme|nickname|emoji|quick reaction|poll|plan)"
_NOTICE = re.compile(
    rf"named the group .+|left the (?:group|chat)|joined the {_GROUP}|waved at .+"
    rf"|(?:changed|set|cleared|created) (?:\S+ ){{1,3}}?{_GROUP}\b.{{0,120}}"
    rf"|(?:added|removed) .{{1,200}} (?:to|from) the {_GROUP}"
    r"|(?:un)?pinned a message|turned (?:on|off) .+|made .{1,80} an? admin"
    r"|removed .{1,80} as an? admin|voted for .+|unsent a message|is now an admin",
    re.IGNORECASE,
)
_REACTION = re.compile(
    r"(?:.{1,80} )?reacted .{1,24} to (?:your|a|their|his|her|.{1,60}['’]s) "
    r"(?:message|photo|video|story)|(?:.{1,80} )?liked (?:a|your) message",
    re.IGNORECASE,
)
_GREETING = re.compile(
    r"you(?: are|['’]re) now connected on messenger|say hi to your new facebook friend"
    r"|you can now (?:message and call|call) each other|you(?:['’]re| are) friends on facebook"
    r"|messages and calls are secured with end-to-end",
    re.IGNORECASE,
)
_CALL = re.compile(
    r"missed (?:your|an?) (?:\w+ )?(?:call|chat)\b.{0,90}|called .{1,80}"
    r"|started an? (?:\w+ )?(?:call|chat)|joined the (?:video )?(?:call|chat)",
    re.IGNORECASE,
)
_CALL_ENDED = re.compile(r"(?:the )?(?:audio|video|voice|group) (?:call|chat) ended", re.IGNORECASE)
_SENT = re.compile(
    r"sent (?:an? |the |\d+ )?(?:attachment|photo|video|link|post|reel|story|live location"
    r"|location|gif|sticker|voice message|file)s?",
    re.IGNORECASE,
)

# The commonest notices of exports in other languages; nobody writes a message of just these words.
_REACTION_ABROAD = re.compile(
    r"hat mit .{1,24} auf (?:deine|eine) nachricht reagiert"
    r"|hat eine nachricht mit .gefällt mir. markiert"
    r"|(?:ha )?reaccion(?:ó|aste|ado) con .{1,24} a (?:tu|un) mensaje|le gustó (?:un|tu) mensaje"
    r"|a réagi (?:avec |par )?.{1,24} à (?:votre|ton|un) message|a aimé (?:un|votre|ton) message"
    r"|ha reagito con .{1,24} (?:al tuo|a un) messaggio"
    r"|reagiu com .{1,24} à (?:sua|tua) mensagem|curtiu (?:uma|sua) mensagem",
    re.IGNORECASE,
)
_SENT_ABROAD = re.compile(
    r"(?:.{1,80} )?(?:ha(?:t|st) einen anhang gesendet|(?:envió|enviaste) un archivo adjunto"
    r"|(?:a|avez|as) envoyé une pièce jointe|(?:ha|hai) inviato un allegato"
    r"|envi(?:ou|aste) um anexo|(?:heeft|hebt) een bijlage verzonden)",
    re.IGNORECASE,
)

Notice = Literal["system", "call", "sent"]


def mended(text: str) -> str:
    """`text` as it was written, if it is UTF-8 that was read as Latin-1; else `text` itself.

    A text with whole and broken sequences is mended where it can be; what stays broken becomes
    U+FFFD. That it is such a text is told by its control characters (C1), which nobody types.
    """
    if not _HIGH.search(text) or _BEYOND.search(text):
        return text
    try:
        return text.encode("latin-1").decode("utf-8")
    except UnicodeDecodeError:
        if not _CONTROLS.search(text):
            return text
    return _STRAYS.sub("\ufffd", _SEQUENCE.sub(_decoded, text))


def notice(text: str, sender: str) -> Notice | None:
    """What the app says in the place of a message; None if somebody wrote it.

    English, and of six other languages what stands for attachments, reactions and likes.

    "sent" stands for an attachment. Most notices begin with the sender's name or with "You" and
    end with a full stop: people talk about groups and calls, too.
    """
    said = text.strip()
    plain = said.rstrip(".").rstrip()
    if len(plain) > 300 or "\n" in plain:
        return None
    if _REACTION.fullmatch(plain) or _GREETING.match(plain) or _REACTION_ABROAD.fullmatch(plain):
        return "system"
    if said.endswith(".") and _SENT_ABROAD.fullmatch(plain):
        return "sent"
    if _CALL_ENDED.fullmatch(plain):
        return "call"
    about = _about(plain, sender) if said.endswith(".") else ""
    if _CALL.fullmatch(about):
        return "call"
    if _SENT.fullmatch(about):
        return "sent"
    return "system" if _NOTICE.fullmatch(about) else None


def _about(plain: str, sender: str) -> str:
    """What is said of the sender or of "You", "" if the line begins with neither."""
    for name in (sender, sender.partition(" ")[0], "You"):
        if name and plain.startswith(name + " "):
            return plain[len(name) + 1 :]
    return ""


def _decoded(match: re.Match[str]) -> str:
    try:
        return match.group().encode("latin-1").decode("utf-8")
    except UnicodeDecodeError:
        return match.group()
