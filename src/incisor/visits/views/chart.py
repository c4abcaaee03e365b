"""The tooth chart as it is drawn: places, marks, and words for those who do not see it."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from incisor.visits.enums import ToothState
from incisor.visits.rules.chart import WIDTH, Place, height, places
from incisor.visits.rules.mouth import WHOLE, Entry, Picture, mouth_of
from incisor.visits.rules.teeth import is_front, is_milk


def marks() -> dict[str, str]:
    """Return the sign beside a tooth for each finding: colour alone says nothing to everybody."""
    return {
        ToothState.CARIES: pgettext("tooth mark", "C"),
        ToothState.FILLED: pgettext("tooth mark", "F"),
        ToothState.ROOT_TREATED: pgettext("tooth mark", "R"),
        ToothState.CROWN: pgettext("tooth mark", "K"),
        ToothState.IMPLANT: pgettext("tooth mark", "I"),
        ToothState.MISSING: pgettext("tooth mark", "×"),
        ToothState.IMPACTED: pgettext("tooth mark", "P"),
        ToothState.LOOSE: pgettext("tooth mark", "L"),
        ToothState.FRACTURED: pgettext("tooth mark", "Z"),
        ToothState.OTHER: pgettext("tooth mark", "?"),
    }


def surface_words(tooth: int) -> dict[str, str]:
    """Return what the letters of the surfaces mean on that tooth: an incisor has an edge, an upper one a palate."""
    front, upper = is_front(tooth), tooth // 10 in {1, 2, 5, 6}
    return {
        "M": _("mesial"),
        "O": _("edge") if front else _("chewing side"),
        "D": _("distal"),
        "B": _("lip side") if front else _("cheek side"),
        "L": _("palate side") if upper else _("tongue side"),
    }


@dataclass(frozen=True)
class Surface:
    """One field of a tooth. state: what fills it, empty for sound."""

    letter: str
    points: str
    words: str
    state: str = ""


@dataclass(frozen=True)
class Tooth:
    """A tooth on the chart. old: nothing of what is shown was seen or done at this visit."""

    place: Place
    surfaces: list[Surface]
    whole: str
    mark: str
    words: str
    old: bool

    @property
    def hit_at(self) -> int:
        """Where the field around the number begins: a click on it means the whole tooth."""
        return self.place.number_at - 11


def chart(dentition: str, today: Iterable[Entry], before: Iterable[Entry] = ()) -> dict[str, Any]:
    """Return the chart of the mouth as it is after these entries; teeth that today says nothing about are faint."""
    new = list(today)
    mouth, touched, signs = mouth_of([*before, *new]), {entry.tooth for entry in new}, marks()
    teeth = [
        _tooth(place, mouth.get(place.number, Picture()), place.number in touched, signs) for place in places(dentition)
    ]
    return {"dentition": dentition, "width": WIDTH, "height": height(dentition), "teeth": teeth}


def _tooth(place: Place, picture: Picture, is_new: bool, signs: dict[str, str]) -> Tooth:
    by_surface = {letter: state for state, letters in picture.marks.items() for letter in letters}
    spread = next((state for state, letters in picture.marks.items() if not letters and state not in WHOLE), "")
    told = [
        " ".join(filter(None, (str(ToothState(state).label), letters, picture.texts.get(state, ""))))
        for state, letters in picture.marks.items()
    ]
    words = ", ".join(told) or _("nothing recorded")
    if told and not is_new:
        words = _("earlier: %(what)s") % {"what": words}
    kind = _("milk tooth %(tooth)s") if is_milk(place.number) else _("tooth %(tooth)s")
    names = surface_words(place.number)
    return Tooth(
        place=place,
        surfaces=[
            Surface(letter, points, names[letter], by_surface.get(letter, spread)) for letter, points in place.surfaces
        ],
        whole=next((state for state in picture.marks if state in WHOLE), ""),
        mark="".join(signs[state] for state in picture.marks),
        words=f"{kind % {'tooth': place.number}}: {words}",
        old=bool(told) and not is_new,
    )


# as in frontend/src/styles/teeth.css
COLOURS = {
    "caries": "#d63939", "filled": "#2f6fbd", "root_treated": "#7d4fb3", "loose": "#c98a00", "fractured": "#8a4b16",
    "other": "#77838c",
}  # fmt: skip
SHAPES = {
    "missing": "M4 4 26 26 M26 4 4 26",
    "crown": "M2.5 15a12.5 12.5 0 1 0 25 0a12.5 12.5 0 1 0 -25 0",
    "implant": "M15 4V26 M9 9H21 M10 15H20 M12 21H18",
    "impacted": "M4 15 15 4 26 15 15 26Z",
}


def chart_svg(drawn: dict[str, Any]) -> str:
    """Return the chart as a drawing that stands by itself, for paper. Its texts are numbers and marks of the program."""
    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {drawn["width"]} {drawn["height"]}">']
    parts.append(f'<line x1="326" y1="0" x2="326" y2="{drawn["height"]}" stroke="#999999"/>')
    text = '<text x="{x}" y="{y}" text-anchor="middle" font-family="Noto Sans SC" font-size="11" fill="#000000">{words}</text>'
    for tooth in drawn["teeth"]:
        place = tooth.place
        for surface in tooth.surfaces:
            fill = COLOURS.get(surface.state, "none")
            parts.append(f'<polygon points="{surface.points}" fill="{fill}" stroke="#555555" stroke-width="1"/>')
        if tooth.whole:
            shape = SHAPES[tooth.whole]
            parts.append(
                f'<path transform="translate({place.x} {place.y})" d="{shape}" fill="none" stroke="#000000" stroke-width="2"/>'
            )
        if tooth.mark:
            parts.append(text.format(x=place.middle, y=place.mark_at, words=tooth.mark))
        parts.append(text.format(x=place.middle, y=place.number_at, words=place.number))
    return "".join([*parts, "</svg>"])
