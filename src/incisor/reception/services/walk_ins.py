"""Somebody without appointment: into the queue, into a free time of today, or to another day (REC-2, REC-3)."""

from collections.abc import Sequence
from datetime import datetime

from incisor.accounts.access import action
from incisor.accounts.enums import Permission
from incisor.accounts.models import User
from incisor.clinics.models import Chair, Clinic
from incisor.patients.models import Patient
from incisor.reception import queries
from incisor.reception.rules.triage import level_of, opens_reserve
from incisor.reception.services.arrivals import check_in
from incisor.scheduling import services as scheduling
from incisor.scheduling.enums import BookingChannel
from incisor.scheduling.models import Appointment
from incisor.staff.models import StaffMember
from incisor.visits.models import Visit

MINUTES = queries.EMERGENCY_MINUTES


@action(Permission.RECEPTION_WORK)
def receive_in_gap(
    *,
    by: User,
    clinic: Clinic,
    patient: Patient,
    dentist: StaffMember,
    chair: Chair,
    starts_at: datetime,
    at: datetime,
    signs: Sequence[str] = (),
    urgency: str | None = None,
    complaint: str = "",
    request_key: str = "",
) -> Visit:
    """Give a walk-in a free time of today and check in. The time kept for emergencies opens only if a sign may open it.

    Undoing the check-in leaves the patient expected at that time. Raises SlotTaken, AlreadyHere.
    """
    known = queries.signs_by_key(clinic)
    words = complaint.strip() or queries.sign_words(known, signs)
    appointment = scheduling.book_appointment(
        by=by,
        clinic=clinic,
        patient=patient,
        dentist=dentist,
        chair=chair,
        starts_at=starts_at,
        minutes=MINUTES,
        channel=BookingChannel.WALK_IN,
        need=words[:200],
        is_urgent=opens_reserve(signs, known),
        request_key=request_key,
        at=at,
    )
    appointment.clinic = clinic
    level = urgency or level_of(signs, known)
    return check_in(by=by, appointment=appointment, urgency=level, signs=signs, complaint=words, at=at)


@action(Permission.RECEPTION_WORK)
def book_walk_in_later(
    *,
    by: User,
    clinic: Clinic,
    patient: Patient,
    dentist: StaffMember,
    chair: Chair,
    starts_at: datetime,
    at: datetime,
    signs: Sequence[str] = (),
    complaint: str = "",
    request_key: str = "",
) -> Appointment:
    """Book another day for a walk-in who does not wait. Raises SlotTaken."""
    words = complaint.strip() or queries.sign_words(queries.signs_by_key(clinic), signs)
    return scheduling.book_appointment(
        by=by,
        clinic=clinic,
        patient=patient,
        dentist=dentist,
        chair=chair,
        starts_at=starts_at,
        minutes=MINUTES,
        channel=BookingChannel.WALK_IN,
        need=words[:200],
        request_key=request_key,
        at=at,
    )
