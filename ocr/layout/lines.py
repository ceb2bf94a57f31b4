"""Links pieces into text lines, left to right."""

from __future__ import annotations

from ocr.layout.pieces import Piece, join, span

Line = list[Piece]


def lines_of(pieces: list[Piece]) -> list[Line]:
    """Lines from top to bottom, each from left to right.

    A piece joins the line whose last piece lies level with it and does not overlap it.
    """
    lines: list[Line] = []
    for piece in sorted(pieces, key=lambda p: p.left):
        best: Line | None = None
        distance = 1.0
        for line in lines:
            gap = _distance(line, piece)
            if gap < distance:
                best, distance = line, gap
        if best is None:
            lines.append([piece])
        else:
            best.append(piece)
    return sorted(lines, key=middle_of)


def _distance(line: Line, piece: Piece) -> float:
    """Vertical distance in units of the tolerance: below 1 belongs together."""
    last = line[-1]
    overlap = min(last.right, piece.right) - max(last.left, piece.left)
    if overlap > 0.5 * min(last.right - last.left, piece.right - piece.left):
        return 9.0
    near = [p for p in line[-3:]]
    level = sum(p.middle for p in near) / len(near)
    gap = min(abs(piece.middle - last.middle), abs(piece.middle - level))
    return gap / (0.45 * max(1.0, min(last.height, piece.height)))


def middle_of(line: Line) -> float:
    """The line's level: the mean of its pieces' middles, by width."""
    total = sum(max(1.0, p.right - p.left) for p in line)
    return sum(p.middle * max(1.0, p.right - p.left) for p in line) / total


def text_of(line: Line) -> str:
    """The line as text; pieces that touch are joined without a space."""
    return join(line)


def height_of(line: Line) -> float:
    """Height of the line's text in pixels."""
    _, top, _, bottom = span(line)
    return bottom - top
