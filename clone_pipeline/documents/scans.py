"""The words in a PDF of pictures, recognised by Tesseract (https://tesseract-ocr.github.io)."""

import shutil

from clone_pipeline.documents.refusing import Unreadable

DOTS_PER_INCH = 300  # what Tesseract's documentation asks for
_POINTS = 72


def read_scan(data: bytes, *, languages: str) -> str:
    """The text of a scanned PDF; pages are set apart by blank lines.

    Args:
        data: the PDF.
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
        pages = pypdfium2.PdfDocument(data)
        texts = [
            pytesseract.image_to_string(
                page.render(scale=DOTS_PER_INCH / _POINTS).to_pil(), lang=languages
            ).strip()
            for page in pages
        ]
    except pypdfium2.PdfiumError:
        raise Unreadable("damaged") from None
    except pytesseract.TesseractError:
        raise Unreadable("no_ocr") from None
    text = "\n\n".join(filter(None, texts))
    if not text:
        raise Unreadable("no_text")
    return text
