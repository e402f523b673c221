import pytest

from clone_pipeline.chats import checksums


@pytest.mark.parametrize("iban", ["DE89370400440532013000", "GB29NWBK60161331926819"])
def test_an_iban_with_one_letter_changed_is_none(iban: str) -> None:
    assert checksums.iban_length(iban[:2]) == len(iban)
    assert checksums.is_iban(iban)
    assert not checksums.is_iban(iban[:-1] + str((int(iban[-1]) + 1) % 10))


def test_a_country_without_ibans_has_none() -> None:
    assert checksums.iban_length("xx") == 0


def test_a_card_with_two_digits_changed_over_is_none() -> None:
    assert checksums.is_luhn("4012888888881881")
    assert not checksums.is_luhn("4012888888888181")


def test_an_address_with_a_letter_changed_is_none() -> None:
    assert checksums.is_base58_address("1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa")
    assert not checksums.is_base58_address("1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNb")
