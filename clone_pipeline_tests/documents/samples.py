"""Files for the tests, written on the spot."""

import io

import pypdf


def pdf(*pages: list[str], title: str | None = None, password: str | None = None) -> bytes:
    """A PDF with the lines of each page in Helvetica; a page without lines shows nothing."""
    font = "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"
    objects = ["<< /Type /Catalog /Pages 2 0 R >>", "", font]
    kids = []
    for lines in pages:
        shown = "".join(f"({_escaped(line)}) Tj T*\n" for line in lines)
        stream = f"BT /F1 11 Tf 14 TL 50 750 Td\n{shown}ET"
        kids.append(f"{len(objects) + 1} 0 R")
        objects.append(
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] "
            f"/Resources << /Font << /F1 3 0 R >> >> /Contents {len(objects) + 2} 0 R >>"
        )
        objects.append(f"<< /Length {len(stream)} >>\nstream\n{stream}\nendstream")
    objects[1] = f"<< /Type /Pages /Kids [{' '.join(kids)}] /Count {len(kids)} >>"
    data, starts = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, 1):
        starts.append(len(data))
        data += f"{number} 0 obj\n{body}\nendobj\n".encode("latin-1")
    table = "".join(f"{start:010d} 00000 n \n" for start in starts)
    data += (
        f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}"
        f"trailer << /Size {len(objects) + 1} /Root 1 0 R >>\nstartxref\n{len(data)}\n%%EOF\n"
    ).encode()
    return data if title is None and password is None else _written(data, title, password)


def _written(data: bytes, title: str | None, password: str | None) -> bytes:
    writer = pypdf.PdfWriter(io.BytesIO(data))
    if title is not None:
        writer.add_metadata({"/Title": title})
    if password is not None:
        writer.encrypt(password, algorithm="RC4-128")
    stream = io.BytesIO()
    writer.write(stream)
    return stream.getvalue()


def _escaped(line: str) -> str:
    return line.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")


def scan(text: str) -> bytes:
    """A PDF of one page that is a picture of `text`."""
    from PIL import Image, ImageDraw, ImageFont

    picture, made = Image.new("L", (1700, 600), 255), io.BytesIO()
    ImageDraw.Draw(picture).text((150, 200), text, font=ImageFont.load_default(90), fill=0)
    picture.save(made, "PDF", resolution=200.0)
    return made.getvalue()
