"""The words that say that a secret follows: passwords, PINs, private keys, recovery phrases."""

from clone_pipeline.chats.personal_data.finding import any_of, listed
from clone_pipeline.chats.personal_data.words import before, ends_with

_PASSWORDS = listed(
    "password passwort passwd passphrase pwd kennwort contraseña contrasena senha wachtwoord "
    "hasło haslo lösenord losenord parola пароль пароля secret apikey apitoken accesstoken "
    "authtoken secretkey privatekey geheimschlüssel zugangsschlüssel apischlüssel"
)
_KEYS = frozenset(listed("key token secret schlüssel clave llave"))
_OF_KEYS = frozenset(
    listed(
        "api access auth private secret bearer bot refresh session client signing encryption "
        "master license"
    )
)
_SPANISH = frozenset(listed("api acceso secreta privada secreto acces"))
_CJK = ("密码", "密碼", "口令", "パスワード", "비밀번호", "密钥", "令牌")
_PINS = frozenset(
    listed("pin pins pincode cvv cvc cvn cvc2 cvv2 otp geheimzahl tan smstan passcode")
)
_CODES = frozenset(
    listed(
        "verification bestätigungs bestätigungscode sicherheitscode sicherheits security "
        "verificación seguridad verificacion подтверждения pin sms"
    )
)
_PINS_CJK = ("验证码", "驗證碼", "認証コード")
_PRIVATE = frozenset(listed("privkey privatekey secret seed privada privater privat"))
_PHRASES = frozenset(
    listed("seed recovery mnemonic semilla wiederherstellungs wiederherstellungsphrase")
)

# Gates: texts without one of these name no such secret.
password = any_of(
    "passw pwd pw kennw contrase senha wachtw hasł haslo senord parola парол secret key token "
    "schlüssel passphr clave llave 密码 密碼 口令 パス 비밀 密钥 令牌 passe"
)
pin = any_of("pin cvv cvc cvn otp geheimz tan code codigo código 验证 驗證 認証 код")
phrase = any_of("seed recovery mnemonic semilla wiederh")
private_key = any_of("priv secret seed schlüssel clave 私钥 key")


def names_a_password(text: str, start: int) -> bool:
    """Whether the words right before are a name of a password or of a key to something."""
    if ends_with(text, start, _CJK, reach=8):
        return True
    words = [*before(text, start, reach=32), "", "", ""]
    first, second, third = words[:3]
    if first.endswith(_PASSWORDS) or first == "pw" or (first == "passe" and second == "de"):
        return True
    if first in _KEYS and second in _OF_KEYS:
        return True
    named = second in _KEYS or (second in {"de", "del", "la"} and third in _KEYS)
    return first in _SPANISH and named


def names_a_pin(text: str, start: int) -> bool:
    """Whether the words right before are a name of a PIN, of a card's code or a one-time code."""
    words = [*before(text, start, reach=32), "", ""]
    coded = words[0] in {"code", "código", "codigo", "код", "de", *_CODES}
    if words[0] in _PINS or ends_with(text, start, _PINS_CJK, reach=8):
        return True
    return coded and bool(_CODES.intersection(words[:3]))


def names_a_phrase(text: str, start: int) -> bool:
    """Whether the words right before are a name of a wallet's recovery phrase."""
    return bool(_PHRASES.intersection(before(text, start, reach=32)[:2]))


def names_a_private_key(text: str, start: int) -> bool:
    """Whether sixty-four hexadecimal digits are said to be a key rather than a hash."""
    words = before(text, start, reach=32)[:4]
    named = {"privkey", "privatekey", "secret", "seed", "privada", "privater", "privat"} & set(
        words
    )
    return bool(named) or ("private" in words and "key" in words) or "私钥" in text[:start][-8:]
