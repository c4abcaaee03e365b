"""The chair says what is wanted next, whether or not the note is written."""

from datetime import datetime

from django.utils.translation import gettext as _

from incisor.accounts.access import action
from incisor.accounts.enums import Permission
from incisor.accounts.models import User
from incisor.audit.services import record
from incisor.clinics.models import Procedure
from incisor.kernel import live
from incisor.kernel.errors import NotFound, Refused
from incisor.visits.enums import VisitStatus
from incisor.visits.models import NextVisit, Visit
from incisor.visits.rules.notes import LONGEST_NEXT_DAYS

PLAIN = ("after_days", "note", "is_none")


class NextVisitTooFar(Refused):
    """The next visit lies too far away, or not ahead."""

    code = "next_visit_too_far"


@action(Permission.CHAIR_WORK, or_else=(Permission.RECEPTION_WORK, Permission.NOTE_WRITE))
def want_next_visit(
    *,
    by: User,
    visit: Visit,
    at: datetime,
    procedure: Procedure | None = None,
    after_days: int | None = None,
    note: str = "",
    is_none: bool = False,
) -> NextVisit:
    """Say what is wanted for the next visit, or that none is; it takes the place of what was said before.

    It stands before what the note says. Raises NextVisitTooFar, NotFound.
    """
    if after_days is not None and not 1 <= after_days <= LONGEST_NEXT_DAYS:
        raise NextVisitTooFar(_("The next visit must be 1 day to 3 years ahead."))
    locked = Visit.objects.select_for_update(no_key=True, of=("self",)).filter(pk=visit.pk).first()
    if locked is None or locked.status == VisitStatus.WITHDRAWN:
        raise NotFound()
    values = {
        "procedure": None if is_none else procedure,
        "after_days": None if is_none else after_days,
        "note": "" if is_none else note.strip()[:200],
        "is_none": is_none,
    }
    found = NextVisit.objects.filter(visit=visit).first()
    before = _as_kept(found)
    if found is None:
        found = NextVisit.objects.create(visit=visit, clinic_id=visit.clinic_id, by=by, at=at, **values)
    else:
        for name, value in values.items():
            setattr(found, name, value)
        found.by, found.at, found.version = by, at, found.version + 1
        found.save()
    record(
        "visit.next_wanted", subject=visit, patient_id=visit.patient_id, before=before, after=_as_kept(found)
    )  # fmt: skip
    live.touch(visit.clinic_id, "day")
    return found


def _as_kept(said: NextVisit | None) -> dict[str, object]:
    if said is None:
        return {}
    code = said.procedure.code if said.procedure else ""
    return {"next_procedure": code, **{name: getattr(said, name) for name in PLAIN}}
