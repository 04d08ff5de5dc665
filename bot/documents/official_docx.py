"""Setting an official paper as .docx: what `official.Paper` says, by python-docx."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final
from xml.sax.saxutils import escape

from docx import Document
from docx.document import Document as Written
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Emu, Mm, Pt
from docx.text.paragraph import Paragraph
from docx.text.run import Run

from bot.documents.official import (
    FANG,
    HEI,
    KAI,
    LATIN,
    SONG,
    STAND_INS,
    WHOLE,
    Attachment,
    Block,
    Paper,
    Picture,
    Table,
    Text,
    characters,
    clean,
    from_left,
    listed,
    signed_lines,
)

LINE: Final = Pt(28.95)
"""The largest pitch that leaves 22 lines on a page."""
TEXT: Final = Pt(16)
TITLE: Final = Pt(22)
TABLE: Final = Pt(12)
FOOT: Final = Pt(14)
COMPACT: Final = {TEXT: Pt(14), TITLE: Pt(20), TABLE: Pt(10.5), FOOT: Pt(14)}
"""The sizes of a compact page."""
COMPACT_LINE: Final = Pt(19)
PADDING: Final = 3.0
"""Above and below the words of a table's cell, in points; a compact page has none."""
SIDES: Final = 3.0
"""Beside them: a narrow head stays on one line."""
GAP: Final = Pt(8)
CHARACTER: Final = 320
"""One character of the text in twentieths of a point, as indents are counted."""

_LEVELS: Final = {1: HEI, 2: KAI, 3: FANG, 4: FANG}


def written(paper: Paper) -> bytes:
    """The paper as an Office Open XML document."""
    document = Document()
    _page(document, paper)
    body = document.element.body
    for extra in list(body.iterchildren(qn("w:p"))):
        body.remove(extra)
    if paper.symbol:
        _aligned(document, paper.symbol, WD_ALIGN_PARAGRAPH.CENTER)
        if not paper.compact:
            _aligned(document, "", WD_ALIGN_PARAGRAPH.CENTER)
    for line in paper.title:
        _aligned(document, line, WD_ALIGN_PARAGRAPH.CENTER, SONG, TITLE)
    if paper.under_title:
        _aligned(document, f"（{paper.under_title}）", WD_ALIGN_PARAGRAPH.CENTER, KAI)
    _aligned(document, "", WD_ALIGN_PARAGRAPH.CENTER)
    if paper.addressee:
        _aligned(document, paper.addressee, WD_ALIGN_PARAGRAPH.LEFT)
    _blocks(document, paper.blocks)
    if paper.signature and paper.blocks and isinstance(paper.blocks[-1], Text):
        document.paragraphs[-1].paragraph_format.keep_with_next = True  # names never stand alone on a page
    _attachment_list(document, listed(paper))
    _signed(document, paper)
    many = len(listed(paper)) > 1
    for number, attachment in enumerate(paper.attachments, 1 + len(paper.enclosed)):
        _attached(document, f"附件{number}" if many else "附件", attachment)
    if paper.compact:
        _compacted(document)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def _compacted(document: Written) -> None:
    """Set everything that was written in the smaller sizes, the lines closer."""
    style: Any = document.styles["Normal"]
    style.font.size, style.paragraph_format.line_spacing = COMPACT[TEXT], COMPACT_LINE
    for grid in document.sections[0]._sectPr.findall(qn("w:docGrid")):
        grid.getparent().remove(grid)  # a title would take two of the close lines
    tables = [cell for table in document.tables for row in table.rows for cell in row.cells]
    for table in document.tables:
        _padded(table, 0)
        after = table._tbl.getnext()
        if after is not None and after.getnext() is not None and after.getnext().tag == qn("w:p"):
            after.getparent().remove(after)  # words follow: no empty line between
    for holder in (document, *tables):
        for paragraph in holder.paragraphs:
            for run in paragraph.runs:
                if run.font.size == TITLE:
                    paragraph.paragraph_format.line_spacing = Pt(26)
                run.font.size = COMPACT.get(run.font.size, run.font.size)
            _indents_of(paragraph, COMPACT[TEXT].pt / TEXT.pt)


def _indents_of(paragraph: Paragraph, scale: float) -> None:
    """Indents counted in points follow the size of a character."""
    indent: Any = paragraph._p.pPr.ind if paragraph._p.pPr is not None else None
    for side in ("firstLine", "left", "right", "hanging"):
        counted = indent.get(qn(f"w:{side}")) if indent is not None else None
        if counted is not None:
            indent.set(qn(f"w:{side}"), str(round(int(counted) * scale)))


# --- the page -------------------------------------------------------------------------------------------


def _page(document: Written, paper: Paper) -> None:
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(37), Mm(35)
    section.left_margin, section.right_margin = Mm(28), Mm(26)
    section.footer_distance = Mm(35 - 7 - 5)  # 7 mm below the text, the number's own height off
    grid = OxmlElement("w:docGrid")
    grid.set(qn("w:type"), "lines")
    grid.set(qn("w:linePitch"), "579")
    for old in section._sectPr.findall(qn("w:docGrid")):
        section._sectPr.remove(old)
    section._sectPr.append(grid)
    style: Any = document.styles["Normal"]
    style.font.size = TEXT
    _font(style.element.get_or_add_rPr(), FANG)
    style.paragraph_format.line_spacing_rule = WD_LINE_SPACING.EXACTLY
    style.paragraph_format.line_spacing = LINE
    style.paragraph_format.space_after = style.paragraph_format.space_before = Pt(0)
    _stand_ins(document)
    document.core_properties.title = "".join(paper.title)
    document.core_properties.author = paper.signature
    document.core_properties.comments = ""
    document.settings.odd_and_even_pages_header_footer = True
    _numbered(section.footer.paragraphs[0], WD_ALIGN_PARAGRAPH.RIGHT, "right")
    _numbered(section.even_page_footer.paragraphs[0], WD_ALIGN_PARAGRAPH.LEFT, "left")


def _numbered(paragraph: Paragraph, side: WD_ALIGN_PARAGRAPH, inward: str) -> None:
    paragraph.alignment = side
    _indent(paragraph, **{inward: 1})
    for piece in ("— ", None, " —"):
        run = paragraph.add_run(piece or "")
        _set(run, "宋体", FOOT, "宋体")
        if piece is None:
            for kind in ("begin", "instr", "end"):
                run._r.append(_field(kind))


def _field(kind: str) -> Any:
    if kind == "instr":
        element = OxmlElement("w:instrText")
        element.text = "PAGE"
        return element
    element = OxmlElement("w:fldChar")
    element.set(qn("w:fldCharType"), kind)
    return element


def _stand_ins(document: Written) -> None:
    fonts = "".join(
        f'<w:font w:name="{name}"><w:altName w:val="{instead}"/><w:charset w:val="86"/></w:font>'
        for name, instead in STAND_INS.items()
    )
    for relation in document.part.rels.values():
        if relation.reltype.endswith("/fontTable"):
            part: Any = relation.target_part
            part._blob = part.blob.replace(b"</w:fonts>", fonts.encode() + b"</w:fonts>")


# --- what stands on it ----------------------------------------------------------------------------------


def _blocks(document: Written, blocks: Sequence[Block]) -> None:
    for block, after in zip(blocks, (*blocks[1:], None), strict=True):
        _block(document, block)
        if isinstance(block, Text) and isinstance(after, Table):
            document.paragraphs[-1].paragraph_format.keep_with_next = True


def _block(document: Written, block: Block) -> None:
    match block:
        case Text():
            paragraph = document.add_paragraph()
            paragraph.alignment = WD_ALIGN_PARAGRAPH.JUSTIFY
            if block.first_line:
                _indent(paragraph, firstLine=2)
            if block.lead:
                _set(paragraph.add_run(clean(block.lead)), HEI, TEXT)
            run = paragraph.add_run(clean(block.words))
            _set(run, _LEVELS.get(block.level, FANG), TABLE if block.small else TEXT)
            if block.small:
                paragraph.paragraph_format.line_spacing_rule = WD_LINE_SPACING.SINGLE
                _off(paragraph, "snapToGrid")
            if block.level:
                paragraph.paragraph_format.keep_with_next = True
            if block.draft:
                _shade(run)
        case Table():
            _table(document, block)
        case Picture():
            _picture(document, block)


def _table(document: Written, block: Table) -> None:
    table = document.add_table(rows=1, cols=len(block.head))
    table.style = document.styles["Table Grid"]
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    table.autofit = False
    _padded(table, PADDING)
    for column, width in enumerate(block.widths):
        table.columns[column].width = Mm(width)  # the grid: some programs look at nothing else
    left = from_left(block)
    whole = len(block.rows) <= WHOLE
    first = table.rows[0]._tr
    lines: list[Any] = []
    for row_number, values in enumerate((block.head, *block.rows)):
        cells = []
        for column, (value, width) in enumerate(zip(values, block.widths, strict=True)):
            headed = column == 0 if block.form else row_number == 0
            style = _Cell(
                width,
                middle=headed or not left[column],
                font=HEI if headed else FANG,
                bold=(row_number - 1, column) in block.marked,
                kept=whole and row_number < len(block.rows),
            )
            cells.append(_cell(clean(value), style))
        head = "<w:tblHeader/>" if row_number == 0 and not block.form else ""
        lines.append(f"<w:tr><w:trPr><w:cantSplit/>{head}</w:trPr>{''.join(cells)}</w:tr>")
    rows = parse_xml(f"<w:tbl {nsdecls('w')}>{''.join(lines)}</w:tbl>")
    for row in list(rows):
        first.addprevious(row)
    table._tbl.remove(first)
    _gap(document)  # two tables in a row would grow together


@dataclass(frozen=True, slots=True)
class _Cell:
    """How a cell is set; `width` in millimetres, `kept` with the next line."""

    width: float
    middle: bool
    font: str
    bold: bool
    kept: bool


def _cell(words: str, style: _Cell) -> str:
    """A cell as XML: a table of hundreds of lines is written at once, not built piece by piece."""
    said = "<w:br/>".join(
        f'<w:t xml:space="preserve">{escape(line)}</w:t>' for line in words.replace("\t", " ").split("\n")
    )
    size = round(TABLE.pt * 2)
    return (
        f'<w:tc><w:tcPr><w:tcW w:type="dxa" w:w="{round(style.width * 1440 / 25.4)}"/>'
        f'<w:vAlign w:val="center"/></w:tcPr><w:p><w:pPr>{"<w:keepNext/>" if style.kept else ""}'
        f'<w:snapToGrid w:val="0"/><w:spacing w:line="240" w:lineRule="auto"/>'
        f'<w:jc w:val="{"center" if style.middle else "left"}"/></w:pPr>'
        f'<w:r><w:rPr><w:rFonts w:ascii="{LATIN}" w:hAnsi="{LATIN}" w:eastAsia="{style.font}" '
        f'w:cs="{LATIN}" w:hint="eastAsia"/>{"<w:b/>" if style.bold else ""}'
        f'<w:sz w:val="{size}"/></w:rPr>{said}</w:r></w:p></w:tc>'
    )


def _gap(document: Written) -> None:
    paragraph = document.add_paragraph()
    spacing: Any = paragraph.paragraph_format
    spacing.line_spacing_rule, spacing.line_spacing = WD_LINE_SPACING.EXACTLY, GAP
    _off(paragraph, "snapToGrid")


def _padded(table: Any, points: float) -> None:
    """Room around the words of every cell, `points` above and below."""
    margins = OxmlElement("w:tblCellMar")
    for side, room in (("top", points), ("left", SIDES), ("bottom", points), ("right", SIDES)):
        element = OxmlElement(f"w:{side}")
        element.set(qn("w:w"), str(round(room * 20)))
        element.set(qn("w:type"), "dxa")
        margins.append(element)
    properties = table._tbl.tblPr
    for old in properties.findall(qn("w:tblCellMar")):
        properties.remove(old)
    look = properties.find(qn("w:tblLook"))
    properties.insert(list(properties).index(look) if look is not None else len(properties), margins)


def _picture(document: Written, block: Picture) -> None:
    paragraph = document.add_paragraph()
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    paragraph.paragraph_format.line_spacing_rule = WD_LINE_SPACING.SINGLE
    paragraph.paragraph_format.keep_with_next = bool(block.caption)
    shape = paragraph.add_run().add_picture(io.BytesIO(block.image))
    scale = min(Mm(156) / shape.width, Mm(block.height) / shape.height)
    shape.width, shape.height = Emu(int(shape.width * scale)), Emu(int(shape.height * scale))
    shape._inline.docPr.set("descr", clean(block.caption))
    if block.caption:
        _aligned(document, block.caption, WD_ALIGN_PARAGRAPH.CENTER, FANG, TABLE)


def _attachment_list(document: Written, titles: Sequence[str]) -> None:
    if not titles:
        return
    _aligned(document, "", WD_ALIGN_PARAGRAPH.LEFT).paragraph_format.keep_with_next = True
    for number, title in enumerate(titles, 1):
        head = "附件：" if number == 1 else ""
        mark = characters(title.partition(" ")[0] + " ") if len(titles) > 1 else 0
        paragraph = document.add_paragraph()
        paragraph.paragraph_format.keep_with_next = True
        hanging = 3 + mark
        _indent(paragraph, left=2 + hanging, hanging=hanging if head else mark)
        _set(paragraph.add_run(f"{head}{clean(title)}"), FANG, TEXT)


def _signed(document: Written, paper: Paper) -> None:
    lines = signed_lines(paper)
    if lines:
        _aligned(document, "", WD_ALIGN_PARAGRAPH.LEFT).paragraph_format.keep_with_next = True
    for rank, (words, inward) in enumerate(lines, 1):
        paragraph = _aligned(document, words, WD_ALIGN_PARAGRAPH.RIGHT)
        paragraph.paragraph_format.keep_with_next = rank < len(lines)
        _off(paragraph, "autoSpaceDE", "autoSpaceDN")  # room beside digits would push the date to the left
        _indent(paragraph, right=inward)
    if paper.note:
        paragraph = _aligned(document, f"（{paper.note}）", WD_ALIGN_PARAGRAPH.LEFT)
        _indent(paragraph, left=2)


def _attached(document: Written, name: str, attachment: Attachment) -> None:
    paragraph = _aligned(document, name, WD_ALIGN_PARAGRAPH.LEFT, HEI)
    paragraph.paragraph_format.page_break_before = True
    _aligned(document, "", WD_ALIGN_PARAGRAPH.LEFT)
    _aligned(document, attachment.title, WD_ALIGN_PARAGRAPH.CENTER, SONG, TITLE)
    _aligned(document, "", WD_ALIGN_PARAGRAPH.LEFT)
    _blocks(document, attachment.blocks)


def _aligned(
    document: Written, words: str, side: WD_ALIGN_PARAGRAPH, font: str = FANG, size: Pt = TEXT
) -> Paragraph:
    paragraph = document.add_paragraph()
    paragraph.alignment = side
    _set(paragraph.add_run(clean(words)), font, size)
    return paragraph


def _set(run: Run, font: str, size: Pt, latin: str = LATIN) -> None:
    run.font.size = size
    _font(run._r.get_or_add_rPr(), font, latin)


def _font(properties: Any, font: str, latin: str = LATIN) -> None:
    # python-docx names the Latin font alone; without eastAsia Chinese falls back to whatever is there
    fonts = properties.get_or_add_rFonts()
    for which, name in (("ascii", latin), ("hAnsi", latin), ("eastAsia", font), ("cs", latin)):
        fonts.set(qn(f"w:{which}"), name)
    fonts.set(qn("w:hint"), "eastAsia")


def _off(paragraph: Paragraph, *switches: str) -> None:
    properties = paragraph._p.get_or_add_pPr()
    for switch in switches:
        element = OxmlElement(f"w:{switch}")
        element.set(qn("w:val"), "0")
        properties.insert_element_before(
            element, "w:adjustRightInd", "w:snapToGrid", "w:spacing", "w:ind", "w:jc", "w:rPr"
        )


def _indent(paragraph: Paragraph, **sides: float) -> None:
    """Indents in characters, and in points for programs that do not count characters."""
    indent = paragraph._p.get_or_add_pPr().get_or_add_ind()
    for side, count in sides.items():
        indent.set(qn(f"w:{side}Chars"), str(round(count * 100)))
        indent.set(qn(f"w:{side}"), str(round(count * CHARACTER)))


def _shade(run: Run) -> None:
    shade = OxmlElement("w:shd")
    for key, value in (("val", "clear"), ("color", "auto"), ("fill", "FFF2CC")):
        shade.set(qn(f"w:{key}"), value)
    run._r.get_or_add_rPr().append(shade)
