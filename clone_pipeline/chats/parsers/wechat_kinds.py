"""What the types of WeChat's messages are here, and what the export itself says of each.

The names are those of PyWxDump (pywxdump/db/utils/common_utils.py: type_converter), the exporter
that WeClone uses; the forms of the texts are those of its pywxdump/db/dbMSG.py.
"""

import re
from collections.abc import Mapping

from clone_pipeline.records import Kind

_NAMES: dict[Kind, str] = {
    "text": "文本 粘贴的文本 引用回复 text",
    "image": "图片 image",
    "video": "视频 video",
    "voice": "语音 voice audio",
    "sticker": "动画表情 用户上传的GIF表情 sticker",
    "file": "文件 文件(猜) file",
    "location": "位置 位置共享 location",
    "link": "推荐公众号 视频号直播或直播回放 视频号直播或直播回放等 游戏相关 link",
    "call": "语音通话 call",
    "forward": "合并转发的聊天记录 forward",
}
_KINDS: Mapping[str, Kind] = {
    name: kind for kind, names in _NAMES.items() for name in names.split()
}
_PLACEHOLDERS = frozenset({"图片", "视频", "表情", "语音", "文件"})
_QUOTE = re.compile(r"\((?P<time>[^)]{0,40})\)(?P<who>[^:\n]{0,100}):(?P<quoted>.*)\Z", re.DOTALL)
_CALLED = re.compile(r"\[(?P<how>[^\[\]]{0,80})\]\s{0,9}\Z")


def kind_and_text(type_name: str, msg: str) -> tuple[Kind, str]:
    """The kind of a message and its text, "" where the export has nothing but the kind."""
    if type_name.startswith("消息撤回") or msg.startswith("<revokemsg>"):
        return "deleted", ""
    if type_name.startswith("(分享)"):
        return "link", _link(msg, type_name)
    kind = _KINDS.get(type_name, "system")
    if kind == "voice":
        return kind, msg.partition("翻译结果：")[2].strip()
    if kind == "location":
        return kind, _place(msg, type_name)
    if kind == "call":
        how = _CALLED.search(msg[-100:])
        return kind, how["how"] if how else msg
    if kind == "link":
        return kind, _link(msg, type_name)
    if kind == "text" or kind == "system":
        return kind, msg
    return kind, "" if msg in _PLACEHOLDERS or msg == type_name else msg


def quote_of(msg: str) -> tuple[str, str] | None:
    """A quoting reply's own words and the text that it quotes; None if it quotes nothing."""
    words, sign, rest = msg.partition("[引用]")
    found = _QUOTE.match(rest) if sign else None
    return (words.rstrip(), found["quoted"].strip()) if found else None


def _place(msg: str, type_name: str) -> str:
    """The name of a place, from the line that begins with it."""
    lines = (line.strip() for line in msg.split("\n"))
    named = (line.removeprefix("位置：").strip() for line in lines if line.startswith("位置："))
    return next(named, "" if msg == type_name else msg)


def _link(msg: str, type_name: str) -> str:
    """Title and description of a shared card, without the address behind them."""
    return "" if msg == type_name else msg.partition('<a href="')[0].strip()
