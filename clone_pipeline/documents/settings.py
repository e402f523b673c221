"""How documents are read."""

from pydantic import Field

from clone_pipeline.settings import Settings


class DocumentSettings(Settings):
    """Documents in raw_input/docs, and the addresses listed there."""

    ocr: bool = Field(
        False,
        description="read the words in PDFs of pictures (scans) by Tesseract, a page in seconds",
    )
    ocr_languages: str = Field(
        "eng",
        pattern=r"^[A-Za-z_]{3,}(\+[A-Za-z_]{3,})*$",
        description="languages of scans, as Tesseract calls them, such as eng+deu",
    )
    transcript_languages: list[str] = Field(
        ["en"], min_length=1, description="languages of YouTube's transcripts, best first"
    )
