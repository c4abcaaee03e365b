"""Appointments for tests, written as rows: what the gate would refuse can be made here."""

from datetime import timedelta

from incisor.scheduling.models import Appointment, AppointmentItem


def make_appointment(
    *, clinic, patient, dentist, chair, starts_at, minutes=30, procedure=None, status="confirmed", **over
):
    ends_at = starts_at + timedelta(minutes=minutes)
    values = {"blocked_until": ends_at, "channel": "phone", "created_by": patient.created_by, "created_at": starts_at}
    made = Appointment.objects.create(
        clinic=clinic, patient=patient, dentist=dentist, chair=chair, starts_at=starts_at, ends_at=ends_at, status=status,
        **{**values, **over},
    )  # fmt: skip
    if procedure is not None:
        AppointmentItem.objects.create(appointment=made, procedure=procedure)
    return made
