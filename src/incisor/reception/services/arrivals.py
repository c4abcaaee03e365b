"""Who comes, with or without an appointment, and who does not come."""

from collections.abc import Sequence
from datetime import datetime

from django.utils.translation import gettext as _

from incisor.accounts.access import action
from incisor.accounts.enums import Permission
from incisor.accounts.models import User
from incisor.clinics.models import Clinic
from incisor.kernel.clock import business_date
from incisor.kernel.errors import NotFound, Refused
from incisor.patients.models import Patient
from incisor.reception import queries
from incisor.reception.rules.triage import level_of
from incisor.scheduling import services as scheduling
from incisor.scheduling.enums import EXPECTED, AppointmentStatus
from incisor.scheduling.models import Appointment, AppointmentChange
from incisor.staff.models import StaffMember
from incisor.visits import queries as visits_queries
from incisor.visits import services as visits
from incisor.visits.enums import Urgency
from incisor.visits.models import Visit


class NotToday(Refused):
    """The appointment is on another day."""

    code = "not_today"


class NotYetDue(Refused):
    """Nobody is missing before the appointed time."""

    code = "not_yet_due"


@action(Permission.RECEPTION_WORK)
def check_in(
    *,
    by: User,
    appointment: Appointment,
    at: datetime,
    urgency: str = Urgency.ROUTINE,
    signs: Sequence[str] = (),
    complaint: str = "",
) -> Visit:
    """Check in a patient with an appointment today: it is “arrived”, the visit begins with its queue number.

    Who was recorded as a no-show and comes after all can still be checked in. Raises NotToday, AlreadyHere and what
    scheduling.change_status raises.
    """
    clinic = appointment.clinic
    day = business_date(at, clinic.zone, day_starts_at=clinic.day_starts_at)
    due_on = business_date(appointment.starts_at, clinic.zone, day_starts_at=clinic.day_starts_at)
    if day != due_on:
        raise NotToday(
            _("This appointment is on %(day)s. Move it to today, or take the patient as a walk-in.")
            % {"day": due_on.isoformat()}
        )
    here = visits_queries.visit_of_appointment(clinic, appointment)
    if here is not None:
        raise visits.AlreadyHere(
            _("%(patient)s is checked in already, with number %(number)s.")
            % {"patient": here.patient.name, "number": here.queue_number},
            visit_id=here.pk,
        )
    before = appointment.status
    if (
        before in EXPECTED
    ):  # a no-show passes the gate again, which locks dentist, chair and patient itself, in that order
        visits_queries.lock_patient(clinic, appointment.patient_id)
    scheduling.change_status(by=by, appointment=appointment, to=AppointmentStatus.ARRIVED, at=at)
    appointment.status = AppointmentStatus.ARRIVED
    restore = {"appointment_id": str(appointment.pk), "appointment_from": before, "appointment_to": "arrived"}
    known = queries.signs_by_key()
    return visits.begin_visit(
        by=by,
        clinic=clinic,
        patient=appointment.patient,
        appointment=appointment,
        urgency=level_of(signs, known) if signs else urgency,
        complaint=complaint or appointment.need,
        signs=signs,
        restore=restore,
        at=at,
    )


@action(Permission.RECEPTION_WORK)
def receive_walk_in(
    *,
    by: User,
    clinic: Clinic,
    patient: Patient,
    at: datetime,
    urgency: str | None = None,
    signs: Sequence[str] = (),
    complaint: str = "",
    dentist: StaffMember | None = None,
) -> Visit:
    """Take a patient without appointment into today's queue. urgency: None lets the signs decide (REC-3).

    Raises AlreadyHere.
    """
    level = Urgency(urgency) if urgency else level_of(signs, queries.signs_by_key())
    return visits.begin_visit(
        by=by, clinic=clinic, patient=patient, dentist=dentist, urgency=level, signs=signs, complaint=complaint, at=at
    )


@action(Permission.RECEPTION_WORK)
def record_no_show(*, by: User, appointment: Appointment, at: datetime, reason: str = "") -> AppointmentChange:
    """Record that the patient did not come. The time is free at once. Raises NotYetDue, scheduling's refusals."""
    if appointment.starts_at > at:
        raise NotYetDue(_("The appointed time has not come yet. To free it, cancel the appointment."))
    return scheduling.change_status(by=by, appointment=appointment, to=AppointmentStatus.NO_SHOW, reason=reason, at=at)


@action(Permission.RECEPTION_WORK)
def undo_no_show(*, by: User, clinic: Clinic, change: AppointmentChange, at: datetime) -> None:
    """Take back a recorded no-show; the time passes the gate again. Raises NotFound, scheduling's refusals."""
    if change.to_status != AppointmentStatus.NO_SHOW:
        raise NotFound()
    appointment = change.appointment
    appointment.status = change.to_status
    scheduling.change_status(by=by, appointment=appointment, to=change.from_status, at=at)
