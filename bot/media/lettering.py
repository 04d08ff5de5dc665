"""Text drawn on pictures: runs of two fonts on one baseline, wrapped and shortened to a width."""

from __future__ import annotations

from PIL import ImageDraw

from bot.media.fonts import Face

ELLIPSIS = "…"
# 避头尾: what may not begin a line, and what may not end one.
_NOT_FIRST = frozenset("，。、；：？！）》」』】〕”’%％…·,.;:?!)]}")
_NOT_LAST = frozenset("（《「『【〔“‘([{№")


def draw_text(
    draw: ImageDraw.ImageDraw,
    at: tuple[float, float],
    text: str,
    face: Face,
    fill: str,
    *,
    align: str = "left",
) -> None:
    """Draw one line; `at` is the left, middle or right end of its baseline, as `align` says."""
    x, baseline = at
    if align != "left":
        x -= face.width(text) / (2 if align == "middle" else 1)
    for run, font in face.runs(text):
        draw.text((x, baseline), run, font=font, fill=fill, anchor="ls")
        x += font.getlength(run)


def shorten(text: str, face: Face, width: float) -> str:
    """The text itself, or its beginning with 「…」, so that it fits the width."""
    if face.width(text) <= width:
        return text
    low, high = 0, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        if face.width(text[:middle].rstrip() + ELLIPSIS) <= width:
            low = middle
        else:
            high = middle - 1
    return text[:low].rstrip() + ELLIPSIS


def wrap(text: str, face: Face, width: float, *, lines: int) -> list[str]:
    """Break a text into at most so many lines of a width; what is too long ends in 「…」.

    Chinese breaks between any two characters but those that may not begin or end a line; Latin
    words and numbers stay whole where they fit.
    """
    pieces = _pieces(" ".join(text.split()))
    done: list[str] = []
    line = ""
    for place, piece in enumerate(pieces):
        if face.width((line + piece).rstrip()) <= width:
            line += piece
            continue
        if len(done) == lines - 1:
            done.append(shorten((line + "".join(pieces[place:])).rstrip(), face, width))
            return done
        if line:
            done.append(line.rstrip())
            line = ""
        piece = piece.lstrip()
        while face.width(piece) > width and len(done) < lines - 1:
            cut = _fitting(piece, face, width)
            done.append(piece[:cut])
            piece = piece[cut:]
        if face.width(piece) > width:
            done.append(shorten(piece + "".join(pieces[place + 1 :]), face, width))
            return done
        line = piece
    if line.strip():
        done.append(line.rstrip())
    return done


def _fitting(piece: str, face: Face, width: float) -> int:
    cut = 1
    while cut < len(piece) and face.width(piece[: cut + 1]) <= width:
        cut += 1
    return cut


def _pieces(text: str) -> list[str]:
    pieces: list[str] = []
    for char in text:
        if pieces and _sticks(pieces[-1], char):
            pieces[-1] += char
        else:
            pieces.append(char)
    return pieces


def _sticks(piece: str, char: str) -> bool:
    last = piece[-1]
    if char in _NOT_FIRST or last in _NOT_LAST or char == " ":
        return True
    return last != " " and _is_word(last) and _is_word(char)


def _is_word(char: str) -> bool:
    return char.isascii() and (char.isalnum() or char in "-+_/.:#@&'")
