"""What opens something: private keys, API keys, passwords, users in URLs.

The shapes of keys are their issuers': GitHub, GitLab, Slack, AWS, Google, Stripe, OpenAI,
Anthropic, Hugging Face, npm, PyPI, SendGrid, Twilio, Telegram and Discord document them for
scanners of secrets; JSON Web Tokens are RFC 7519, WIF and extended keys BIP 32.
"""

import re

from clone_pipeline.chats import checksums
from clone_pipeline.chats.personal_data import secret_words
from clone_pipeline.chats.personal_data.finding import (
    Finder,
    Span,
    compiled,
    long_word,
    value,
    whole,
)
from clone_pipeline.chats.personal_data.hints import AT, LONG, PEM, SECRET
from clone_pipeline.chats.regions import Regions

_PEM = compiled(
    r"-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----"
    r"(?s:.*?)(?:-----END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----|\Z)"
)
_BASE58 = "[1-9A-HJ-NP-Za-km-z]"
_KEY = re.compile(
    r"(?<![A-Za-z0-9])(?:"
    r"(?:sk|pk|rk)[-_](?:live|test|proj|ant|or|svcacct|admin|lf)?[-_]?"
    r"(?=[A-Za-z0-9_\-]{0,60}[0-9A-Z])[A-Za-z0-9_\-]{16,200}"
    r"|gh[pousr]_[A-Za-z0-9]{30,255}|github_pat_\w{22,255}|gl(?:pat|dt|ptt|rt)-[\w\-]{20,60}"
    r"|xox[abeoprs]-[\w\-]{11,255}|xapp-[\w\-]{20,255}"
    r"|A(?:KIA|SIA|GPA|IDA|ROA|NPA)[0-9A-Z]{16}(?![0-9A-Za-z])|AIza[\w\-]{30,40}|ya29\.[\w\-]{20,255}"
    r"|GOCSPX-[\w\-]{20,40}|hf_[A-Za-z0-9]{30,60}|npm_[A-Za-z0-9]{30,60}|pypi-[\w\-]{40,255}"
    r"|dckr_pat_[\w\-]{20,60}|dop_v1_[0-9a-f]{64}|shp(?:at|ca|pa|ss)_[0-9a-fA-F]{32}"
    r"|sq0(?:atp|csp)-[\w\-]{20,60}|whsec_[A-Za-z0-9]{20,80}|gsk_[A-Za-z0-9]{30,80}|r8_[A-Za-z0-9]{30,60}"
    r"|xai-[A-Za-z0-9]{30,100}|pplx-[A-Za-z0-9]{30,80}|nvapi-[\w\-]{40,100}|lin_api_[A-Za-z0-9]{30,60}"
    r"|SG\.[\w\-]{16,40}\.[\w\-]{16,80}|(?:AC|SK)[0-9a-f]{32}(?![0-9A-Za-z])|key-[0-9a-f]{32}(?![0-9a-f])"
    r"|eyJ[\w\-]{13,2000}\.eyJ[\w\-]{10,4000}\.[\w\-]{0,2000}"
    r"|[MNO][\w\-]{22,27}\.[\w\-]{6}\.[\w\-]{25,45}|[0-9]{8,10}:AA[\w\-]{33}"
    r"|(?<=com/api/webhooks/)[0-9]{15,21}/[\w\-]{20,100}"
    r"|(?<=hooks\.slack\.com/services/)T\w{6,14}/B\w{6,14}/\w{16,40}"
    r"|(?P<bip32>[xyz](?:prv|pub){b58}{{100,112}})|(?P<wif>(?:[5KL9c]|6P){b58}{{50,57}})(?!\w)"
    r")".replace("{b58}", _BASE58)
    .replace("{{", "{")
    .replace("}}", "}"),
    re.ASCII,
)
# No placeholder, no link; ends before what may close a sentence in Chinese or Japanese.
_VALUE = (
    r"['\"`]?(?P<value>(?!\S{0,2}\[[A-Z]+_[0-9]+\])(?!https?:|//|[@<])(?=\S{0,80}%s)"
    r"[^\s'\"`\u3001-\u30ff\u4e00-\u9fff\uac00-\ud7af\uff00-\uffef]{6,200})"
)
_GIVEN = re.compile(r"['\"`*]{0,2}\s{0,2}[:=]{1,2}>?\s{0,2}" + _VALUE % r"[\d\W_]")
_SAID = re.compile(
    r"(?:\s{1,2}(?i:is|was|ist|lautet|es|era|est|è|é)\s{1,2}|是|为|為|は)" + _VALUE % r"\d"
)
_PIN = compiled(
    r"(?:\s{0,2}[:=]\s{0,2}|\s{1,2}(?i:is|ist|lautet|es)\s{1,2}|是)(?P<value>[0-9]{3,8})(?![\w.,:]?\d|\w)"
)
_PHRASE = compiled(
    r"\s{0,2}[:=]\s{0,2}(?P<value>(?:[a-z]{3,10}\s{1,2}){11,23}[a-z]{3,10})(?![a-z])"
)
_HEX = compiled(r"(?<![0-9A-Za-z])(?P<value>(?:0x)?[0-9a-fA-F]{64})(?!\w)")
_USER = compiled(r"(?<=://)(?P<value>[^\s/@:\[\]]{1,64}:[^\s/@\[\]]{1,128})@")
_PARAMETER = compiled(
    r"[?&;](?i:(?:access_|auth_|api_?|client_|refresh_|session_?)?(?:token|key|secret)"
    r"|pass(?:word|wd)?|pwd|sig(?:nature)?|sas|code)=(?P<value>[A-Za-z0-9_\-.%+/~]{8,400})"
)


def _key(match: re.Match[str], _regions: Regions) -> Span | None:
    checked = match["bip32"] or match["wif"]
    return None if checked and not checksums.is_base58_check(checked) else match.span()


def _password(match: re.Match[str], _regions: Regions) -> Span | None:
    if not secret_words.names_a_password(match.string, match.start()):
        return None
    start, end = match.span("value")
    written = match["value"].rstrip(".,;:?)")
    return start, (start + len(written) if len(written) >= 6 else end)


def _pin(match: re.Match[str], _regions: Regions) -> Span | None:
    named = secret_words.names_a_pin(match.string, match.start())
    return match.span("value") if named else None


def _phrase(match: re.Match[str], _regions: Regions) -> Span | None:
    named = secret_words.names_a_phrase(match.string, match.start())
    return match.span("value") if named else None


def _hex(match: re.Match[str], _regions: Regions) -> Span | None:
    named = secret_words.names_a_private_key(match.string, match.start())
    return match.span("value") if named else None


def _parameter(match: re.Match[str], _regions: Regions) -> Span | None:
    """A secret in a URL; short ones and words are names of things."""
    name = match.group()[1:].partition("=")[0].casefold()
    digits = sum(letter.isdigit() for letter in match["value"])
    plain = name in {"key", "code", "token"}
    if plain and (len(match["value"]) < 16 or digits < 2 or digits == len(match["value"])):
        return None
    return match.span("value")


KEYS = (
    Finder("KEY", PEM, lambda look: "PRIVATE KEY" in look.text, _PEM, whole),
    Finder("KEY", AT, lambda look: "://" in look.text and "@" in look.text, _USER, value),
    Finder(
        "KEY", SECRET, lambda look: "://" in look.text and "=" in look.text, _PARAMETER, _parameter
    ),
    Finder("KEY", LONG, long_word, _KEY, _key),
    Finder("KEY", SECRET, secret_words.password, _GIVEN, _password),
    Finder("KEY", SECRET, secret_words.password, _SAID, _password),
    Finder("KEY", LONG, secret_words.private_key, _HEX, _hex),
    Finder("KEY", SECRET, secret_words.pin, _PIN, _pin),
    Finder("KEY", SECRET, secret_words.phrase, _PHRASE, _phrase),
)
