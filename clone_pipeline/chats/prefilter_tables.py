"""Tables of bytes for `prefilter`: ends and beginnings of the words that finders know."""

import numpy as np
import numpy.typing as npt

# The ends of words behind whose `:` or `=` a secret may stand, as two small letters.
_ENDS = (
    "rd rt wd se de pw ha na lo la et ey en el pi so ta da in vv vc vn v2 c2 n2 tp hl an ad er ed "
    "ds ic ry gs ss ig re as go id te"
)
# Four signs that are in what names a secret in a sentence, and a street; _ is any sign, . one
# that is no letter.
_SECRETS = (
    "sswo sswd ssph ssco pass pwd_ pw._ kenn tras senh acht hasl has\xc5 seno arol secr key. oken "
    "clav llav hl\xc3\xbc hlue pin. otp. cv__ ehei tan. code digo \xe6\x98\xaf_ \xe4\xb8\xba_ "
    "\xe7\x82\xba_ \xe3\x81\xaf_"
)
_STREETS = (
    "stre stra str. .st. aven .ave road .rd. boul blvd lane .ln. driv .dr. cour .ct. terr plac "
    ".pl. squa .sq. clos cres way. hwy. pkwy circ grov gard mews weg. plat gass llee damm ufer "
    "ring haus call avda plaz pase carr .c/_ cami rue. chem via. vial piaz cors rua. trav impa "
    "quai \xe8\xb7\xaf_ \xe8\xa1\x97_ \xe9\x81\x93_ \xe5\xb7\xb7_ \xe5\xbc\x84_"
)

Flags = npt.NDArray[np.bool_]


def _table(signs: bytes) -> Flags:
    table = np.zeros(256, np.bool_)
    table[list(signs)] = True
    return table


def _endings() -> Flags:
    table = np.zeros((256, 256), np.bool_)
    table[128:, ord("n")] = table[128:, ord("a")] = True
    for end in _ENDS.split():
        table[ord(end[0]) | 32, ord(end[1]) | 32] = True
    return table.ravel()


def _pair_bits(grams: str, place: int) -> npt.NDArray[np.uint64]:
    """For each two bytes, the grams that have them at `place`, a bit each."""
    letters = _table(bytes(range(97, 123)))
    table = np.zeros((256, 256), np.uint64)
    for number, gram in enumerate(grams.split()):
        sides = []
        for sign in gram[place : place + 2]:
            exact = _table(bytes([ord(sign) | 32]))
            sides.append({"_": np.ones(256, np.bool_), ".": ~letters}.get(sign, exact))
        table[np.outer(*sides)] |= np.uint64(1 << number % 64)
    return table.ravel()


HEX = _table(b"0123456789abcdefABCDEF:")
# Before the digits of a link that calls a number; before those that go on in a word or a path.
LINKS = _table(b"@:/=+")
INSIDE = _table(b"_/-" + bytes(range(48, 58)) + bytes(range(65, 91)) + bytes(range(97, 123)))
QUIET = _table(b" '\"`*:=").astype(np.int64)
ENDINGS = _endings()
OF_SECRETS = _pair_bits(_SECRETS, 0), _pair_bits(_SECRETS, 2)
OF_STREETS = _pair_bits(_STREETS, 0), _pair_bits(_STREETS, 2)
# What begins a sign that `personal_data.folded` makes a plain one, and the bytes behind it.
FOLDED = (
    (b"\xc2", _table(b"\xa0")),
    (b"\xe2\x80", _table(b"\x87\x90\x91\x92\x93\xaf")),
    (b"\xe2\x88", _table(b"\x92")),
    (b"\xd9", _table(bytes(range(0xA0, 0xAA)))),
    (b"\xdb", _table(bytes(range(0xB0, 0xBA)))),
    (b"\xe0\xa5", _table(bytes(range(0xA6, 0xB0)))),
    (b"\xef\xbc", _table(b"\x8b\x8d\x8e\x8f\x9a\x9d\xa0" + bytes(range(0x90, 0x9A)))),
)
