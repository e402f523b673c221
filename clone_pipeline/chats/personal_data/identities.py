"""Numbers that a state gave a person: by their checksums, or by the word before them.

Patterns, checksums and context words after Presidio's country-specific recognisers (MIT):
us_ssn, us_itin, us_mbi, uk_nino, uk_driving_licence, es_nif, es_nie, it_fiscal_code,
sg_fin, in_pan, in_aadhaar, fi_personal_identity_code, kr_rrn, th_tnin, de_tax_id,
de_social_security, pl_pesel and others; the rest by the issuers' published rules.
"""

import re
from collections.abc import Callable

from clone_pipeline.chats.personal_data import identity_checks as checks
from clone_pipeline.chats.personal_data.finding import (
    Finder,
    Look,
    Span,
    any_word,
    compact,
    compiled,
    digits_in_a_row,
    listed,
)  # fmt: skip
from clone_pipeline.chats.personal_data.hints import CODE, DIGITS
from clone_pipeline.chats.personal_data.units import counts_something
from clone_pipeline.chats.personal_data.words import ends_with, is_of_a_thing, names
from clone_pipeline.chats.regions import Regions

_FISCAL = r"[A-Z]{6}[0-9L-NP-V]{2}[A-EHLMPR-T][0-9L-NP-V]{2}[A-Z][0-9L-NP-V]{3}[A-Z]"
# Shapes that little else has: (group, pattern, check). A check sees letters and digits only.
_SHAPES: tuple[tuple[str, str, Callable[[str], bool]], ...] = (
    ("us", r"(?!000|666)[0-9]{3}-(?!00)[0-9]{2}-(?!0000)[0-9]{4}", checks.anything),
    ("mbi", r"[1-9][AC-HJKMNP-RT-Y][AC-HJKMNP-RT-Y0-9][0-9]-[AC-HJKMNP-RT-Y][AC-HJKMNP-RT-Y0-9]"
     r"[0-9]-[AC-HJKMNP-RT-Y]{2}[0-9]{2}", checks.anything),
    ("nino", r"(?:QQ|(?!BG|GB|NK|KN|NT|TN|ZZ)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z])"
     r"(?: ?[0-9]{2}){3} ?[A-D]",
     checks.anything),
    ("dvla", r"[A-Z][A-Z9]{4}[0-9](?:0[1-9]|1[0-2]|5[1-9]|6[0-2])(?:0[1-9]|[12][0-9]|3[01])[0-9]"
     r"[A-Z9]{2}[A-Z0-9][A-Z]{2}", checks.anything),
    ("dni", r"[0-9]{8}-?[A-HJ-NP-TV-Z]|[XYZ]-?[0-9]{7}-?[A-HJ-NP-TV-Z]", checks.is_spanish),
    ("fiscal", _FISCAL, checks.is_italian),
    ("nric", r"[STFGM][0-9]{7}[A-Z]", checks.is_singaporean),
    ("pan", r"[A-Z]{3}[ABCFGHJLPT][A-Z][0-9]{4}[A-Z]", checks.anything),
    ("hetu", r"[0-3][0-9][01][0-9][0-9]{2}[-+A-FU-Y][0-9]{3}[0-9A-FHJ-NPR-Y]", checks.is_finnish),
    ("rrn", r"[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])-[1-8][0-9]{6}", checks.anything),
    ("thai", r"[0-9]-[0-9]{4}-[0-9]{5}-[0-9]{2}-[0-9]", checks.is_thai),
    ("rvnr", r"[0-9]{2} ?[0-9]{6} ?[A-Z] ?[0-9]{3}", checks.is_german_insurance),
    ("nir", r"[12] ?[0-9]{2} ?(?:0[1-9]|1[0-2]) ?(?:[0-9]{2}|2[AB]) ?[0-9]{3} ?[0-9]{3} ?[0-9]{2}",
     checks.is_french),
    ("belgian", r"[0-9]{2}\.[0-9]{2}\.[0-9]{2}-[0-9]{3}\.[0-9]{2}", checks.is_belgian),
    ("cpf", r"[0-9]{3}\.[0-9]{3}\.[0-9]{3}-[0-9]{2}", checks.is_brazilian),
    ("rut", r"[0-9]{1,2}\.[0-9]{3}\.[0-9]{3}-[0-9Kk]", checks.is_chilean),
    ("curp", r"[A-Z]{4}[0-9]{6}[HMX][A-Z]{5}[A-Z0-9][0-9]", checks.anything),
    ("chinese", r"[1-8][0-9]{5}(?:19|20)[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])"
     r"[0-9]{3}[0-9Xx]", checks.is_chinese),
    ("taiwanese", r"[A-Z][12][0-9]{8}", checks.is_taiwanese),
    ("hongkong", r"[A-Z]{1,2}[0-9]{6}\([0-9A]\)", checks.anything),
)  # fmt: skip
_CHECKS = {name: check for name, _, check in _SHAPES}
_SHAPE = compiled(
    r"(?<![\w/=#.@<\-])(?=[A-Z]{0,6}[ \-]?[A-Z]{0,6}[0-9])(?:"
    + "|".join(f"(?P<{name}>{shape})" for name, shape, _ in _SHAPES)
    + r")(?![\w/]|[.\-][0-9])"
)  # fmt: skip
_CODE = compiled("[A-Z][0-9]{4}[A-Z]").search
# Digits that are somebody's number in a chat of that region, if the checksum is right.
_HOME: dict[str, Callable[[str], bool]] = {
    "PL": checks.is_polish, "DE": checks.is_german_tax, "TR": checks.is_turkish,
    "TH": checks.is_thai, "BR": checks.is_brazilian, "NO": checks.is_norwegian,
    "SE": checks.is_swedish, "DK": checks.is_danish, "IN": checks.is_indian,
    "ZA": checks.is_south_african,
}  # fmt: skip
_ROW = compiled(
    r"(?<![\w/=#.@<+\-])(?:[0-9]{2} [0-9]{3} [0-9]{3} [0-9]{3}|[0-9]{4} [0-9]{4} [0-9]{4}"
    r"|[0-9]{6}[-+]?[0-9]{4}|[0-9]{11,13})(?![\w/]|[.\- ]?[0-9])"
)
_NAMES = frozenset(
    listed(
        "ssn ssns itin tin ein medicare medicaid mbi npi dea nino nhs passport dvla tfn abn "
        "acn sin pan aadhaar aadhar uidai nric fin imei vin personalausweis ausweis "
        "personalausweisnummer ausweisnummer reisepass reisepassnummer passnummer passnr "
        "führerschein führerscheinnummer steuer steuerid steuernummer "
        "steueridentifikationsnummer identifikationsnummer idnr rvnr svnr kvnr ahv "
        "sozialversicherungsnummer rentenversicherungsnummer krankenversichertennummer "
        "krankenversicherungsnummer versichertennummer dni nif nie cif curp rfc rut cuit cuil "
        "cédula cedula pasaporte nss passeport passaporto patente cf cpf cnpj bsn "
        "rijksregisternummer burgerservicenummer pesel dowód dowod paszport personnummer "
        "fødselsnummer cpr hetu henkilötunnus kimlik паспорт снилс инн"
    )
) | frozenset(
    each.replace("_", " ")
    for each in listed(
        "social_security taxpayer_id national_insurance ni_number driver_license "
        "driver_licence drivers_license drivers_licence s_license s_licence driving_licence "
        "driving_license license_number identity_card national_identity tax_file "
        "social_insurance sv_nummer tax_card permiso_conducir licencia_conducir "
        "seguridad_social documento_identidad sécurité_sociale permis_conduire carte_identité "
        "d_identité codice_fiscale partita_iva p_iva d_identità carta_identità tc_kimlik "
        "voter_card drivers_card"
    )
)
# Words of those that are in much other talk.
_PLAIN = frozenset(
    listed("id card number s d p de social security national identity tax license sv")
)
_CJK = listed("身份证 身分證 护照 護照 驾驶证 社保 マイナンバー パスポート 주민등록번호 여권")
_NAMED = compiled(
    r"(?<![A-Za-z0-9.\-/&?#@])(?=[A-Za-z]{0,4}[ \-./]?[A-Za-z]{0,4}[0-9])"
    r"(?:[A-Z0-9](?:[ \-./]?[A-Z0-9]){5,19}|[a-z0-9]{6,18})(?![A-Za-z0-9])"
)
_DATE = compiled(
    r"(?:[0-9]{1,2}[./\- ]){2}(?:19|20)[0-9]{2}|(?:19|20)[0-9]{2}(?:[./\- ]?[0-9]{2}){2}"
)


def _shape(match: re.Match[str], _regions: Regions) -> Span | None:
    check = _CHECKS[match.lastgroup or ""]
    if not check(compact(match.group())) or _is_no_persons(match):
        return None
    return match.span()


def _row(match: re.Match[str], regions: Regions) -> Span | None:
    own = compact(match.group())
    ours = any(region in regions and check(own) for region, check in _HOME.items())
    if not ours or _is_no_persons(match):
        return None
    return match.span()


def _named(match: re.Match[str], _regions: Regions) -> Span | None:
    text, start = match.string, match.start()
    if not Look(match.group()).digits or _DATE.match(match.group()):
        return None
    if "://" in text[:start].rpartition(" ")[2]:
        return None
    named = _NAMES.intersection(names(text, start)) or ends_with(text, start, _CJK)
    return match.span() if named else None


def _is_no_persons(match: re.Match[str]) -> bool:
    return is_of_a_thing(match.string, match.start()) or counts_something(match.string, match.end())


IDENTITIES = (
    Finder("ID", DIGITS | CODE, lambda look: look.digits or _CODE(look.text), _SHAPE, _shape),
    Finder("ID", DIGITS, digits_in_a_row, _ROW, _row),
    Finder("ID", DIGITS, any_word(_NAMES, but=_PLAIN, parts="身护護驾社マパ주여"), _NAMED, _named),
)
