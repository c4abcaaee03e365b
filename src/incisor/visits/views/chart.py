"""The tooth chart as it is drawn: places, marks, and words for those who do not see it."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from incisor.visits.enums import ToothState
from incisor.visits.models import ToothFinding
from incisor.visits.rules.chart import WIDTH, Place, height, places
from incisor.visits.rules.teeth import is_milk

# Drawn over the whole tooth; the others colour its surfaces.
WHOLE = frozenset({ToothState.MISSING, ToothState.CROWN, ToothState.IMPLANT, ToothState.IMPACTED})


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


@dataclass(frozen=True)
class Surface:
    """One field of a tooth. state: what fills it, empty for sound."""

    letter: str
    points: str
    state: str = ""


@dataclass(frozen=True)
class Tooth:
    """A tooth on the chart. old: what is shown was seen at an earlier visit."""

    place: Place
    surfaces: list[Surface]
    whole: str
    mark: str
    words: str
    old: bool
    findings: list[ToothFinding] = field(default_factory=list)


def chart(dentition: str, findings: Iterable[ToothFinding], before: Iterable[ToothFinding]) -> dict[str, Any]:
    """Return the chart of these findings; where a tooth has none, what earlier visits saw, faintly."""
    now: dict[int, list[ToothFinding]] = defaultdict(list)
    for found in findings:
        now[found.tooth].append(found)
    earlier: dict[int, list[ToothFinding]] = defaultdict(list)
    for found in before:
        known = earlier[found.tooth]
        if not known or known[0].visit_id == found.visit_id:  # the latest visit that saw the tooth
            known.append(found)
    signs = marks()
    teeth = [_tooth(place, now.get(place.number), earlier.get(place.number, []), signs) for place in places(dentition)]
    return {"dentition": dentition, "width": WIDTH, "height": height(dentition), "teeth": teeth}


def _tooth(
    place: Place, current: list[ToothFinding] | None, earlier: list[ToothFinding], signs: dict[str, str]
) -> Tooth:
    shown = current or earlier
    by_surface = {letter: found.state for found in shown for letter in found.surfaces}
    spread = next((found.state for found in shown if not found.surfaces and found.state not in WHOLE), "")
    words = ", ".join(_words(found) for found in shown) or _("nothing recorded")
    if shown and not current:
        words = _("earlier: %(what)s") % {"what": words}
    kind = _("milk tooth %(tooth)s") if is_milk(place.number) else _("tooth %(tooth)s")
    return Tooth(
        place=place,
        surfaces=[Surface(letter, points, by_surface.get(letter, spread)) for letter, points in place.surfaces],
        whole=next((found.state for found in shown if found.state in WHOLE), ""),
        mark="".join(signs[found.state] for found in shown),
        words=f"{kind % {'tooth': place.number}}: {words}",
        old=bool(shown) and not current,
        findings=shown,
    )


def _words(found: ToothFinding) -> str:
    return " ".join(filter(None, (str(found.get_state_display()), found.surfaces, found.text)))
