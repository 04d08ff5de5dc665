"""How photos of any shape share a sheet: in rows of one height, in order, nothing cropped."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

# A panorama or a strip of a screenshot gets a cell of at most this shape and stands in it with bars.
_NARROWEST, _WIDEST = 0.5, 2.2


@dataclass(frozen=True, slots=True)
class Cell:
    """A place for one photo, in pixels from the mosaic's top left corner."""

    left: int
    top: int
    width: int
    height: int


def mosaic(aspects: Sequence[float], *, width: int, height: int, gap: int) -> list[Cell]:
    """Cells for photos of given aspects (width / height), within a width and a height.

    Of all ways to break them into rows the one is taken that shows the most, with photos of like size
    and little bare paper.
    """
    if not aspects:
        return []
    shapes = [min(max(aspect, _NARROWEST), _WIDEST) for aspect in aspects]
    best: tuple[float, list[Cell]] | None = None
    for rows in _breaks(shapes):
        cells = _placed(rows, width, height, gap)
        areas = [cell.width * cell.height for cell in cells]
        bottom = max(cell.top + cell.height for cell in cells)
        full = sum(areas) / (width * bottom)  # bars at the sides are ugly, a lower sheet is not
        worth = (sum(areas) + len(areas) * min(areas)) / (width * height) + 0.8 * full
        if best is None or worth > best[0]:
            best = (worth, cells)
    return best[1] if best else []


def _breaks(shapes: Sequence[float]) -> Iterator[list[list[float]]]:
    for mask in range(1 << max(0, len(shapes) - 1)):
        rows, row = [], list(shapes[:1])
        for at, shape in enumerate(shapes[1:]):
            if mask >> at & 1:
                rows.append(row)
                row = []
            row.append(shape)
        yield [*rows, row] if row else []


def _placed(rows: list[list[float]], width: int, height: int, gap: int) -> list[Cell]:
    tall = [(width - gap * (len(row) - 1)) / sum(row) for row in rows]
    room = height - gap * (len(rows) - 1)
    scale = min(1.0, room / sum(tall))
    cells = []
    top = 0
    for row, full in zip(rows, tall, strict=True):
        high = max(1, int(full * scale))
        wide = [max(1, round(shape * high)) for shape in row]
        left = max(0, (width - sum(wide) - gap * (len(row) - 1)) // 2)
        for each in wide:
            cells.append(Cell(left, top, min(each, width - left), high))
            left += each + gap
        top += high + gap
    return cells
