"""The text of a Rich Text Format file, read by striprtf."""

import re

from clone_pipeline.documents.refusing import Unreadable

_BLANKS = re.compile(r"\n[^\S\n]*\n(?:[^\S\n]*\n)+")


def read_rtf(data: bytes) -> str:
    """The text without pictures, fonts and marks.

    Raises:
        Unreadable: "no_reader" (the extra `office` is not installed), "damaged".
    """
    try:
        from striprtf.striprtf import rtf_to_text  # noqa: PLC0415
    except ImportError:
        raise Unreadable("no_reader") from None
    try:  # the file is ASCII; what is not of it names its code page
        text = rtf_to_text(data.decode("latin-1"), errors="replace")
    except (ArithmeticError, LookupError, TypeError, ValueError):
        raise Unreadable("damaged") from None
    return _BLANKS.sub("\n\n", text.replace("\x00", "")).strip()
