"""Every order of a date, and the proof that a file's order is found wherever it can be."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clone_pipeline.chats.parsers import whatsapp
from clone_pipeline.chats.parsers.whatsapp_dates import day_of, order_of
from clone_pipeline_tests.chats.samples import read_partly


@pytest.mark.parametrize(
    ("lines", "first", "certain"),
    [
        (["13/02/2024, 10:00 - A: x"], "2024-02-13T10:00:00", True),
        (["02/13/2024, 10:00 - A: x"], "2024-02-13T10:00:00", True),
        (["2024/02/03, 10:00 - A: x"], "2024-02-03T10:00:00", True),
        (["13/2/2567 BE, 10:00 - A: x"], "2024-02-13T10:00:00", True),
        (["13/2/67 10:00 - A: x"], "2024-02-13T10:00:00", True),
        (["24-02-08, 10:00 - A: x"], "2024-02-08T10:00:00", True),
        (["2/2/24, 10:00 - A: x"], "2024-02-02T10:00:00", True),
        (["5/12/24, 9:00 - A: x", "6/1/25, 9:00 - A: x"], "2024-12-05T09:00:00", False),
        (["5/12/24, 9:00 - A: x", "6/1/24, 9:00 - A: x"], "2024-05-12T09:00:00", True),
        (["5/12/23, 9:00 - A: x", "6/1/24, 9:00 - A: x"], "2023-12-05T09:00:00", False),
        (["[1/2/24, 12:05:00\u202fAM] A: x", "[1/28/24, 9:00:00\u202fPM] A: x"],
         "2024-01-02T00:05:00", True),
        (["13/02/24, 10:00 - A: x"], "2024-02-13T10:00:00", False),
        (["1/2/24, 9:00 AM - A: x"], "2024-01-02T09:00:00", False),
        (["1.2.24, 09:00 - A: x"], "2024-02-01T09:00:00", False),
        (["1/2/24, 9:00 am - A: x", "2/2/24, 9:00 am - A: x"], "2024-02-01T09:00:00", False),
        (["2/1/24, 12:05 p. m. - A: x"], "2024-02-01T12:05:00", False),
        (["24-02-13, 10:00 - A: x", "25-01-09, 10:00 - A: x"], "2024-02-13T10:00:00", True),
        ([f"0{n}/02/24, 10:00 - A: x" for n in range(1, 8)], "2024-02-01T10:00:00", True),
    ],
)  # fmt: skip
def test_the_order_of_a_date_is_decided_by_the_whole_file(
    tmp_path: Path, lines: list[str], first: str, certain: bool
) -> None:
    path = tmp_path / "c.txt"
    path.write_text("\n".join(lines), encoding="utf-8")
    found, told = read_partly(whatsapp, path)
    assert found[0].timestamp == datetime.fromisoformat(first).replace(tzinfo=UTC)
    assert (told is None) == certain
    assert len(found) == len(lines)


# The short forms of Unicode CLDR 48, in its locales, for 2024-02-13 15:05:09.
FORMS = [
    *("2024-02-13 15:05:09", "13/2/2024 15:05:09", "13/2/24, 3:05:09 ANW", "13.2.24, 3:05:09 m.d."),
    *("13/02/2024 3:05:09 ከሰዓት", "13\u200f/2\u200f/2024، 3:05:09 م", "13.02.24, 15:05:09"),
    *("١٣\u200f/٢\u200f/٢٠٢٤، ٣:٠٥:٠٩ م", "১৩-২-২০২৪, অপৰাহ্ন ৩.০৫.০৯", "13/2/24 15:05:09"),
    *("13.02.2024, 15:05:09", "24/2/13 (15:05:09)", "১৩/২/২৪, ৩:০৫:০৯ PM", "13.02.24 г., 15:05:09"),
    *("२०२४-०२-१३ ३:०५:०९ PM", "2/13/2024, 15:05:09", "13. 2. 2024. u 15:05:09"),
    *("၁၃/၂/၂၄ ၁၅:၀၅:၀၉", "2/13/24, 3:05:09\u202fPM", "2024/2/13 15:05:09", "2024.02.13, 15:05:09"),
    *("13. 2. 2024. 15:05:09", "13.02.2024, 15.05.09", "۱۴۰۲/۱۱/۲۴،\u200f ۱۵:۰۵:۰۹"),
    *("13-02-2024, 15:05:09", "13/2/24, 3:05:09 μ.μ.", "13.2.2024 klo 15.05.09"),
    *("13. 02. 2024. 15:05:09", "2024. 02. 13. 15:05:09", "13/02/24, 15.05.09"),
    *("2024/02/13 15:05:09", "24. 2. 13. 오후 3:05:09", "2024년 2월 13일 오후 3:05:09"),
    *("13. 2. 2024 15:05:09", "13/02/24, 3:05:09 PTG", "13/2/2024, 15:05:09"),
    *("२४/२/१३, १५:०५:०९", "2024-02-13, 15.05.09", "13/2/67 15:05:09", "13-02-24 3:05:09 PM"),
    *("2024-02-13، 15:05:09", "13/2/24، 3:05:09 PM", "15:05:09 13/2/24"),
    *("2024-02-13, 3:05:09 p.m.", "2024/2/13 下午3:05:09", "2024/2/13 午後3:05:09"),
    "13/2/2024 下午3:05:09",
    *("2024年2月13日 下午3:05:09", "2024-02-13 15 h 05 min 09 s"),
    *("13/02/2024 à 15:05:09", "13.02.24 um 15:05:09", "13/02/24, 3:05:09 p. m."),
    *("13 02 2024 15:05:09", "１３／２／２０２４，１５：０５：０９"),
]  # fmt: skip


@pytest.mark.parametrize("frame", ["[{}] ", "{} - ", "\u200e[{}] ", "{} – "])
@pytest.mark.parametrize("form", FORMS)
def test_the_short_forms_of_all_locales_are_read(tmp_path: Path, form: str, frame: str) -> None:
    path = tmp_path / "c.txt"
    path.write_text(f"{frame.format(form)}Anna: hi\n", encoding="utf-8")
    assert whatsapp.matches(path, path.read_bytes())
    found, _ = read_partly(whatsapp, path)
    allowed = {datetime(2024, 2, 13, 15, 5, 9, tzinfo=UTC)}
    if form[:2] in {"24", "२४"}:  # day or year: no single line can tell
        allowed.add(datetime(2013, 2, 24, 15, 5, 9, tzinfo=UTC))
    assert found[0].timestamp in allowed
    assert (found[0].author, found[0].text) == ("Anna", "hi")


DIGITS = ["0123456789", "٠١٢٣٤٥٦٧٨٩", "۰۱۲۳۴۵۶۷۸۹", "०१२३४५६७८९", "０１２３４５６７８９"]
HALVES = [
    ("{t} AM", "{t} PM"),
    ("{t}\u202fa.\u00a0m.", "{t}\u202fp.\u00a0m."),
    ("午前{t}", "午後{t}"),
    ("上午{t}", "下午{t}"),
    ("오전 {t}", "오후 {t}"),
    ("{t} ص", "{t} م"),
    ("{t} ق.ظ.", "{t} ب.ظ."),
    ("{t} SA", "{t} CH"),
    ("{t} πμ", "{t} μμ"),
    ("{t} पूर्वाह्न", "{t} अपराह्न"),
]
AUTHORS = ["Anna", "Ben K.", "+49 151 2345678", "Zoë 🤓", "李雷", "Dr. Who-Ever"]
ANCHOR_DAYS = [
    *(date(2022, 1, 25), date(2022, 2, 3), date(2022, 3, 14), date(2022, 3, 30)),
    *(date(2022, 5, 2), date(2022, 6, 21), date(2022, 8, 7), date(2022, 12, 31)),
]


@st.composite
def locales(draw: st.DrawFn) -> dict[str, object]:
    return {
        "order": draw(st.sampled_from(["dmy", "mdy", "ymd"])),
        "sign": draw(st.sampled_from(["/", ".", "-", ". ", "/\u200f"])),
        "padded": draw(st.booleans()),
        "century": draw(st.booleans()),
        "era": draw(st.sampled_from([0, 0, 543])),
        "between": draw(st.sampled_from([", ", " ", "، ", ",\u00a0", " um ", " à "])),
        "halves": draw(st.sampled_from([None, None, *HALVES])),
        "colon": draw(st.sampled_from([":", ":", "."])),
        "digits": draw(st.sampled_from(DIGITS)),
        "seconds": draw(st.booleans()),
        "bracket": draw(st.booleans()),
        "crlf": draw(st.booleans()),
    }


@st.composite
def said(draw: st.DrawFn) -> list[tuple[datetime, str, str]]:
    words = st.text("abcé ß.:!?\n", min_size=1, max_size=30).map(str.strip).filter(bool)
    listed = []
    time = datetime(2022, 1, 25, 0, 3, 7, tzinfo=UTC)
    for day in ANCHOR_DAYS:
        time = max(time, datetime(day.year, day.month, day.day, 0, 3, 7, tzinfo=UTC))
        for _ in range(draw(st.integers(1, 3))):
            listed.append((time, draw(st.sampled_from(AUTHORS)), draw(words)))
            time += timedelta(seconds=draw(st.sampled_from([0, 7, 3600, 43_200])))
    return listed


def shown(time: datetime, how: dict[str, object]) -> str:
    """The head of a line, as a locale writes it."""
    width = "02" if how["padded"] else ""
    year = time.year + int(str(how["era"]))
    numbers = {
        "d": f"{time.day:{width}}",
        "m": f"{time.month:{width}}",
        "y": str(year) if how["century"] else f"{year % 100:02}",
    }
    day = str(how["sign"]).join(numbers[letter] for letter in str(how["order"]))
    seconds = f"{how['colon']}{time:%S}" if how["seconds"] else ""
    halves = how["halves"]
    hour = f"{time.hour % 12 or 12}" if halves else f"{time.hour:{width}}"
    clock = f"{hour}{how['colon']}{time:%M}{seconds}"
    if isinstance(halves, tuple):
        clock = halves[time.hour >= 12].format(t=clock)
    between = str(how["between"]) if clock[0].isdigit() else " "
    head = f"{day}{between}{clock}".translate(
        {ord(latin): other for latin, other in zip("0123456789", str(how["digits"]), strict=True)}
    )
    return f"[{head}] " if how["bracket"] else f"{head} - "


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(talk=said(), how=locales())
def test_what_a_locale_writes_is_read_back(
    tmp_path_factory: pytest.TempPathFactory,
    talk: list[tuple[datetime, str, str]],
    how: dict[str, object],
) -> None:
    path = tmp_path_factory.getbasetemp() / "round.txt"
    end = "\r\n" if how["crlf"] else "\n"
    lines = [f"{shown(time, how)}{author}: {text}" for time, author, text in talk]
    path.write_bytes((end.join(line.replace("\n", end) for line in lines) + end).encode())
    found, told = read_partly(whatsapp, path)
    cut = 1 if how["seconds"] else 60
    wanted = [
        (time - timedelta(seconds=time.second % cut), author, "text", text)
        for time, author, text in talk
    ]
    assert [(m.timestamp, m.author, m.kind, m.text) for m in found] == wanted
    assert told is None
    assert len({m.message_id for m in found}) == len(talk)


def test_persian_days_are_turned_into_ours() -> None:
    assert day_of(("1402", "11", "24"), "ymd") == date(2024, 2, 13)
    assert day_of(("1403", "12", "30"), "ymd") == date(2025, 3, 20)
    assert day_of(("1402", "12", "30"), "ymd") is None
    assert day_of(("1", "1", "1388"), "dmy") == date(2009, 3, 21)


@given(st.lists(st.tuples(*[st.from_regex(r"\A\d{1,2}\Z")] * 3), min_size=1, max_size=9))
def test_an_order_is_always_found(days: list[tuple[str, str, str]]) -> None:
    order = order_of(days, american=False)
    assert order.letters in {"dmy", "mdy", "ymd"}
