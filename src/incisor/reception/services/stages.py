"""While the patient sits in the chair: how far the treatment is, another chair, words to the desk, the record at hand."""

from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from incisor.accounts.access import action
from incisor.accounts.enums import Permission
from incisor.accounts.models import User
from incisor.audit.services import record
from incisor.clinics.enums import ChairState
from incisor.clinics.models import Chair
from incisor.clinics.queries import lock_chairs
from incisor.kernel import live
from incisor.kernel.errors import ChangedMeanwhile, NotFound, Refused
from incisor.patients.queries import shown_name
from incisor.reception.services._chairs import put_chair
from incisor.reception.services.chairside import DESK_OR_CHAIR, ChairNotFree
from incisor.visits import services as visits
from incisor.visits.enums import QUEUED, StepVerb, VisitStage, VisitStatus
from incisor.visits.models import Visit, VisitStep

LONGEST_TO_GO = 240


class NotInChair(Refused):
    """The patient does not sit in a chair."""

    code = "not_in_chair"


class VisitIsOver(Refused):
    """The patient has left the chair."""

    code = "visit_is_over"


def _in_chair(visit: Visit) -> None:
    if visit.status != VisitStatus.IN_CHAIR:
        raise NotInChair(
            _("%(patient)s is not in a chair: %(status)s.")
            % {"patient": shown_name(visit.patient), "status": visit.get_status_display()}
        )


@action(Permission.CHAIR_WORK, or_else=(Permission.RECEPTION_WORK,))
def set_stage(*, by: User, visit: Visit, stage: str, at: datetime) -> VisitStep:
    """Say how far the treatment is. Raises NotInChair, StepTaken."""
    _in_chair(visit)
    values = {"stage": VisitStage(stage).value, "stage_at": at}
    return visits.take_step_in_place(by=by, visit=visit, verb=StepVerb.STAGE, values=values, at=at)


@action(Permission.CHAIR_WORK, or_else=(Permission.RECEPTION_WORK,))
def set_expected_end(*, by: User, visit: Visit, minutes: int | None, at: datetime) -> VisitStep:
    """Say in how many minutes the treatment will be over; None leaves it to the plan again. Raises NotInChair, StepTaken."""
    _in_chair(visit)
    if minutes is not None and not 0 <= minutes <= LONGEST_TO_GO:
        raise Refused(_("Say a time within the next four hours."), code="end_impossible")
    ends_at = at + timedelta(minutes=minutes) if minutes is not None else None
    return visits.take_step_in_place(
        by=by, visit=visit, verb=StepVerb.STAGE, values={"expected_end_at": ends_at}, at=at
    )


@action(Permission.RECEPTION_WORK, or_else=DESK_OR_CHAIR)
def change_chair(*, by: User, visit: Visit, chair: Chair, is_broken: bool, at: datetime) -> VisitStep:
    """Lead a patient who sits to another chair. is_broken: the old one fails and is out of order, else it is to be cleaned.

    Undone, the patient is back in the old chair. Raises NotInChair, ChairNotFree, StepTaken.
    """
    _in_chair(visit)
    locked = {row.pk: row for row in lock_chairs(visit.clinic, [key for key in (visit.chair_id, chair.pk) if key])}
    old, new = locked.get(visit.chair_id) if visit.chair_id else None, locked.get(chair.pk)
    if old is None or new is None or not new.is_active or old.pk == new.pk:
        raise NotFound()
    if new.state not in {ChairState.FREE, ChairState.CLEANING}:
        raise ChairNotFree(
            _("%(chair)s is not free: %(state)s. Choose another chair.")
            % {"chair": new.name, "state": ChairState(new.state).label.lower()},
            chair_id=new.pk,
            state=new.state,
        )
    left_as = ChairState.OUT_OF_ORDER if is_broken else ChairState.CLEANING
    restore: dict[str, Any] = {
        "chairs": [_as_it_was(new, ChairState.OCCUPIED), _as_it_was(old, left_as)],
    }
    reason = _("%(chair)s fails") % {"chair": old.name} if is_broken else ""
    step = visits.take_step_in_place(
        by=by, visit=visit, verb=StepVerb.CHAIR, values={"chair_id": new.pk}, reason=reason, restore=restore, at=at
    )
    put_chair(old, to=left_as, since=at)
    put_chair(new, to=ChairState.OCCUPIED, since=at)
    return step


def _as_it_was(chair: Chair, to: str) -> dict[str, Any]:
    since = chair.state_since.isoformat() if chair.state_since else None
    return {"chair": str(chair.pk), "chair_from": chair.state, "chair_since": since, "chair_to": str(to)}


@action(Permission.RECEPTION_WORK, or_else=DESK_OR_CHAIR)
def set_record_ready(*, by: User, visit: Visit, is_ready: bool, at: datetime) -> None:
    """Say that the record lies ready at the chair, or that it does not (REC-6). Raises VisitIsOver."""
    rows = Visit.objects.filter(pk=visit.pk, status__in=[*QUEUED, VisitStatus.IN_CHAIR])
    if not rows.update(record_ready_at=at if is_ready else None):
        raise VisitIsOver(_("The treatment is over: nobody needs the record at the chair any more."))
    before = bool(visit.record_ready_at)
    visit.record_ready_at = at if is_ready else None
    record(
        "visit.record_ready",
        subject=visit,
        patient_id=visit.patient_id,
        before={"is_ready": before},
        after={"is_ready": is_ready},
    )
    live.touch(visit.clinic_id, "day")


@action(Permission.RECEPTION_WORK, or_else=DESK_OR_CHAIR)
def tell_desk(*, by: User, visit: Visit, note: str, seen: str, at: datetime) -> None:
    """Write the note that chair and desk share. seen: what stood there when it was typed. Raises ChangedMeanwhile."""
    words = " ".join(note.split())[:200]
    if not Visit.objects.filter(pk=visit.pk, desk_note=seen).update(desk_note=words):
        now = Visit.objects.values_list("desk_note", flat=True).get(pk=visit.pk)
        raise ChangedMeanwhile(
            _("Somebody else has just written: “%(note)s”. Add yours to it, then save again.") % {"note": now}
        )
    visit.desk_note = words
    record(
        "visit.desk_note",
        subject=visit,
        patient_id=visit.patient_id,
        before={"desk_note": seen},
        after={"desk_note": words},
    )
    live.touch(visit.clinic_id, "day")
