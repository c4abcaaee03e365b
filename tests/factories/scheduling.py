"""Appointments for tests, written as rows: what the gate would refuse can be made here."""

from incisor.scheduling.models import Appointment, AppointmentItem
from incisor.scheduling.rules import Need, occupying


def make_appointment(
    *, clinic, patient, dentist, chair, starts_at, minutes=30, procedure=None, status="confirmed", **over
):
    # written without buffers, whatever the procedure asks for
    times = occupying(starts_at, Need(minutes=minutes, busy=tuple(map(tuple, over.get("busy", ())))))
    values = {**times, "channel": "phone", "created_by": patient.created_by, "created_at": starts_at}
    made = Appointment.objects.create(
        clinic=clinic, patient=patient, dentist=dentist, chair=chair, status=status,
        **{**values, **over},
    )  # fmt: skip
    if procedure is not None:
        AppointmentItem.objects.create(appointment=made, procedure=procedure)
    return made
