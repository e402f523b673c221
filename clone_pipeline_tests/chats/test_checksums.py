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


def test_a_ripple_account_and_a_private_key_have_their_checksums() -> None:
    assert checksums.is_base58_address("rHb9CJAWyB4rj91VRWn96DkukG4bwdtyTh")
    assert checksums.is_base58_check("5HueCGU8rMjxEXxiPuD5BDku4MkFqeZyd4dZ1jvhTVqvbTLvyTJ")
    assert not checksums.is_base58_check("5HueCGU8rMjxEXxiPuD5BDku4MkFqeZyd4dZ1jvhTVqvbTLvyTK")


@pytest.mark.parametrize(
    "address",
    [
        "bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq",
        "BC1QAR0SRRR7XFKVY5L643LYDNW9RE59GTZZWF5MDQ",
        "bc1p5cyxnuxmeuwuvkwfem96lqzszd02n6xdcjrs20cac6yqjjwudpxqkedrcr",
    ],
)
def test_a_bech32_address_with_a_letter_changed_is_none(address: str) -> None:
    assert checksums.is_bech32(address)
    assert not checksums.is_bech32(address[:-1] + ("p" if address[-1] in "qQ" else "q"))
    assert not checksums.is_bech32(address[:5] + address[5:].swapcase())


def test_other_check_digits() -> None:
    assert checksums.is_verhoeff("2363")
    assert not checksums.is_verhoeff("2364")
    assert checksums.is_mod_11_10("86095742719")
    assert checksums.weighted("123", (3, 2)) == 7
