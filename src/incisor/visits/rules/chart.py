"""Where each tooth stands on the chart: plain numbers for the drawing."""

from dataclasses import dataclass

from incisor.visits.rules.teeth import ADULT_LOWER, ADULT_UPPER, MILK_LOWER, MILK_UPPER, is_upper

CELL, GAP, SIDE = 40, 12, 30  # width of a place, gap at the midline, side of a tooth
ROW = 62  # height of a row: tooth, number, mark
WIDTH = 16 * CELL + GAP
ROWS = {
    "adult": (ADULT_UPPER, ADULT_LOWER),
    "milk": (MILK_UPPER, MILK_LOWER),
    "mixed": (ADULT_UPPER, MILK_UPPER, MILK_LOWER, ADULT_LOWER),
}


@dataclass(frozen=True)
class Place:
    """A tooth's place. surfaces: letter and the corners of its field. mark_at, number_at: baselines of the texts."""

    number: int
    x: int
    y: int
    surfaces: tuple[tuple[str, str], ...]
    middle: int
    mark_at: int
    number_at: int


def _corners(*points: tuple[int, int]) -> str:
    return " ".join(f"{x},{y}" for x, y in points)


def _surfaces(number: int, x: int, y: int) -> tuple[tuple[str, str], ...]:
    """Return the five fields: the cheek side lies outside, the tongue side inside, mesial towards the midline."""
    outer, third = SIDE, SIDE // 3
    a, b, c, d = x, x + third, x + outer - third, x + outer
    top = _corners((a, y), (d, y), (c, y + third), (b, y + third))
    bottom = _corners((a, y + outer), (d, y + outer), (c, y + outer - third), (b, y + outer - third))
    left = _corners((a, y), (b, y + third), (b, y + outer - third), (a, y + outer))
    right = _corners((d, y), (c, y + third), (c, y + outer - third), (d, y + outer))
    centre = _corners((b, y + third), (c, y + third), (c, y + outer - third), (b, y + outer - third))
    on_left = number // 10 in {1, 4, 5, 8}
    mesial, distal = (right, left) if on_left else (left, right)
    buccal, lingual = (top, bottom) if is_upper(number) else (bottom, top)
    return (("B", buccal), ("L", lingual), ("M", mesial), ("D", distal), ("O", centre))


def places(dentition: str) -> list[Place]:
    """Return every tooth of "adult", "milk" or "mixed" with its place, row by row from the patient's right."""
    found = []
    for row, teeth in enumerate(ROWS[dentition]):
        half = len(teeth) // 2
        indent = (16 - len(teeth)) // 2
        for index, number in enumerate(teeth):
            left = (indent + index) * CELL + (GAP if index >= half else 0) + (CELL - SIDE) // 2
            top = row * ROW
            upper = is_upper(number)
            y = top + (16 if upper else 14)
            found.append(
                Place(
                    number=number,
                    x=left,
                    y=y,
                    surfaces=_surfaces(number, left, y),
                    middle=left + SIDE // 2,
                    mark_at=top + 11 if upper else y + SIDE + 12,
                    number_at=y + SIDE + 12 if upper else top + 10,
                )
            )
    return found


def height(dentition: str) -> int:
    """Return the height of the drawing."""
    return len(ROWS[dentition]) * ROW
