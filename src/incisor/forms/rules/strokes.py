"""A signature as it was drawn: strokes of points with their times, checked, and turned into a picture.

A stroke is a list of points [x, y, t]: x and y in thousandths of the pad's width, t in milliseconds since the first touch.
"""

import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

Strokes = list[list[list[int]]]
WIDTH, HEIGHT = 1000, 400
MOST_STROKES, MOST_POINTS, LONGEST_TEXT = 200, 8000, 300_000
SHORTEST_INK = 120  # a dot or a slip of the finger is no signature
LONGEST_TIME = 24 * 3600 * 1000


@dataclass(frozen=True)
class Drawn:
    """What a signature looks like and how long it took."""

    strokes: Strokes
    ink: int
    milliseconds: int


@dataclass(frozen=True, kw_only=True)
class Given:
    """One signature as it comes from a page. strokes: JSON text of the pad. witness: who saw a typed name being given."""

    field: str
    strokes: str = ""
    name: str = ""
    relation: str = ""
    is_typed: bool = False
    witness: Any = None


def read_signatures(keys: Iterable[str], posted: Mapping[str, list[str]], *, witness: Any = None) -> list[Given]:
    """Return the signatures in what a page sent: names s-KEY, s-KEY-name, s-KEY-relation and s-KEY-typed.

    witness: who stands by and may confirm a typed name; without one nobody can sign by typing.
    """
    found = []
    for key in keys:
        value = {
            name: (posted.get(f"s-{key}{name}") or [""])[-1].strip() for name in ("", "-name", "-relation", "-typed")
        }
        if any(value.values()):
            is_typed = value["-typed"] == "yes"
            found.append(
                Given(
                    field=key, strokes="" if is_typed else value[""], name=value["-name"], relation=value["-relation"],
                    is_typed=is_typed, witness=witness if is_typed else None,
                )
            )  # fmt: skip
    return found


class NotASignature(ValueError):
    """What was sent is no drawing, or too little of one."""


def drawn(text: str) -> Drawn:
    """Return the strokes in what a page sent. Raises NotASignature."""
    if len(text) > LONGEST_TEXT:
        raise NotASignature("too long")
    try:
        raw = json.loads(text)
    except (ValueError, RecursionError) as failure:
        raise NotASignature("no drawing") from failure
    strokes = _strokes(raw)
    ink = round(sum(_length(stroke) for stroke in strokes))
    if ink < SHORTEST_INK:
        raise NotASignature("too little")
    return Drawn(strokes=strokes, ink=ink, milliseconds=max(point[2] for stroke in strokes for point in stroke))


def _strokes(raw: Any) -> Strokes:
    if not isinstance(raw, list) or not 0 < len(raw) <= MOST_STROKES:
        raise NotASignature("no strokes")
    strokes = [[_point(point) for point in stroke] for stroke in raw if isinstance(stroke, list) and stroke]
    if not strokes or sum(map(len, strokes)) > MOST_POINTS:
        raise NotASignature("no strokes")
    return strokes


def _point(raw: Any) -> list[int]:
    if not isinstance(raw, list) or len(raw) != 3:
        raise NotASignature("no point")
    if any(isinstance(one, bool) or not isinstance(one, int | float) or not math.isfinite(one) for one in raw):
        raise NotASignature("no point")
    x, y, moment = raw
    return [_held(x, WIDTH), _held(y, HEIGHT), _held(moment, LONGEST_TIME)]


def _held(value: float, most: int) -> int:
    return round(max(0, min(value, most)))


def _length(stroke: list[list[int]]) -> float:
    return sum(math.dist(one[:2], two[:2]) for one, two in pairwise(stroke))


def svg_of(strokes: Strokes) -> str:
    """Return the signature as a picture, the same for the same strokes: lines through the points, black on nothing."""
    paths = "".join(f'<path d="{_path(stroke)}"/>' for stroke in strokes)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}">'
        f'<g fill="none" stroke="#000" stroke-width="7" stroke-linecap="round" stroke-linejoin="round">{paths}</g></svg>'
    )


def _path(stroke: list[list[int]]) -> str:
    """Quadratic curves through the middles of neighbouring points, which is how a pen looks."""
    first = stroke[0]
    if len(stroke) == 1:
        return f"M{first[0]} {first[1]}h1"
    parts = [f"M{first[0]} {first[1]}"]
    for one, two in pairwise(stroke[1:]):
        parts.append(f"Q{one[0]} {one[1]} {(one[0] + two[0]) / 2:g} {(one[1] + two[1]) / 2:g}")
    parts.append(f"L{stroke[-1][0]} {stroke[-1][1]}")
    return "".join(parts)
