from collections.abc import Callable

import pytest

from clone_pipeline.chats.personal_data import identity_checks as checks

# Examples of the issuers, of Presidio's tests, of encyclopedias; with one sign changed, none is.
VALID: list[tuple[Callable[[str], bool], str]] = [
    (checks.is_spanish, "12345678Z"),
    (checks.is_spanish, "X1234567L"),
    (checks.is_italian, "RSSMRA85T10A562S"),
    (checks.is_singaporean, "S2740116C"),
    (checks.is_finnish, "131052308T"),
    (checks.is_thai, "1234567890121"),
    (checks.is_german_tax, "86095742719"),
    (checks.is_german_insurance, "15070649C103"),
    (checks.is_french, "255081416802538"),
    (checks.is_belgian, "85073003328"),
    (checks.is_brazilian, "11144477735"),
    (checks.is_chilean, "123456785"),
    (checks.is_chinese, "11010519491231002X"),
    (checks.is_taiwanese, "A123456789"),
    (checks.is_polish, "44051401359"),
    (checks.is_turkish, "10000000146"),
    (checks.is_norwegian, "01010750160"),
    (checks.is_swedish, "8112189876"),
    (checks.is_indian, "234123412346"),
    (checks.is_south_african, "8001015009087"),
]


@pytest.mark.parametrize(("check", "number"), VALID, ids=[number for _, number in VALID])
def test_a_number_is_right_and_with_another_last_sign_it_is_not(
    check: Callable[[str], bool], number: str
) -> None:
    assert check(number)
    others = "0123456789" if number[-1].isdigit() else "ABCDEFGHJKLMNPQRSTUVWXYZ"
    wrong = [number[:-1] + sign for sign in others if sign != number[-1]]
    assert not any(check(each) for each in wrong)


def test_a_danish_number_is_a_day() -> None:
    assert checks.is_danish("0707614285")
    assert not checks.is_danish("3213614285")


@pytest.mark.parametrize("compact", ["12", "00000000000", "11111111111"])
def test_what_is_too_short_or_all_the_same_is_nobodys(compact: str) -> None:
    for check in (checks.is_brazilian, checks.is_german_tax, checks.is_thai, checks.is_polish):
        assert not check(compact)
