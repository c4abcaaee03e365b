"""Booking: the front of the gate."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from incisor.accounts.access import action
from incisor.accounts.enums import Permission
from incisor.accounts.models import User
from incisor.clinics.models import Chair, Clinic, Procedure
from incisor.kernel import events, requests
from incisor.kernel.db.writing import insert
from incisor.kernel.ids import uuid7
from incisor.patients.models import Patient
from incisor.patients.services import register_patient
from incisor.scheduling.enums import AppointmentStatus, BookingChannel, ChangeKind, Demand
from incisor.scheduling.events import AppointmentBooked
from incisor.scheduling.models import Appointment, AppointmentItem, Hold
from incisor.scheduling.queries.confirming import demand_of
from incisor.scheduling.rules import need_of, occupying
from incisor.scheduling.services.freeing import settle
from incisor.scheduling.services.gate import Asked, enter, lock_together, offering_alternatives, secure
from incisor.scheduling.services.holding import take_up
from incisor.scheduling.services.recording import facts_of, note_change
from incisor.staff.models import StaffMember


@offering_alternatives
@action(Permission.APPOINTMENT_BOOK)
def book_appointment(
    *,
    by: User,
    clinic: Clinic,
    patient: Patient,
    dentist: StaffMember | None = None,
    chair: Chair | None = None,
    starts_at: datetime,
    minutes: int | None = None,
    procedures: Sequence[Procedure] = (),
    channel: str = BookingChannel.PHONE,
    status: str = AppointmentStatus.CONFIRMED,
    need: str = "",
    note: str = "",
    overbook_reason: str = "",
    request_key: str = "",
    hold: Hold | None = None,
    assistant: StaffMember | None = None,
    busy: Sequence[Sequence[int]] | None = None,
    is_urgent: bool = False,
    at: datetime,
) -> Appointment:
    """Book an appointment and return it. dentist, chair: None lets the gate choose who is free.

    minutes: None for the usual length of the procedures. overbook_reason: book in spite of conflicts that people may
    accept (needs the permission). request_key: a second request with the same key returns the first one's appointment.
    Who has to confirm twice or to pay a deposit first (`queries.demand_of`) is only requested until that is done.
    hold: of this time, booked with it; one that ended meanwhile does no harm while the time is still free. busy: the
    minutes in which the dentist's own hands are needed, None for the procedures' usual pattern. is_urgent: may use the
    reserve. Raises SlotTaken with reasons and alternatives, NobodyFree, NotAllowed.
    """
    _check_place(clinic, patient, chair, hold)
    if hold is not None and dentist is None:
        dentist, chair = hold.dentist, chair or hold.chair
    made, is_new = _reserved(by, request_key, at)
    if not is_new:
        return Appointment.objects.select_related("patient", "dentist", "chair").get(pk=made)
    asked = Asked(
        clinic=clinic,
        patient=patient,
        dentist=dentist,
        chair=chair,
        starts_at=starts_at,
        need=need_of(procedures, minutes=minutes, busy=busy, is_urgent=is_urgent),
        at=at,
        hold=hold,
        assistant=assistant,
    )
    demand = Demand.NONE if channel == BookingChannel.WALK_IN else demand_of(clinic, patient, at)
    place = secure(asked, by=by, overbook_reason=overbook_reason)
    appointment = Appointment(
        id=made,
        clinic=clinic,
        patient=patient,
        dentist=place.dentist,
        chair=place.chair,
        assistant=assistant,
        **occupying(starts_at, asked.need),
        status=AppointmentStatus.REQUESTED if demand else status,
        demand=demand,
        channel=channel,
        need=need,
        note=note,
        is_overbooked=bool(place.overbooks),
        overbook_reason=overbook_reason if place.overbooks else "",
        accepted=place.accepted,
        created_by=by,
        created_at=at,
    )
    enter(appointment, asked)
    if hold is not None:
        take_up(hold, appointment, at)
    for position, procedure in enumerate(procedures):
        insert(AppointmentItem(appointment=appointment, procedure=procedure, position=position))
    note_change(
        appointment,
        "appointment.overbooked" if place.overbooks else "appointment.booked",
        kind=ChangeKind.BOOKED,
        by=by,
        at=at,
        after={**facts_of(appointment), "procedures": [procedure.code for procedure in procedures]},
        reason=appointment.overbook_reason,
    )
    settle(appointment, procedures, by=by, at=at)
    events.publish(AppointmentBooked(clinic_id=clinic.pk, appointment_id=appointment.pk, patient_id=patient.pk, at=at))
    return appointment


def _check_place(clinic: Clinic, patient: Patient, chair: Chair | None, hold: Hold | None) -> None:
    """A patient or chair of another clinic can only come from a mistake of the caller: never book it."""
    if any(row is not None and row.clinic_id != clinic.pk for row in (patient, chair, hold)):
        raise ValueError("patient and chair belong to the clinic in which is booked")


def _reserved(by: User, request_key: str, at: datetime) -> tuple[UUID, bool]:
    """Return the id for the appointment and whether it is to be made, False when the same request made it already.

    The key is written first: the same request once more waits at the unique key until the first has ended.
    """
    made = uuid7()
    if not request_key:
        return made, True
    first = requests.claim(user_id=by.pk, key=request_key, action="appointment.booked", result_id=made, at=at)
    return first, first == made


@offering_alternatives
@action(Permission.APPOINTMENT_BOOK)
def book_new_patient(
    *,
    by: User,
    clinic: Clinic,
    name: str,
    phone: str,
    is_somebody_else: bool = False,
    request_key: str = "",
    at: datetime,
    **booking: Any,
) -> Appointment:
    """Register a patient with name and phone only, and book; both or neither. booking: as in `book_appointment`.

    is_somebody_else: a person looked at the like-named patients. Raises patients.services.AlreadyRegistered, WrongValue.
    """
    earlier = requests.result_of(user_id=by.pk, key=request_key)
    if earlier is not None:
        return Appointment.objects.select_related("patient", "dentist", "chair").get(pk=earlier)
    patient = register_patient(by=by, clinic=clinic, name=name, phone=phone, is_somebody_else=is_somebody_else, at=at)
    return book_appointment(by=by, clinic=clinic, patient=patient, request_key=request_key, at=at, **booking)


@offering_alternatives
@action(Permission.APPOINTMENT_BOOK)
def book_together(
    *,
    by: User,
    clinic: Clinic,
    places: Sequence[tuple[Patient, StaffMember, Chair, datetime]],
    request_key: str = "",
    at: datetime,
    **booking: Any,
) -> list[Appointment]:
    """Book a family, all or nobody: a patient, dentist, chair and start for each. booking: what is the same for all."""
    lock_together(
        clinic,
        dentists=[dentist for _patient, dentist, _chair, _start in places],
        chairs=[chair for _patient, _dentist, chair, _start in places],
        patients=[patient for patient, _dentist, _chair, _start in places],
    )
    return [
        book_appointment(
            by=by, clinic=clinic, patient=patient, dentist=dentist, chair=chair, starts_at=start, at=at,
            request_key=f"{request_key[:60]}-{number}" if request_key else "", **booking,
        )
        for number, (patient, dentist, chair, start) in enumerate(places)
    ]  # fmt: skip
