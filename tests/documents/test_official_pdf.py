"""Official papers as PDF and as pictures."""

from __future__ import annotations

import io
import re
from datetime import date
from itertools import pairwise

from PIL import Image

from bot.documents.official import Attachment, Paper, Picture, Table, Text
from bot.documents.official_pdf import pdf, pictures


def paper(*blocks: Text | Table | Picture) -> Paper:
    attachment = Attachment("问题台账", (Text("略"),))
    return Paper(("工作情况的通报",), blocks, "市农业农村局", date(2019, 5, 8), attachments=(attachment,))


def lined(lines: int) -> Paper:
    return paper(*[Text(f"第{number}行。") for number in range(lines)])


def jpeg(size: tuple[int, int]) -> bytes:
    written = io.BytesIO()
    Image.new("RGB", size, "red").save(written, "JPEG")
    return written.getvalue()


def pages(document: bytes) -> int:
    return len(re.findall(rb"/Type\s*/Page[^s]", document))


def test_a_page_holds_twenty_two_lines() -> None:
    # title, empty, text, empty, 附件, empty, 署名, date
    around = 8 - 1

    fitting, over = pdf(lined(22 - around)), pdf(lined(22 - around + 1))

    assert (pages(fitting), pages(over)) == (2, 3), "with the attachment's own page"


def test_name_and_date_take_a_line_of_the_text_with_them_to_the_next_page() -> None:
    signed = [
        Paper(("通报",), tuple(Text("行。") for _ in range(n)), "市农业农村局", date(2019, 5, 8))
        for n in (17, 18)
    ]

    assert [pages(pdf(one)) for one in signed] == [1, 2]
    _, second = pictures(signed[1], width=620)
    seen = Image.open(io.BytesIO(second)).convert("L")
    lines = [any(value < 128 for value in seen.crop((0, y, 620, y + 1)).tobytes()) for y in range(700)]
    assert sum(now and not before for before, now in pairwise(lines)) >= 3


def test_pages_become_pictures_of_one_width() -> None:
    made = pictures(paper(Text("一、总体情况", 1)), width=620)

    sizes = [Image.open(io.BytesIO(page)).size for page in made]
    assert len(sizes) == 2
    assert all(abs(width - 620) <= 1 for width, _ in sizes)
    assert all(abs(height / width - 297 / 210) < 0.01 for width, height in sizes)


def test_a_photograph_is_set_and_marks_of_the_language_are_words() -> None:
    words = '#let x = 1 $a$ *b* _c_ `d` @e <f> \\ "'

    (first, _) = pictures(paper(Text(words), Picture(jpeg((900, 600)), words)), width=620)

    seen = Image.open(io.BytesIO(first)).convert("RGB").tobytes()
    reds = sum(red > 200 and green < 60 for red, green in zip(seen[::3], seen[1::3], strict=True))
    assert reds > 400 * 250, "the photograph is there"


def test_a_table_keeps_every_row() -> None:
    rows = tuple((f"单位{number}", str(number)) for number in range(60))

    document = pdf(paper(Table(("单位", "逾期"), rows, (60, 40), frozenset({(0, 1)}))))

    assert pages(document) >= 3
