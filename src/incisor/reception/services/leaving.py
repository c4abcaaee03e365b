"""The end of a visit: nothing is left open without a word why (REQUIREMENTS REC-12)."""

from datetime import datetime

from django.utils.translation import gettext as _

from incisor.accounts.access import action
from incisor.accounts.enums import Permission
from incisor.accounts.models import User
from incisor.audit.services import record
from incisor.kernel import live
from incisor.kernel.clock import business_date
from incisor.kernel.errors import ChangedMeanwhile, Refused
from incisor.reception import queries
from incisor.reception.enums import LeaveReason, Matter
from incisor.reception.models import LeftOpen
from incisor.reception.rules.leaving import may_give
from incisor.reception.services import sheets, surveys
from incisor.reception.services.undoing import undo_step
from incisor.scheduling import services as scheduling
from incisor.scheduling.enums import AppointmentStatus
from incisor.visits import queries as visits_queries
from incisor.visits import services as visits
from incisor.visits.enums import VisitStatus
from incisor.visits.models import Visit, VisitStep

AT_THE_DESK = (Permission.MONEY_TAKE, Permission.APPOINTMENT_BOOK)


class ReasonNeeded(Refused):
    """Something is left open, or the patient leaves untreated: somebody says why. details: matters, what is open."""

    code = "reason_needed"


class ReasonNotFitting(Refused):
    """The reason does not belong to what is open, or another one was not written out."""

    code = "reason_not_fitting"
    status = 422


@action(Permission.RECEPTION_WORK, or_else=(Permission.MONEY_TAKE,))
def close_visit(*, by: User, visit: Visit, at: datetime, reason: str = "") -> VisitStep:
    """Close a visit: paid, next visit booked, sheet given, forms signed; or with a reason, which counts for all that is open.

    A sheet that nobody printed goes by message, and so does the one question. Raises ReasonNeeded, StepTaken.
    """
    words = reason.strip()
    leaving = queries.leaving_of(visit, at)
    if leaving.open and not words:
        raise ReasonNeeded(
            _("Still open: %(matters)s. Settle it first, or say why the patient may leave.")
            % {"matters": leaving.open_text},
            matters=[matter.value for matter in leaving.open],
        )
    for matter in leaving.open:
        _excuse(visit, matter, LeaveReason.OTHER, words, by, at)
    return _close(visit, leaving, words, by, at)


@action(Permission.RECEPTION_WORK, or_else=AT_THE_DESK)
def close_if_complete(*, by: User, visit: Visit, at: datetime, money_reason: str = "") -> VisitStep | None:
    """Close a visit at the cash desk of which nothing is left open; None when something is, or the visit is elsewhere.

    money_reason: why the patient may leave with something owed, as it was said at the charge sheet. The row is locked
    first: a payment and a booking at one moment both want to close it, and neither may fail for the other.
    """
    rows = Visit.objects.select_for_update(no_key=True, of=("self",)).select_related("clinic", "patient")
    locked = rows.filter(pk=visit.pk, status=VisitStatus.TO_PAY).first()
    if locked is None:
        return None
    visit = locked
    leaving = queries.leaving_of(visit, at)
    words = money_reason.strip()
    still = [matter for matter in leaving.open if not (words and matter == Matter.MONEY)]
    if still:
        return None
    if Matter.MONEY in leaving.open:
        _excuse(visit, Matter.MONEY, LeaveReason.PAYS_LATER, words, by, at)
    return _close(visit, leaving, words, by, at)


@action(Permission.RECEPTION_WORK, or_else=AT_THE_DESK)
def reopen_if_open_again(*, by: User, visit: Visit, at: datetime) -> bool:
    """Take back the closing of a visit of today of which the next visit is open again. Tells whether it was."""
    is_today = visit.business_date == business_date(at, visit.clinic.zone, day_starts_at=visit.clinic.day_starts_at)
    if not is_today or Matter.NEXT_VISIT not in queries.leaving_of(visit, at).open:
        return False
    last = [step for step in visits_queries.steps_of(visit) if step.undone_at is None][-1]
    undo_step(by=by, clinic=visit.clinic, step=last, at=at)
    return True


def _close(visit: Visit, leaving: queries.Leaving, words: str, by: User, at: datetime) -> VisitStep:
    said = words or "; ".join(_in_words(row) for row in leaving.excuses)
    step = visits.take_step(by=by, visit=visit, to=VisitStatus.DONE, reason=said[:200], at=at)
    if leaving.door.sheets_open and leaving.door.sends_sheets:
        sheets.put_out(visit, by, at)
    surveys.ask(visit, at)
    return step


def _in_words(row: LeftOpen) -> str:
    return row.words or str(LeaveReason(row.reason).label)


@action(Permission.RECEPTION_WORK, or_else=AT_THE_DESK)
def leave_open(*, by: User, visit: Visit, matter: str, reason: str, at: datetime, words: str = "") -> LeftOpen:
    """Say why one matter stays open. Raises ReasonNotFitting, and ChangedMeanwhile when it is settled already."""
    if not may_give(matter, reason, words):
        raise ReasonNotFitting(_("Choose a reason from the list, or write your own."))
    if Matter(matter) not in queries.leaving_of(visit, at).open:
        raise ChangedMeanwhile(_("This is settled already. Look at the visit again."))
    return _excuse(visit, Matter(matter), LeaveReason(reason), words, by, at)


def _excuse(visit: Visit, matter: Matter, reason: LeaveReason, words: str, by: User, at: datetime) -> LeftOpen:
    Visit.objects.select_for_update(no_key=True, of=("self",)).filter(pk=visit.pk).first()
    LeftOpen.objects.filter(visit=visit, matter=matter, ended_at=None).update(ended_at=at)
    row = LeftOpen.objects.create(
        visit=visit, clinic_id=visit.clinic_id, matter=matter, reason=reason, words=words.strip()[:200], by=by, at=at
    )
    record(
        "visit.left_open",
        subject=visit,
        patient_id=visit.patient_id,
        after={"matter": matter.value, "reason": reason.value, "words": row.words},
    )
    live.touch(visit.clinic_id, "day")
    return row


@action(Permission.RECEPTION_WORK, or_else=AT_THE_DESK)
def take_back_reason(*, by: User, row: LeftOpen, at: datetime) -> None:
    """Take a reason back: the matter is open again. Raises ChangedMeanwhile."""
    if not LeftOpen.objects.filter(pk=row.pk, ended_at=None).update(ended_at=at):
        raise ChangedMeanwhile(_("The reason was taken back already."))
    record(
        "visit.left_open",
        subject=row.visit,
        patient_id=row.visit.patient_id,
        before={"matter": row.matter, "reason": row.reason, "words": row.words},
        after={"matter": row.matter, "reason": "", "words": ""},
    )
    live.touch(row.clinic_id, "day")


@action(Permission.RECEPTION_WORK)
def patient_left(*, by: User, visit: Visit, reason: str, at: datetime) -> VisitStep:
    """Record that a waiting patient went away untreated; the appointment's time is free. Raises ReasonNeeded."""
    words = reason.strip()
    if not words:
        raise ReasonNeeded(_("Say why the patient left; it helps to call back."))
    restore = {}
    appointment = visit.appointment
    if appointment is not None:
        restore = {
            "appointment_id": str(appointment.pk),
            "appointment_from": appointment.status,
            "appointment_to": AppointmentStatus.CANCELLED.value,
        }
    step = visits.take_step(by=by, visit=visit, to=VisitStatus.LEFT, reason=words, restore=restore, at=at)
    if appointment is not None:
        scheduling.change_status(by=by, appointment=appointment, to=AppointmentStatus.CANCELLED, reason=words, at=at)
        appointment.status = AppointmentStatus.CANCELLED
    return step
