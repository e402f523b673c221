"""PDFs read as paragraphs, or refused for a reason."""

import pytest

from clone_pipeline.documents.pdf import read_pdf
from clone_pipeline.documents.refusing import Unreadable
from clone_pipeline_tests.documents.samples import pdf

PARAGRAPH = [
    "The harbour lies behind a long wall of grey stone, and every boat that wants to lie",
    "there over night has to ask Greta first, who keeps the book and knows the water-",
    "level by heart. She has kept that book for thirty years, and nobody has ever found",
    "a mistake.",
    "Boats over twelve metres",
    "- pay double",
]


def test_the_lines_of_a_paragraph_and_the_halves_of_a_word_are_joined() -> None:
    _, text = read_pdf(pdf(PARAGRAPH))
    assert text.split("\n") == [
        "The harbour lies behind a long wall of grey stone, and every boat that wants to lie there "
        "over night has to ask Greta first, who keeps the book and knows the waterlevel by heart. "
        "She has kept that book for thirty years, and nobody has ever found a mistake.",
        "Boats over twelve metres",
        "- pay double",
    ]


def test_a_hyphen_that_the_page_writes_elsewhere_stays() -> None:
    lines = [*PARAGRAPH[:3], "The water-level is read at noon."]
    assert "knows the water-level by heart" in read_pdf(pdf(lines))[1]


def test_pages_are_set_apart_by_a_blank_line() -> None:
    assert read_pdf(pdf(["One."], ["Two."]))[1] == "One.\n\nTwo."


def test_the_numbers_of_pages_are_left_out_and_other_numbers_stay() -> None:
    pages = [["7", "One.", "4"], ["8", "Two.", "Page 2 of 3", "5"], ["1984", "Three.", "6"]]
    assert read_pdf(pdf(*pages))[1] == "One.\n\nTwo.\n\n1984\nThree."


def test_a_number_on_a_page_alone_stays() -> None:
    assert read_pdf(pdf(["Room", "12"], ["One."], ["Two."]))[1] == "Room\n12\n\nOne.\n\nTwo."


def test_pages_without_text_are_recognised_in_their_places() -> None:
    def recognise(places: list[int]) -> list[str]:
        return [f"Scan {place}." for place in places]

    assert read_pdf(pdf([], ["Two."], []), recognise=recognise)[1] == "Scan 0.\n\nTwo.\n\nScan 2."


def test_what_a_page_says_is_kept_if_the_others_are_not_recognised() -> None:
    def recognise(places: list[int]) -> list[str]:
        raise Unreadable("no_ocr")

    assert read_pdf(pdf([], ["Two."]), recognise=recognise)[1] == "Two."
    with pytest.raises(Unreadable, match="no_ocr"):
        read_pdf(pdf([]), recognise=recognise)


@pytest.mark.parametrize(
    ("title", "read"),
    [
        ("The Harbour  Book", "The Harbour Book"),
        ("untitled", ""),
        ("Microsoft Word - x.doc", ""),
        ("scan_0001.tif", ""),
    ],
)
def test_a_title_is_taken_unless_a_program_made_it_up(title: str, read: str) -> None:
    assert read_pdf(pdf(["One."], title=title))[0] == read


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (pdf(["secret"], password="open sesame"), "encrypted"),
        (pdf([]), "no_text"),
        (b"%PDF-1.7 and then nothing of a PDF", "damaged"),
        (pdf(["One."])[:300], "damaged"),
    ],
)
def test_a_pdf_without_text_says_why(data: bytes, reason: str) -> None:
    with pytest.raises(Unreadable, match=f"^{reason}$"):
        read_pdf(data)


def test_a_pdf_that_opens_without_a_password_is_read() -> None:
    assert read_pdf(pdf(["not secret"], password=""))[1] == "not secret"
