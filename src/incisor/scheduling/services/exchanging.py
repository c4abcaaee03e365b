"""An appointment made after another one, and two that change places. Each passes the gate like any other."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from incisor.accounts.access import action
from incisor.accounts.enums import Permission
from incisor.accounts.models import User
from incisor.clinics.models import Chair
from incisor.kernel.errors import Refused
from incisor.kernel.spans import minute_of
from incisor.patients.queries import shown_name
from incisor.scheduling.enums import AppointmentStatus
from incisor.scheduling.models import Appointment, AppointmentChange, AppointmentItem
from incisor.scheduling.rules import MOVABLE
from incisor.scheduling.services.booking import book_appointment
from incisor.scheduling.services.changing import NotMovable, move_appointment
from incisor.scheduling.services.gate import lock_together, offering_alternatives
from incisor.scheduling.services.telling import changed_meanwhile
from incisor.staff.models import StaffMember


class NotSwappable(Refused):
    """The two cannot change places: they are one, or stand in different clinics."""

    code = "not_swappable"


@offering_alternatives
@action(Permission.APPOINTMENT_BOOK)
def copy_appointment(
    *,
    by: User,
    appointment: Appointment,
    starts_at: datetime,
    dentist: StaffMember | None = None,
    chair: Chair | None = None,
    request_key: str = "",
    at: datetime,
) -> Appointment:
    """Book the same once more at another time: patient, treatments, length, reason and note. Returns the new one.

    dentist, chair: None keeps the dentist and lets the gate choose the chair. Raises SlotTaken, NotAllowed.
    """
    items = AppointmentItem.objects.filter(appointment=appointment).select_related("procedure")
    return book_appointment(
        by=by,
        clinic=appointment.clinic,
        patient=appointment.patient,
        dentist=dentist or appointment.dentist,
        chair=chair,
        starts_at=starts_at,
        minutes=minute_of(appointment.ends_at) - minute_of(appointment.starts_at),
        procedures=[item.procedure for item in items.order_by("position", "pk")],
        channel=appointment.channel,
        need=appointment.need,
        note=appointment.note,
        request_key=request_key,
        at=at,
    )


@offering_alternatives
@action(Permission.APPOINTMENT_BOOK)
def swap_appointments(
    *,
    by: User,
    first: Appointment,
    second: Appointment,
    versions: tuple[int, int] | None = None,
    at: datetime,
) -> list[AppointmentChange]:
    """Let two appointments change start, dentist and chair; each keeps its length. Both or neither. Returns the changes.

    versions: of the two as the person saw them. Done once more it is undone. Raises NotSwappable, SlotTaken, NotMovable,
    ChangedMeanwhile.
    """
    one, other = _pair(first, second, versions)
    lock_together(
        one.clinic,
        dentists=[one.dentist, other.dentist],
        chairs=[one.chair, other.chair],
        patients=[one.patient, other.patient],
    )
    # while the first one's time counts as free the second passes the gate into it, then the first into the second's
    there: dict[str, Any] = {"starts_at": other.starts_at, "dentist": other.dentist, "chair": other.chair}
    stepped_aside = Appointment.objects.filter(pk=one.pk, version=one.version)
    if not stepped_aside.update(status=AppointmentStatus.RESCHEDULED):
        raise changed_meanwhile(one)
    came = move_appointment(
        by=by,
        appointment=other,
        starts_at=one.starts_at,
        dentist=one.dentist,
        chair=one.chair,
        version=other.version,
        at=at,
    )
    went = move_appointment(by=by, appointment=one, version=one.version, keeps_status=one.status, at=at, **there)
    return [went, came]


def _pair(first: Appointment, second: Appointment, versions: tuple[int, int] | None) -> tuple[Appointment, Appointment]:
    """Return both as they are now, each movable and as the person saw it."""
    if first.pk == second.pk or first.clinic_id != second.clinic_id:
        raise NotSwappable(_("Choose another appointment of this clinic to swap with."))
    rows = Appointment.objects.select_related("clinic", "patient", "dentist", "chair").in_bulk([first.pk, second.pk])
    pair = rows[first.pk], rows[second.pk]
    for row, version in zip(pair, versions or (None, None), strict=True):
        if version is not None and row.version != version:
            raise changed_meanwhile(row)
        if row.status not in MOVABLE or row.status == AppointmentStatus.RESCHEDULED:
            raise NotMovable(
                _("%(patient)s: this appointment is %(status)s; only expected ones can change places.")
                % {"patient": shown_name(row.patient), "status": row.get_status_display()}
            )
    return pair
