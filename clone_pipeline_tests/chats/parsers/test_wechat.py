import contextlib
import csv
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clone_pipeline.chats.parsers import wechat
from clone_pipeline.chats.parsers.wechat_kinds import kind_and_text
from clone_pipeline.records import Message
from clone_pipeline.settings import FaultyInput
from clone_pipeline_tests.chats.samples import read_partly

HEADER = ["id", "MsgSvrID", "type_name", "is_sender", "talker", "room_name", "msg", "src"]
HEADER += ["CreateTime"]
TIME = "2024-05-03 18:20:00"


def row(
    number: int, msg: str, *, type_name: str = "文本", sender: int = 0, **more: str
) -> list[str]:
    talker = more.get("talker", "我" if sender else "wxid_anna")
    own = more.get("own", str(10**18 + number))
    time = more.get("time", TIME)
    return [str(number), own, type_name, str(sender), talker, "wxid_anna", msg, "", time]


def write(path: Path, *rows: list[str], encoding: str = "utf-8") -> Path:
    with path.open("w", encoding=encoding, newline="") as file:
        csv.writer(file).writerows([HEADER, *rows])
    return path


def parse(path: Path, **options: object) -> list[Message]:
    assert wechat.matches(path, path.read_bytes()[: 1 << 16])
    return list(wechat.parse(path, source_file="wechat/a.csv", **options))  # type: ignore[arg-type]


def test_rows_are_messages_of_me_and_of_the_other(tmp_path: Path) -> None:
    path = write(tmp_path / "1", row(1, "豆子发芽了吗"), row(2, "发了\n两颗没有", sender=1))
    one, two = parse(path)
    assert (one.message_id, one.author_id, one.author) == (
        f"wechat:{10**18 + 1}",
        "wxid_anna",
        "wxid_anna",
    )
    assert (two.author_id, two.author, two.login, two.text) == ("me", "me", "", "发了\n两颗没有")
    assert one.timestamp == datetime(2024, 5, 3, 18, 20, tzinfo=UTC)
    assert {one.channel_id, two.channel_id} == {"wxid_anna"}


def test_names_come_from_the_users_beside(tmp_path: Path) -> None:
    path = write(tmp_path / "1", row(1, "hi"), row(2, "ho", sender=1, talker="wxid_me"))
    users = tmp_path / "2"
    told = {
        "wxid_anna": {"wxid": "wxid_anna", "nickname": "A", "remark": "Anna"},
        "wxid_me": {"wxid": "wxid_me", "nickname": "Ben", "remark": ""},
    }
    users.write_text(json.dumps(told))
    found = parse(path, beside={"users.json": users}.get)
    assert [(m.author, m.login, m.channel) for m in found] == [
        ("Anna", "wxid_anna", "Anna"),
        ("Ben", "wxid_me", "Anna"),
    ]
    assert parse(users) == []


def test_a_quoting_reply_answers_the_message_of_those_words(tmp_path: Path) -> None:
    said = "两颗没有\n\n[引用](2024-05-03 18:20:00)安娜:豆子发芽了吗"
    lost = "真的\n\n[引用](2024-05-01 18:20:00)安娜:很久以前"
    found = parse(
        write(
            tmp_path / "1",
            row(1, "豆子发芽了吗"),
            row(2, said, type_name="引用回复", sender=1),
            row(3, lost, type_name="引用回复", sender=1),
        )
    )
    assert [(m.kind, m.text, m.reply_to) for m in found[1:]] == [
        ("text", "两颗没有", found[0].message_id),
        ("text", "真的", None),
    ]


@pytest.mark.parametrize(
    ("type_name", "msg", "kind", "text"),
    [
        ("图片", "图片", "image", ""),
        ("动画表情", "表情", "sticker", ""),
        ("语音", "语音时长：3.20秒\n翻译结果：明天见", "voice", "明天见"),
        ("语音", "语音时长：3.20秒", "voice", ""),
        ("视频", "视频", "video", ""),
        ("文件", "beans.pdf", "file", "beans.pdf"),
        ("位置", "纬度:【1】 经度:【2】\n位置：花园 南门\n其他信息：{}", "location", "花园 南门"),
        (
            "(分享)卡片式链接",
            '豆子\n怎么种\n\n<a href="http://x">点击查看详情</a>',
            "link",
            "豆子\n怎么种",
        ),
        ("(分享)小程序", "(分享)小程序", "link", ""),
        ("语音通话", "语音/视频通话[已取消]", "call", "已取消"),
        ("合并转发的聊天记录", "群聊的聊天记录\nA: x", "forward", "群聊的聊天记录\nA: x"),
        ("系统通知", "<revokemsg>你撤回了一条消息</revokemsg>", "deleted", ""),
        ("消息撤回57", "x", "deleted", ""),
        ("拍一拍", "我拍了拍", "system", "我拍了拍"),
        ("未知-49,15", "未知", "system", "未知"),
    ],
)
def test_every_type_has_a_kind(type_name: str, msg: str, kind: str, text: str) -> None:
    assert kind_and_text(type_name, msg) == (kind, text)


def test_ids_that_a_spreadsheet_rounded_do_not_make_two_messages_one(tmp_path: Path) -> None:
    rows = [
        row(1, "one", own="1000000000000000000"),
        row(2, "two", own="1000000000000000000"),
        row(3, "three", own="1.00E+18"),
        row(4, "four", own="0"),
        row(4, "four", own="0"),
    ]
    found = parse(write(tmp_path / "1", *rows))
    assert len({m.message_id for m in found}) == 4
    assert found[3].message_id == found[4].message_id


def test_a_file_that_a_spreadsheet_saved_is_read(tmp_path: Path) -> None:
    path = write(tmp_path / "1", row(1, "豆子", time="2024/5/3 18:20"), encoding="gb18030")
    found, told = read_partly(wechat, path)
    assert [(m.text, m.timestamp) for m in found] == [
        ("豆子", datetime(2024, 5, 3, 18, 20, tzinfo=UTC))
    ]
    assert told is not None
    assert (told.lost, "read as gb18030" in str(told)) == (0, True)


def test_rows_without_a_time_or_a_sender_are_lost_and_counted(tmp_path: Path) -> None:
    rows = [row(1, "x", time="noon"), ["2", "3"], row(3, "kept")]
    found, told = read_partly(wechat, write(tmp_path / "1", *rows))
    assert [m.text for m in found] == ["kept"]
    assert told is not None
    assert told.lost == 2


@settings(max_examples=60, deadline=None)
@given(
    cells=st.lists(st.lists(st.text(max_size=12), max_size=10), max_size=6),
    junk=st.binary(max_size=40),
)
def test_any_rows_are_read_or_lost(
    cells: list[list[str]], junk: bytes, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("wechat") / "x"
    write(path, *[[c.replace("\ud800", "") for c in line] for line in cells])
    path.write_bytes(path.read_bytes() + junk)
    with contextlib.suppress(FaultyInput):
        list(wechat.parse(path, source_file="x"))
