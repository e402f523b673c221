"""One line of an IRC log: its stamp, who is in it, and what kind of line it is.

The wordings are those of irssi, WeeChat, X-Chat and HexChat, mIRC, energymech and eggdrop as the
log statistics program pisg reads them (modules/Pisg/Parser/Format/*.pm), of ZNC's log module
(modules/log.cpp), and of the logs at irclogs.ubuntu.com.
"""

import re
from dataclasses import dataclass
from typing import Literal

LineKind = Literal["said", "action", "notice", "event", "day", "other", "blank"]

_CODES = re.compile(
    r"\x03(?:\d{1,2}(?:,\d{1,2})?)?|\x04(?:[0-9A-Fa-f]{6})?|\x1b\[[0-9;]*[A-Za-z]"
    r"|[\x00-\x02\x05-\x08\x0b-\x1f\x7f]"
)
_STAMP = re.compile(
    r"(?:\d{1,2}(?=\[))?(?P<open>[\[(])?"
    r"(?:(?P<date>\d{4}-\d{2}-\d{2})[ T]"
    r"|(?:[^\W\d]{2,4}\.? )?(?P<month>[^\W\d]{3,4})\.? +(?P<day>\d{1,2}) +(?:(?P<year>\d{4}) +)?)?"
    r"(?P<hour>\d{1,2}):(?P<minute>\d{2})(?:[:.](?P<second>\d{2}))?(?:[.,]\d+)?"
    r"(?:[ \u202f\xa0]?(?P<half>[AaPp][Mm]))?(?P<zone>Z|[+-]\d{2}:?\d{2})?"
    r"(?(open)[\])])(?=[ \t]|$)"
)
_DAY = re.compile(
    r"--- (?:Log|Day|Tag)\b|\*{4} \w+ LOGGING AT|Session (?:Start|Time|Close)\b|--- \w{3} \w{3} "
)
_IDENT = re.compile(r"Session Ident: (?P<channel>\S+)")
_SAID = re.compile(
    r"<[@+%&~!. ]?(?!\d+[:.]\d|->)(?P<nick>[^\s<>]{1,64}) ?>(?:[ \t](?P<text>.*))?$", re.DOTALL
)
_NOTICE = re.compile(r"-(?!\*-)(?P<nick>[^\s():!-][^\s():!]{0,63})(?:[(:!]\S*)?-[ \t](?P<text>.*)$")
_THIRD = re.compile(r"(?:\*|===|•|-\*-|Action:)[ \t]+(?P<nick>\S{1,64})(?:[ \t](?P<text>.*))?$")
_EVENT_SIGN = re.compile(r"-!-|\*{3,4}(?=[ \t])|-->|<--|<->|<-\*|---(?=[ \t])")
_EVENT = re.compile(
    r"(?:Joins|Parts|Quits): |mode/|Mode |\.\.\[topic/|Now talking |You (?:are|have) now |Topic "
    r"|Set by |Attempting to rejoin |Rejoined |Disconnected|Retrieving |Loaded log from |Users "
    r"|Nick change: |[#&]\S+: mode change |Got netsplit|Connected to IRC|You are now "
    r"|\S+ +(?:\([^)]*\)|\[[^\]]*\])\s+(?:has )?(?:joined|left|[Qq]uit|got )"
    r"|\S+ +(?:\([^)]*\) |\[[^\]]*\] )?(?:has )?(?:joined|left) [#&+!]|\S+ has quit\b"
    r"|\S+ is now known as \S+$|\S+ (?:sets mode|gives|removes|changes topic|changed topic)\b"
    r"|\S+ has changed (?:the )?topic|\S+ was kicked\b|\S+ has kicked \S+ from|\S+ kicked from"
)
_KNOWN_AS = re.compile(r"(?P<old>\S+) (?:is now known as|changed nick to) (?P<new>\S+)$")
_CHANGE = re.compile(r"Nick change: (?P<old>\S+) -> (?P<new>\S+)")
_PLACE = re.compile(
    r"(?:joined|left|[Tt]alking (?:in|on)|mode/|\[topic/|[Tt]opic for|Joins:.* to|mode change on) ?"
    r"(?P<channel>[#&][^\s,\x07:\[\]()]+)"
)


@dataclass(frozen=True, slots=True)
class Line:
    """A line without its codes; `stamp` has the groups date, month, day ... half, zone."""

    kind: LineKind
    stamp: re.Match[str] | None
    nick: str
    text: str


def line_of(raw: str) -> Line:
    """What the line is; "other" is one that no client is known to write."""
    plain = _CODES.sub("", raw.rstrip("\r\n"))
    if not plain.strip():
        return Line("blank", None, "", "")
    stamp = _STAMP.match(plain)
    if stamp is None:
        if _DAY.match(plain) or _IDENT.match(plain):
            return Line("day", None, "", plain)
        return _bare(plain.lstrip() if plain.lstrip()[:2] == "* " else plain, None)
    rest = plain[stamp.end() :]
    if rest.startswith("\t"):
        return _columns(rest[1:], stamp)
    body = rest.lstrip(" ")
    return Line("day", stamp, "", body) if _DAY.match(body) else _bare(body, stamp)


def nick_change(text: str) -> tuple[str, str] | None:
    """The old and the new nick, if the line tells of a change."""
    found = _KNOWN_AS.match(text) or _CHANGE.match(text)
    return (found["old"], found["new"]) if found else None


def place_of(line: Line) -> str:
    """The channel that an event or a session's head names, else ""."""
    found = _IDENT.match(line.text) if line.kind == "day" else None
    if line.kind == "event":
        found = _PLACE.search(line.text[:500])
    return found["channel"].rstrip(".") if found else ""


def _bare(body: str, stamp: re.Match[str] | None) -> Line:
    """A line whose columns are told apart by signs, as most clients write it."""
    if said := _SAID.match(body):
        kind: LineKind = "event" if said["nick"] == "***" else "said"
        return Line(kind, stamp, said["nick"], said["text"] or "")
    if sign := _EVENT_SIGN.match(body):
        return Line("event", stamp, "", body[sign.end() :].strip())
    if notice := _NOTICE.match(body):
        return Line("notice", stamp, notice["nick"], notice["text"])
    if third := _THIRD.match(body):
        whole = body[third.start("nick") :].strip()
        if not body.startswith("Action:") and _EVENT.match(whole):
            return Line("event", stamp, "", whole)
        return Line("action", stamp, _actor(third["nick"]), third["text"] or "")
    return Line("event" if _EVENT.match(body) else "other", stamp, "", body)


def _actor(nick: str) -> str:
    """The nick without a sign of its rank, and without the colon that Textual puts behind it."""
    return nick.lstrip("@+%&~").removesuffix(":") or nick


def _columns(rest: str, stamp: re.Match[str]) -> Line:
    """A line of WeeChat: a prefix and a text, with tabs between them."""
    prefix, tab, text = rest.partition("\t")
    prefix = prefix.strip()
    if not tab:
        return _bare(rest, stamp)
    if prefix == "*":
        nick, _, does = text.partition(" ")
        return Line("action", stamp, nick, does)
    if not prefix.strip("-<>=!"):
        notice = re.match(r"Notice\((?P<nick>[^\s)]+)\)(?: -> \S+)?: (?P<text>.*)", text)
        if notice:
            return Line("notice", stamp, notice["nick"], notice["text"])
        return Line("event", stamp, "", text)
    if _SAID.match(f"{prefix}\t"):
        return _bare(f"{prefix}\t{text}", stamp)
    if " " in prefix:
        return Line("other", stamp, "", rest)
    return Line("said", stamp, prefix.lstrip("@+%&~!") or prefix, text)
