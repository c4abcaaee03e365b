"""What a patient does by the link in a message: come, cancel, another time; as far as the clinic lets patients alone."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from incisor.accounts.access import action
from incisor.accounts.enums import Permission
from incisor.accounts.models import User
from incisor.kernel.errors import NotFound, Refused
from incisor.messaging.models import Link
from incisor.outreach.enums import TaskKind
from incisor.outreach.models import FollowUpTask
from incisor.outreach.queries.answers import answerable, move_times
from incisor.outreach.services.call_tasks import make_call_task
from incisor.scheduling import services as scheduling
from incisor.scheduling.enums import AnswerWay, CancelReason, PatientAnswer
from incisor.scheduling.models import Appointment, AppointmentChange
from incisor.scheduling.queries import Slot, confirmation_rules
from incisor.scheduling.rules import may_change_alone

# What a patient is asked; that the clinic cancelled or the desk mistyped is not the patient's to say.
PATIENT_REASONS = (
    CancelReason.NO_TIME,
    CancelReason.ILL,
    CancelReason.TREATED_ELSEWHERE,
    CancelReason.PRICE,
    CancelReason.FEAR,
    CancelReason.OTHER,
)


class OnlyByTelephone(Refused):
    """The clinic wants to speak with patients who cancel or move so late; a call was asked for."""

    code = "only_by_telephone"


class TimeGone(Refused):
    """The time was free when the page was made and is not any more."""

    code = "time_gone"


def _mine(link: Link, appointment_id: Any) -> Appointment:
    """Return the appointment if the link is about it. Raises NotFound."""
    found = answerable(link).get(str(appointment_id))
    if found is None:
        raise NotFound()
    return found


@action(Permission.APPOINTMENT_BOOK)
def confirm_by_link(*, by: User, link: Link, appointment_id: Any, at: datetime) -> AppointmentChange:
    """Note that the patient will come. Raises NotFound, scheduling's NotExpected."""
    return scheduling.note_answer(
        by=by, appointment=_mine(link, appointment_id), answer=PatientAnswer.CONFIRMED, way=AnswerWay.LINK, at=at
    )


@action(Permission.APPOINTMENT_BOOK)
def cancel_by_link(
    *, by: User, link: Link, appointment_id: Any, reason: str, note: str = "", at: datetime
) -> AppointmentChange | None:
    """Cancel the appointment for the patient; None when it is too late for that without a word, then a call is due.

    reason: one of PATIENT_REASONS. Raises NotFound, scheduling's NotExpected, WrongStatus.
    """
    appointment = _mine(link, appointment_id)
    rules = confirmation_rules(link.clinic)
    answer = scheduling.note_answer(
        by=by, appointment=appointment, answer=PatientAnswer.CANCEL, way=AnswerWay.LINK, note=note[:100], at=at
    )
    is_free = may_change_alone(
        status=appointment.status, starts_at=appointment.starts_at, at=at, hours=rules.cancel_hours,
        is_allowed=rules.may_cancel,
    )  # fmt: skip
    if not is_free:
        _call(
            appointment, answer, note=_("Wants to cancel: %(why)s") % {"why": note or CancelReason(reason).label}, at=at
        )
        return None
    chosen = CancelReason(reason if reason in PATIENT_REASONS else CancelReason.OTHER)
    return scheduling.cancel_appointment(by=by, appointment=appointment, reason=chosen, note=note.strip()[:200], at=at)


@action(Permission.APPOINTMENT_BOOK)
def move_by_link(
    *, by: User, link: Link, appointment_id: Any, starts_at: datetime, dentist_id: Any, at: datetime
) -> AppointmentChange:
    """Move the appointment to a time that the page offered, through the same gate as the desk.

    Raises NotFound, OnlyByTelephone, TimeGone.
    """
    appointment = _mine(link, appointment_id)
    rules = confirmation_rules(link.clinic)
    if not may_change_alone(
        status=appointment.status,
        starts_at=appointment.starts_at,
        at=at,
        hours=rules.move_hours,
        is_allowed=rules.may_move,
    ):
        raise OnlyByTelephone(_("It is too late to change this appointment here. Please call us."))
    slot = _offered(appointment, starts_at=starts_at, dentist_id=dentist_id, at=at)
    try:
        change = scheduling.move_appointment(
            by=by, appointment=appointment, starts_at=slot.starts_at, dentist=slot.dentist, chair=slot.chair, at=at
        )
    except scheduling.SlotTaken as taken:
        raise TimeGone(_("Somebody else has just taken this time. Please choose another.")) from taken
    scheduling.note_answer(by=by, appointment=appointment, answer=PatientAnswer.CONFIRMED, way=AnswerWay.LINK, at=at)
    return change


def _offered(appointment: Appointment, *, starts_at: datetime, dentist_id: Any, at: datetime) -> Slot:
    """Return the place that the page offers at that time: whatever else the browser sends is none. Raises TimeGone."""
    for slot in move_times(appointment, at=at, around=starts_at):
        if slot.starts_at == starts_at and str(slot.dentist.pk) == str(dentist_id):
            return slot
    raise TimeGone(_("Somebody else has just taken this time. Please choose another."))


@action(Permission.APPOINTMENT_BOOK)
def ask_for_call_by_link(
    *, by: User, link: Link, appointment_id: Any, note: str = "", at: datetime
) -> FollowUpTask | None:
    """Let the desk call the patient about another time. Raises NotFound, scheduling's NotExpected."""
    appointment = _mine(link, appointment_id)
    answer = scheduling.note_answer(
        by=by, appointment=appointment, answer=PatientAnswer.OTHER_TIME, way=AnswerWay.LINK, note=note[:100], at=at
    )
    return _call(appointment, answer, note=note.strip(), at=at)


def _call(appointment: Appointment, answer: AppointmentChange, *, note: str, at: datetime) -> FollowUpTask | None:
    return make_call_task(
        appointment=appointment, kind=TaskKind.REBOOK, key=f"answer:{answer.pk}", minutes=60, note=note[:300], at=at,
        is_wished=True,
    )  # fmt: skip
