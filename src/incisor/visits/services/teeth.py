"""What was seen on teeth."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from django.utils.translation import gettext as _

from incisor.accounts.access import action
from incisor.accounts.enums import Permission
from incisor.accounts.models import User
from incisor.audit.services import record
from incisor.kernel import live
from incisor.kernel.errors import Refused
from incisor.visits.enums import ToothState
from incisor.visits.models import ToothFinding, Visit
from incisor.visits.rules.mouth import OF_THE_TOOTH
from incisor.visits.rules.teeth import NoSuchSurface, NoSuchTooth, surfaces_in_order, teeth_in_order
from incisor.visits.services._writing import open_for_writing

# A tooth that is not there has no other finding.
ALONE = frozenset({ToothState.MISSING})


class TeethUnknown(Refused):
    """No tooth was chosen, or a number is none."""

    code = "teeth_unknown"


def _teeth(numbers: Iterable[int]) -> list[int]:
    try:
        teeth = teeth_in_order(numbers)
    except NoSuchTooth as wrong:
        raise TeethUnknown(
            _("%(tooth)s is no tooth. Adult teeth are 11 to 48, milk teeth 51 to 85.") % {"tooth": wrong}
        ) from wrong
    if not teeth:
        raise TeethUnknown(_("Choose one tooth or more on the chart first."))
    return teeth


@action(Permission.NOTE_WRITE)
def set_tooth_findings(
    *,
    by: User,
    visit: Visit,
    teeth: Iterable[int],
    state: str,
    at: datetime,
    surfaces: str = "",
    on: Mapping[int, str] | None = None,
    text: str = "",
) -> list[ToothFinding]:
    """Record one finding on each of the teeth; the same finding recorded before is replaced.

    surfaces: of every tooth that has none of its own in `on`. What is said of a whole tooth (missing, crown …) has none.
    Raises TeethUnknown, NoteIsSigned.
    """
    numbers, kind = _teeth(teeth), ToothState(state)
    try:
        common = surfaces_in_order(surfaces)
        own = {tooth: surfaces_in_order(letters) for tooth, letters in (on or {}).items()}
    except NoSuchSurface as wrong:
        raise TeethUnknown(_("%(surface)s is no surface. Use M O D B L.") % {"surface": wrong}) from wrong
    open_for_writing(visit)
    found = ToothFinding.objects.filter(visit=visit, tooth__in=numbers)
    (found if kind in ALONE else found.filter(state__in={kind, *ALONE})).delete()
    rows = ToothFinding.objects.bulk_create(
        ToothFinding(
            visit=visit,
            patient_id=visit.patient_id,
            tooth=tooth,
            surfaces="" if kind in OF_THE_TOOTH else own.get(tooth) or common,
            state=kind,
            text=text.strip()[:120],
        )
        for tooth in numbers
    )
    record("visit.teeth_recorded", subject=visit, patient_id=visit.patient_id, after={"teeth": numbers})
    live.touch(visit.clinic_id, "day")
    return rows


@action(Permission.NOTE_WRITE)
def clear_tooth_findings(*, by: User, visit: Visit, teeth: Iterable[int], at: datetime) -> None:
    """Remove this visit's findings from the teeth. Raises TeethUnknown, NoteIsSigned."""
    numbers = _teeth(teeth)
    open_for_writing(visit)
    ToothFinding.objects.filter(visit=visit, tooth__in=numbers).delete()
    record("visit.teeth_cleared", subject=visit, patient_id=visit.patient_id, after={"teeth": numbers})
    live.touch(visit.clinic_id, "day")
