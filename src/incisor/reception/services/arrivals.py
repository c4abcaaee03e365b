"""Who comes, with or without an appointment, and who does not come."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from incisor.accounts.access import action
from incisor.accounts.enums import Permission
from incisor.accounts.models import User
from incisor.audit.services import record
from incisor.clinics.models import Chair, Clinic
from incisor.kernel import live
from incisor.kernel.clock import business_date
from incisor.kernel.errors import NotFound, Refused
from incisor.patients.models import Patient
from incisor.patients.queries import shown_name
from incisor.reception import queries
from incisor.reception.models import ArrivalCheck
from incisor.reception.rules.triage import level_of
from incisor.scheduling import services as scheduling
from incisor.scheduling.enums import EXPECTED, AppointmentStatus
from incisor.scheduling.models import Appointment, AppointmentChange
from incisor.staff.models import StaffMember
from incisor.visits import queries as visits_queries
from incisor.visits import services as visits
from incisor.visits.enums import ArrivalChannel, Urgency
from incisor.visits.models import Visit


class NotToday(Refused):
    """The appointment is on another day."""

    code = "not_today"


class WasCancelled(Refused):
    """The appointment was cancelled, or lost its time: somebody says that the patient comes after all."""

    code = "was_cancelled"


class NotAConfirmation(Refused):
    """The code that was scanned checks nobody in here."""

    code = "not_a_confirmation"


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
    arrival: str = ArrivalChannel.DESK,
    after_all: bool = False,
    moved_from: dict[str, Any] | None = None,
) -> Visit:
    """Check in a patient with an appointment today: it is “arrived”, the visit begins with its queue number.

    Who was recorded as a no-show and comes after all can still be checked in; who cancelled only with after_all. Who
    said to come later is due at the time said. moved_from: the place it was moved from for this, for the undo. Raises
    NotToday, WasCancelled, AlreadyHere and what scheduling.change_status raises.
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
            % {"patient": shown_name(here.patient), "number": here.queue_number},
            visit_id=here.pk,
        )
    before = appointment.status
    if before == AppointmentStatus.RESCHEDULED or (before == AppointmentStatus.CANCELLED and not after_all):
        raise WasCancelled(
            _("This appointment does not stand any more: %(status)s. Choose whether the patient comes after all.")
            % {"status": AppointmentStatus(before).label}
        )
    told = queries.late_words(clinic, [appointment.pk]).get(appointment.pk, 0)
    if (
        before in EXPECTED
    ):  # a no-show passes the gate again, which locks dentist, chair and patient itself, in that order
        visits_queries.lock_patient(clinic, appointment.patient_id)
    scheduling.change_status(by=by, appointment=appointment, to=AppointmentStatus.ARRIVED, at=at)
    appointment.status = AppointmentStatus.ARRIVED
    restore: dict[str, Any] = {
        "appointment_id": str(appointment.pk),
        "appointment_from": before,
        "appointment_to": "arrived",
    }
    known = queries.signs_by_key(clinic)
    visit = visits.begin_visit(
        by=by,
        clinic=clinic,
        patient=appointment.patient,
        appointment=appointment,
        urgency=level_of(signs, known) if signs else urgency,
        complaint=complaint or appointment.need,
        signs=signs,
        restore=restore | ({"moved_from": moved_from} if moved_from else {}),
        arrival=arrival,
        due_at=appointment.starts_at + timedelta(minutes=told),
        at=at,
    )
    _point_out(clinic, visit, appointment, at, was=before)
    return visit


def _point_out(clinic: Clinic, visit: Visit, appointment: Appointment | None, at: datetime, *, was: str = "") -> None:
    """Keep what the desk has to see to with this patient, as it was at the door."""
    care = queries.care_of_visit(clinic, visit, at)
    if appointment is not None and was:
        appointment.status = was  # what was asked of the patient before coming, not that it came
    points = queries.points_at_arrival(clinic, visit.patient, at, appointment=appointment, care=care)
    if appointment is not None and was:
        appointment.status = AppointmentStatus.ARRIVED.value
    if points:
        ArrivalCheck.objects.create(visit=visit, points=[[point.key, point.level] for point in points])


@action(Permission.RECEPTION_WORK)
def see_points(*, by: User, visit: Visit, at: datetime, seen: bool = True) -> None:
    """Note that somebody at the desk has seen to what was pointed out; seen=False takes it back."""
    rows = ArrivalCheck.objects.filter(visit=visit, seen_at__isnull=seen)
    if rows.update(seen_at=at if seen else None, seen_by=by if seen else None):
        record("visit.points_seen", subject=visit, patient_id=visit.patient_id, after={"seen": seen})
        live.touch(visit.clinic_id, "day")


@action(Permission.RECEPTION_WORK)
def take_gap(
    *, by: User, appointment: Appointment, dentist: StaffMember, chair: Chair, starts_at: datetime, at: datetime
) -> Visit:
    """Let somebody who is here take a free time of today: the appointment moves there, and the patient is checked in.

    Who is checked in already keeps place and number and is due at the new time. Raises SlotTaken, NotMovable, NotToday.
    """
    clinic = appointment.clinic
    here = visits_queries.visit_of_appointment(clinic, appointment)
    old = {
        "dentist": str(appointment.dentist_id),
        "chair": str(appointment.chair_id),
        "starts_at": appointment.starts_at.isoformat(),
    }
    was_cut = appointment.status == AppointmentStatus.RESCHEDULED
    scheduling.move_appointment(
        by=by, appointment=appointment, dentist=dentist, chair=chair, starts_at=starts_at, at=at
    )
    appointment.refresh_from_db()
    if here is not None:
        return visits.set_due(by=by, visit=here, due_at=starts_at, dentist=dentist, at=at)
    return check_in(by=by, appointment=appointment, moved_from=None if was_cut else old, at=at)


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
    level = Urgency(urgency) if urgency else level_of(signs, queries.signs_by_key(clinic))
    visit = visits.begin_visit(
        by=by, clinic=clinic, patient=patient, dentist=dentist, urgency=level, signs=signs, complaint=complaint, at=at
    )
    _point_out(clinic, visit, None, at)
    return visit


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
