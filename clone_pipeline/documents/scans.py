"""The words in a PDF of pictures, recognised by Tesseract (https://tesseract-ocr.github.io)."""

import shutil
from collections.abc import Sequence

from clone_pipeline.documents.refusing import Unreadable

DOTS_PER_INCH = 300  # what Tesseract's documentation asks for
_POINTS = 72
_MOST_DOTS = 10_000  # of a side: A3 has 5,000, and a page may be of any size


def read_scan(data: bytes, places: Sequence[int], *, languages: str) -> list[str]:
    """The text of scanned pages of a PDF.

    Args:
        data: the PDF.
        places: which pages, from 0.
        languages: as Tesseract calls them, joined by "+".

    Raises:
        Unreadable: "no_ocr" (the extra `ocr` or the program tesseract is not installed, or a
            language of it), "no_text" (no word was found), "damaged".
    """
    try:
        import pypdfium2  # noqa: PLC0415
        import pytesseract  # noqa: PLC0415
    except ImportError:
        raise Unreadable("no_ocr") from None
    if not shutil.which("tesseract"):
        raise Unreadable("no_ocr")
    try:
        document = pypdfium2.PdfDocument(data)
        texts = []
        for page in map(document.__getitem__, places):
            scale = min(DOTS_PER_INCH / _POINTS, _MOST_DOTS / max(page.get_size()))
            picture = page.render(scale=scale).to_pil()
            texts.append(pytesseract.image_to_string(picture, lang=languages).strip())
    except pypdfium2.PdfiumError:
        raise Unreadable("damaged") from None
    except pytesseract.TesseractError:
        raise Unreadable("no_ocr") from None
    if not any(texts):
        raise Unreadable("no_text")
    return texts
