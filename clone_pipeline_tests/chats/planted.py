"""Personal data as people write it in four languages, among what only looks like it.

All of it is made up, from ranges that are reserved for that, or an example of a standard.
"""

from typing import NamedTuple

# What is said in a chat of the language: enough of it for the language to be judged.
TALK = {
    "en": (
        "are you coming with us to the lake? the weather is fine and they have boats",
        "not today, but what about tomorrow? I have to work and this is just too much",
        "that was the best dinner, you should have been there with your sister",
    ),
    "de": (
        "kommst du heute mit an den See? das Wetter ist schön und die anderen sind auch da",
        "ich habe nicht so viel Zeit, aber wir können noch mal reden, dann ist es ruhiger",
        "das war ein schöner Abend, und der Kuchen hast du auch schon gesehen",
    ),
    "es": (
        "hola, ¿vienes con nosotros? está muy bien el tiempo y los niños quieren que vengas",
        "no puedo, pero mañana sí, porque mi hermana está con una amiga y como siempre tarde",
        "eso es todo, bien por las fotos que me mandaste, más tarde hablamos",
    ),
    "zh": (
        "今天晚上我们去看电影吧，听说那部新片子很好看，你要不要一起来",
        "我明天要上班，不过周末可以，我们到时候在车站门口见面，别迟到",
        "昨天的晚饭太好吃了，下次你也一定要带你妹妹过来一起吃",
    ),
}


class Case(NamedTuple):
    """A sentence of a chat; `datum` is what must not be seen of it."""

    language: str
    kind: str
    text: str
    datum: str


def _cases(language: str, *lines: tuple[str, str, str]) -> list[Case]:
    return [Case(language, kind, text.replace("{}", datum), datum) for kind, datum, text in lines]


PERSONAL = [
    *_cases(
        "en",
        ("EMAIL", "j.doe+chat@example.co.uk", "mail me at {}, ok?"),
        ("EMAIL", "o'brien@example.com", "write to <{}>"),
        ("EMAIL", "sue_w@mail.example.museum", "her address ({}) is new"),
        ("PHONE", "+1 (555) 123-4567", "ring {} tonight"),
        ("PHONE", "555-0134", "the plumber is {}, say hi"),
        ("PHONE", "(212) 555-0187", "desk: {} or the cell"),
        ("PHONE", "212.555.0187", "{} works too"),
        ("PHONE", "2125550187", "text {} when you land"),
        ("PHONE", "07700 900123", "new sim, {}"),
        ("PHONE", "020 7946 0958", "the office is {}."),
        ("PHONE", "0044 20 7946 0958", "from abroad {}"),
        ("PHONE", "867-5309", "my number is {}"),
        ("CARD", "4111 1111 1111 1111", "use {} 12/29"),
        ("CARD", "378282246310005", "amex {}"),
        ("CARD", "5555-5555-5555-4444", "{} is the other card"),
        ("CARD", "6011111111111117", "try {}"),
        ("IBAN", "GB29 NWBK 6016 1331 9268 19", "send it to {} please"),
        ("IBAN", "IE29AIBK93115212345678", "{}"),
        ("IP", "203.0.113.24", "the server is at {}:25565"),
        ("IP", "2001:db8:85a3::8a2e:370:7334", "or {} if you have v6"),
        ("MAC", "00:1A:2B:3C:4D:5E", "printer {}"),
        ("WALLET", "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa", "tips: {}"),
        ("WALLET", "bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq", "{} thanks"),
        ("WALLET", "0x00000000219ab540356cBB839Cbe05303d7705Fa", "send eth to {}"),
        ("KEY", "sk-proj-Ab3dEfGh1jKlMn0pQrStUvWx", "oops, {} was in the repo"),
        ("KEY", "ghp_abcdefghijklmnopqrstuvwxyz0123456789", "token {} expired"),
        ("KEY", "AKIAIOSFODNN7EXAMPLE", "aws gave me {}"),
        ("KEY", "hunter22", "the wifi password is {}"),
        ("KEY", "correct-horse-9", "password: {}"),
        ("KEY", "4829", "my pin is {}, don't tell"),
        ("KEY", "bob:s3cret", "postgres://{}@db.example.org/app"),
        ("ID", "123-45-6789", "my ssn is {}"),
        ("ID", "QQ123456C", "NI number {}"),
        ("ID", "943 476 5919", "nhs number {}"),
        ("ID", "C01X00T47", "passport number {}"),
        ("ACCOUNT", "31926819", "account number {} at the bank"),
        ("ADDRESS", "221B Baker Street", "I live at {} now"),
    ),
    *_cases(
        "de",
        ("EMAIL", "jürgen.groß@beispiel.example", "schreib an {}!"),
        ("EMAIL", "m-mueller@example.de", "({})"),
        ("PHONE", "+49 (0)151 23456789", "meine neue Nummer: {}"),
        ("PHONE", "0151 23456789", "ruf mich an, {}"),
        ("PHONE", "0151/234 567 89", "{} ab sechs"),
        ("PHONE", "030 12345678", "Praxis {}"),
        ("PHONE", "(089) 1234567", "Tel. {}"),
        ("PHONE", "01512 3456789", "Handy {}"),
        ("PHONE", "015123456789", "schick es an {}"),
        ("PHONE", "044 668 18 00", "in Zürich {}"),
        ("PHONE", "0664 1234567", "der Wiener: {}"),
        ("CARD", "5105 1051 0510 5100", "Karte {} gültig bis 08/30"),
        ("IBAN", "DE89 3704 0044 0532 0130 00", "überweis auf {} danke"),
        ("IBAN", "CH9300762011623852957", "oder {}"),
        ("IP", "198.51.100.7", "der Rechner hat {}"),
        ("WALLET", "3J98t1WpEZ73CNmQviecrnyiWrnqRhWNLy", "an {} bitte"),
        ("KEY", "Sommer2024!", "Passwort: {}"),
        ("KEY", "xoxb-123456789012-abcdefGHIJKL", "Slack: {}"),
        ("KEY", "AIzaSyA1234567890abcdefghijklmnopqrstuv", "Google {}"),
        ("ID", "86 095 742 719", "Steuer-ID {}"),
        ("ID", "L01X00T47", "Personalausweis Nr. {}"),
        ("ID", "15070649C103", "meine Rentennummer {}"),
        ("ACCOUNT", "532013000", "Kontonummer {}"),
        ("ADDRESS", "Lindenstraße 12a", "wir wohnen {}"),
    ),
    *_cases(
        "es",
        ("EMAIL", "maría.lópez@example.es", "mi correo es {}"),
        ("PHONE", "+34 612 345 678", "apunta: {}"),
        ("PHONE", "612 345 678", "mejor {}"),
        ("PHONE", "612345678", "llámame al {}"),
        ("PHONE", "91 234 56 78", "la oficina es {}"),
        ("PHONE", "654 32 10 98", "o {}"),
        ("PHONE", "55 1234 5678", "en México {}"),
        ("PHONE", "644-123-456", "{} gracias"),
        ("CARD", "4242 4242 4242 4242", "la tarjeta {} caduca en mayo"),
        ("IBAN", "ES91 2100 0418 4502 0005 1332", "haz la transferencia a {}"),
        ("IP", "192.0.2.146", "el servidor {}"),
        ("WALLET", "0xde0B295669a9FD93d5F28D9Ec85E40f4cb697BAe", "manda a {}"),
        ("KEY", "gatito99", "la contraseña es {}"),
        ("KEY", "Fl0r_azul", "contraseña: {}"),
        ("KEY", "glpat-abcDEF123456ghiJKL78", "el token {} no va"),
        ("ID", "12345678Z", "mi DNI es {}"),
        ("ID", "X1234567L", "NIE {}"),
        ("ADDRESS", "Calle de Alcalá 45", "vivo en {}"),
    ),
    *_cases(
        "zh",
        ("EMAIL", "xiaoming@example.cn", "我的邮箱是{}"),
        ("PHONE", "13812345678", "我的手机号{}"),
        ("PHONE", "138 1234 5678", "打给我 {}"),
        ("PHONE", "010-12345678", "公司电话:{}"),
        ("PHONE", "１３８１２３４５６７８", "新号码{}"),
        ("CARD", "6200000000000005", "银行卡号{}"),
        ("IP", "203.0.113.77", "服务器 {}"),
        ("KEY", "xiaomao88", "密码是{}"),
        ("KEY", "xiaomao-88", "密码：{}，记住"),
        ("ID", "11010519491231002X", "身份证号：{}"),
    ),
]

HARMLESS = {
    "en": (
        "order #4711-0815-2023 shipped, order number 5551234567, invoice no. 20240115",
        "order 9876543210 and ticket 1234567890, tracking number 1Z999AA10123456784",
        "update to version 10.4.3.1, v1.2.3.4, release 2.10.0.7, Chrome/120.0.0.0, python 3.11.7",
        "commit 9fceb02d0ae598e95dc970b74767f19372d61af8, 9fceb02, 3f786850e387550f",
        "sha256 e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "id 550e8400-e29b-41d4-a716-446655440000 of the row",
        "$1,234,567.89 or 1234567890 bytes, 5551234567 views, 12,345,678 sats, 1.234.567 €",
        "on 2021-12-30 at 22:01:33, 12/31/2021 10:15, 20240115, 20240115123045, 2020-2021, 1998",
        "epoch 1709312400 and 1709312400123, <@806051234567890123> 806051234567890123",
        "<:kekw:800003848198578224> <#444625743440330755> <t:1709312400:R>",
        "52.520008, 13.404954 or 40.712776,-74.005974; pi is 3.14159265358979",
        "we won 102-98, 21-19 25-23, it was 4096 x 2160 and 1920x1080, 10000000 rows",
        "pages 123-4567? rooms 200-1500, 500-1000 people, 3 1/2, 1-2-3-4-5-6-7-8-9",
        "https://example.com/a/5551234567?x=4111111111111111&v=1.2.3.4#123456789",
        "https://www.youtube.com/watch?v=dQw4w9WgXcQ&t=1234567890",
        "@anna @everyone foo@ @bar, me @ home, a@b",
        "my password: no. the secret is love, the token economy is key: to success",
        "255.255.255.0 and 127.0.0.1, std::vector::push_back, fe::ed, 12:30:45:00",
        "isbn 9780306406157, isbn 0306406152, ean 4006381333931, serial number 123456789012",
        "Boeing 747-8000, RTX 4090, WW2, 7-Eleven, 24/7, 9/11, 1984, #1234567, 50% of 10,000,000",
        "the number 1234567 is prime, 1234567 people, 99999999, 100 000 000, 0000000000",
        "see [EMAIL_1] and [PHONE_12] [CARD_3]",
        "https://t.co/AbCdEfGhIjKlMnOpQrStUvWxYz https://bit.ly/3abcDEF",
        "docker pull alpine:3.19.1 && apt-get install libgomp1=12.2.0-14",
        "St. Mary 5, we met 3 Old Friends, chapter 12 The End",
    ),
    "de": (
        "Bestellung 4711-0815, Bestellnummer 1234567890, Rechnungsnummer 2024001234",
        "Auftrag 30012345 ist fertig",
        "Sendungsnummer 00340434161094042557, Artikelnummer 123456789",
        "Version 1.2.3.4 und Fassung 2.0.0.1, Treiber 31.0.15.3623, Update auf 10.2.1.5",
        "1.234.567,89 € oder 12.345.678 Euro, 1 234 567 Stück, 50.000.000 Bytes",
        "am 31.12.2021 um 22:01 Uhr, 01.02.2023 10:15, 2021-12-30, 07.08.-09.08.2024",
        "das Spiel ging 102:98 aus, 3:2 nach 120 Minuten, PLZ 10115, 5551234567",
        "Commit da39a3ee5e6b4b0d3255bfef95601890afd80709 ist kaputt",
        "Raum 3.14, Kapitel 12, §§ 1234-1240, 20 Uhr 15, 100000000",
    ),
    "es": (
        "pedido 123456789, número de pedido 612345600, factura 2024001234, ticket n.º 655443322",
        "la versión 1.2.3.4 y la versión 10.0.2.1, número de serie 123456789012",
        "1.234.567,89 €, 612345600 pesos, 1 000 000 de euros, 12,345,678 bytes",
        "el 31/12/2021 a las 22:01, el 01-02-2023, de 1939 a 1945, 2020-2021",
        "commit 2fd4e1c67a2d28fced849ee1bb76e7391b93eb12, quedamos 3-2, 40.416775, -3.703790",
        "capítulo 12, página 123, 100.000.000 de personas",
    ),
    "zh": (
        "订单号1234567890，快递单号 75123456789012，版本 1.2.3.4，型号13812345600",
        "2021年12月30日22:01，价格1234567元，100000000人，第12章",
        "哈希 da39a3ee5e6b4b0d3255bfef95601890afd80709 错了",
    ),
}
